// How does the state machine become bytes, for a snapshot?
//
//   state   := dropped_up_to:8 sessions:8 session* entry*
//   session := client:8 sequence:8 reply:1 count:8 lsn:8
//   entry   := key_len:2 value_len:4 key value
//
// Little-endian; sessions in the order of their clients, entries in that of their keys. So equal
// states are equal bytes: whoever has applied the same log has the same snapshot, and one that was
// begun by one leader can be gone on with by the next.
#pragma once

#include <map>
#include <optional>

#include "core/base/bytes.h"
#include "core/protocol/kv.h"
#include "core/protocol/sessions.h"

namespace quorate {

void encode_state(const Kv& kv, const Sessions& sessions, Bytes& to);

struct DecodedState {
  Kv::Entries entries;
  std::map<ClientId, Sessions::Session> sessions;
  ClientId dropped_up_to;
};

// Nothing if these bytes are no state, or one in another order. Never reads past them.
std::optional<DecodedState> decode_state(ByteSpan from);

}  // namespace quorate
