#include "sim/cli/real/served_keys.h"

#include "core/posix/monotonic_clock.h"
#include "sim/cli/real/catch_up.h"
#include "sim/cli/real/failover_logs.h"
#include "sim/cli/real/log_state.h"
#include "sim/cli/real/real_error.h"
#include "sim/cli/real/resp_client.h"
#include "sim/cli/real/stress_check.h"

namespace quorate::cli {

namespace {

// Returns whether all have an answer now. Who leads may have been deposed meanwhile.
bool ask_missing(const RealCluster& cluster, Time until, ServedKeys& served) {
  const NodeId leader = who_leads(cluster, until);
  if (leader.is_none()) return false;
  RespClient client(cluster.clients_of(leader), until);
  for (std::uint64_t n = 0; n < kStressPeriod; ++n) {
    const std::string key = stress_key(n);
    if (served.contains(key)) continue;
    const RespAnswer answer = client.ask({"GET", key}, until);
    if (answer.kind == RespKind::error) return false;
    served[key] = answer.kind == RespKind::nil ? "" : answer.text;
  }
  return true;
}

}  // namespace

ServedKeys keys_served(const RealCluster& cluster, Time until) {
  ServedKeys served;
  while (!ask_missing(cluster, until, served))
    if (MonotonicClock::at_this_moment() >= until)
      throw RealError("no leader has answered for every key");
  return served;
}

std::string wrongly_served(const ServedKeys& served, const RealCluster& cluster) {
  const Wal log = log_of(cluster, NodeId(1));
  const auto state = state_at(log, log.last_lsn());
  if (!state) return "the log of " + cluster.name_of(NodeId(1)) + " adds up to no state";
  for (const auto& [key, value] : served) {
    const std::string* const due = state->kv().find(key);
    if (value == (due == nullptr ? "" : *due)) continue;
    return "all logs add up to " + key + " = " + (due == nullptr ? "nothing" : *due) +
           ", and the leader answered " + (value.empty() ? "nothing" : value);
  }
  return {};
}

}  // namespace quorate::cli
