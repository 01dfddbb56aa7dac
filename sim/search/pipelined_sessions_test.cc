// What do clients see that have several requests under way with nodes that elect their leader?
// Whole runs.
#include <doctest/doctest.h>

#include "sim/mistakes/mistakes.h"
#include "sim/scenario/general_swarm.h"
#include "sim/search/run.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

Scenario two_clients(std::int64_t pipeline) {
  Scenario scenario;
  scenario.file = "two_clients.json";
  scenario.about = "Two clients that write, several requests at once.";
  scenario.profile = Profile::replicated_log;
  scenario.workload.clients = {2, 2};
  scenario.workload.writes = {400, 400};
  scenario.workload.reads_percent = 30;
  scenario.workload.cas_percent = 20;
  scenario.workload.pipeline = {pipeline, pipeline};
  return scenario;
}

RunOutcome play(const Scenario& scenario, std::uint64_t seed = 1) {
  Runner runner;
  return runner.run(scenario, seed, sound_rules());
}

std::string violation_of(const RunOutcome& outcome) {
  return outcome.violated ? outcome.violated->sentence : "";
}

}  // namespace

TEST_CASE("pipelined_sessions: where nothing fails, every request has its answer, and sooner") {
  const RunOutcome one = play(two_clients(1));
  const RunOutcome many = play(two_clients(8));
  for (const RunOutcome& outcome : {one, many}) {
    CHECK(violation_of(outcome) == "");
    CHECK((outcome.answers.timeout == 0 && outcome.answers.error == 0));
    CHECK((outcome.answers.lost == 0 && outcome.answers.ok > 500));
  }
  CHECK(many.committed > Lsn(400));
  CHECK(many.ended_at.us() * 2 < one.ended_at.us());
}

TEST_CASE("pipelined_sessions: with too few sessions for all, every write has its answer") {
  for (const std::int64_t room : {1, 2}) {
    Scenario scenario = two_clients(8);
    scenario.workload.clients = {5, 5};
    scenario.cluster.max_sessions = {room, room};
    const RunOutcome outcome = play(scenario);
    CHECK(violation_of(outcome) == "");
    CHECK((outcome.answers.error == 0 && outcome.answers.lost == 0));
  }
}

TEST_CASE("pipelined_sessions: over the deaths of leaders, sound, and each gets an end") {
  Scenario scenario = two_clients(8);
  scenario.workload.writes = {600, 600};
  scenario.workload.think_us = {20'000, 20'000};
  FaultEntry crash;
  crash.fault = FaultKind::crash;
  crash.node = "leader";
  crash.restart_after_ms = 150;
  for (crash.at_ms = 350; crash.at_ms < 2000; crash.at_ms += 500) scenario.faults.push_back(crash);
  std::uint64_t not_ok = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const RunOutcome outcome = play(scenario, seed);
    CHECK(violation_of(outcome) == "");
    not_ok += outcome.answers.lost;
  }
  CHECK(not_ok > 0);  // a later request of a session had its effect: what became of this one?
}

TEST_CASE("pipelined_sessions: a core that reads ahead of the writes in front, is caught") {
  const Mistake* mistake = find_mistake("reads_ahead_of_writes");
  REQUIRE(mistake != nullptr);
  Scenario swarm = elected_swarm(ElectionRule::most_up_to_date);
  swarm.workload.pipelined_percent = 100;
  Runner runner;
  std::string check;
  for (std::uint64_t seed = 0; seed < 200 && check.empty(); ++seed) {
    const RunOutcome outcome = runner.run(swarm, seed, *mistake->rules);
    if (outcome.violated) check = outcome.violated->check;
  }
  CHECK(check == "always_answers_in_order");
}
