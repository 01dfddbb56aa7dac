#include "core/protocol/leader.h"

#include <algorithm>

#include "core/base/check.h"

namespace quorate {

Leader::Leader(const NodeConfig& config) : self_(config.id) {
  for (std::uint32_t n = 1; n <= config.members; ++n)
    if (NodeId(n) != self_) progress_.emplace_back().node = NodeId(n);
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

void Leader::lead(NodeState& node, Time now, const BestLog& best, Effects& out) {
  leadership_.begin(node, now);
  for (Progress& follower : progress_)
    if (node.links.is_connected(follower.node)) follower.state = Progress::State::probing;
  const bool adopts = node.config.election == ElectionRule::adopt && best.node != self_ &&
                      node.rules->adopts_best_log();
  if (!adopts) return take_office(node, now, out);
  adoption_.emplace(best);
  adoption_->ask(node, now, out);
  node.deadlines.set(DeadlineName::election, now + node.config.election_timeout);
}

void Leader::take_office(NodeState& node, Time now, Effects& out) {
  adoption_.reset();
  node.deadlines.clear(DeadlineName::election);
  generation_start_ = node.log.last();
  const Lsn first = node.log.append(ClientId(), 0, Op::noop, {}, {});
  out.note(FactKind::appended, NodeId(), first, node.log.generation().value());
  announce(node, now, out);
}

void Leader::step_down(const NodeState& node, Effects& out) {
  if (!node.rules->answers_at_step_down()) return;
  leadership_.refuse_all(ReplyKind::not_leader, out);
  pending_.give_up(out);
}

void Leader::announce(NodeState& node, Time now, Effects& out) {
  announced_ = true;
  for (Progress& follower : progress_)
    if (follower.state != Progress::State::absent) greet(node, now, follower, out);
  advance(node, out);
}

void Leader::greet(NodeState& node, Time now, Progress& follower, Effects& out) {
  const Wal& wal = node.log.wal();
  if (!node.config.elects())
    node.send(follower.node,
              Hello{node.config.cluster, node.log.durable(), wal.generation_at(node.log.durable()),
                    restore_.has_value()},
              now, out);
  if (restore_) return;
  // Where may our logs agree? Not beyond the end, in our log, of the last generation it has heard
  // of.
  // Of one that was connected before we were elected we have heard nothing yet.
  const Lsn agreed = node.config.elects() && !follower.has_said_hello
                         ? generation_start_
                         : wal.last_of_generation(follower.hello_generation,
                                                  std::min(follower.hello_last, wal.last_lsn()));
  follower.next = node.rules->ship_after(agreed, follower, wal.last_lsn()).next();
  if (follower.has_said_hello) follower.match = std::min(follower.match, follower.hello_last);
  follower.state = Progress::State::probing;
  follower.asked = false;
}

void Leader::connected(NodeState& node, Time now, const PeerConnected& event, Effects& out) {
  Progress& follower = progress(event.peer);
  follower.state = Progress::State::probing;
  follower.asked = false;
  follower.shipped = Lsn();
  follower.has_said_hello = true;
  follower.hello_last = event.hello.last_lsn;
  follower.hello_generation = event.hello.last_generation;
  follower.generation = event.generation;
  follower.restoring = event.hello.restoring;
  if (adoption_ && adoption_->source() == event.peer) adoption_->ask(node, now, out);
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
  const bool has_log = !restore_ && !adoption_;
  if (!announced_ && has_log && node.log.generation_is_durable()) announce(node, now, out);
  advance(node, out);
}

// ---- the high-water mark, and what follows from it

Lsn Leader::on_quorum(const NodeState& node) const {
  HeldLsns held;
  for (const Progress& follower : progress_) held.add(node.rules->counted(follower));
  const Lsn last = node.log.last();
  const int acks = needed(node);
  if (!node.config.elects())
    return node.rules->limited_by_leader(std::min(held.by(acks, last), last), node.log.durable());
  held.add(node.rules->counts_itself(node.log.durable(), last));
  const Lsn mark = std::min(held.by(acks + 1, last), last);
  if (mark <= node.high_water_mark) return node.high_water_mark;
  const bool counts =
      node.rules->commits_by_count(node.log.wal().generation_at(mark), node.log.generation());
  return counts ? mark : node.high_water_mark;
}

void Leader::advance(NodeState& node, Effects& out) {
  if (!announced_) return;
  const Lsn mark = on_quorum(node);
  if (mark > node.high_water_mark) {
    node.high_water_mark = mark;
    out.note(FactKind::quorum_reached, NodeId(), mark,
             static_cast<std::uint64_t>(acks_for(node, mark)),
             static_cast<std::uint64_t>(needed(node)));
  }
  const Lsn limit = node.rules->leader_applies(node.high_water_mark, node.log.last());
  if (node.log.applied() < limit) apply(node, limit, out);
  if (serving_) return;
  // An elected leader's own first entry follows what its log held.
  const Lsn awaited = node.config.elects() ? generation_start_.next() : generation_start_;
  if (node.high_water_mark < awaited && node.rules->waits_for_quorum_at_start()) return;
  serving_ = true;
  out.note(FactKind::serving, NodeId(), generation_start_);
}

void Leader::apply(NodeState& node, Lsn limit, Effects& out) {
  while (node.log.applied() < limit) {
    const Applied applied = node.log.apply_next();
    const Lsn lsn = node.log.applied();
    out.note(FactKind::applied, NodeId(), lsn);
    if (applied.verdict != OnceVerdict::applies)
      out.note(FactKind::had_no_effect, NodeId(), lsn, static_cast<std::uint64_t>(applied.verdict));
    pending_.applied(lsn, applied.result);
    pending_.answer(*node.rules, node.high_water_mark, lsn, out);
  }
}

void Leader::expire(NodeState& node, Time now, Effects& out) {
  ClientId timed_out;
  while (const auto wait =
             pending_.expire_first(*node.rules, node.high_water_mark, now,
                                   node.config.write_timeout, node.woken_last, timed_out, out)) {
    timed_out = wait->client;
    out.note(FactKind::wait_timed_out, NodeId(), wait->lsn,
             static_cast<std::uint64_t>(acks_for(node, wait->lsn)),
             static_cast<std::uint64_t>(needed(node)));
    if (node.rules->keeps_after_timeout() || wait->lsn > node.log.last()) continue;
    node.log.cut(wait->lsn.prev(), Lsn(), true);
    for (Progress& follower : progress_)
      follower.next = std::min(follower.next, node.log.last().next());
  }
}

void Leader::heartbeat(NodeState& node, Time now, Effects& out) {
  const std::uint32_t due = node.links.due_for_heartbeat(now, node.deadlines);
  if (node.config.elects()) return leadership_.ask(node, now, due, out);
  for (const Progress& follower : progress_)
    if ((due & Links::bit(follower.node)) != 0 && (announced_ || restore_))
      node.send(follower.node, Heartbeat{node.high_water_mark}, now, out);
}

void Leader::deadline(NodeState& node, Time now, Effects& out) {
  expire(node, now, out);
  if (node.deadlines.due(DeadlineName::heartbeat, now)) heartbeat(node, now, out);
  if (node.config.elects()) {
    leadership_.expire(node, now, out);
    if (adoption_ && node.deadlines.due(DeadlineName::election, now)) is_over_ = StepDown::no_log;
    if (node.deadlines.due(DeadlineName::leadership, now) && !leadership_.has_majority(node, now) &&
        node.rules->steps_down_without_majority())
      is_over_ = StepDown::no_majority;
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

void Leader::append_refused(NodeState& node, Effects& out) {
  // Without its first entry it doesn't lead, and the log that it has taken over went with that.
  if (node.config.elects() && node.log.wal().last_generation() < node.log.generation())
    is_over_ = StepDown::disk_full;
  // Without room for its generation, or for what its followers give back, it can't lead at all.
  if (!announced_ && !node.config.elects()) out.halt = true;
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
    follower.asked = false;  // what asked may have been withheld with the refused bytes
    if (follower.state == Progress::State::installing) continue;  // an offer is not withheld
    follower.shipped =
        std::min(follower.shipped, std::max(follower.shipped_before, follower.next.prev()));
  }
  pending_.refuse_after(node.log.last(), out);
}

void Leader::turn_ended(NodeState& node, Time now, Effects& out) {
  if (announced_)
    for (Progress& follower : progress_) {
      follower.shipped_before = follower.shipped;
      if (!has_all(node, follower)) ship(node, now, follower, out);
    }
  Time waits_until = Time::never();
  if (!pending_.empty()) {
    pending_.answer(*node.rules, node.high_water_mark, {}, out);
    waits_until = pending_.deadline(*node.rules, node.config.write_timeout, node.woken_last);
  }
  if (node.config.elects()) {
    if (leadership_.waiting() > 0) {
      leadership_.turn_ended(node, now, out);
      answer_reads(node, out);
    }
    waits_until = std::min(waits_until, leadership_.reads_deadline(node));
  }
  node.deadlines.set(DeadlineName::quorum_wait, waits_until);
}

}  // namespace quorate
