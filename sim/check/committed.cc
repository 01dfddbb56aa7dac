#include "sim/check/committed.h"

#include <algorithm>
#include <bit>

namespace quorate::sim {

void Committed::clear(std::uint32_t members) {
  majority_ = static_cast<int>(members) / 2 + 1;
  first_.clear();
  seen_.assign(1, {});
  records_.clear();
}

Committed::Seen& Committed::seen(const TrueRecord& record) {
  const std::size_t place = record.lsn.value() - 1;
  if (place >= first_.size()) first_.resize(place + 1);
  for (std::uint32_t at = first_[place]; at != 0; at = seen_[at].next)
    if (seen_[at].generation == record.generation) return seen_[at];
  seen_.push_back({record.generation, record.chain, 0, first_[place]});
  first_[place] = static_cast<std::uint32_t>(seen_.size() - 1);
  return seen_.back();
}

Committed::Writing Committed::written(const TrueRecord& record) {
  const std::size_t before = seen_.size();
  if (seen(record).chain != record.chain) return Writing::contradicts;
  return seen_.size() > before ? Writing::first : Writing::again;
}

bool Committed::durable(NodeId node, const NodeTruth& log, Lsn before) {
  for (Lsn lsn = std::max(before, log.base()).next(); lsn <= log.durable_lsn(); lsn = lsn.next()) {
    const TrueRecord& record = log.record(lsn);
    if (record.generation != log.generation()) continue;
    Seen& here = seen(record);
    if (here.chain != record.chain) continue;  // said when it was written
    here.holders |= std::uint32_t{1} << (node.value() - 1);
    if (std::popcount(here.holders) >= majority_ && !commit(log, lsn)) return false;
  }
  return true;
}

Lsn Committed::last_before(Generation generation) const {
  Lsn lsn = last();
  while (!lsn.is_none() && records_[lsn.value() - 1].committed_in >= generation) lsn = lsn.prev();
  return lsn;
}

bool Committed::commit(const NodeTruth& log, Lsn up_to) {
  if (up_to <= last()) return up_to <= log.base() || chain(up_to) == log.record(up_to).chain;
  if (!all_in(log, last()) || last() < log.base()) return false;
  while (last() < up_to) {
    const TrueRecord& next = log.record(last().next());
    records_.push_back({next.chain, next.generation, log.record(up_to).generation});
  }
  return true;
}

}  // namespace quorate::sim
