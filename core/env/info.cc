#include "core/env/info.h"

#include <string_view>

namespace quorate {

std::string info_text(const Node& node) {
  const NodeConfig& config = node.config();
  const ReplicatedLog& log = node.log();
  const bool leads = config.is_leader();
  std::string text = "# Replication\r\n";
  const auto line = [&text](std::string_view name, std::string_view value) {
    text.append(name).append(":").append(value).append("\r\n");
  };
  const auto number = [&line](std::string_view name, std::uint64_t value) {
    line(name, std::to_string(value));
  };
  line("role", leads ? "leader" : "follower");
  number("node", config.id.value());
  number("members", config.members);
  line("quorum_rule", to_text(config.quorum));
  number("loading", leads && !node.is_serving() ? 1 : 0);
  number("generation", log.generation().value());
  number("last_lsn", log.last().value());
  number("durable_lsn", log.durable().value());
  number("applied_lsn", log.applied().value());
  if (leads) number("high_water_mark", node.high_water_mark().value());
  text += "# Keyspace\r\n";
  number("keys", log.state().entries().size());
  return text;
}

}  // namespace quorate
