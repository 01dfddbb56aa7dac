// What does a node do that wants to lead? It asks whether it would be elected, takes a new
// generation, votes for itself, and asks for the others' votes.
//
// Data of the role and its steps. The first question (pre-vote) costs nobody anything: so a node
// that is cut off doesn't come back with a generation that deposes a good leader. The candidate's
// own vote is durable before it asks for any other. A vote counts once per voter, in the generation
// it was given for; a majority of all members elects.
// Source: Raft 5.2; the first question is section 9.6 of Ongaro's thesis.
#pragma once

#include <cstdint>

#include "core/protocol/node_state.h"

namespace quorate {

// Whose log is the best of those that have voted.
struct BestLog {
  NodeId node;
  Lsn last;
  Generation generation;  // of that record
};

class Candidate {
 public:
  // Begins, or begins anew when the time is over without a winner.
  void stand(NodeState& node, Time now, Effects& out);
  void connected(NodeState& node, Time now, NodeId peer, Effects& out);
  void synced(NodeState& node, Time now, Effects& out);
  void voted(NodeState& node, Time now, NodeId voter, const Vote& vote, Effects& out);
  void deadline(NodeState& node, Time now, Effects& out);

  bool has_won() const { return has_won_; }
  const BestLog& best() const { return best_; }

 private:
  void take_generation(NodeState& node, Time now, Effects& out);
  void ask(NodeState& node, Time now, NodeId peer, Effects& out);
  void ask_all(NodeState& node, Time now, Effects& out);
  // Counts a vote; returns whether they are enough.
  bool count(NodeState& node, NodeId voter, Effects& out);

  Generation proposed_;
  bool is_pre_ = true;
  bool has_asked_ = false;  // the own vote is durable, and so the others may be asked
  bool has_won_ = false;
  std::uint32_t voters_ = 0;  // a bit each, as in Links
  BestLog best_;
};

}  // namespace quorate
