#include "sim/scenario/scenario_sense.h"

#include <algorithm>
#include <string>
#include <vector>

#include "sim/scenario/wording.h"

namespace quorate::sim::reading {

namespace {

// leader, follower-1, ... of the largest cluster that a seed may draw.
class NodeNames {
 public:
  explicit NodeNames(std::int64_t followers) : names_{"leader"} {
    for (std::int64_t i = 1; i <= followers; ++i) names_.push_back("follower-" + std::to_string(i));
  }

  void check(const std::string& name, const Place& at) const {
    if (std::find(names_.begin(), names_.end(), name) != names_.end()) return;
    const Words known(names_.begin(), names_.end());
    // follower-7 is well spelt, there is only no such follower: then nothing else was meant.
    const std::string meant = is_follower(name) ? "" : did_you_mean(name, known);
    at.complain("there is no node " + quoted(name) + meant + " (nodes: " + all() + ")");
  }

 private:
  static bool is_follower(std::string_view name) {
    constexpr std::string_view kPrefix = "follower-";
    return name.starts_with(kPrefix) && name.size() > kPrefix.size() &&
           name.find_first_not_of("0123456789", kPrefix.size()) == std::string_view::npos;
  }

  std::string all() const {
    if (names_.size() <= 3) return joined(Words(names_.begin(), names_.end()));
    return names_[0] + ", " + names_[1] + " .. " + names_.back();
  }

  std::vector<std::string> names_;
};

void check_fault(const FaultEntry& fault, const Place& at, const NodeNames& nodes) {
  if (fault.after) nodes.check(fault.after->node, at.key("after").key("node"));
  nodes.check(fault.node, at.key("node"));
  if (fault.peer.empty()) return;
  nodes.check(fault.peer, at.key("peer"));
  if (fault.peer == fault.node)
    at.key("peer").complain("a link has two ends, but node is " + quoted(fault.node) + " too");
}

}  // namespace

void check_sense(const Scenario& scenario, const Place& whole,
                 std::span<const std::string_view> known_probes) {
  const NodeNames nodes(scenario.cluster.followers.max);
  const Place faults = whole.key("faults");
  for (std::size_t i = 0; i < scenario.faults.size(); ++i)
    check_fault(scenario.faults[i], faults.item(i), nodes);

  if (known_probes.empty()) return;
  const Place reached = whole.key("expect").key("reached");
  for (std::size_t i = 0; i < scenario.expect.reached.size(); ++i) {
    const std::string& name = scenario.expect.reached[i];
    if (std::find(known_probes.begin(), known_probes.end(), name) == known_probes.end())
      reached.item(i).complain("there is no probe " + quoted(name) +
                               did_you_mean(name, known_probes) +
                               " (known: " + joined(known_probes) + ")");
  }
}

}  // namespace quorate::sim::reading
