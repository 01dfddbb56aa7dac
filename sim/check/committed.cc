#include "sim/check/committed.h"

#include <algorithm>

namespace quorate::sim {

void Committed::clear(std::uint32_t members) {
  majority_ = members / 2 + 1;
  seen_.clear();
  older_.clear();
  records_.clear();
  last_ = Lsn();
}

Committed::Seen* Committed::find_older(const TrueRecord& record) {
  for (Other& other : older_)
    if (other.lsn == record.lsn && other.seen.generation == record.generation) return &other.seen;
  return nullptr;
}

Committed::Seen& Committed::add(const TrueRecord& record) {
  const std::size_t place = record.lsn.value() - 1;
  const Seen seen{record.generation, record.chain, 0, 0, true};
  if (place == seen_.size()) return seen_.emplace_back(seen);
  if (place > seen_.size()) seen_.resize(place + 1);
  Seen& here = seen_[place];
  if (here.is_there) older_.push_back({record.lsn, here});
  return here = seen;
}

Committed::Writing Committed::written(const TrueRecord& record) {
  if (const Seen* seen = find(record))
    return seen->chain == record.chain ? Writing::again : Writing::contradicts;
  add(record);
  return Writing::first;
}

bool Committed::durable(NodeId node, const NodeTruth& log, Lsn before) {
  const std::uint32_t holder = std::uint32_t{1} << (node.value() - 1);
  for (Lsn lsn = std::max(before, log.base()).next(); lsn <= log.durable_lsn(); lsn = lsn.next()) {
    const TrueRecord& record = log.record(lsn);
    if (record.generation != log.generation()) continue;
    Seen* seen = find(record);
    if (seen == nullptr) seen = &add(record);
    if (seen->chain != record.chain) continue;  // said when it was written
    if ((seen->holders & holder) == 0) ++seen->count;
    seen->holders |= holder;
    if (seen->count < majority_) continue;
    if (lsn <= last_ ? chain(lsn) != record.chain : !commit(log, lsn)) return false;
  }
  return true;
}

Lsn Committed::last_before(Generation generation) const {
  Lsn lsn = last();
  while (!lsn.is_none() && records_[lsn.value() - 1].committed_in >= generation) lsn = lsn.prev();
  return lsn;
}

bool Committed::commit(const NodeTruth& log, Lsn up_to) {
  if (!all_in(log, last_) || last_ < log.base()) return false;
  const Generation committed_in = log.record(up_to).generation;
  while (last_ < up_to) {
    last_ = last_.next();
    const TrueRecord& next = log.record(last_);
    records_.push_back({next.chain, next.generation, committed_in});
  }
  return true;
}

}  // namespace quorate::sim
