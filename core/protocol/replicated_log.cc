#include "core/protocol/replicated_log.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "core/base/crc32.h"

namespace quorate {

ReplicatedLog::ReplicatedLog(Wal wal, StateMachine machine)
    : wal_(std::move(wal)),
      machine_(std::move(machine)),
      synced_(wal_.end()),
      durable_(wal_.last_lsn()) {
  load_snapshot();
}

void ReplicatedLog::enter(Generation generation, NodeId vote) {
  wal_.enter(generation, vote);
  generation_end_ = wal_.end();
}

void ReplicatedLog::vote(NodeId candidate) {
  wal_.vote(candidate);
  generation_end_ = wal_.end();
}

bool ReplicatedLog::cut(Lsn keep, Lsn restore_until, bool rebuilds) {
  wal_.cut(keep, restore_until);
  durable_ = std::min(durable_, keep);
  if (applied_ <= keep) return false;
  if (rebuilds)
    rebuild(keep);
  else
    applied_ = keep;
  return rebuilds;
}

void ReplicatedLog::load_snapshot() {
  machine_.clear();
  applied_ = wal_.snapshot().lsn;
  if (applied_.is_none()) return;
  wal_.read_snapshot(scratch_);
  QUORATE_CHECK(machine_.restore(scratch_), "a snapshot with a sound CRC is a state");
}

void ReplicatedLog::rebuild(Lsn up_to) {
  load_snapshot();
  QUORATE_CHECK(applied_ <= up_to, "what a snapshot stands for can't be taken back");
  while (applied_ < up_to) apply_next();
}

void ReplicatedLog::forget_unwritten(ByteCount end) {
  const Lsn base = wal_.base();
  wal_.forget_unwritten(end);
  generation_end_ = std::min(generation_end_, end);
  durable_ = std::min(durable_, last());
  // A cut that the file didn't take is undone: what it took back is in the log again, and durable
  // as far as the last sync reached.
  synced(synced_);
  if (wal_.base() < base)  // one that was installed is not in the file
    rebuild(std::max(wal_.snapshot().lsn, std::min(replaced_, last())));
  if (applied_ > last()) rebuild(last());
}

void ReplicatedLog::take_snapshot(Lsn up_to, Lsn base, ByteCount chunk_bytes) {
  scratch_.clear();
  machine_.encode(scratch_);
  const SnapshotId id{up_to, wal_.generation_at(up_to), scratch_.size(), crc32(scratch_)};
  ByteSpan rest(scratch_);
  while (!rest.empty()) {
    const ByteSpan chunk = rest.first(std::min<std::size_t>(rest.size(), chunk_bytes.value()));
    wal_.append_chunk(id, id.size - rest.size(), chunk);
    rest = rest.subspan(chunk.size());
  }
  wal_.finish_snapshot(base);
}

bool ReplicatedLog::install_partial(Lsn restore_until, bool at_once_durable) {
  const SnapshotId id = wal_.partial();
  wal_.read_partial(scratch_);
  if (crc32(scratch_) != id.crc || !machine_.restore(scratch_)) {
    wal_.give_up_partial();
    return false;
  }
  // Of two that no sync has confirmed, the file may refuse one or both.
  replaced_ = durable_ < wal_.base() ? std::min(replaced_, applied_) : applied_;
  wal_.install_snapshot(restore_until);
  applied_ = id.lsn;
  durable_ = at_once_durable ? id.lsn : Lsn();
  return true;
}

bool ReplicatedLog::synced(ByteCount up_to) {
  synced_ = std::max(synced_, up_to);
  const Lsn before = durable_;
  if (durable_ < wal_.base()) {
    if (!is_durable(wal_.snapshot_end())) return false;
    durable_ = wal_.base();
  }
  while (durable_ < last() && wal_.end_of(durable_.next()) <= synced_) durable_ = durable_.next();
  return durable_ > before;
}

Applied ReplicatedLog::apply_next(bool asks_sessions) {
  QUORATE_CHECK(applied_ < last(), "only what is in the log can be applied");
  applied_ = applied_.next();
  return machine_.apply(wal_.record(applied_), asks_sessions);
}

}  // namespace quorate
