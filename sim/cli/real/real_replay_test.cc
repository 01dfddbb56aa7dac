#include "sim/cli/real/real_replay.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>

#include "core/log/record_codec.h"
#include "sim/check/probes.h"
#include "sim/cli/real/processes_fixture.h"
#include "sim/cli/real/real_owed.h"
#include "sim/scenario/scenario_json.h"
#include "sim/search/course.h"

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
// On a machine that is busy an election may come out otherwise; the outcome is "holds" then.
std::string agrees_at_last(const sim::Scenario& scenario) {
  std::string outcome;
  for (int plays = 0; plays < 4 && outcome != "agrees"; ++plays) {
    outcome = outcome_of(scenario);
    REQUIRE((outcome == "agrees" || outcome.starts_with("holds")));
  }
  return outcome;
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

// ---- nodes that elect their leader

TEST_CASE("real replay: a partition that isolates the leader, the others elect and go on") {
  CHECK(agrees_at_last(scenario_of("partition_isolates_the_leader")) == "agrees");
}
TEST_CASE("real replay: a leader that is killed amid a write, and comes back") {
  CHECK(agrees_at_last(scenario_of("failover_amid_a_write")) == "agrees");
}
TEST_CASE("real replay: figure 8 of the Raft paper, on real sockets") {
  CHECK(agrees_at_last(scenario_of("raft_figure_8")) == "agrees");
}
TEST_CASE("real replay: a crash of two nodes and one that comes back with another's LSN") {
  CHECK(agrees_at_last(scenario_of("kip_101_same_offset_another_message")) == "agrees");
}
TEST_CASE("real replay: a damaged record of a voter") {
  CHECK(agrees_at_last(scenario_of("vote_of_a_node_that_has_lost_its_log")) == "agrees");
}

TEST_CASE("real replay: snapshots are taken all the time, and one that was away is given one") {
  sim::Scenario scenario;
  scenario.about = "A node is away while the others drop what it lacks.";
  scenario.profile = Profile::replicated_log;
  scenario.cluster.write_timeout_ms = 500;
  scenario.cluster.snapshot_bytes = {500, 500};
  scenario.cluster.log_kept_bytes = {100, 100};
  for (std::int64_t i = 1; i <= 40; ++i)
    scenario.workload.operations.push_back(
        {700 + 20 * i, 1, sim::OperationKind::set, "k" + std::to_string(i % 5), "some value"});
  sim::FaultEntry crash;
  crash.at_ms = 800;
  crash.fault = sim::FaultKind::crash;
  crash.node = "node-3";
  crash.restart_after_ms = 500;
  scenario.faults.push_back(crash);
  const std::string outcome = agrees_at_last(scenario);
  CHECK((outcome == "agrees" || outcome.starts_with("holds")));
  const sim::Course course = sim::course_of(scenario, 1);
  CHECK(std::any_of(course.decided.begin(), course.decided.end(),
                    [](const auto& one) { return one.words == sim::kInSnapshot; }));
}

// When who leads is killed depends on who has been elected, and how soon: that is up to chance.
TEST_CASE("real replay: whoever leads is killed again and again, and what is owed holds") {
  sim::Scenario scenario;
  scenario.about = "Whoever leads is killed.";
  scenario.profile = Profile::replicated_log;
  scenario.cluster.write_timeout_ms = 500;
  scenario.workload.clients = {3, 3};
  scenario.workload.keys = {2, 2};
  scenario.workload.writes = {90, 90};
  scenario.workload.think_us = {20'000, 20'000};
  scenario.workload.reads_percent = 40;
  scenario.workload.deletes_percent = 20;
  scenario.workload.cas_percent = 30;
  for (const std::int64_t at_ms : {500, 1100}) {
    sim::FaultEntry crash;
    crash.at_ms = at_ms;
    crash.fault = sim::FaultKind::crash;
    crash.node = "leader";
    crash.restart_after_ms = 300;
    scenario.faults.push_back(crash);
  }
  const TestFolder folder;
  const reports::RealReplayResult result = replay_for_real(scenario, 1, options());
  CHECK(folder.nothing_is_left());
  CHECK(result.broken == "");
  CHECK((result.outcome == "holds" || result.outcome == "agrees"));
  CHECK(result.answers > 90);
  CHECK(result.owed.size() == 3);
}

TEST_CASE("real replay: clients of another course, the worlds part, and that is no failure") {
  const TestFolder folder;
  sim::Course course = sim::course_of(scenario_of("redis_wait_and_failover"), 1);
  course.requests[0].value = "another value";
  RealPlayOptions hasty = options();
  hasty.patience = milliseconds(1000);
  const RealPlayed played = play_for_real(course, hasty);
  CHECK(played.broken == "");
  CHECK(sim::first_difference(course.decided, played.decided).has_value());
}

TEST_CASE("real replay: a majority that is down for good, what is owed in the end can't hold") {
  const TestFolder folder;
  sim::Course course = sim::course_of(scenario_of("partition_isolates_the_leader"), 1);
  course.recover_within = milliseconds(300);
  std::erase_if(course.steps,
                [](const sim::Step& step) { return step.does != sim::Step::Does::request; });
  course.faults.clear();
  course.stands_after.assign(3, milliseconds(60'000));  // nobody ever stands
  RealPlayOptions hasty = options();
  hasty.patience = milliseconds(200);
  CHECK(play_for_real(course, hasty).broken == "no leader has written anything");
}

TEST_CASE("real owed: a write that was told OK and is in no log, and one that is") {
  Bytes file;
  encode_record({Generation(1), Lsn(1), ClientId(1), 1, Op::set, "k", "v"}, file);
  const std::vector<DoneWrite> done{{1, 1, "client 1's set of k"}};
  CHECK(lost_write({ByteCount(), file}, done) == "");
  CHECK(lost_write({ByteCount(), file}, std::vector<DoneWrite>{{1, 2, "client 1's del of k"}}) ==
        "client 1's del of k was told OK and is in no log");
  CHECK(lost_write({}, done) == "client 1's set of k was told OK and is in no log");
}

TEST_CASE("real owed: what nobody can explain of what the clients saw, is said") {
  std::string history;
  reports::append_history_line(
      history, {0, reports::HistoryType::invoke, reports::HistoryF::read, "k", {}, {}, {}, {}, 1});
  reports::append_history_line(
      history, {0, reports::HistoryType::ok, reports::HistoryF::read, "k", "v", {}, {}, {}, 2});
  CHECK(contradiction_in(history).find("what the clients saw of \"k\" is not linearizable: ") == 0);
  CHECK(contradiction_in("") == "");
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
  for (const char* key : {"scenario", "about", "seed", "cluster", "outcome", "why_not", "faults",
                          "records", "answers", "acks", "parting", "owed", "broken", "waited_for",
                          "plays", "late_us", "notes", "simulated"}) {
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
