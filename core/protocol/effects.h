// What happens to a node, and what does it want done? The two sides of Node::step.
//
// Events are what the world tells a node; effects are what the node asks of the world. Bytes for
// the file are not listed among the effects: they are what the log's mirror has grown by. Effects
// add up over the steps of a turn and are performed at its end, appends first.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/base/time.h"
#include "core/protocol/facts.h"
#include "core/wire/message.h"

namespace quorate {

enum class RequestKind : std::uint8_t { set, get, del, cas };

std::string_view to_text(ReplyKind kind);

// Which request of which session? A write that has both numbers takes effect once, however often it
// comes (sessions.h). Client 0: of none.
struct Once {
  ClientId client;
  std::uint64_t sequence = 0;
  bool is_none() const { return client.is_none(); }
};

// What a write came to when it was applied: its answer.
struct WriteResult {
  ReplyKind kind = ReplyKind::ok;
  std::uint64_t count = 0;  // for count; for no_session: one may begin above that number
};

// ---- events

// A peer has said hello on a connection; what was connected to it before is gone.
struct PeerConnected {
  NodeId peer;
  Generation generation;
  Hello hello;
};
// The connection to the peer is over, or a dial came to nothing.
struct PeerGone {
  NodeId peer;
};
// `records` is valid during the step only.
struct PeerSaid {
  NodeId peer;
  const Message& message;
  ByteSpan records;
};
// All of the file up to there is durable.
struct Synced {
  ByteCount up_to;
};
struct SyncFailed {};
// The disk is full: the file ends there, and what the log had beyond is not in it. The sends that
// carry any of it are among the effects still; they will not be sent.
struct AppendRefused {
  ByteCount end;
};
struct DeadlinePassed {};
struct ClientRequest {
  ClientId client;
  std::uint64_t sequence = 0;  // of the request on its connection: 1, 2, ...
  RequestKind kind = RequestKind::get;
  std::string_view key;
  std::string_view value;
  std::optional<std::string_view> from = {};  // of a cas: what must be there; none: nothing
  Once once = {};                             // of a write, in the profile replicated_log
  Duration waited{};                          // for its turn on its connection, since it arrived
};
// All that has come in this turn was told: now is the time to ship it together.
struct TurnEnded {};

using Event = std::variant<PeerConnected, PeerGone, PeerSaid, Synced, SyncFailed, AppendRefused,
                           DeadlinePassed, ClientRequest, TurnEnded>;

// ---- effects

// A message, with the log's bytes [from, to) behind it, or a part of Effects::payloads.
struct Send {
  NodeId to;
  Message message;
  ByteCount from_byte;
  ByteCount to_byte;
  std::size_t payload_at = 0;
  std::size_t payload_size = 0;
};

struct Reply {
  ClientId client;
  std::uint64_t sequence = 0;
  ReplyKind kind = ReplyKind::ok;
  std::uint64_t count = 0;   // as in WriteResult; for not_leader: who leads, 0: that is not known
  std::size_t value_at = 0;  // for value: a part of Effects::values
  std::size_t value_size = 0;
};

struct Effects {
  std::vector<Send> sends;
  std::vector<Reply> replies;
  Bytes values;
  Bytes payloads;
  std::vector<NodeId> dials;
  std::vector<NodeId> hang_ups;
  ByteCount drop_head;  // of the file nothing before that place is needed; none: nothing new
  Facts facts;
  bool halt = false;  // this node's word is worth nothing any more: stop it

  void clear() {
    sends.clear();
    replies.clear();
    values.clear();
    payloads.clear();
    dials.clear();
    hang_ups.clear();
    drop_head = ByteCount();
    facts.clear();
    halt = false;
  }
  void note(FactKind kind, NodeId peer, Lsn lsn, std::uint64_t a = 0, std::uint64_t b = 0) {
    facts.push_back({kind, peer, lsn, a, b});
  }
};

}  // namespace quorate
