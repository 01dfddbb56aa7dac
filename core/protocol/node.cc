#include "core/protocol/node.h"

#include <utility>

#include "core/base/check.h"

namespace quorate {

Node::Node(const NodeConfig& config, const Rules& rules, Wal wal, const WalRecovery& found)
    : found_(found), role_(Follower()) {
  QUORATE_CHECK(config.members >= 1 && config.members <= kMaxMembers, "a cluster of 1 to 32 nodes");
  QUORATE_CHECK(!config.id.is_none() && config.id.value() <= config.members,
                "a node is a member of its cluster");
  state_.config = config;
  state_.rules = &rules;
  state_.log = ReplicatedLog(
      std::move(wal), config.elects() ? StateMachine(rules, config.max_sessions) : StateMachine());
  state_.links = Links(config);
  state_.high_water_mark = state_.log.applied();  // what a snapshot holds, is committed
  if (config.is_leader()) role_ = Leader(config);
}

bool Node::is_serving() const {
  const auto* leader = std::get_if<Leader>(&role_);
  return leader != nullptr && leader->is_serving();
}

NodeId Node::leader() const {
  if (leads()) return state_.config.id;
  if (!state_.config.elects()) return NodeConfig::leader();
  const auto* follower = std::get_if<Follower>(&role_);
  return follower == nullptr ? NodeId() : follower->leader();
}

void Node::start(Time now, Effects& out) {
  const Lsn last = state_.log.last();
  out.note(FactKind::started, NodeId(), last, state_.log.generation().value());
  if (found_.torn()) out.note(FactKind::torn_tail_cut, NodeId(), last, found_.torn_bytes.value());
  if (found_.corrupt())
    out.note(FactKind::damage_found, NodeId(), last, found_.damaged_bytes.value(),
             state_.log.wal().restore_until().value());
  if (state_.config.elects()) {
    start_elected(now, out);
  } else if (auto* leader = std::get_if<Leader>(&role_)) {
    leader->start(state_, now, out);
  } else {
    std::get<Follower>(role_).start(state_, out);
    state_.links.want(NodeConfig::leader(), now, state_.deadlines, out);
  }
  state_.woken_last = now;
}

void Node::step(Time now, const Event& event, Effects& out) {
  std::visit([this, now, &out](const auto& happened) { step(now, happened, out); }, event);
}

void Node::on(Time now, const PeerConnected& event, Effects& out) {
  state_.links.connected(event.peer, now, state_.deadlines);
  forwards_.gone(event.peer, out);  // by the connection before
  const bool concerns_us =
      state_.config.elects() || state_.config.is_leader() || event.peer == NodeConfig::leader();
  const bool is_foreign = event.hello.cluster != state_.config.cluster;
  if (is_foreign)
    out.note(FactKind::foreign_cluster, event.peer, Lsn(), event.hello.cluster,
             state_.config.cluster);
  if (is_foreign || !concerns_us) {
    out.hang_ups.push_back(event.peer);
    return;
  }
  out.note(FactKind::peer_connected, event.peer, event.hello.last_lsn,
           event.hello.last_generation.value());
  if (state_.config.elects()) greet(now, event, out);
  if (auto* leader = std::get_if<Leader>(&role_))
    leader->connected(state_, now, event, out);
  else if (auto* candidate = std::get_if<Candidate>(&role_))
    candidate->connected(state_, now, event.peer, out);
  else
    std::get<Follower>(role_).connected(state_, event, out);
}

void Node::on(Time now, const PeerGone& event, Effects& out) {
  if (state_.links.is_connected(event.peer)) out.note(FactKind::peer_gone, event.peer, Lsn());
  state_.links.gone(event.peer, now, state_.deadlines);
  forwards_.gone(event.peer, out);
  if (auto* leader = std::get_if<Leader>(&role_))
    leader->gone(state_, now, event.peer, out);
  else if (auto* follower = std::get_if<Follower>(&role_))
    follower->gone(event.peer);
}

void Node::on(Time now, const PeerSaid& event, Effects& out) {
  state_.links.heard(event.peer, now);
  if (state_.config.elects()) return hear(now, event, out);
  if (!state_.config.is_leader() && event.message.from != event.peer) {
    out.hang_ups.push_back(event.peer);  // the leader judges such acks itself (rules.h)
    return;
  }
  if (auto* leader = std::get_if<Leader>(&role_))
    leader->message(state_, now, event, out);
  else
    std::get<Follower>(role_).message(state_, now, event, out);
}

void Node::on(Time now, const Synced& event, Effects& out) {
  if (state_.log.synced(event.up_to)) out.note(FactKind::synced, NodeId(), state_.log.durable());
  if (state_.config.elects()) voter_.synced(state_, now, out);
  if (auto* leader = std::get_if<Leader>(&role_))
    leader->synced(state_, now, out);
  else if (auto* candidate = std::get_if<Candidate>(&role_))
    candidate->synced(state_, now, out);
  else
    std::get<Follower>(role_).synced(state_, now, out);
}

void Node::on(Time, const SyncFailed&, Effects& out) {
  out.note(FactKind::sync_failed, NodeId(), state_.log.durable());
  out.halt = true;
}

void Node::on(Time now, const AppendRefused& event, Effects& out) {
  const Generation before = state_.log.generation();
  const Lsn applied = state_.log.applied();
  const SnapshotId snapshot = state_.log.wal().snapshot();
  state_.log.forget_unwritten(event.end);
  if (state_.log.wal().snapshot() != snapshot) put_off_snapshot(state_, now, snapshot, out);
  out.note(FactKind::disk_refused, NodeId(), state_.log.last().next());
  if (state_.log.applied() != applied)
    out.note(FactKind::state_rebuilt, NodeId(), state_.log.applied());
  voter_.forget();
  // Without room to go beyond the votes that damage may have hidden, it could give one twice.
  if (state_.log.generation() < beyond_damage_) out.halt = true;
  if (state_.config.elects() && !is_serving()) {
    // A cut or a snapshot that the disk refused is undone: what was learned to be committed with it
    // is not what is there.
    state_.high_water_mark = state_.log.applied();
    if (state_.vouches_from > state_.log.last())
      state_.vouches_from = state_.log.wal().restore_until();
  }
  if (auto* leader = std::get_if<Leader>(&role_))
    leader->append_refused(state_, out);
  else if (std::holds_alternative<Candidate>(role_))
    become_follower(now, out);  // without room for its generation, or its vote, it can't stand
  else
    std::get<Follower>(role_).append_refused(state_, now, state_.log.generation() < before, out);
}

void Node::on(Time now, const DeadlinePassed&, Effects& out) {
  if (state_.deadlines.due(DeadlineName::peer_silence, now))
    state_.links.hang_up_silent(now, state_.deadlines, out);
  if (state_.deadlines.due(DeadlineName::redial, now))
    state_.links.redial(now, state_.deadlines, out);
  forwards_.expire(state_, now, out);
  if (state_.config.elects() && !leads()) beat(now, out);
  if (auto* leader = std::get_if<Leader>(&role_))
    leader->deadline(state_, now, out);
  else if (auto* candidate = std::get_if<Candidate>(&role_))
    candidate->deadline(state_, now, out);
  else
    std::get<Follower>(role_).deadline(state_, now, out);
}

void Node::on(Time now, const ClientRequest& event, Effects& out) {
  if (auto* leader = std::get_if<Leader>(&role_)) {
    leader->request(state_, now, event, out);
    return;
  }
  pass_on(now, event, out);
}

bool Node::moves_snapshot() const {
  if (const auto* leader = std::get_if<Leader>(&role_)) return leader->moves_snapshot();
  const auto* follower = std::get_if<Follower>(&role_);
  return follower != nullptr && follower->takes_snapshot();
}

void Node::on(Time now, const TurnEnded&, Effects& out) {
  if (state_.config.elects()) tend_log(state_, now, moves_snapshot(), out);
  if (auto* leader = std::get_if<Leader>(&role_)) leader->turn_ended(state_, now, out);
}

}  // namespace quorate
