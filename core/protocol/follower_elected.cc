// The follower and the leader that was elected: profile replicated_log.
#include "core/protocol/election.h"
#include "core/protocol/follower.h"

namespace quorate {

void Follower::await_leader(NodeState& node, Time now) {
  patience_ = draw_election_timeout(node);
  heard_ = now;
  node.deadlines.set(DeadlineName::election, now + patience_);
}

void Follower::generation_entered() {
  has_heard_ = false;
  leader_ = NodeId();
  verified_ = Lsn();
  ack_owed_ = false;
  awaits_reship_ = false;
  intake_.stop();
}

void Follower::look_for_leader(NodeState& node, Time now) {
  if (!node.deadlines.due(DeadlineName::election, now)) return;
  if (now < heard_ + patience_)
    return node.deadlines.set(DeadlineName::election, heard_ + patience_);
  // Who doesn't know what its own log has lost, can't say how good it is.
  if (damaged_ || node.log.durable() < node.vouches_from) return await_leader(node, now);
  wants_to_stand_ = true;
}

void Follower::follow(NodeState& node, Time now, NodeId leader, Effects& out) {
  heard_ = now;
  has_heard_ = true;
  if (leader == leader_) return;
  leader_ = leader;
  verified_ = Lsn();
  acked_ = Lsn();
  ack_owed_ = false;
  awaits_reship_ = false;
  ship_came_ = now;
  intake_.stop();
  out.note(FactKind::leader_found, leader, Lsn(), node.log.generation().value());
}

void Follower::confirm(NodeState& node, Time now, NodeId leader, const Confirm& asked,
                       Effects& out) {
  learn_mark(node, asked.high_water_mark, out);
  node.send(leader, Confirmed{asked.round}, now, out);
  if (intake_.is_under_way()) return intake_.ask_if_idle(node, now, leader, out);
  // No ship for so long: the leader has not understood what we miss. And who stood in vain has
  // forgotten how far its log was verified: it is to be shown again.
  const bool lacks = awaits_reship_ || asked.high_water_mark > verified_;
  if (!lacks || now < ship_came_ + node.config.heartbeat) return;
  ship_came_ = now;
  send_ack(node, now, leader, node.log.last(), AckStatus::mismatch, out);
}

void Follower::take_chunk(NodeState& node, Time now, const PeerSaid& event, const Chunk& chunk,
                          Effects& out) {
  if (chunk.for_adoption) return;  // we have won an election and stepped down since
  follow(node, now, event.peer, out);
  switch (intake_.take(node, now, event, chunk, out)) {
    case SnapshotIntake::Came::goes_on: return;
    case SnapshotIntake::Came::not_needed:
      return send_ack(node, now, event.peer, chunk.id.lsn, AckStatus::mismatch, out);
    case SnapshotIntake::Came::installed: break;
  }
  awaits_reship_ = false;
  verified_ = chunk.id.lsn;
  acked_ = Lsn();
  ack_owed_ = true;
  // What our log had beyond it may be in no log any more: the next ship tells where the leader's
  // ends, and so how much is to be given back.
  damaged_ = !node.log.wal().restore_until().is_none();
  if (damaged_)
    send_ack(node, now, event.peer, chunk.id.lsn, AckStatus::mismatch, out);
  else
    acknowledge(node, now, out);
}

void Follower::learn_mark(NodeState& node, Lsn said, Effects& out) {
  const Lsn mark = node.rules->follower_mark(said, verified_, node.log.last());
  if (mark > node.high_water_mark) {
    node.high_water_mark = mark;
    out.note(FactKind::mark_learned, NodeId(), mark);
  }
  apply(node, out);
}

}  // namespace quorate
