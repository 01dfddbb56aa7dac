#include "core/protocol/leader.h"

#include <algorithm>
#include <array>

#include "core/base/check.h"

namespace quorate {

Leader::Leader(const NodeConfig& config) {
  progress_.resize(static_cast<std::size_t>(config.followers()));
  for (std::size_t i = 0; i < progress_.size(); ++i)
    progress_[i].node = NodeId(static_cast<std::uint32_t>(i) + 2);
}

// ---- start: restore, take a generation, wait for the quorum, serve

void Leader::start(NodeState& node, Time now, Effects& out) {
  const Wal& wal = node.log.wal();
  const bool damaged = !wal.restore_until().is_none();
  if (!damaged || !node.rules->restores_after_damage()) {
    // Where nothing but notes was damaged, nothing is to be given back.
    if (damaged || wal.is_damaged()) node.log.cut(wal.last_lsn(), Lsn(), true);
    begin_generation(node, now, out);
    return;
  }
  out.note(FactKind::restore_begun, NodeId(), wal.last_lsn(), wal.restore_until().value());
  restore_.emplace(wal.end());
}

void Leader::begin_generation(NodeState& node, Time now, Effects& out) {
  generation_start_ = node.log.last();
  const Generation next =
      restore_ ? restore_->unused_generation(node) : node.log.generation().next();
  restore_.reset();
  if (node.rules->takes_new_generation() || node.log.generation().is_none()) {
    node.log.enter(next);
    out.note(FactKind::generation_entered, NodeId(), node.log.last(), next.value());
  }
  if (!node.rules->waits_for_durable_generation() || node.log.generation_is_durable())
    announce(node, now, out);
}

void Leader::announce(NodeState& node, Time now, Effects& out) {
  announced_ = true;
  for (Progress& follower : progress_)
    if (follower.state != Progress::State::absent) greet(node, now, follower, out);
  advance(node, out);
}

void Leader::greet(NodeState& node, Time now, Progress& follower, Effects& out) {
  const Wal& wal = node.log.wal();
  node.send(follower.node,
            Hello{node.config.cluster, node.log.durable(), wal.generation_at(node.log.durable()),
                  restore_.has_value()},
            now, out);
  if (restore_) return;
  // Where may our logs agree? Not beyond the end, in our log, of the last generation it has heard
  // of.
  const Lsn agreed = wal.last_of_generation(follower.hello_generation,
                                            std::min(follower.hello_last, wal.last_lsn()));
  follower.next = node.rules->ship_after(agreed, follower, wal.last_lsn()).next();
  follower.match = std::min(follower.match, follower.hello_last);
  follower.state = Progress::State::probing;
  follower.asked = false;
}

void Leader::connected(NodeState& node, Time now, const PeerConnected& event, Effects& out) {
  Progress& follower = progress(event.peer);
  follower.state = Progress::State::probing;
  follower.asked = false;
  follower.shipped = Lsn();
  follower.hello_last = event.hello.last_lsn;
  follower.hello_generation = event.hello.last_generation;
  follower.generation = event.generation;
  follower.restoring = event.hello.restoring;
  if (restore_) {
    greet(node, now, follower, out);
    const int witnesses = node.config.followers() - needed(node) + 1;
    if (restore_->proceed(node, now, progress_, witnesses, out)) begin_generation(node, now, out);
  } else if (announced_) {
    greet(node, now, follower, out);
  }
}

void Leader::gone(NodeState& node, Time now, NodeId peer, Effects& out) {
  progress(peer).state = Progress::State::absent;
  if (!restore_) return;
  const int witnesses = node.config.followers() - needed(node) + 1;
  if (restore_->proceed(node, now, progress_, witnesses, out)) begin_generation(node, now, out);
}

void Leader::synced(NodeState& node, Time now, Effects& out) {
  if (!announced_ && !restore_ && node.log.generation_is_durable()) announce(node, now, out);
  advance(node, out);
}

// ---- shipping

bool Leader::window_is_open(const NodeState& node, const Progress& follower) const {
  const Wal& wal = node.log.wal();
  const auto end = [&wal](Lsn lsn) { return lsn.is_none() ? ByteCount() : wal.end_of(lsn); };
  const Lsn out = follower.next.prev();
  return out <= follower.match || end(out) - end(follower.match) < node.config.window_bytes;
}

void Leader::ship(NodeState& node, Time now, Progress& follower, Effects& out) {
  if (!announced_) return;
  follower.shipped_before = follower.shipped;
  if (follower.state == Progress::State::probing) {
    if (!follower.asked) ship_run(node, now, follower, out);
    follower.asked = true;
  } else if (follower.state == Progress::State::streaming) {
    while (follower.next <= node.log.last() && window_is_open(node, follower))
      ship_run(node, now, follower, out);
  }
}

void Leader::ship_run(NodeState& node, Time now, Progress& follower, Effects& out) {
  const Wal& wal = node.log.wal();
  const Lsn first = follower.next;
  const bool empty = first > wal.last_lsn();
  const Lsn last = empty ? first.prev() : wal.run_from(first, node.config.ship_bytes);
  const auto records = static_cast<std::uint32_t>(last.value() + 1 - first.value());
  const Ship ship{first.prev(),      wal.generation_at(first.prev()),
                  generation_start_, high_water_mark_,
                  wal.last_lsn(),    records};
  if (empty)
    node.send(follower.node, ship, now, out);
  else
    node.send(follower.node, ship, now, out,
              wal.end_of(first) - ByteCount(wal.record_bytes(first).size()), wal.end_of(last));
  const bool again = first <= follower.shipped && !empty;
  out.note(again ? FactKind::reshipped : FactKind::shipped, follower.node, first, last.value(),
           static_cast<std::uint64_t>(needed(node)));
  follower.next = last.next();
  follower.shipped = std::max(follower.shipped, last);
}

void Leader::ship_again_from(Progress& follower, Lsn lsn) {
  follower.next = lsn;
  follower.asked = false;
}

// ---- the high-water mark, and what follows from it

void Leader::advance(NodeState& node, Effects& out) {
  if (!announced_) return;
  std::array<Lsn, kMaxMembers> held;
  std::size_t count = 0;
  for (const Progress& follower : progress_) held[count++] = node.rules->counted(follower);
  const int acks_needed = needed(node);
  const Lsn on_quorum = held_by({held.data(), count}, acks_needed, node.log.last());
  const Lsn mark =
      node.rules->limited_by_leader(std::min(on_quorum, node.log.last()), node.log.durable());
  if (mark > high_water_mark_) {
    high_water_mark_ = mark;
    out.note(FactKind::quorum_reached, NodeId(), mark,
             static_cast<std::uint64_t>(acks_for(node, mark)),
             static_cast<std::uint64_t>(acks_needed));
  }
  apply(node, out);
  if (serving_) return;
  if (high_water_mark_ < generation_start_ && node.rules->waits_for_quorum_at_start()) return;
  serving_ = true;
  out.note(FactKind::serving, NodeId(), generation_start_);
}

void Leader::apply(NodeState& node, Effects& out) {
  const Lsn limit = node.rules->leader_applies(high_water_mark_, node.log.last());
  while (node.log.applied() < limit) {
    const int removed = node.log.apply_next();
    const Lsn lsn = node.log.applied();
    out.note(FactKind::applied, NodeId(), lsn);
    pending_.answer(*node.rules, high_water_mark_, {lsn, removed}, out);
  }
}

void Leader::expire(NodeState& node, Time now, Effects& out) {
  while (const auto wait = pending_.expire_first(*node.rules, high_water_mark_, now,
                                                 node.config.write_timeout, node.woken_last, out)) {
    out.note(FactKind::wait_timed_out, NodeId(), wait->lsn,
             static_cast<std::uint64_t>(acks_for(node, wait->lsn)),
             static_cast<std::uint64_t>(needed(node)));
    if (node.rules->keeps_after_timeout() || wait->lsn > node.log.last()) continue;
    node.log.cut(wait->lsn.prev(), Lsn(), true);
    for (Progress& follower : progress_)
      follower.next = std::min(follower.next, node.log.last().next());
  }
}

void Leader::deadline(NodeState& node, Time now, Effects& out) {
  expire(node, now, out);
  if (node.deadlines.due(DeadlineName::heartbeat, now)) {
    const std::uint32_t due = node.links.due_for_heartbeat(now, node.deadlines);
    for (const Progress& follower : progress_)
      if ((due & Links::bit(follower.node)) != 0 && (announced_ || restore_))
        node.send(follower.node, Heartbeat{high_water_mark_}, now, out);
  }
  if (!node.deadlines.due(DeadlineName::no_space, now)) return;
  node.deadlines.clear(DeadlineName::no_space);
  for (Progress& follower : progress_) {
    if (follower.state != Progress::State::no_space) continue;
    if (now < follower.retry_at) {
      node.deadlines.bring_forward(DeadlineName::no_space, follower.retry_at);
      continue;
    }
    follower.state = Progress::State::probing;
    follower.asked = false;
  }
}

// ---- clients

void Leader::request(NodeState& node, Time now, const ClientRequest& event, Effects& out) {
  const auto refuse = [&out, &event](ReplyKind why) {
    out.note(FactKind::request_refused, NodeId(), Lsn(), static_cast<std::uint64_t>(why),
             event.client.value());
    out.replies.push_back({event.client, event.sequence, why, 0, 0, 0});
  };
  if (!serving_) return refuse(ReplyKind::loading);
  if (event.kind == RequestKind::get) return read(node, event, out);
  if (pending_.size() >= node.config.max_waits) return refuse(ReplyKind::busy);
  const bool is_del = event.kind == RequestKind::del;
  const Lsn lsn = node.log.append(event.client, event.sequence, is_del ? Op::del : Op::set,
                                  event.key, event.value);
  out.note(FactKind::appended, NodeId(), lsn, node.log.generation().value());
  pending_.push({lsn, now, event.client, event.sequence, is_del});
}

void Leader::read(NodeState& node, const ClientRequest& event, Effects& out) const {
  Reply reply{event.client, event.sequence, ReplyKind::nil, 0, 0, 0};
  if (const std::string* value = node.log.state().find(event.key)) {
    reply.kind = ReplyKind::value;
    reply.value_at = out.values.size();
    reply.value_size = value->size();
    append_bytes(out.values, as_bytes(*value));
  }
  out.replies.push_back(reply);
}

void Leader::append_refused(NodeState& node, Effects& out) {
  // Without room for its generation, or for what its followers give back, it can't lead at all.
  if (!announced_) out.halt = true;
  for (Progress& follower : progress_)
    follower.next = std::min(follower.next, node.log.last().next());
  // A ship that was withheld for its last records is owed from its first one on.
  for (const Send& send : out.sends) {
    const auto* ship = std::get_if<Ship>(&send.message.body);
    if (ship == nullptr || send.to_byte <= node.log.wal().end()) continue;
    Progress& follower = progress(send.to);
    follower.next = std::min(follower.next, ship->prev_lsn.next());
  }
  for (Progress& follower : progress_) {
    follower.shipped =
        std::min(follower.shipped, std::max(follower.shipped_before, follower.next.prev()));
    follower.asked = false;  // what asked may have been withheld with the refused bytes
  }
  pending_.refuse_after(node.log.last(), out);
}

void Leader::turn_ended(NodeState& node, Time now, Effects& out) {
  for (Progress& follower : progress_) ship(node, now, follower, out);
  if (pending_.empty()) return node.deadlines.clear(DeadlineName::quorum_wait);
  pending_.answer(*node.rules, high_water_mark_, {}, out);
  node.deadlines.set(DeadlineName::quorum_wait,
                     pending_.deadline(*node.rules, node.config.write_timeout, node.woken_last));
}

}  // namespace quorate
