// What does a client ask for, and how is it told? Commands in RESP2 to requests, replies to RESP2.
//
// For the node are SET key value, GET key and DEL key, and
//   CAS key from to     writes `to` where the key has the value `from`: 1, or 0 where it has not;
//   SETNX key value     the same where the key is not there at all, as in Redis;
//   ONCE client sequence SET|SETNX|CAS|DEL ...   takes effect once, however often it is sent
//                       (protocol/sessions.h); both numbers are 1 to 2^63 - 1. Only in the profile
//                       replicated_log.
// PING, ECHO and QUIT are answered on the spot, and so is what can't be understood. COMMAND and
// CLIENT are answered as far as client libraries and redis-cli need it to begin with: no list of
// commands, and a name is taken and forgotten.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/protocol/effects.h"
#include "core/wire/resp.h"

namespace quorate {

enum class CommandKind : std::uint8_t {
  request,   // for the node: all below is set as its kind needs it
  answered,  // its answer was appended
  quit,      // likewise, and the connection is to end behind it
  info,      // whoever has the node is to append its info_text()
};

struct Command {
  CommandKind kind = CommandKind::answered;
  RequestKind request = RequestKind::get;
  std::string_view key;
  std::string_view value;
  std::optional<std::string_view> from = {};
  Once once = {};
};

// Requires at least one argument. The views are those of the arguments.
Command read_command(const RespArguments& arguments, Bytes& answer);

// `values` is Effects::values; `addresses` is where clients find the nodes, node n at n - 1, as far
// as that is known.
void write_reply(const Reply& reply, ByteSpan values, std::span<const std::string> addresses,
                 Bytes& to);

}  // namespace quorate
