#include "core/protocol/follower.h"

#include <algorithm>

namespace quorate {

Hello Follower::hello(const NodeState& node) {
  const Lsn durable = node.log.durable();
  return {node.config.cluster, durable, node.log.wal().generation_at(durable),
          durable < node.vouches_from || !node.log.wal().restore_until().is_none()};
}

void Follower::start(NodeState& node, Effects& out) {
  const Wal& wal = node.log.wal();
  damaged_ = !wal.restore_until().is_none() && node.rules->restores_after_damage();
  if (damaged_) {
    out.note(FactKind::restore_begun, NodeId(), wal.last_lsn(), wal.restore_until().value());
    node.vouches_from = wal.restore_until();
  } else if (wal.is_damaged()) {  // nothing but notes: nothing is to be given back
    node.log.cut(wal.last_lsn(), Lsn(), true);
  }
  apply(node, out);
}

void Follower::connected(NodeState& node, const PeerConnected& event, Effects& out) {
  if (node.config.elects()) return;  // the leader is who ships to us
  leader_ = event.peer;
  verified_ =
      Lsn();  // the leader asks anew, and counts only what it has shipped on this connection
  acked_ = Lsn();
  ack_owed_ = false;
  awaits_reship_ = false;
  if (!event.hello.restoring && !in_generation(node, event.peer, event.generation, out))
    out.hang_ups.push_back(event.peer);
}

void Follower::gone(NodeId peer) {
  if (peer != leader_) return;
  leader_ = NodeId();
  ack_owed_ = false;
}

bool Follower::in_generation(NodeState& node, NodeId peer, Generation generation, Effects& out) {
  if (generation == node.log.generation()) return true;
  if (generation < node.log.generation()) {
    out.note(FactKind::stale_refused, peer, Lsn(), generation.value(),
             node.log.generation().value());
    return false;
  }
  node.log.enter(generation);
  verified_ = Lsn();
  out.note(FactKind::generation_entered, NodeId(), node.log.last(), generation.value());
  return true;
}

void Follower::message(NodeState& node, Time now, const PeerSaid& event, Effects& out) {
  if (const auto* ship = std::get_if<Ship>(&event.message.body)) {
    if (node.config.elects()) {
      follow(node, now, event.peer, out);
    } else if (!in_generation(node, event.peer, event.message.generation, out)) {
      out.hang_ups.push_back(event.peer);
      return;
    }
    shipped(node, now, event, *ship, out);
  } else if (std::holds_alternative<Heartbeat>(event.message.body)) {
    // A leader beats only when it has nothing under way: so it has not understood what we miss.
    if (awaits_reship_) send_ack(node, now, event.peer, node.log.last(), AckStatus::mismatch, out);
  } else if (const auto* asked = std::get_if<Confirm>(&event.message.body)) {
    follow(node, now, event.peer, out);
    confirm(node, now, event.peer, *asked, out);
  } else if (const auto* fetch = std::get_if<Fetch>(&event.message.body)) {
    give(node, now, event.peer, *fetch, out);
  } else if (const auto* chunk = std::get_if<Chunk>(&event.message.body)) {
    take_chunk(node, now, event, *chunk, out);
  } else if (const auto* want = std::get_if<Want>(&event.message.body)) {
    give_snapshot(node, now, event.peer, *want, true, out);
  }
}

// ---- ships

void Follower::shipped(NodeState& node, Time now, const PeerSaid& event, const Ship& ship,
                       Effects& out) {
  ship_came_ = now;
  if (!prev_matches(node, now, event.peer, ship, out)) return;
  awaits_reship_ = false;
  // What the leader doesn't have can't be given back, and nobody was told OK for it.
  node.vouches_from = std::min(node.vouches_from, ship.last_lsn);
  if (damaged_) begin_restore(node, out);
  verified_ = std::max(verified_, std::min(ship.prev_lsn, node.log.last()));
  const bool all_taken = take_records(node, now, event, ship, out);
  // What an older generation left behind the leader's start is not in the leader's log.
  const Lsn start = ship.generation_start;
  if (all_taken && node.log.last() > start && !node.config.elects() &&
      node.rules->cuts_older_tail() &&
      node.log.wal().generation_at(start.next()) < node.log.generation())
    cut(node, start, Lsn(), out);
  if (node.config.elects()) learn_mark(node, ship.high_water_mark, out);
  if (!all_taken) return;
  if (node.log.last() < node.vouches_from) {  // not an ack: go on from here
    send_ack(node, now, event.peer, node.log.last(), AckStatus::mismatch, out);
    return;
  }
  ack_owed_ = true;
  acknowledge(node, now, out);
}

bool Follower::prev_matches(NodeState& node, Time now, NodeId leader, const Ship& ship,
                            Effects& out) {
  const Wal& wal = node.log.wal();
  const bool there = ship.prev_lsn <= wal.last_lsn();
  // What a snapshot stands for is committed: every leader has it.
  const bool same = there && (ship.prev_lsn < wal.base() ||
                              wal.generation_at(ship.prev_lsn) == ship.prev_generation);
  if (node.rules->prev_matches(there, same)) return true;
  if (!there && awaits_reship_) return false;
  out.note(FactKind::ship_mismatched, leader, ship.prev_lsn);
  // Try where our log can agree: at its end, or where its part of that generation ends.
  const Lsn hint =
      there ? wal.last_of_generation(ship.prev_generation, ship.prev_lsn.prev()) : wal.last_lsn();
  awaits_reship_ = true;
  send_ack(node, now, leader, hint, AckStatus::mismatch, out);
  return false;
}

bool Follower::take_records(NodeState& node, Time now, const PeerSaid& event, const Ship& ship,
                            Effects& out) {
  ByteSpan rest = event.records;
  Lsn expected = ship.prev_lsn;
  for (std::uint32_t n = 0; n < ship.records; ++n) {
    expected = expected.next();
    const RecordScan scan = scan_record(rest, node.rules->checks_record());
    if (scan.status != RecordStatus::whole) {
      out.note(FactKind::record_damaged, event.peer, expected);
      awaits_reship_ = true;
      send_ack(node, now, event.peer, expected, AckStatus::crc_failure, out);
      return false;
    }
    if (!take(node, event.peer, scan.record, rest.first(scan.size), out)) return false;
    rest = rest.subspan(scan.size);
  }
  return true;
}

bool Follower::take(NodeState& node, NodeId leader, const RecordView& record, ByteSpan encoded,
                    Effects& out) {
  const Wal& wal = node.log.wal();
  if (is_data(record.op) && record.lsn <= node.log.last()) {
    if (record.lsn <= wal.base() || wal.generation_at(record.lsn) == record.generation ||
        !node.rules->cuts_conflict()) {
      out.note(FactKind::ship_repeated, leader, record.lsn);
      if (node.rules->applies_repeated()) {
        node.log.apply_again(record);
        out.note(FactKind::applied, NodeId(), record.lsn);
      }
      verified_ = std::max(verified_, record.lsn);
      return true;
    }
    // What we may not vouch for yet is remembered over the cut: the damage may have hidden an
    // earlier one, so that even what looked sound before it is not the leader's.
    cut(node, record.lsn.prev(), node.vouches_from, out);
  }
  if (!is_data(record.op) || record.lsn != node.log.last().next() ||
      record.generation < wal.last_generation()) {
    // A sound frame of our leader never says this.
    out.hang_ups.push_back(leader);
    return false;
  }
  node.log.append_shipped(record, encoded);
  verified_ = std::max(verified_, record.lsn);
  out.note(FactKind::appended, NodeId(), record.lsn, record.generation.value());
  return true;
}

void Follower::cut(NodeState& node, Lsn keep, Lsn restore_until, Effects& out) {
  node.cut(keep, restore_until, out);
  verified_ = std::min(verified_, keep);
  acked_ = std::min(acked_, keep);
  node.vouches_from = std::min(node.vouches_from, std::max(keep, restore_until));
}

void Follower::begin_restore(NodeState& node, Effects& out) {
  damaged_ = false;
  cut(node, node.log.last(), node.vouches_from, out);
  mended_at_ = node.log.wal().end();
}

void Follower::give(NodeState& node, Time now, NodeId leader, const Fetch& fetch, Effects& out) {
  const Wal& wal = node.log.wal();
  const Lsn durable = node.log.durable();
  const bool there = fetch.prev_lsn <= durable;
  if (fetch.prev_lsn < wal.base()) return offer_snapshot(node, now, leader, true, out);
  Give answer{fetch.prev_lsn, fetch.prev_generation, durable, false, 0};
  if (!there || wal.generation_at(fetch.prev_lsn) != fetch.prev_generation) {
    answer.prev_lsn =
        wal.last_of_generation(fetch.prev_generation, there ? fetch.prev_lsn.prev() : durable);
    answer.prev_generation = wal.generation_at(answer.prev_lsn);
    node.send(leader, answer, now, out);
    return;
  }
  answer.agrees = true;
  if (fetch.prev_lsn == durable) {
    node.send(leader, answer, now, out);
    return;
  }
  const Lsn first = fetch.prev_lsn.next();
  const Lsn last = std::min(wal.run_from(first, node.config.ship_bytes), durable);
  answer.records = static_cast<std::uint32_t>(last.value() - fetch.prev_lsn.value());
  node.send(leader, answer, now, out, wal.begin_of(first), wal.end_of(last));
}

// ---- acks

Lsn Follower::may_ack(const NodeState& node) const {
  return node.rules->may_ack(verified_, node.log.durable(), node.log.last());
}

void Follower::acknowledge(NodeState& node, Time now, Effects& out) {
  if (leader_.is_none() || !node.log.generation_is_durable()) return;
  if (damaged_ || node.log.durable() < node.vouches_from) return;
  if (!node.log.is_durable(mended_at_)) return;
  if (!node.vouches_from.is_none()) out.note(FactKind::restored, NodeId(), node.log.durable());
  node.vouches_from = Lsn();
  const Lsn lsn = may_ack(node);
  const bool answers = ack_owed_ && lsn >= verified_;
  if (lsn <= acked_ && !answers) return;
  acked_ = lsn;
  if (answers) ack_owed_ = false;
  send_ack(node, now, leader_, lsn, AckStatus::success, out);
}

void Follower::send_ack(NodeState& node, Time now, NodeId leader, Lsn lsn, AckStatus status,
                        Effects& out) {
  out.note(FactKind::ack_sent, leader, lsn, static_cast<std::uint64_t>(status));
  node.send(leader, Ack{lsn, status}, now, out);
}

void Follower::synced(NodeState& node, Time now, Effects& out) {
  apply(node, out);
  acknowledge(node, now, out);
}

void Follower::apply(NodeState& node, Effects& out) {
  Lsn limit = node.log.durable();
  if (node.config.elects())
    limit = std::min(node.rules->follower_applies(node.high_water_mark, limit, node.log.last()),
                     node.log.last());
  while (node.log.applied() < limit) {
    const Applied applied = node.log.apply_next(node.rules->followers_keep_sessions());
    out.note(FactKind::applied, NodeId(), node.log.applied());
    if (applied.verdict != OnceVerdict::applies)
      out.note(FactKind::had_no_effect, NodeId(), node.log.applied(),
               static_cast<std::uint64_t>(applied.verdict));
  }
}

void Follower::append_refused(NodeState& node, Time now, bool generation_lost, Effects& out) {
  const Lsn last = node.log.last();
  // A cut that the disk refused is undone: what was verified behind it is not what is there.
  verified_ = Lsn();
  intake_.stop();
  ack_owed_ = false;
  mended_at_ = std::min(mended_at_, node.log.wal().end());
  // What is damaged is cut before anything is written behind it, notes too.
  damaged_ = damaged_ || node.log.wal().is_damaged() || !node.log.wal().restore_until().is_none();
  awaits_reship_ = true;
  if (leader_.is_none()) return;
  if (generation_lost)  // what we'd say would be of the older one
    out.hang_ups.push_back(leader_);
  else
    send_ack(node, now, leader_, last.next(), AckStatus::no_space, out);
}

void Follower::deadline(NodeState& node, Time now, Effects& out) {
  if (node.config.elects()) return look_for_leader(node, now);
  if (!node.deadlines.due(DeadlineName::heartbeat, now)) return;
  const std::uint32_t due = node.links.due_for_heartbeat(now, node.deadlines);
  if (!leader_.is_none() && (due & Links::bit(leader_)) != 0)
    node.send(leader_, Heartbeat{}, now, out);
}

}  // namespace quorate
