#include "sim/cli/real/failover_logs.h"

#include <algorithm>

namespace quorate::cli {

Wal log_of(const RealCluster& cluster, NodeId node) {
  WalRecovery found;
  return Wal::recover(cluster.log_bytes(node), found);
}

Lsn place_of(std::string_view key, const Wal& log) {
  for (Lsn lsn(1); lsn <= log.last_lsn(); lsn = lsn.next())
    if (log.record(lsn).op == Op::set && log.record(lsn).key == key) return lsn;
  return {};
}

bool hold_the_same(const Wal& one, const Wal& other) {
  if (one.last_lsn() != other.last_lsn()) return false;
  for (Lsn lsn(1); lsn <= one.last_lsn(); lsn = lsn.next()) {
    const ByteSpan first = one.record_bytes(lsn), second = other.record_bytes(lsn);
    if (!std::equal(first.begin(), first.end(), second.begin(), second.end())) return false;
  }
  return true;
}

std::string entry_text(const Wal& log, Lsn lsn) {
  const RecordView record = log.record(lsn);
  const std::string text = "LSN=" + std::to_string(lsn.value()) + "  generation " +
                           std::to_string(log.generation_at(lsn).value()) + "  ";
  if (record.op == Op::noop) return text + "its leader's first entry";
  return text + std::string(record.key) + " = " + std::string(record.value);
}

}  // namespace quorate::cli
