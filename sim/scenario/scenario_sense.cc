#include "sim/scenario/scenario_sense.h"

#include <algorithm>
#include <string>
#include <vector>

#include "sim/scenario/wording.h"

namespace quorate::sim::reading {

namespace {

// The nodes of the largest cluster that a seed may draw. ack_quorum: leader, follower-1, ...;
// replicated_log: node-1, node-2, ..., and leader for whoever leads.
class NodeNames {
 public:
  explicit NodeNames(const Scenario& scenario)
      : elects_(scenario.profile == Profile::replicated_log), names_{"leader"} {
    const std::int64_t most = elects_ ? scenario.cluster.nodes.max : scenario.cluster.followers.max;
    for (std::int64_t i = 1; i <= most; ++i)
      names_.push_back(std::string(prefix()) + std::to_string(i));
    const std::vector<std::string>& own = scenario.cluster.names;
    names_.insert(names_.end(), own.begin(), own.end());
  }

  void check(const std::string& name, const Place& at) const {
    if (std::find(names_.begin(), names_.end(), name) != names_.end()) return;
    const Words known(names_.begin(), names_.end());
    // follower-7 is well spelt, there is only no such follower: then nothing else was meant.
    const std::string meant = is_numbered(name) ? "" : did_you_mean(name, known);
    at.complain("there is no node " + quoted(name) + meant + " (nodes: " + all() + ")");
  }
  // Where it must be known beforehand which one is meant.
  void check_numbered(const std::string& name, const Place& at) const {
    check(name, at);
    if (elects_ && name == "leader")
      at.complain("who will lead is not known here: name a node by its number");
  }

 private:
  std::string_view prefix() const { return elects_ ? "node-" : "follower-"; }
  bool is_numbered(std::string_view name) const {
    return name.starts_with(prefix()) && name.size() > prefix().size() &&
           name.find_first_not_of("0123456789", prefix().size()) == std::string_view::npos;
  }

  std::string all() const {
    if (names_.size() <= 3) return joined(Words(names_.begin(), names_.end()));
    return names_[0] + ", " + names_[1] + " .. " + names_.back();
  }

  bool elects_;
  std::vector<std::string> names_;
};

// What belongs to the other profile would change nothing here, and so is a misunderstanding.
void check_profile(const Scenario& scenario, const Place& whole) {
  const bool elects = scenario.profile == Profile::replicated_log;
  const ClusterSpec usual;
  const auto foreign = [&](bool is_set, const Place& at) {
    if (is_set)
      at.complain(elects
                      ? "this is of the profile ack_quorum, and the profile here is replicated_log"
                      : "this is of the profile replicated_log, and the profile here is "
                        "ack_quorum");
  };
  const ClusterSpec& cluster = scenario.cluster;
  const Place at = whole.key("cluster");
  foreign(elects && cluster.followers != usual.followers, at.key("followers"));
  foreign(elects && cluster.quorum != usual.quorum, at.key("quorum"));
  foreign(!elects && cluster.nodes != usual.nodes, at.key("nodes"));
  foreign(!elects && cluster.election != usual.election, at.key("election"));
  foreign(!elects && cluster.election_timeout_ms != usual.election_timeout_ms,
          at.key("election_timeout_ms"));
  foreign(!elects && cluster.eager_percent != usual.eager_percent, at.key("eager_percent"));
  foreign(!elects && !cluster.stands_after_ms.empty(), at.key("stands_after_ms"));
  foreign(!elects && !cluster.names.empty(), at.key("names"));
  foreign(!elects && cluster.snapshot_bytes != usual.snapshot_bytes, at.key("snapshot_bytes"));
  foreign(!elects && cluster.log_kept_bytes != usual.log_kept_bytes, at.key("log_kept_bytes"));
  foreign(!elects && cluster.max_sessions != usual.max_sessions, at.key("max_sessions"));
  const auto need_nodes = [&](std::size_t items, const Place& place) {
    if (static_cast<std::int64_t>(items) > cluster.nodes.max)
      place.complain("there are " + std::to_string(items) + ", but no more than " +
                     std::to_string(cluster.nodes.max) + " nodes");
  };
  need_nodes(cluster.stands_after_ms.size(), at.key("stands_after_ms"));
  need_nodes(cluster.names.size(), at.key("names"));
  const Place workload = whole.key("workload");
  foreign(!elects && scenario.workload.cas_percent != 0, workload.key("cas_percent"));
  foreign(!elects && scenario.workload.asks_leader_percent != 0,
          workload.key("asks_leader_percent"));
  const NodeNames nodes(scenario);
  for (std::size_t i = 0; i < scenario.workload.operations.size(); ++i) {
    const Operation& operation = scenario.workload.operations[i];
    const Place place = workload.key("operations").item(i);
    foreign(!elects && operation.op == OperationKind::cas, place.key("op"));
    foreign(!elects && !operation.node.empty(), place.key("node"));
    if (!operation.node.empty()) nodes.check_numbered(operation.node, place.key("node"));
  }
}

void check_fault(const FaultEntry& fault, const Place& at, const NodeNames& nodes) {
  if (fault.after) nodes.check_numbered(fault.after->node, at.key("after").key("node"));
  nodes.check(fault.node, at.key("node"));
  if (fault.peer.empty()) return;
  nodes.check(fault.peer, at.key("peer"));
  if (fault.peer == fault.node)
    at.key("peer").complain("a link has two ends, but node is " + quoted(fault.node) + " too");
}

}  // namespace

void check_sense(const Scenario& scenario, const Place& whole,
                 std::span<const std::string_view> known_probes) {
  check_profile(scenario, whole);
  const NodeNames nodes(scenario);
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
