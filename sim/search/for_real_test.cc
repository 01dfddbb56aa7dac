#include "sim/search/for_real.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "sim/check/probes.h"
#include "sim/scenario/scenario_json.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

// Why it is not for real, all in one; empty: it is.
std::string why_not(const Scenario& scenario) {
  const Course course = course_of(scenario, scenario.seed);
  std::string all;
  for (const PlannedFault& fault : course.faults) all += why_not_for_real(fault, course);
  for (const std::string& reason : why_not_for_real(scenario, scenario.seed, course)) all += reason;
  return all;
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Scenario scenario_with(const FaultEntry& entry) {
  Scenario scenario;
  for (std::int64_t i = 1; i <= 3; ++i)
    scenario.workload.operations.push_back(
        {20 * i, 1, OperationKind::set, "k", "v" + std::to_string(i)});
  scenario.faults.push_back(entry);
  return scenario;
}

FaultEntry fault(FaultKind kind, const std::string& node) {
  FaultEntry entry;
  entry.at_ms = 10;
  entry.fault = kind;
  entry.node = node;
  entry.for_ms = 5;
  entry.by_us = 1000;
  return entry;
}

}  // namespace

TEST_CASE("for real: the scenarios of the folder, these can be made") {
  const std::set<std::string> can{"adopts_a_log_that_begins_with_a_snapshot",
                                  "crc_failure_of_an_ack",
                                  "crc_failure_reship",
                                  "damage_beyond_the_budget",
                                  "damaged_record_on_a_follower",
                                  "damaged_record_on_the_leader",
                                  "deposed_leader_that_reads",
                                  "del_after_a_timed_out_write",
                                  "failover_amid_a_write",
                                  "five_records",
                                  "four_followers_one_down",
                                  "four_followers_two_down",
                                  "frame_head_damaged",
                                  "held_record",
                                  "kip_101_same_offset_another_message",
                                  "kip_101_the_follower_keeps_what_it_acknowledged",
                                  "kip_279_fast_double_failover",
                                  "leader_restarts_alone",
                                  "longer_log_of_an_older_generation",
                                  "mark_beyond_what_is_verified",
                                  "messages_of_two_generations_ago",
                                  "one_way_partition",
                                  "partition_isolates_the_leader",
                                  "partition_with_a_bridge",
                                  "raft_figure_8",
                                  "redis_wait_and_failover",
                                  "rejoin_after_five_missed_records",
                                  "slow_ack_500ms",
                                  "snapshot_catches_up",
                                  "two_candidates_of_one_generation",
                                  "two_competing_writes",
                                  "two_down_majority_of_all",
                                  "vote_asked_for_again",
                                  "vote_of_a_node_that_has_lost_its_log",
                                  "wake_ups_do_not_extend_the_deadline"};
  for (const auto& entry : std::filesystem::directory_iterator(QUORATE_SOURCE_ROOT "/scenarios")) {
    if (entry.path().extension() != ".json") continue;
    const std::string name = entry.path().stem().string();
    const std::string reason = why_not(read_scenario_file(entry.path().string(), probe_names()));
    CAPTURE(name);
    CAPTURE(reason);
    CHECK(reason.empty() == (can.count(name) > 0));
  }
}

TEST_CASE("for real: disks that are slow, full or failing, can't be made") {
  CHECK(says(why_not(scenario_with(fault(FaultKind::slow_disk, "follower-1"))), "slowed"));
  CHECK(says(why_not(scenario_with(fault(FaultKind::disk_full, "follower-1"))), "filled"));
  FaultEntry failing = fault(FaultKind::fail_sync, "follower-1");
  failing.restart_after_ms = 10;
  CHECK(says(why_not(scenario_with(failing)), "fail and to forget"));
}

TEST_CASE("for real: snapshots, can be played, and a log that was cut can still be told") {
  Scenario scenario =
      read_scenario_file(QUORATE_SOURCE_ROOT "/scenarios/snapshot_catches_up.json", probe_names());
  CHECK(why_not(scenario) == "");
  const Course course = course_of(scenario, scenario.seed);
  const auto tells = [&course](const std::string& record) {
    return std::any_of(course.decided.begin(), course.decided.end(), [&](const Decided& decided) {
      return decided.about == record && decided.words != kInSnapshot;
    });
  };
  CHECK_FALSE(tells("the record LSN=8 of node-3"));
  CHECK(tells("the record LSN=9 of node-3"));
}

