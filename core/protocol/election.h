// Who leads next? What a voter does, and when a node stands for election itself.
//
// A node that has heard of no leader for its election timeout becomes a candidate (candidate.h). A
// voter gives at most one vote a generation, on its disk before it leaves: so no two leaders can
// have the same generation, whatever crashes in between (Raft 5.2, figure 2).
// Timeouts are drawn between once and twice the configured one, from the node's seed, its number
// and how many it has drawn before: so two nodes seldom stand at the same moment, again and again.
#pragma once

#include "core/protocol/node_state.h"

namespace quorate {

// The next one. Counts it.
Duration draw_election_timeout(NodeState& node);

class Voter {
 public:
  // A request has come, of the voter's own generation. Answers it, or owes the answer until the
  // vote is durable. `hears_leader`: the voter has one, and heard from it a moment ago.
  void asked(NodeState& node, Time now, NodeId candidate, const VoteRequest& request,
             bool hears_leader, Effects& out);
  // Something has become durable.
  void synced(NodeState& node, Time now, Effects& out);
  // The disk refused what the vote rests on.
  void forget() { owed_to_ = NodeId(); }

 private:
  void owe(NodeId candidate, Generation generation) {
    owed_to_ = candidate;
    owed_in_ = generation;
  }
  void give(NodeState& node, Time now, NodeId candidate, Generation proposed, bool is_pre,
            Effects& out);

  NodeId owed_to_;      // a vote that is not durable yet; none: none
  Generation owed_in_;  // in which it was given; it is void in any other
};

}  // namespace quorate
