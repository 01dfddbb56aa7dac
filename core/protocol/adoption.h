// How does the winner of an election take over the best log of its majority? Election rule `adopt`.
//
// What is committed is durable on a majority, and any two majorities share a node: so the log with
// the greatest last (generation, LSN) among those that voted holds all of it. The winner asks that
// one for what follows a place where both may agree, and takes it over whole: what it has in common
// stays untouched, its own tail is cut where it differs, and only when all of it is here does the
// winner commit it, with a first entry of its own generation. A node that has voted for us takes
// records from nobody else before a newer generation, so the log stands still meanwhile.
// Source: the book's Jupiter, who finds B1 on Saturn; Viewstamped Replication's view change.
#pragma once

#include "core/protocol/candidate.h"
#include "core/protocol/node_state.h"
#include "core/protocol/snapshots.h"

namespace quorate {

class Adoption {
 public:
  explicit Adoption(const BestLog& best) : best_(best) {}

  NodeId source() const { return best_.node; }
  bool takes_snapshot() const { return intake_.is_under_way(); }

  // At the beginning, and again when the source has come back.
  void ask(NodeState& node, Time now, Effects& out);
  // Takes what the source gave. Returns whether the log is here.
  bool given(NodeState& node, Time now, const PeerSaid& event, const Give& give, Effects& out);

  // The same of a snapshot, where the source's log begins behind what we asked for.
  bool offered(NodeState& node, Time now, const PeerSaid& event, const Chunk& chunk, Effects& out);

 private:
  // All up to there is here. Returns whether that is all.
  bool has(NodeState& node, Time now, Lsn lsn, bool asks_on, Effects& out);
  void ask_after(NodeState& node, Time now, Lsn prev, Effects& out);
  void take(NodeState& node, const RecordView& record, ByteSpan encoded, Effects& out);

  BestLog best_;
  SnapshotIntake intake_;
  Lsn agreed_;  // up to here our log is the source's
};

}  // namespace quorate
