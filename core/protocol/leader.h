// What does the leader do? It appends, ships, counts acks, and answers when the quorum has spoken.
//
// Data of the role and its steps. In the profile ack_quorum the parts are: restoring (only when its
// own log was damaged, see restore.h), then taking a generation (durable before anything leaves),
// then waiting until what the log held at the start is on a quorum again, then serving. In the
// profile replicated_log the generation was taken by the candidate; the parts are: adopting (only
// under that election rule, see adoption.h), then a first entry of its own generation, then waiting
// until that is committed, and all before it, then serving, until it is over: a newer generation or
// a lost majority ends it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/protocol/adoption.h"
#include "core/protocol/leadership.h"
#include "core/protocol/node_state.h"
#include "core/protocol/pending_writes.h"
#include "core/protocol/progress.h"
#include "core/protocol/restore.h"

namespace quorate {

class Leader {
 public:
  explicit Leader(const NodeConfig& config);

  // The leader of the profile ack_quorum starts.
  void start(NodeState& node, Time now, Effects& out);
  // An election is won, in the generation that the candidate took.
  void lead(NodeState& node, Time now, const BestLog& best, Effects& out);
  // Why it must step down, if it must. To be looked at after each step.
  std::optional<StepDown> is_over() const { return is_over_; }
  // Nobody waits for this leader any longer: tells its clients.
  void step_down(const NodeState& node, Effects& out);

  void connected(NodeState& node, Time now, const PeerConnected& event, Effects& out);
  void gone(NodeState& node, Time now, NodeId peer, Effects& out);
  void message(NodeState& node, Time now, const PeerSaid& event, Effects& out);
  void synced(NodeState& node, Time now, Effects& out);
  void append_refused(NodeState& node, Effects& out);
  void deadline(NodeState& node, Time now, Effects& out);
  void request(NodeState& node, Time now, const ClientRequest& event, Effects& out);
  void turn_ended(NodeState& node, Time now, Effects& out);

  bool is_serving() const { return serving_; }
  // Is our snapshot on its way to a follower, or, before we serve, another's to us?
  bool moves_snapshot() const;

 private:
  Progress& progress(NodeId peer) {
    return progress_[peer.value() - (peer.value() > self_.value() ? 2 : 1)];
  }

  void begin_generation(NodeState& node, Time now, Effects& out);
  void take_office(NodeState& node, Time now, Effects& out);
  void announce(NodeState& node, Time now, Effects& out);
  void greet(NodeState& node, Time now, Progress& follower, Effects& out);

  // Nothing is to be shipped to that one: the usual case at the end of a turn.
  static bool has_all(const NodeState& node, const Progress& follower) {
    return follower.state == Progress::State::streaming && follower.next > node.log.last();
  }
  // Ships what the follower lacks, as far as its window allows; a question when it is being probed.
  void ship(NodeState& node, Time now, Progress& follower, Effects& out);
  void offer(NodeState& node, Time now, Progress& follower, Effects& out);
  void ship_run(NodeState& node, Time now, Progress& follower, Effects& out);
  bool window_is_open(const NodeState& node, const Progress& follower) const;

  void ack(NodeState& node, Time now, const PeerSaid& event, const Ack& ack, Effects& out);
  void ack_success(NodeState& node, Progress& follower, Lsn lsn, Effects& out);
  // At the end of the turn, ship from there on.
  void ship_again_from(Progress& follower, Lsn lsn);

  // Of the followers, beside the leader's own copy.
  static int needed(const NodeState& node) {
    const QuorumRule rule = node.config.elects() ? QuorumRule::majority_of_all : node.config.quorum;
    return node.rules->acks_needed(rule, node.config.followers(), node.links.connected_count());
  }
  Lsn on_quorum(const NodeState& node) const;
  int acks_for(const NodeState& node, Lsn lsn) const;
  void advance(NodeState& node, Effects& out);
  void apply(NodeState& node, Lsn limit, Effects& out);
  void expire(NodeState& node, Time now, Effects& out);
  void heartbeat(NodeState& node, Time now, Effects& out);
  // Answers a write of a session, if that can be done without a new record. Returns whether it was.
  bool answer_repeat(const NodeState& node, const ClientRequest& event, Effects& out) const;
  void write(NodeState& node, Time now, const ClientRequest& event, Effects& out);
  void read(const NodeState& node, ClientId client, std::uint64_t sequence, std::string_view key,
            Effects& out) const;
  void answer_reads(NodeState& node, Effects& out);

  NodeId self_;
  std::vector<Progress> progress_;  // of all others, by their numbers
  PendingWrites pending_;
  std::optional<Restore> restore_;
  std::optional<Adoption> adoption_;
  Leadership leadership_;  // of the profile replicated_log
  std::vector<Leadership::Read> scratch_;
  std::optional<StepDown> is_over_;
  Lsn generation_start_;    // the log's last when this generation began
  bool announced_ = false;  // the generation is durable: we may speak
  bool serving_ = false;
};

}  // namespace quorate
