// How far is one follower? What the leader knows of it.
//
// Invariant: match < next. `match` speaks of the leader's log in the present generation only: it is
// zero until the follower has said so in this generation (Copycat #29: a match that outlives a
// generation counts copies that were cut meanwhile).
#pragma once

#include <cstdint>

#include "core/base/ids.h"
#include "core/base/time.h"

namespace quorate {

struct Progress {
  enum class State : std::uint8_t {
    absent,      // no connection
    probing,     // connected; one ship is out that asks whether the logs agree
    streaming,   // they do: several ships may be out
    no_space,    // its disk is full: we pause until retry_at
    installing,  // what it lacks is in our log no more: it was offered our snapshot
  };

  NodeId node;
  State state = State::absent;
  bool asked = false;           // probing: the question is out
  Lsn match;                    // durable there and equal to ours, up to here
  Lsn next{1};                  // the next one to ship
  Lsn shipped;                  // the last one that was shipped on this connection
  Lsn shipped_before;           // the same, before the ships of this turn
  bool has_said_hello = false;  // to this leader
  Lsn hello_last;               // what it said it held when it connected
  Generation hello_generation;  // of that record
  Generation generation;        // in which it lived then
  bool restoring = false;       // it said that it lost records to damage
  Time retry_at = Time::never();
  std::uint32_t repeats = 0;  // acks of exactly `match` beyond the first
};

}  // namespace quorate
