// What do clients see whose sessions have no room? Whole runs: the table, and how clients go on.
#include <doctest/doctest.h>

#include "sim/mistakes/mistakes.h"
#include "sim/scenario/general_swarm.h"
#include "sim/search/run.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

// Three nodes that elect their leader, and three clients that write in turn.
Scenario three_clients(std::int64_t sessions) {
  Scenario scenario;
  scenario.file = "three_clients.json";
  scenario.about = "Three clients that write.";
  scenario.profile = Profile::replicated_log;
  scenario.cluster.max_sessions = {sessions, sessions};
  scenario.workload.clients = {3, 3};
  scenario.workload.writes = {30, 30};
  scenario.workload.think_us = {500, 500};
  return scenario;
}

struct Seen {
  AnswerCounts answers;
  std::uint64_t refused = 0;
  std::string violated;
};

Seen play(const Scenario& scenario) {
  Runner runner;
  const RunOutcome outcome = runner.run(scenario, 1, sound_rules());
  return {outcome.answers, runner.probes().count(ProbeId::dropped_session_refused),
          outcome.violated ? outcome.violated->sentence : ""};
}

}  // namespace

TEST_CASE("sessions: with room for all clients, none is ever refused") {
  const Seen seen = play(three_clients(3));
  CHECK(seen.violated == "");
  CHECK((seen.answers.ok == 30 && seen.refused == 0));
}

TEST_CASE("sessions: a client whose session was dropped, begins one anew and gets its answer") {
  for (const std::int64_t room : {1, 2}) {
    const Seen seen = play(three_clients(room));
    CHECK(seen.violated == "");
    CHECK((seen.answers.ok == 30 && seen.answers.error == 0 && seen.answers.lost == 0));
    CHECK(seen.refused > 0);
  }
}

// What was written twice under two numbers is seen in no answer here, only in what is left.
TEST_CASE("sessions: a core that begins dropped ones anew, leaves a state nobody wrote") {
  const Mistake* mistake = find_mistake("begins_dropped_sessions_anew");
  REQUIRE(mistake != nullptr);
  const Scenario swarm = elected_swarm(ElectionRule::most_up_to_date);
  Runner runner;
  std::string check;
  for (std::uint64_t seed = 0; seed < 40 && check.empty(); ++seed) {
    const RunOutcome outcome = runner.run(swarm, seed, *mistake->rules);
    if (outcome.violated) check = outcome.violated->check;
  }
  CHECK(check == "eventually_converges");
}
