#include "core/protocol/replicated_log.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"

namespace quorate {

ReplicatedLog::ReplicatedLog(Wal wal, StateMachine machine)
    : wal_(std::move(wal)),
      machine_(std::move(machine)),
      synced_(wal_.end()),
      durable_(wal_.last_lsn()) {}

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

void ReplicatedLog::rebuild(Lsn up_to) {
  machine_.clear();
  applied_ = Lsn();
  while (applied_ < up_to) apply_next();
}

void ReplicatedLog::forget_unwritten(ByteCount end) {
  wal_.forget_unwritten(end);
  generation_end_ = std::min(generation_end_, end);
  durable_ = std::min(durable_, last());
  // A cut that the file didn't take is undone: what it took back is in the log again, and durable
  // as far as the last sync reached.
  synced(synced_);
  if (applied_ > last()) rebuild(last());
}

bool ReplicatedLog::synced(ByteCount up_to) {
  synced_ = std::max(synced_, up_to);
  const Lsn before = durable_;
  while (durable_ < last() && wal_.end_of(durable_.next()) <= synced_) durable_ = durable_.next();
  return durable_ > before;
}

Applied ReplicatedLog::apply_next(bool asks_sessions) {
  QUORATE_CHECK(applied_ < last(), "only what is in the log can be applied");
  applied_ = applied_.next();
  return machine_.apply(wal_.record(applied_), asks_sessions);
}

}  // namespace quorate
