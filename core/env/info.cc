#include "core/env/info.h"

#include <string_view>

namespace quorate {

namespace {

std::string_view role_of(const Node& node) {
  if (node.leads()) return "leader";
  return node.stands() ? "candidate" : "follower";
}

}  // namespace

std::string info_text(const Node& node) {
  const NodeConfig& config = node.config();
  const ReplicatedLog& log = node.log();
  const bool elects = config.elects();
  std::string text = "# Replication\r\n";
  const auto line = [&text](std::string_view name, std::string_view value) {
    text.append(name).append(":").append(value).append("\r\n");
  };
  const auto number = [&line](std::string_view name, std::uint64_t value) {
    line(name, std::to_string(value));
  };
  line("role", role_of(node));
  number("node", config.id.value());
  number("members", config.members);
  if (elects) {
    line("profile", to_text(config.profile));
    line("election_rule", to_text(config.election));
    number("leader", node.leader().value());
  } else {
    line("quorum_rule", to_text(config.quorum));
  }
  number("loading", node.leads() && !node.is_serving() ? 1 : 0);
  number("generation", log.generation().value());
  number("last_lsn", log.last().value());
  number("durable_lsn", log.durable().value());
  number("applied_lsn", log.applied().value());
  if (elects || node.leads()) number("high_water_mark", node.high_water_mark().value());
  if (elects) {
    const Wal& wal = log.wal();
    text += "# Snapshot\r\n";
    number("snapshot_lsn", wal.snapshot().lsn.value());
    number("snapshot_bytes", wal.snapshot().size);
    number("low_water_mark", wal.base().value());
    number("log_bytes", (wal.end() - wal.begin()).value());
  }
  text += "# Keyspace\r\n";
  number("keys", log.state().entries().size());
  if (elects) number("sessions", log.sessions().size());
  return text;
}

}  // namespace quorate
