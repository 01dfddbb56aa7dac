#include "sim/cli/real/served_keys.h"

#include "sim/cli/real/catch_up.h"
#include "sim/cli/real/failover_logs.h"
#include "sim/cli/real/log_state.h"
#include "sim/cli/real/resp_client.h"
#include "sim/cli/real/stress_check.h"

namespace quorate::cli {

ServedKeys keys_served(const RealCluster& cluster, Time until) {
  ServedKeys served;
  const NodeId leader = who_leads(cluster, until);
  if (leader.is_none()) return served;
  RespClient client(cluster.clients_of(leader), until);
  for (std::uint64_t n = 0; n < kStressPeriod; ++n) {
    const std::string key = stress_key(n);
    if (served.contains(key)) continue;
    const RespAnswer answer = client.ask({"GET", key}, until);
    if (answer.kind == RespKind::error) continue;
    served[key] = answer.kind == RespKind::nil ? "" : answer.text;
  }
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
