#include "core/protocol/snapshots.h"

#include <algorithm>

#include "core/log/record_format.h"

namespace quorate {

namespace {

// The log may grow to so many times the size at which a snapshot is due, while one moves.
constexpr std::uint64_t kPutOff = 4;

// The log's bytes that the newest snapshot doesn't stand for.
ByteCount grown(const ReplicatedLog& log) {
  const Wal& wal = log.wal();
  if (log.applied() <= wal.snapshot().lsn) return ByteCount();
  const ByteCount end = wal.end_of(log.applied());
  const ByteCount since = std::max(wal.snapshot_end(), wal.begin());
  return end > since ? end - since : ByteCount();
}

bool is_due(const NodeState& node, bool one_moves) {
  const Wal& wal = node.log.wal();
  const std::uint64_t size = grown(node.log).value();
  const std::uint64_t due = std::max(node.config.snapshot_bytes.value(), wal.snapshot().size);
  if (size < due || (one_moves && size / kPutOff < due)) return false;
  // Who may not vouch for its log has no word on what it adds up to.
  return node.log.durable() >= node.vouches_from && wal.restore_until().is_none() &&
         !wal.is_damaged() && node.log.is_durable(wal.snapshot_end());
}

// Up to there the log may go with a snapshot that reaches to `up_to`.
Lsn low_water_mark(const NodeState& node, Lsn up_to) {
  const Wal& wal = node.log.wal();
  Lsn mark = up_to;
  while (mark > wal.base() && wal.end_of(up_to) - wal.end_of(mark) < node.config.log_kept_bytes)
    mark = mark.prev();
  return mark;
}

void drop_head(NodeState& node, Effects& out) {
  const Wal& wal = node.log.wal();
  const ByteCount needed = wal.needed_from();
  // What is to be sent still is taken from the log.
  for (const Send& send : out.sends)
    if (send.to_byte > send.from_byte && send.from_byte < needed) return;
  const ByteCount before = wal.begin();
  node.log.drop_head();
  out.drop_head = wal.begin();
  out.note(FactKind::log_dropped, NodeId(), wal.base(), (wal.begin() - before).value());
}

}  // namespace

// ---- one's own

void tend_log(NodeState& node, Time now, bool one_moves, Effects& out) {
  if (node.config.snapshot_bytes.is_none()) return;
  const Wal& wal = node.log.wal();
  if (node.log.can_drop_head()) drop_head(node, out);
  if (now < node.snapshot_put_off || !is_due(node, one_moves)) return;
  const Lsn up_to = node.rules->snapshot_up_to(node.log.applied(), node.log.last());
  const Lsn base = low_water_mark(node, up_to);
  node.log.take_snapshot(up_to, base, node.config.ship_bytes);
  out.note(FactKind::snapshot_taken, NodeId(), up_to, wal.snapshot().size, base.value());
  if (!node.rules->keeps_log_until_durable()) drop_head(node, out);
}

void put_off_snapshot(NodeState& node, Time now, const SnapshotId& refused, Effects& out) {
  constexpr Duration kPause = milliseconds(1000);
  node.snapshot_put_off = now + kPause;
  out.note(FactKind::snapshot_put_off, NodeId(), refused.lsn, refused.size,
           static_cast<std::uint64_t>(kPause.us()));
}

// ---- giving

void offer_snapshot(NodeState& node, Time now, NodeId to, bool for_adoption, Effects& out) {
  const SnapshotId& id = node.log.wal().snapshot();
  out.note(FactKind::snapshot_offered, to, id.lsn, id.size);
  node.send(to, Chunk{id, 0, for_adoption, false}, now, out);
}

void give_snapshot(NodeState& node, Time now, NodeId to, const Want& want, bool for_adoption,
                   Effects& out) {
  const Wal& wal = node.log.wal();
  if (wal.snapshot().is_none()) return;
  if (want.id != wal.snapshot()) return offer_snapshot(node, now, to, for_adoption, out);
  if (want.at >= want.id.size) return;
  // A sound node wants no more than its window.
  const std::uint64_t most_left =
      std::min(want.id.size - want.at, node.config.window_bytes.value());
  const std::uint64_t end = std::min(want.to, want.at + most_left);
  for (std::uint64_t at = want.at; at < end;) {
    ByteSpan bytes = wal.snapshot_bytes(at);
    const std::uint64_t most = std::min(node.config.ship_bytes.value(), end - at);
    bytes = bytes.first(std::min<std::size_t>(bytes.size(), most));
    const std::size_t payload = out.payloads.size();
    encode_record({node.log.generation(), want.id.lsn, {}, at, Op::chunk, {}, as_text(bytes)},
                  out.payloads);
    node.send_payload(to, Chunk{want.id, at, for_adoption, true}, now, out, payload);
    at += bytes.size();
  }
  out.note(FactKind::snapshot_given, to, want.id.lsn, want.at, end);
}

// ---- taking

SnapshotIntake::Came SnapshotIntake::take(NodeState& node, Time now, const PeerSaid& event,
                                          const Chunk& chunk, Effects& out) {
  const Wal& wal = node.log.wal();
  const Lsn lsn = chunk.id.lsn;
  const bool is_known =
      lsn < wal.base() || (lsn <= wal.last_lsn() && wal.generation_at(lsn) == chunk.id.generation);
  if (!node.rules->needs_snapshot(is_known)) {
    under_way_ = false;
    return Came::not_needed;
  }
  came_ = now;
  if (!chunk.has_record) {
    under_way_ = true;
    id_ = chunk.id;
    if (wal.partial() == id_ && wal.partial_held() == id_.size)
      return install(node, now, event.peer, out);  // all of it is here since before a crash
    ask(node, now, event.peer, out, wal.partial() == id_);
    return Came::goes_on;
  }
  if (!under_way_ || chunk.id != id_ || !append(node, now, event, chunk, out)) return Came::goes_on;
  if (wal.partial_held() == id_.size) return install(node, now, event.peer, out);
  if (wal.partial_held() >= asked_to_) ask(node, now, event.peer, out);
  return Came::goes_on;
}

bool SnapshotIntake::append(NodeState& node, Time now, const PeerSaid& event, const Chunk& chunk,
                            Effects& out) {
  const Wal& wal = node.log.wal();
  const std::uint64_t held = wal.partial() == id_ ? wal.partial_held() : 0;
  if (chunk.at != held) return false;  // behind one that came damaged, or here already
  const RecordScan scan = scan_record(event.records, node.rules->checks_record());
  if (scan.status != RecordStatus::whole) {
    out.note(FactKind::record_damaged, event.peer, id_.lsn);
    ask(node, now, event.peer, out);
    return false;
  }
  const ByteSpan bytes = as_bytes(scan.record.value);
  if (scan.record.op != Op::chunk || scan.record.sequence != held || bytes.empty() ||
      bytes.size() > id_.size - held) {
    out.hang_ups.push_back(event.peer);  // a sound node never says this
    return false;
  }
  node.log.append_chunk(id_, held, bytes);
  return true;
}

void SnapshotIntake::ask(NodeState& node, Time now, NodeId giver, Effects& out, bool resumes) {
  const Wal& wal = node.log.wal();
  const std::uint64_t held = wal.partial() == id_ ? wal.partial_held() : 0;
  asked_to_ = std::min(id_.size, held + node.config.window_bytes.value());
  out.note(resumes ? FactKind::snapshot_resumed : FactKind::snapshot_wanted, giver, id_.lsn, held,
           id_.size);
  node.send(giver, Want{id_, held, asked_to_}, now, out);
}

void SnapshotIntake::ask_if_idle(NodeState& node, Time now, NodeId giver, Effects& out) {
  if (now < came_ + node.config.heartbeat) return;
  came_ = now;
  ask(node, now, giver, out);
}

SnapshotIntake::Came SnapshotIntake::install(NodeState& node, Time now, NodeId giver,
                                             Effects& out) {
  const Lsn before = node.log.last();
  const bool waits = node.rules->waits_for_durable_snapshot();
  if (!node.log.install_partial(node.vouches_from, !waits)) {
    out.note(FactKind::record_damaged, giver, id_.lsn);
    ask(node, now, giver, out);  // all of it once more
    return Came::goes_on;
  }
  under_way_ = false;
  // Until it is durable, what our disk has is the log before.
  if (waits) node.vouches_from = std::max(node.vouches_from, id_.lsn);
  node.high_water_mark = std::max(node.high_water_mark, id_.lsn);
  out.note(FactKind::snapshot_installed, giver, id_.lsn, id_.size, before.value());
  return Came::installed;
}

}  // namespace quorate
