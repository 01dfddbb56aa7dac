#include "sim/cli/real/failover_logs.h"

#include <algorithm>

#include "sim/cli/real/log_state.h"

namespace quorate::cli {

Wal log_of(const RealCluster& cluster, NodeId node) {
  WalRecovery found;
  return cluster.log_file(node).recover(found);
}

Lsn place_of(std::string_view key, const Wal& log) {
  for (Lsn lsn = log.base().next(); lsn <= log.last_lsn(); lsn = lsn.next())
    if (log.record(lsn).op == Op::set && log.record(lsn).key == key) return lsn;
  return {};
}

bool hold_the_same(const Wal& one, const Wal& other) {
  if (one.last_lsn() != other.last_lsn()) return false;
  const Lsn base = std::max(one.base(), other.base());
  for (Lsn lsn = base.next(); lsn <= one.last_lsn(); lsn = lsn.next()) {
    const ByteSpan first = one.record_bytes(lsn), second = other.record_bytes(lsn);
    if (!std::equal(first.begin(), first.end(), second.begin(), second.end())) return false;
  }
  if (base.is_none()) return true;
  const std::optional<StateMachine> first = state_at(one, one.last_lsn());
  const std::optional<StateMachine> second = state_at(other, other.last_lsn());
  return first && second && are_alike(*first, *second);
}

std::string entry_text(const Wal& log, Lsn lsn) {
  const RecordView record = log.record(lsn);
  const std::string text = "LSN=" + std::to_string(lsn.value()) + "  generation " +
                           std::to_string(log.generation_at(lsn).value()) + "  ";
  if (record.op == Op::noop) return text + "its leader's first entry";
  return text + std::string(record.key) + " = " + std::string(record.value);
}

}  // namespace quorate::cli
