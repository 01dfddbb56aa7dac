// Is the judge silent where a sound core waits for long, and do faults find a CAS? Whole runs of
// elected leaders; each was a false alarm, or a fault that never struck.
#include <doctest/doctest.h>

#include <string>

#include "sim/scenario/scenario_json.h"
#include "sim/search/run.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

Scenario three_nodes(const std::string& cluster, const std::string& rest) {
  return read_scenario_text(
      R"({"about": "Three nodes.", "profile": "replicated_log", "cluster": {"nodes": 3, )" +
          cluster + "}, " + rest + "}",
      "three_nodes.json");
}

struct Seen {
  std::string violated;
  std::uint64_t faults = 0;
};

Seen play(const Scenario& scenario) {
  const RunOutcome outcome = Runner().run(scenario, 1, sound_rules());
  return {outcome.violated ? outcome.violated->sentence : "", outcome.faults};
}

constexpr const char* kOneLeads =
    R"("election_timeout_ms": 100, "stands_after_ms": [100, 1500, 3000])";
constexpr const char* kSetThenCas = R"("workload": {"operations": [
  {"at_ms": 150, "client": 1, "key": "a", "value": "1", "node": "node-1"},
  {"at_ms": 170, "client": 1, "op": "cas", "key": "a", "from": "1", "value": "2", "node": "node-1"},
  {"at_ms": 190, "client": 1, "key": "a", "value": "3", "node": "node-1"}]}, )";

}  // namespace

TEST_CASE("long waits: a node that stands still with a request, has not forgotten it") {
  const Seen seen = play(three_nodes(kOneLeads, R"("workload": {"operations": [
      {"at_ms": 150, "client": 1, "key": "a", "value": "1", "node": "node-1"},
      {"at_ms": 300, "client": 1, "key": "b", "value": "2", "node": "node-2"}]},
    "faults": [
      {"fault": "hold", "at_ms": 290, "node": "node-2", "peer": "node-1", "by_us": 150000},
      {"fault": "pause", "at_ms": 310, "node": "node-2", "for_ms": 6000}])"));
  CHECK(seen.violated == "");
  CHECK(seen.faults == 2);
}

TEST_CASE("long waits: a request whose write timeout is long, has that long") {
  const Seen seen = play(three_nodes(
      R"("election_timeout_ms": 100, "stands_after_ms": [100, 9000, 12000],
         "write_timeout_ms": 5000)",
      R"("workload": {"operations": [
      {"at_ms": 150, "client": 1, "key": "a", "value": "1", "node": "node-1"},
      {"at_ms": 600, "client": 1, "key": "b", "value": "2"}]},
    "faults": [
      {"fault": "partition", "at_ms": 300, "node": "node-1", "for_ms": 3600},
      {"fault": "slow_disk", "after": {"node": "node-1", "did": "append", "lsn": 4},
       "node": "node-2", "by_us": 9000000, "for_ms": 12000},
      {"fault": "slow_disk", "after": {"node": "node-1", "did": "append", "lsn": 4},
       "node": "node-3", "by_us": 9000000, "for_ms": 12000}],
    "recover_within_ms": 30000)"));
  CHECK(seen.violated == "");
}

TEST_CASE(
    "long waits: a leader whose answers are delayed for long, has a majority until they end") {
  std::string faults;
  for (int step = 1; step <= 10; ++step)
    for (const char* node : {"node-2", "node-3"})
      faults += R"({"fault": "delay", "at_ms": )" + std::to_string(400 + 500 * step) +
                R"(, "node": ")" + node + R"(", "for_ms": 20000, "by_us": )" +
                std::to_string(150'000 * step) + "}, ";
  const Seen seen = play(three_nodes(
      R"("election_timeout_ms": 400, "stands_after_ms": [400, 9000, 12000],
         "peer_silence_ms": 300)",
      R"("workload": {"operations": [
      {"at_ms": 600, "client": 1, "key": "a", "value": "1", "node": "node-1"}]}, "faults": [)" +
          faults + R"(
      {"fault": "crash", "at_ms": 6900, "node": "node-2", "restart_after_ms": 4000},
      {"fault": "crash", "at_ms": 6900, "node": "node-3", "restart_after_ms": 4000}],
    "recover_within_ms": 60000)"));
  CHECK(seen.violated == "");
  CHECK(seen.faults == 22);
}

TEST_CASE("long waits: a fault behind the append of a CAS, or in its record, strikes") {
  CHECK(play(three_nodes(kOneLeads, std::string(kSetThenCas) + R"("faults": [
      {"fault": "crash", "after": {"node": "node-1", "did": "append", "lsn": 3},
       "node": "node-1", "restart_after_ms": 50}])"))
            .faults == 1);
  Runner runner;
  const Scenario damaged = three_nodes(kOneLeads, std::string(kSetThenCas) + R"("faults": [
      {"fault": "damage_disk", "at_ms": 290, "node": "node-2", "lsn": 3},
      {"fault": "crash", "at_ms": 300, "node": "node-2", "restart_after_ms": 50}])");
  CHECK(!runner.run(damaged, 1, sound_rules()).violated);
  CHECK(runner.probes().count(ProbeId::follower_restored) == 1);
}
