#include "core/env/client_protocol.h"

#include <algorithm>
#include <string>

#include "core/log/record_format.h"

namespace quorate {

namespace {

// Requires `name` in capitals.
bool is(std::string_view word, std::string_view name) {
  return word.size() == name.size() &&
         std::equal(word.begin(), word.end(), name.begin(), [](char c, char capital) {
           return (c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c) == capital;
         });
}

Command refuse(std::string_view why, Bytes& answer) {
  encode_error(answer, why);
  return {};
}

Command wrong_count(std::string_view name, Bytes& answer) {
  return refuse("ERR wrong number of arguments for '" + std::string(name) + "' command", answer);
}

Command request(RequestKind kind, std::string_view key, std::string_view value, Bytes& answer) {
  if (key.size() > record_format::kMaxKey)
    return refuse("ERR a key has at most 65535 bytes", answer);
  if (value.size() > record_format::kMaxValue)
    return refuse("ERR a value has at most 1048576 bytes", answer);
  return {CommandKind::request, kind, key, value};
}

Command client_command(const RespArguments& arguments, Bytes& answer) {
  if (arguments.size() < 2) return wrong_count("client", answer);
  const std::string_view name = arguments[1];
  const std::size_t needed = is(name, "SETNAME") ? 3 : is(name, "SETINFO") ? 4 : 0;
  if (needed == 0) return refuse("ERR CLIENT takes SETNAME and SETINFO only", answer);
  if (arguments.size() != needed) return wrong_count("client", answer);
  encode_simple(answer, "OK");
  return {};
}

// What needs no node.
Command small_talk(const RespArguments& arguments, Bytes& answer) {
  const std::string_view name = arguments[0];
  const std::size_t count = arguments.size();
  if (is(name, "PING")) {
    if (count > 2) return wrong_count("ping", answer);
    if (count == 1)
      encode_simple(answer, "PONG");
    else
      encode_bulk(answer, arguments[1]);
    return {};
  }
  if (is(name, "ECHO")) {
    if (count != 2) return wrong_count("echo", answer);
    encode_bulk(answer, arguments[1]);
    return {};
  }
  if (is(name, "QUIT")) {
    encode_simple(answer, "OK");
    return {CommandKind::quit, RequestKind::get, {}, {}};
  }
  if (is(name, "INFO")) return {CommandKind::info, RequestKind::get, {}, {}};
  if (is(name, "COMMAND")) {
    if (count > 1 && is(arguments[1], "COUNT"))
      encode_integer(answer, 0);
    else
      encode_array_header(answer, 0);
    return {};
  }
  if (is(name, "CLIENT")) return client_command(arguments, answer);
  constexpr std::size_t kShown = 64;
  return refuse("ERR unknown command '" + std::string(name.substr(0, kShown)) + "'", answer);
}

}  // namespace

Command read_command(const RespArguments& arguments, Bytes& answer) {
  const std::string_view name = arguments[0];
  const std::size_t count = arguments.size();
  if (is(name, "SET")) {
    if (count > 3) return refuse("ERR SET takes a key and a value, and no options", answer);
    if (count != 3) return wrong_count("set", answer);
    return request(RequestKind::set, arguments[1], arguments[2], answer);
  }
  if (is(name, "GET")) {
    if (count != 2) return wrong_count("get", answer);
    return request(RequestKind::get, arguments[1], {}, answer);
  }
  if (is(name, "DEL")) {
    if (count > 2) return refuse("ERR DEL takes one key at a time", answer);
    if (count != 2) return wrong_count("del", answer);
    return request(RequestKind::del, arguments[1], {}, answer);
  }
  return small_talk(arguments, answer);
}

void write_reply(const Reply& reply, ByteSpan values, std::string_view leader_at, Bytes& to) {
  switch (reply.kind) {
    case ReplyKind::ok: return encode_simple(to, "OK");
    case ReplyKind::count: return encode_integer(to, static_cast<std::int64_t>(reply.count));
    case ReplyKind::value:
      return encode_bulk(to, as_text(values.subspan(reply.value_at, reply.value_size)));
    case ReplyKind::nil: return encode_nil(to);
    case ReplyKind::timeout:
      return encode_error(to, "TIMEOUT no quorum in time; the fate of this write is unknown");
    case ReplyKind::loading:
      return encode_error(to, "LOADING the log is not on a quorum yet; nothing was done");
    case ReplyKind::not_leader:
      return encode_error(to, "NOTLEADER node 1 leads" +
                                  (leader_at.empty() ? "" : ", at " + std::string(leader_at)) +
                                  "; nothing was done");
    case ReplyKind::deposed:
      return encode_error(to,
                          "DEPOSED this node leads no longer; the fate of this write is unknown");
    case ReplyKind::busy:
      return encode_error(to, "TRYAGAIN too many writes wait for their quorum; nothing was done");
    case ReplyKind::disk_full:
      return encode_error(to, "DISKFULL there is no room for this write; nothing was done");
  }
}

}  // namespace quorate
