// What does the leader do? It appends, ships, counts acks, and answers when the quorum has spoken.
//
// Data of the role and its steps. The parts: restoring (only when its own log was damaged, see
// restore.h), then taking a generation (durable before anything leaves), then waiting until what
// the log held at the start is on a quorum again, then serving. Invariant: the high-water mark
// never goes back.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/protocol/node_state.h"
#include "core/protocol/pending_writes.h"
#include "core/protocol/progress.h"
#include "core/protocol/restore.h"

namespace quorate {

class Leader {
 public:
  explicit Leader(const NodeConfig& config);

  void start(NodeState& node, Time now, Effects& out);
  void connected(NodeState& node, Time now, const PeerConnected& event, Effects& out);
  void gone(NodeState& node, Time now, NodeId peer, Effects& out);
  void message(NodeState& node, Time now, const PeerSaid& event, Effects& out);
  void synced(NodeState& node, Time now, Effects& out);
  void append_refused(NodeState& node, Effects& out);
  void deadline(NodeState& node, Time now, Effects& out);
  void request(NodeState& node, Time now, const ClientRequest& event, Effects& out);
  void turn_ended(NodeState& node, Time now, Effects& out);

  Lsn high_water_mark() const { return high_water_mark_; }
  bool is_serving() const { return serving_; }

 private:
  Progress& progress(NodeId peer) { return progress_[peer.value() - 2]; }

  void begin_generation(NodeState& node, Time now, Effects& out);
  void announce(NodeState& node, Time now, Effects& out);
  void greet(NodeState& node, Time now, Progress& follower, Effects& out);

  // Ships what the follower lacks, as far as its window allows; a question when it is being probed.
  void ship(NodeState& node, Time now, Progress& follower, Effects& out);
  void ship_run(NodeState& node, Time now, Progress& follower, Effects& out);
  bool window_is_open(const NodeState& node, const Progress& follower) const;

  void ack(NodeState& node, Time now, const PeerSaid& event, const Ack& ack, Effects& out);
  void ack_success(NodeState& node, Progress& follower, Lsn lsn, Effects& out);
  // At the end of the turn, ship from there on.
  void ship_again_from(Progress& follower, Lsn lsn);

  int needed(const NodeState& node) const;
  int acks_for(const NodeState& node, Lsn lsn) const;
  void advance(NodeState& node, Effects& out);
  void apply(NodeState& node, Effects& out);
  void expire(NodeState& node, Time now, Effects& out);
  void read(NodeState& node, const ClientRequest& event, Effects& out) const;

  std::vector<Progress> progress_;  // of node 2, 3, ...
  PendingWrites pending_;
  std::optional<Restore> restore_;
  Lsn generation_start_;  // the log's last when this generation began
  Lsn high_water_mark_;
  bool announced_ = false;  // the generation is durable: we may speak
  bool serving_ = false;
};

}  // namespace quorate
