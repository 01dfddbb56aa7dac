#include "core/env/client_protocol.h"

#include <algorithm>
#include <limits>
#include <span>
#include <string>

#include "core/log/record_codec.h"

namespace quorate {

namespace {

// Requires `name` in capitals, and letters only: they differ from the small ones in one bit.
bool is(std::string_view word, std::string_view name) {
  constexpr unsigned char kCapital = 0xDF;
  return word.size() == name.size() &&
         std::equal(word.begin(), word.end(), name.begin(),
                    [](char c, char capital) { return (c & kCapital) == capital; });
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

Command compare_and_set(std::string_view key, std::optional<std::string_view> from,
                        std::string_view to, Bytes& answer) {
  if (encoded_size(CasValue{from, to}) > record_format::kMaxValue)
    return refuse("ERR the two values of a CAS have at most 1048571 bytes together", answer);
  Command command = request(RequestKind::cas, key, to, answer);
  command.from = from;
  return command;
}

// 1 to 2^63 - 1, as one writes it; 0: it is not.
std::uint64_t session_number(std::string_view text) {
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (text.empty() || text[0] == '0') return 0;
  std::uint64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return 0;
    const std::uint64_t digit = static_cast<std::uint64_t>(c - '0');
    if (number > (kMost - digit) / 10) return 0;
    number = number * 10 + digit;
  }
  return number;
}

// Nothing: it is no such command.
std::optional<Command> write_command(std::span<const std::string_view> words, Bytes& answer) {
  const std::string_view name = words[0];
  const std::size_t count = words.size();
  if (is(name, "SET")) {
    if (count > 3) return refuse("ERR SET takes a key and a value, and no options", answer);
    if (count != 3) return wrong_count("set", answer);
    return request(RequestKind::set, words[1], words[2], answer);
  }
  if (is(name, "DEL")) {
    if (count > 2) return refuse("ERR DEL takes one key at a time", answer);
    if (count != 2) return wrong_count("del", answer);
    return request(RequestKind::del, words[1], {}, answer);
  }
  if (is(name, "CAS")) {
    if (count != 4) return wrong_count("cas", answer);
    return compare_and_set(words[1], words[2], words[3], answer);
  }
  if (is(name, "SETNX")) {
    if (count != 3) return wrong_count("setnx", answer);
    return compare_and_set(words[1], {}, words[2], answer);
  }
  return {};
}

Command once_command(std::span<const std::string_view> words, Bytes& answer) {
  if (words.size() < 4) return wrong_count("once", answer);
  const Once once{ClientId(session_number(words[1])), session_number(words[2])};
  if (once.is_none() || once.sequence == 0)
    return refuse("ERR ONCE takes a client and a sequence, both 1 to 9223372036854775807", answer);
  auto command = write_command(words.subspan(3), answer);
  if (!command) return refuse("ERR ONCE goes before SET, SETNX, CAS and DEL", answer);
  command->once = once;
  return *command;
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

std::string not_leader_text(std::uint64_t leader, std::span<const std::string> addresses) {
  if (leader == 0) return "NOTLEADER no leader is known; nothing was done";
  const bool is_known = leader <= addresses.size() && !addresses[leader - 1].empty();
  return "NOTLEADER node " + std::to_string(leader) + " leads" +
         (is_known ? ", at " + addresses[leader - 1] : "") + "; nothing was done";
}

}  // namespace

Command read_command(const RespArguments& arguments, Bytes& answer) {
  const std::string_view name = arguments[0];
  const std::size_t count = arguments.size();
  if (is(name, "GET")) {
    if (count != 2) return wrong_count("get", answer);
    return request(RequestKind::get, arguments[1], {}, answer);
  }
  if (is(name, "ONCE")) return once_command(arguments, answer);
  if (const auto command = write_command(arguments, answer)) return *command;
  return small_talk(arguments, answer);
}

void write_reply(const Reply& reply, ByteSpan values, std::span<const std::string> addresses,
                 Bytes& to) {
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
    case ReplyKind::not_leader: return encode_error(to, not_leader_text(reply.count, addresses));
    case ReplyKind::deposed:
      return encode_error(
          to,
          "DEPOSED who led leads no longer, or isn't reached; the fate of this write is "
          "unknown");
    case ReplyKind::busy:
      return encode_error(to, "TRYAGAIN too many writes wait for their quorum; nothing was done");
    case ReplyKind::disk_full:
      return encode_error(to, "DISKFULL there is no room for this write; nothing was done");
    case ReplyKind::damaged:
      return encode_error(to,
                          "TRYAGAIN this came damaged to the leader, or from it; nothing was done");
    case ReplyKind::old_sequence:
      return encode_error(
          to, "OLDSEQUENCE this session has gone on to a later sequence; nothing was done now");
    case ReplyKind::no_session:
      return encode_error(to,
                          "NOSESSION this session was dropped, or one with a greater number was; "
                          "nothing was done now; a new one is numbered above " +
                              std::to_string(reply.count));
  }
}

}  // namespace quorate