TEST_CASE("for real: a moment within a turn, can't be met but by the relay") {
  FaultEntry entry = fault(FaultKind::pause, "leader");
  entry.after = After{"leader", Moment::ship, 1};
  CHECK(says(why_not(scenario_with(entry)), "nobody outside is in time"));
  FaultEntry head = fault(FaultKind::corrupt, "leader");
  head.peer = "follower-1";
  head.part = CorruptPart::head;
  head.after = After{"leader", Moment::append, 1};
  CHECK(why_not(scenario_with(head)) == "");
}

TEST_CASE("for real: a power loss, only where it takes nothing with it") {
  FaultEntry quiet = fault(FaultKind::crash, "follower-1");
  quiet.restart_after_ms = 30;
  CHECK(why_not(scenario_with(quiet)) == "");
  Scenario slow = scenario_with(quiet);
  slow.faults[0].at_ms = 25;
  slow.disk.sync = {{10'000, 10'000}, Distribution::uniform};
  CHECK(says(why_not(slow), "that were not synced yet"));
}

TEST_CASE("for real: chance, and deadlines that are too short, can't be compared") {
  Scenario swarm;
  swarm.random_faults.faults.push_back({FaultKind::cut, 100, {1, 1}, {}, {}});
  CHECK(says(why_not(swarm), "random faults"));
  Scenario hasty;
  hasty.cluster.write_timeout_ms = kLeastDeadlineMs - 1;
  CHECK(says(why_not(hasty), "too short"));
}

TEST_CASE("for real: clients that compete, only while none of them reads") {
  Scenario scenario =
      read_scenario_file(QUORATE_SOURCE_ROOT "/scenarios/two_competing_writes.json", probe_names());
  CHECK(why_not(scenario) == "");  // with this seed nobody writes while the one reads
  scenario.seed = 2;
  scenario.expect = ExpectSpec();  // its digest is that of the other seed
  CHECK(says(why_not(scenario), "what it sees is chance"));
  std::erase_if(scenario.workload.operations,
                [](const Operation& one) { return one.op == OperationKind::get; });
  CHECK(why_not(scenario) == "");
}

TEST_CASE("for real: what another speed would decide otherwise, is not compared by luck") {
  Scenario far;
  far.cluster.write_timeout_ms = 60;
  far.network.delay = {{35'000, 35'000}, Distribution::uniform};
  CHECK(says(why_not(far), "finer than a real machine's"));
}

TEST_CASE("for real: nodes that elect, all but disks, moments within a turn and short deadlines") {
  Scenario scenario;
  scenario.profile = Profile::replicated_log;
  scenario.workload.operations.push_back({200, 1, OperationKind::set, "k", "v"});
  FaultEntry crash = fault(FaultKind::crash, "leader");
  crash.at_ms = 400;
  crash.restart_after_ms = 50;
  scenario.faults.push_back(crash);
  CHECK(why_not(scenario) == "");
  scenario.cluster.snapshot_bytes = {200, 200};
  CHECK(why_not(scenario) == "");
  const Course course = course_of(scenario, 1);
  CHECK(told_of(course.faults[0], Profile::replicated_log) ==
        "at 400 ms: whoever leads loses power, back in 50 ms");
  scenario.faults[0].after = After{"node-2", Moment::ack, 2};
  CHECK(says(why_not(scenario), "the turn in which node-2 has done that to LSN=2"));
  scenario.faults[0] = fault(FaultKind::disk_full, "node-1");
  CHECK(says(why_not(scenario), "filled"));
  scenario.faults[0] = fault(FaultKind::corrupt, "node-3");
  CHECK(says(why_not(scenario), "up to chance"));
  scenario.faults.clear();
  scenario.cluster.heartbeat_ms = 10;
  scenario.cluster.election_timeout_ms = {kLeastDeadlineMs - 1, 100};
  CHECK(says(why_not(scenario), "too short"));
  scenario.cluster.heartbeat_ms = 100;
  scenario.cluster.election_timeout_ms = {100, 100};
  CHECK(says(why_not(scenario), "not longer than their heartbeat"));
}

TEST_CASE("for real: clients with several requests under way, are the simulator's alone") {
  Scenario scenario = scenario_with(fault(FaultKind::pause, "follower-1"));
  CHECK_FALSE(says(why_not(scenario), "several requests under way"));
  scenario.workload.pipeline = {1, 4};
  CHECK(says(why_not(scenario), "several requests under way"));
}
