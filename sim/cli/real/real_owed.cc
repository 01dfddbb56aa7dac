#include "sim/cli/real/real_owed.h"

#include <algorithm>
#include <sstream>

#include "sim/cli/check/check_history.h"
#include "sim/cli/real/failover_logs.h"
#include "sim/cli/real/log_state.h"

namespace quorate::cli {

namespace {

constexpr std::uint64_t kMemoryMib = 64;

}  // namespace

std::string differing_logs(const RealCluster& cluster) {
  NodeId first;
  Wal log;
  for (std::uint32_t n = 1; n <= cluster.members(); ++n) {
    const NodeId node(n);
    if (!cluster.runs(node)) continue;
    Wal its = log_of(cluster, node);
    if (first.is_none()) {
      first = node;
      log = std::move(its);
    } else if (!hold_the_same(log, its)) {
      return "the logs of " + cluster.name_of(first) + " and " + cluster.name_of(node) +
             ", which end at LSN=" + std::to_string(log.last_lsn().value()) +
             " and LSN=" + std::to_string(its.last_lsn().value()) + ", are not alike";
    }
  }
  return first.is_none() || !log.last_lsn().is_none() ? "" : "no leader has written anything";
}

std::string lost_write(const LogFile& log, std::span<const DoneWrite> done) {
  WalRecovery found;
  const Wal wal = log.recover(found);
  const std::optional<StateMachine> state = state_at(wal, wal.snapshot().lsn);
  if (!state) return "a snapshot holds no state";
  for (const DoneWrite& write : done) {
    int count = 0;
    // Its session has come as far: what the snapshot stands for holds it, or what came after it.
    const Sessions::Session* session = state->sessions().find(ClientId(write.client));
    if (session != nullptr && session->sequence >= write.sequence) continue;
    for (Lsn lsn = wal.base().next(); lsn <= wal.last_lsn(); lsn = lsn.next()) {
      const RecordView record = wal.record(lsn);
      count += record.client.value() == write.client && record.sequence == write.sequence ? 1 : 0;
    }
    if (count == 0) return write.what + " was told OK and is in no log";
  }
  return {};
}

std::string contradiction_in(const std::string& history) {
  if (history.empty()) return {};
  std::istringstream lines(history);
  const reports::CheckResult result =
      check_history(read_history(lines, "the clients' history"), kMemoryMib);
  if (!result.undecided.empty())
    return "what the clients saw of " + result.undecided.front() + " could not be judged";
  if (result.contradictions.empty()) return {};
  const reports::CheckedKey& bad = result.contradictions.front();
  return "what the clients saw of " + bad.key + " is not linearizable: " + bad.sentence;
}

}  // namespace quorate::cli
