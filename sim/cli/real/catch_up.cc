#include "sim/cli/real/catch_up.h"

#include "sim/cli/real/real_error.h"
#include "sim/cli/real/resp_client.h"

namespace quorate::cli {

namespace {

// "last_lsn:7" in what INFO says; 0 where it says nothing of it.
std::uint64_t number_in(const std::string& info, const std::string& name) {
  const std::size_t at = info.find("\n" + name + ":");
  return at == std::string::npos ? 0 : std::stoull(info.substr(at + name.size() + 2));
}

std::string info_of(const RealCluster& cluster, NodeId node, Time until) {
  return RespClient(cluster.clients_of(node), until).ask({"INFO"}, until).text;
}

}  // namespace

NodeId who_leads(const RealCluster& cluster, Time until) {
  if (!cluster.elects()) return NodeConfig::leader();
  NodeId leader;
  std::uint64_t newest = 0;  // a deposed leader may not know it yet
  for (std::uint32_t n = 1; n <= cluster.members(); ++n) {
    const std::string info = info_of(cluster, NodeId(n), until);
    const std::uint64_t generation = number_in(info, "generation");
    if (info.find("\nrole:leader\r") == std::string::npos || generation <= newest) continue;
    leader = NodeId(n);
    newest = generation;
  }
  return leader;
}

std::string who_is_late(const RealCluster& cluster, Time until) {
  try {
    const NodeId leads = who_leads(cluster, until);
    if (leads.is_none()) return "nobody leads";
    const std::string leader = info_of(cluster, leads, until);
    const std::uint64_t last = number_in(leader, "last_lsn");
    if (number_in(leader, "loading") != 0 || number_in(leader, "high_water_mark") != last)
      return "the leader did not serve all that it holds";
    for (std::uint32_t n = 1; n <= cluster.members(); ++n) {
      const std::uint64_t durable = number_in(info_of(cluster, NodeId(n), until), "durable_lsn");
      if (durable != last)
        return cluster.name_of(NodeId(n)) +
               " did not catch up: its log was durable up to LSN=" + std::to_string(durable) +
               ", the leader's ended at LSN=" + std::to_string(last);
    }
    return {};
  } catch (const RealError& error) {
    return error.what();  // it may not listen yet
  }
}

}  // namespace quorate::cli
