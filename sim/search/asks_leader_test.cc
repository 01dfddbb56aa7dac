// Whom do clients ask that follow the leader? Whole runs.
#include <doctest/doctest.h>

#include <algorithm>

#include "sim/search/run.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

Scenario one_client(std::int64_t asks_leader_percent) {
  Scenario scenario;
  scenario.file = "one_client.json";
  scenario.about = "One client that writes.";
  scenario.profile = Profile::replicated_log;
  scenario.workload.writes = {40, 40};
  scenario.workload.think_us = {10'000, 10'000};
  scenario.workload.asks_leader_percent = asks_leader_percent;
  return scenario;
}

struct Played {
  RunOutcome outcome;
  std::int64_t passed_on = 0;  // requests that a follower took
};

Played play(const Scenario& scenario, std::uint64_t seed) {
  Runner runner;
  std::vector<std::string> trace;
  Played played{runner.run(scenario, seed, sound_rules(), &trace)};
  played.passed_on = std::count_if(trace.begin(), trace.end(), [](const std::string& line) {
    return line.find("passes a client's request on") != std::string::npos;
  });
  return played;
}

}  // namespace

TEST_CASE("asks_leader: a client that follows the leader, is passed on at its first try at most") {
  std::int64_t passed_on = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Played followed = play(one_client(100), seed);
    CHECK_FALSE(followed.outcome.violated);
    CHECK(followed.outcome.answers.ok == 40);
    CHECK(followed.passed_on <= 1);
    passed_on += play(one_client(0), seed).passed_on;
  }
  CHECK(passed_on > 200);  // of 800: it stays with whom it found
}

TEST_CASE("asks_leader: a leader dies, the client goes over to the next one") {
  Scenario scenario = one_client(100);
  FaultEntry crash;
  crash.fault = FaultKind::crash;
  crash.node = "leader";
  crash.at_ms = 400;
  crash.restart_after_ms = 2000;
  scenario.faults.push_back(crash);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Played played = play(scenario, seed);
    CHECK_FALSE(played.outcome.violated);
    CHECK(played.outcome.answers.ok == 40);
    CHECK(played.passed_on <= 2);
  }
}

TEST_CASE("asks_leader: so many of a hundred, the others stay with any node") {
  Scenario scenario = one_client(50);
  scenario.workload.clients = {40, 40};
  scenario.workload.writes = {400, 400};
  Scenario nobody = scenario, everybody = scenario;
  nobody.workload.asks_leader_percent = 0;
  everybody.workload.asks_leader_percent = 100;
  const std::int64_t most = play(nobody, 3).passed_on;
  const std::int64_t some = play(scenario, 3).passed_on;
  CHECK(most > 200);
  CHECK((some > most / 4 && some < most * 3 / 4));
  CHECK(play(everybody, 3).passed_on <= 40);
}
