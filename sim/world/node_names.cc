#include "sim/world/node_names.h"

#include "sim/world/world.h"

namespace quorate::sim {

NodeId node_by_name(std::string_view name, bool elects) {
  if (name == "leader") return elects ? kWhoLeads : NodeId(1);
  const std::string_view prefix = elects ? "node-" : "follower-";
  if (name.size() != prefix.size() + 1 || !name.starts_with(prefix)) return NodeId();
  const char digit = name.back();
  if (digit < '1' || digit > '9') return NodeId();
  return NodeId(static_cast<std::uint32_t>(digit - '0') + (elects ? 0 : 1));
}

NodeId World::who_leads() const {
  NodeId found;
  Generation newest;
  for (std::uint32_t n = 1; n <= node_count(); ++n) {
    const Node* node = driver(NodeId(n)) == nullptr ? nullptr : driver(NodeId(n))->node();
    if (node == nullptr || !node->leads() || node->log().generation() < newest) continue;
    found = NodeId(n);
    newest = node->log().generation();
  }
  return found;
}

std::string with_names(std::string text, std::span<const std::string> names) {
  constexpr std::string_view kPrefix = "node-";
  if (names.empty()) return text;
  for (std::size_t at = 0; (at = text.find(kPrefix, at)) != std::string::npos;) {
    const std::size_t digit = at + kPrefix.size();
    const std::size_t nth = digit < text.size() ? static_cast<std::size_t>(text[digit] - '1') : 9;
    at = digit;
    if (nth >= names.size()) continue;
    text.replace(digit - kPrefix.size(), kPrefix.size() + 1, names[nth]);
    at = digit - kPrefix.size() + names[nth].size();
  }
  return text;
}

}  // namespace quorate::sim
