// What nodes are called in a scenario, and when each of them stands for election.
#include <doctest/doctest.h>

#include <string>

#include "sim/scenario/scenario_error.h"
#include "sim/scenario/scenario_json.h"
#include "sim/world/node_names.h"

using namespace quorate::sim;

namespace {

Scenario elected(const std::string& more) {
  return read_scenario_text(R"({"about": "Three.", "profile": "replicated_log", )" + more + "}",
                            "x.json");
}

std::string complaint(const std::string& more) {
  try {
    elected(more);
  } catch (const ScenarioError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("node names: given in a scenario, mean node-1, node-2, ... in operations and faults") {
  const Scenario scenario = elected(R"(
      "cluster": {"names": ["Neptune", "Saturn", "Jupiter"]},
      "workload": {"operations": [{"op": "get", "key": "B", "node": "Jupiter"}]},
      "faults": [{"fault": "cut", "node": "Neptune", "peer": "node-2",
                  "after": {"node": "Saturn", "did": "ack", "lsn": 2}}])");
  CHECK(scenario.workload.operations[0].node == "node-3");
  CHECK(scenario.faults[0].node == "node-1");
  CHECK(scenario.faults[0].peer == "node-2");
  CHECK(scenario.faults[0].after->node == "node-2");
}

TEST_CASE("node names: more than nodes, unknown ones, or not a name, are refused") {
  CHECK(complaint(R"("cluster": {"names": ["A", "B", "C", "D"]})")
            .find("/cluster/names: there are 4, but no more than 3 nodes") != std::string::npos);
  CHECK(complaint(R"("cluster": {"names": ["node-2"]})").find("capital letter") !=
        std::string::npos);
  CHECK(complaint(R"("cluster": {"names": ["A", "A"]})").find("twice") != std::string::npos);
  CHECK(complaint(R"("faults": [{"fault": "cut", "at_ms": 1, "node": "Saturn"}])")
            .find("there is no node \"Saturn\"") != std::string::npos);
}

TEST_CASE("node names: in a text, stand in the place of the numbers") {
  const std::vector<std::string> names{"Neptune", "Saturn"};
  CHECK(with_names("node-1: follows node-2, not node-3", names) ==
        "Neptune: follows Saturn, not node-3");
  CHECK(with_names("node-1", {}) == "node-1");
  CHECK(with_names("ends in node-", names) == "ends in node-");
}

TEST_CASE("stands_after_ms: a list by node, is read as it stands, within the nodes there are") {
  CHECK(elected(R"("cluster": {"stands_after_ms": [100, 300]})").cluster.stands_after_ms ==
        std::vector<std::int64_t>{100, 300});
  CHECK(complaint(R"("cluster": {"nodes": 2, "stands_after_ms": [1, 2, 3]})")
            .find("no more than 2 nodes") != std::string::npos);
  CHECK(complaint(R"("cluster": {"stands_after_ms": [0]})").find("from 1") != std::string::npos);
}
