// How does a leader whose own log was damaged get it back? From the followers, before it leads.
//
// What was OK'd is durable on Q followers, so among any F - Q + 1 of them at least one holds it;
// and of those the one with the greatest last (generation, LSN) holds all of it, since a follower
// takes a record only behind the same prefix (log matching). The leader waits until so many sound
// followers have said hello, and takes over the log of that one from the last LSN on which they
// agree. If no one holds more than its own sound part, that part is all that can have been OK'd.
// Source: Protocol-Aware Recovery (FAST '18); the bound is the intersection of quorums.
// A follower that is restoring its own log vouches for nothing and is not counted.
#pragma once

#include <cstdint>
#include <vector>

#include "core/protocol/node_state.h"
#include "core/protocol/progress.h"

namespace quorate {

class Restore {
 public:
  // Requires a log that must be restored. `damaged_bytes` bounds what the damage may have hidden.
  explicit Restore(ByteCount damaged_bytes) : damaged_bytes_(damaged_bytes) {}

  // Somebody came or went, or nothing is under way: asks whom it needs to ask. `witnesses` is how
  // many sound followers must have spoken. Returns whether the log is whole.
  bool proceed(NodeState& node, Time now, const std::vector<Progress>& followers, int witnesses,
               Effects& out);
  // Takes what the follower gave. Returns whether the log is whole.
  bool given(NodeState& node, Time now, const PeerSaid& event, const Give& give, Effects& out);

  // A generation that nobody can have used before, once the log is whole: above all that were heard
  // of, and above as many as the damaged bytes could have recorded.
  Generation unused_generation(const NodeState& node) const;

 private:
  void ask(NodeState& node, Time now, Lsn prev, Effects& out);
  bool finish(NodeState& node, Effects& out);

  ByteCount damaged_bytes_;
  Generation heard_of_;  // the greatest
  NodeId source_;        // whom we ask; none: not decided
  bool agreed_ = false;  // the source holds our prefix: what it gives is ours
};

}  // namespace quorate
