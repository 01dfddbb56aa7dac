// One member of the cluster, as a pure function of its value: step(now, event) -> effects.
//
// A Node has no clock, no I/O, no randomness and no global; two equal nodes that are told the same
// take the same steps. It is written without callbacks: whoever drives it performs the effects and
// tells it what came of them (env/driver.h), and a simulator can stop between any two steps.
// What must be durable first is emitted only by the step that learns that it is durable.
// How to use it: start() once, then step() for each event, TurnEnded last in each turn; perform the
// effects, appends first; call step(DeadlinePassed) when next_deadline() has come.
#pragma once

#include <variant>

#include "core/protocol/candidate.h"
#include "core/protocol/election.h"
#include "core/protocol/follower.h"
#include "core/protocol/forwards.h"
#include "core/protocol/leader.h"
#include "core/protocol/node_state.h"

namespace quorate {

class Node {
 public:
  // `wal` is what recovery found, all of it durable. `rules` must outlive the node and its copies.
  // Requires 1 <= config.id <= config.members <= kMaxMembers.
  Node(const NodeConfig& config, const Rules& rules, Wal wal, const WalRecovery& found);

  void start(Time now, Effects& out);
  // One of those in Event; step(now, Event) takes any.
  template <class Happened>
  void step(Time now, const Happened& happened, Effects& out) {
    if (state_.config.elects())
      step_elected(now, happened, out);
    else
      on(now, happened, out);
    state_.woken_last = now;
  }
  void step(Time now, const TurnEnded& ended, Effects& out) {
    // Only a leader, who waits for one's answers, or takes snapshots, has anything to do then.
    if (!leads() && forwards_.size() == 0 && state_.config.snapshot_bytes.is_none())
      state_.woken_last = now;
    else
      step<TurnEnded>(now, ended, out);
  }
  void step(Time now, const Event& event, Effects& out);

  // When it must be told DeadlinePassed at the latest; Time::never() if it waits for nothing.
  Time next_deadline() const { return state_.deadlines.least(); }

  const NodeConfig& config() const { return state_.config; }
  const Rules& rules() const { return *state_.rules; }
  const ReplicatedLog& log() const { return state_.log; }
  Hello hello() const { return Follower::hello(state_); }
  bool leads() const { return std::holds_alternative<Leader>(role_); }
  bool stands() const { return std::holds_alternative<Candidate>(role_); }
  // Who leads, as far as this node knows; none: it doesn't.
  NodeId leader() const;
  // Whether clients are served here.
  bool is_serving() const;
  // Up to where a quorum holds the log, as far as this node knows: in the profile ack_quorum the
  // leader alone does.
  Lsn high_water_mark() const { return state_.high_water_mark; }

 private:
  void on(Time now, const PeerConnected& event, Effects& out);
  void on(Time now, const PeerGone& event, Effects& out);
  void on(Time now, const PeerSaid& event, Effects& out);
  void on(Time now, const Synced& event, Effects& out);
  void on(Time now, const SyncFailed& event, Effects& out);
  void on(Time now, const AppendRefused& event, Effects& out);
  void on(Time now, const DeadlinePassed& event, Effects& out);
  void on(Time now, const ClientRequest& event, Effects& out);
  void on(Time now, const TurnEnded& event, Effects& out);

  // ---- the profile replicated_log (node_elects.cc, node_forwards.cc)
  template <class Happened>
  void step_elected(Time now, const Happened& happened, Effects& out) {
    const std::size_t replies = out.replies.size();
    const Generation before = state_.log.generation();
    on(now, happened, out);
    if (role_may_be_over()) change_role(now, out);
    if (state_.log.generation() != before) forwards_.give_up(out);
    state_.deadlines.set(DeadlineName::forwarded, forwards_.deadline(state_));
    if (out.replies.size() > replies) hand_back(now, replies, out);
  }
  void start_elected(Time now, Effects& out);
  bool role_may_be_over() const {
    if (const auto* leader = std::get_if<Leader>(&role_)) return leader->is_over().has_value();
    const auto* follower = std::get_if<Follower>(&role_);
    return follower == nullptr || follower->wants_to_stand();
  }
  // Another role, if the present one is over.
  void change_role(Time now, Effects& out);
  void become_follower(Time now, Effects& out);
  void enter(Time now, Generation generation, Effects& out);
  // Is what the peer says of our generation? Enters a newer one; tells the peer of an older one.
  bool is_current(Time now, NodeId peer, Generation generation, Effects& out);
  void greet(Time now, const PeerConnected& event, Effects& out);
  void hear(Time now, const PeerSaid& event, Effects& out);
  bool hears_leader(Time now) const;
  bool moves_snapshot() const;
  void beat(Time now, Effects& out);
  // A client's request that is another's to answer.
  void pass_on(Time now, const ClientRequest& event, Effects& out);
  void take_forward(Time now, const PeerSaid& event, const Forward& forward, Effects& out);
  void hand_back(Time now, std::size_t first, Effects& out);

  NodeState state_;
  WalRecovery found_;
  Generation beyond_damage_;  // damage may have hidden a vote in any generation before it
  std::variant<Leader, Follower, Candidate> role_;
  Voter voter_;
  Forwards forwards_;
};

}  // namespace quorate
