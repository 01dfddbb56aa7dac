#include "sim/cli/real/real_replay.h"

#include <doctest/doctest.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "sim/check/probes.h"
#include "sim/cli/real/processes_fixture.h"
#include "sim/scenario/scenario_json.h"

using namespace quorate;
using namespace quorate::cli;

namespace {

RealPlayOptions options() {
  RealPlayOptions options;
  options.program = QUORATE_BINARY;
  return options;
}

std::string path_of(const std::string& name) {
  return QUORATE_SOURCE_ROOT "/scenarios/" + name + ".json";
}

sim::Scenario scenario_of(const std::string& name) {
  return sim::read_scenario_file(path_of(name), sim::probe_names());
}

// "agrees"; or the outcome and where the two part.
std::string outcome_of(const sim::Scenario& scenario, std::uint64_t seed = 1) {
  const TestFolder folder;
  const reports::RealReplayResult result = replay_for_real(scenario, seed, options());
  CHECK(folder.nothing_is_left());
  if (!result.parting) return result.outcome;
  return result.outcome + ": " + result.parting->about + ": " + result.parting->simulated + " | " +
         result.parting->real;
}
std::string outcome_of(const std::string& name) { return outcome_of(scenario_of(name)); }

}  // namespace

TEST_CASE("real replay: five records") { CHECK(outcome_of("five_records") == "agrees"); }
TEST_CASE("real replay: a slow ack") { CHECK(outcome_of("slow_ack_500ms") == "agrees"); }
TEST_CASE("real replay: a CRC failure and its second ship") {
  CHECK(outcome_of("crc_failure_reship") == "agrees");
}
TEST_CASE("real replay: one of four down") {
  CHECK(outcome_of("four_followers_one_down") == "agrees");
}
TEST_CASE("real replay: two of four down, and writes that time out") {
  CHECK(outcome_of("four_followers_two_down") == "agrees");
}
TEST_CASE("real replay: a follower that was away") {
  CHECK(outcome_of("rejoin_after_five_missed_records") == "agrees");
}
TEST_CASE("real replay: a partition, and a leader that refuses") {
  CHECK(outcome_of("leader_restarts_alone") == "agrees");
}
TEST_CASE("real replay: a record that rots") {
  CHECK(outcome_of("damaged_record_on_the_leader") == "agrees");
}
TEST_CASE("real replay: clients that compete, the order is that of the simulated leader") {
  sim::Scenario scenario = scenario_of("two_competing_writes");
  scenario.expect = sim::ExpectSpec();
  std::erase_if(scenario.workload.operations, [](const sim::Operation& one) {
    return one.op == sim::OperationKind::get;  // what it sees is chance
  });
  for (std::uint64_t seed = 1; seed <= 3; ++seed) CHECK(outcome_of(scenario, seed) == "agrees");
}

TEST_CASE("real replay: a workload as the seed draws it, a paused follower") {
  sim::Scenario scenario;
  scenario.about = "Drawn.";
  scenario.cluster.write_timeout_ms = 3000;
  scenario.cluster.peer_silence_ms = {3000, 3000};
  scenario.workload.keys = {3, 3};
  scenario.workload.writes = {12, 12};
  scenario.workload.value_bytes = {20, 90};
  scenario.workload.think_us = {5000, 5000};
  scenario.workload.reads_percent = 30;
  scenario.workload.deletes_percent = 20;
  sim::FaultEntry pause;
  pause.at_ms = 20;
  pause.fault = sim::FaultKind::pause;
  pause.node = "follower-2";
  pause.for_ms = 100;
  scenario.faults.push_back(pause);
  CHECK(outcome_of(scenario, 3) == "agrees");
}

TEST_CASE("real replay: what can't be made, nothing is played and it says why") {
  const TestFolder folder;
  const reports::RealReplayResult result =
      replay_for_real(scenario_of("disk_full_on_a_follower"), 1, options());
  CHECK(result.outcome == "not_for_real");
  CHECK(result.plays == 0);
  CHECK(result.answers == 0);
  REQUIRE(result.faults.size() == 1);
  CHECK(result.faults[0].why_not == "a real disk can't be filled for one process alone");
}

TEST_CASE("real replay: a real cluster with another quorum rule, differs at the first answer") {
  const TestFolder folder;
  sim::Course course = sim::course_of(scenario_of("four_followers_two_down"), 1);
  course.node.quorum = QuorumRule::majority_of_all;
  RealPlayOptions hasty = options();
  hasty.patience = milliseconds(500);
  const RealPlayed played = play_for_real(course, hasty);
  const auto parting = sim::first_difference(course.decided, played.decided);
  REQUIRE(parting);
  CHECK(parting->about == "what client 1 was told, request 1 (set \"record-1\")");
  CHECK(parting->simulated == "TIMEOUT (an error)");
  CHECK(parting->real == "OK");
}

TEST_CASE("real replay: an ack that does not come, is waited for only so long") {
  const TestFolder folder;
  sim::Course course = sim::course_of(scenario_of("five_records"), 1);
  course.end.raise(sim::Marks::Of::acked, 3, 6);
  RealPlayOptions hasty = options();
  hasty.patience = milliseconds(100);
  CHECK(play_for_real(course, hasty).waited_for == "follower-2 has acknowledged up to LSN=6");
}

TEST_CASE("real replay: the command, one JSON object with these keys") {
  const TestFolder folder;
  Run run(folder, {"replay", "--real", path_of("five_records"), "--json"});
  REQUIRE(run.code() == 0);
  const nlohmann::json json = nlohmann::json::parse(run.out());
  for (const char* key :
       {"scenario", "about", "seed", "cluster", "outcome", "why_not", "faults", "records",
        "answers", "acks", "parting", "waited_for", "plays", "late_us", "notes", "simulated"}) {
    CAPTURE(key);
    CHECK(json.contains(key));
  }
  CHECK(json["outcome"] == "agrees");
  CHECK(json["parting"].is_null());
  CHECK(json["answers"] == 5);
  CHECK(json["acks"] == 10);
}

TEST_CASE("real replay: the command, not for real is exit code 0 and a word of its own") {
  const TestFolder folder;
  Run run(folder, {"replay", path_of("general_swarm"), "--real", "--json"});
  REQUIRE(run.code() == 0);
  const nlohmann::json json = nlohmann::json::parse(run.out());
  CHECK(json["outcome"] == "not_for_real");
  CHECK(json["why_not"].size() == 2);  // random faults, and requests side by side
  Run with_trace(folder, {"replay", path_of("five_records"), "--real", "--trace"});
  CHECK(with_trace.code() == 2);
}

TEST_CASE("real replay: interrupted, nothing is left behind") {
  const TestFolder folder;
  Run run(folder, {"replay", "--real", path_of("slow_ack_500ms")});
  REQUIRE(comes_true([&] { return folder.processes() > 1; }));
  run.signal(SIGINT);
  CHECK(run.code() == 130);
  CHECK(folder.nothing_is_left());
}
