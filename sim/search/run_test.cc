#include "sim/search/run.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sim/mistakes/mistakes.h"
#include "sim/scenario/general_swarm.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

// An instrumented build takes ten times as long.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kIsSlow = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool kIsSlow = true;
#else
constexpr bool kIsSlow = false;
#endif
#else
constexpr bool kIsSlow = false;
#endif

const Rules& mistake(std::string_view name) { return *find_mistake(name)->rules; }

// One leader, two followers, five writes, nothing goes wrong; and what a test makes of it.
Scenario five() {
  Scenario scenario;
  scenario.file = "five.json";
  scenario.about = "Five writes.";
  return scenario;
}

FaultEntry fault(FaultKind kind, const std::string& node, std::int64_t at_ms) {
  FaultEntry entry;
  entry.fault = kind;
  entry.node = node;
  entry.at_ms = at_ms;
  return entry;
}

RunOutcome run(const Scenario& scenario, std::uint64_t seed = 1,
               const Rules& rules = sound_rules()) {
  return Runner().run(scenario, seed, rules);
}

std::string verdict(const Scenario& scenario, std::uint64_t seed = 1,
                    const Rules& rules = sound_rules()) {
  const RunOutcome outcome = run(scenario, seed, rules);
  return outcome.violated ? outcome.violated->check + ": " + outcome.violated->sentence : "";
}

std::string words(const RunOutcome& outcome) {
  std::string text =
      std::to_string(outcome.digest) + " " + std::to_string(outcome.happenings) + " " +
      std::to_string(outcome.ended_at.us()) + " " + std::to_string(outcome.faults) + " " +
      std::to_string(outcome.committed.value()) + " " + std::to_string(outcome.followers) + " " +
      std::to_string(outcome.answers.ok) + " " + std::to_string(outcome.answers.timeout) + " " +
      std::to_string(outcome.answers.error) + " " + std::to_string(outcome.answers.lost);
  if (outcome.violated) text += " " + outcome.violated->check + " " + outcome.violated->sentence;
  return text;
}

int lines_with(const std::vector<std::string>& trace, const std::string& words) {
  return static_cast<int>(std::count_if(trace.begin(), trace.end(), [&](const std::string& line) {
    return line.find(words) != std::string::npos;
  }));
}

}  // namespace

// ---- the same again

TEST_CASE("run: the same scenario and seed, have the same outcome each time") {
  for (std::uint64_t seed = 0; seed < 60; ++seed)
    REQUIRE(words(run(general_swarm(), seed)) == words(run(general_swarm(), seed)));
}

TEST_CASE("run: a used runner, is as good as a fresh one, whatever it played before") {
  Runner used;
  Scenario seven = general_swarm();
  seven.cluster.followers = {6, 6};
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    used.run(seven, seed + 1000, mistake("acks_before_sync"));  // ends in the middle
    used.run(five(), seed, sound_rules());
    REQUIRE(words(used.run(general_swarm(), seed, sound_rules())) ==
            words(run(general_swarm(), seed)));
  }
}

TEST_CASE("run: told in a trace or not, it is the same run") {
  Runner runner;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    std::vector<std::string> trace;
    const std::string told = words(runner.run(general_swarm(), seed, sound_rules(), &trace));
    REQUIRE(told == words(runner.run(general_swarm(), seed, sound_rules())));
    REQUIRE(trace.size() > 20);
  }
}

TEST_CASE("run: another seed, is another history") {
  CHECK(run(general_swarm(), 1).digest != run(general_swarm(), 2).digest);
  CHECK(run(five(), 1).digest != run(five(), 2).digest);
}

TEST_CASE("run: played by hand, is the same as played at once") {
  const Scenario scenario = five();
  Runner by_hand;
  by_hand.begin(scenario, 3, sound_rules(), nullptr);
  int steps = 1;
  while (by_hand.advance()) ++steps;
  CHECK(words(by_hand.outcome()) == words(run(five(), 3)));
  CHECK(static_cast<std::uint64_t>(steps) == by_hand.world().happenings());
}

// ---- what comes out

TEST_CASE("run: five records, are all written, and nothing is wrong") {
  const RunOutcome outcome = run(five());
  CHECK_FALSE(outcome.violated);
  CHECK((outcome.answers.ok == 5 && outcome.committed == Lsn(5) && outcome.followers == 2));
  CHECK((outcome.faults == 0 && outcome.ended_at > Time() && outcome.happenings > 50));
}

TEST_CASE("run: the general swarm, is sound for hundreds of seeds") {
  Runner runner;
  for (std::uint64_t seed = 0; seed < (kIsSlow ? 100 : 500); ++seed) {
    const RunOutcome outcome = runner.run(general_swarm(), seed, sound_rules());
    REQUIRE_MESSAGE(!outcome.violated, "seed ", seed, ": ", outcome.violated->sentence);
  }
}

TEST_CASE("run: a mistake, is called by the name of the check, in a sentence, with its time") {
  const RunOutcome outcome = run(five(), 1, mistake("ok_before_quorum"));
  REQUIRE(outcome.violated);
  CHECK(outcome.violated->check == "always_ok_is_on_quorum");
  CHECK(outcome.violated->sentence.find("LSN=1") != std::string::npos);
  CHECK(outcome.violated->at == outcome.ended_at);
}

TEST_CASE(
    "run: an invariant that breaks, is a violation like any other, and the next run is sound") {
  struct Breaks final : Rules {
    Lsn counted(const Progress&) const override { invariant_broken("here.cc", 7, "x", "it broke"); }
  };
  Runner runner;
  const RunOutcome outcome = runner.run(five(), 1, Breaks());
  REQUIRE(outcome.violated);
  CHECK(outcome.violated->check == "invariant");
  CHECK(outcome.violated->sentence.find("it broke") != std::string::npos);
  CHECK(words(runner.run(five(), 1, sound_rules())) == words(run(five())));
}

TEST_CASE("run: a cluster that doesn't recover, is told what it waits for") {
  Scenario scenario = five();
  scenario.recover_within_ms = 100;
  scenario.workload.writes = {40, 40};
  scenario.cluster.followers = {4, 4};
  FaultEntry crash = fault(FaultKind::crash, "follower-1", 10);
  crash.restart_after_ms = 20;
  scenario.faults = {crash};
  CHECK(verdict(scenario) == "");
  const std::string said = verdict(scenario, 1, mistake("forgets_missed_records"));
  CHECK_MESSAGE(
      said.starts_with("eventually_converges: the cluster has not recovered within 100 ms "
                       "after the last fault: it waits for follower-1 to"),
      said);
}

TEST_CASE("run: a follower that is down for good, is not waited for") {
  Scenario scenario = five();
  scenario.cluster.followers = {4, 4};
  scenario.faults = {fault(FaultKind::crash, "follower-3", 0)};
  const RunOutcome outcome = run(scenario);
  CHECK((!outcome.violated && outcome.answers.ok == 5));
  scenario.faults.push_back(fault(FaultKind::crash, "follower-2", 0));  // now there is no quorum
  const RunOutcome none = run(scenario);
  CHECK((!none.violated && none.answers.ok == 0 && none.committed == Lsn()));
}

TEST_CASE("run: a record whose ship was withheld with one that the disk refused, is shipped") {
  Scenario scenario = five();
  scenario.cluster.followers = {1, 1};
  scenario.network = {{{500, 500}, Distribution::uniform}, 0, 0, 0};
  scenario.workload.operations = {{2, 1, OperationKind::set, "a", "1"},
                                  {4, 2, OperationKind::set, "b", "2"},
                                  {5, 3, OperationKind::set, "c", "3"}};
  FaultEntry slow =
      fault(FaultKind::slow_disk, "follower-1", 0);  // it is asked, and takes its time
  slow.for_ms = 10;
  slow.by_us = 20'000;
  FaultEntry full = fault(FaultKind::disk_full, "leader", 4);
  full.for_ms = 6;
  scenario.faults = {slow, full};
  scenario.expect.ok = Range{1, 1};
  scenario.expect.error = Range{2, 2};
  CHECK(verdict(scenario) == "");
}

TEST_CASE("run: an empty workload, is over as soon as the cluster stands") {
  Scenario scenario = five();
  scenario.workload.writes = {0, 0};
  const RunOutcome outcome = run(scenario);
  CHECK((!outcome.violated && outcome.answers.ok == 0 &&
         outcome.ended_at < Time() + milliseconds(50)));
}

TEST_CASE("run: a client that only reads, comes to an end") {
  Scenario scenario = five();
  scenario.workload.reads_percent = 100;
  const RunOutcome outcome = run(scenario);
  CHECK((!outcome.violated && outcome.answers.ok == 5 && outcome.committed == Lsn()));
}

TEST_CASE("run: values that are alike or empty, never raise a false alarm") {
  for (const std::int64_t bytes : {0, 1}) {
    Scenario scenario = general_swarm();
    scenario.workload.value_bytes = {bytes, bytes};
    scenario.workload.keys = {1, 1};
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      const RunOutcome outcome = run(scenario, seed);
      CHECK_MESSAGE(!outcome.violated, seed);
    }
  }
}

// Twenty million of the cheapest happenings: a node that is down is woken each microsecond.
TEST_CASE("run: one that goes on for ever, is stopped and called by its name" *
          doctest::skip(kIsSlow)) {
  Scenario scenario = five();
  scenario.cluster.followers = {4, 4};
  FaultEntry wake = fault(FaultKind::wake_up, "follower-1", 1);
  wake.for_ms = 3'600'000;
  wake.by_us = 1;
  scenario.faults = {fault(FaultKind::crash, "follower-1", 0), wake};
  const RunOutcome outcome = run(scenario);
  REQUIRE(outcome.violated);
  CHECK(outcome.violated->check == "invariant");
  CHECK(outcome.violated->sentence == "a run doesn't come to an end");
  CHECK(outcome.happenings == Runner::kMostHappenings + 1);
}

// ---- what the scenario expects

TEST_CASE("run: what a scenario expects and gets, is sound") {
  Scenario scenario = five();
  scenario.expect.ok = Range{5, 5};
  scenario.expect.timeout = scenario.expect.error = scenario.expect.lost = Range{0, 0};
  scenario.expect.last_lsn = Range{1, 9};
  scenario.expect.write_ms = Range{0, 20};
  scenario.expect.reached = {"sometimes_write_ok"};
  CHECK(verdict(scenario) == "");
}

TEST_CASE("run: each expectation, can be disappointed") {
  const auto expecting = [](auto change) {
    Scenario scenario = five();
    change(scenario.expect);
    return verdict(scenario);
  };
  CHECK(expecting([](ExpectSpec& e) {
          e.ok = Range{6, 7};
        }) == "expect_answers: requests answered OK: the scenario expects 6 to 7, but it was 5");
  CHECK(expecting([](ExpectSpec& e) {
          e.timeout = Range{1, 1};
        }) == "expect_answers: requests timed out: the scenario expects 1, but it was 0");
  CHECK(expecting([](ExpectSpec& e) {
          e.error = Range{1, 9};
        }).starts_with("expect_answers: requests re"));
  CHECK(expecting([](ExpectSpec& e) {
          e.lost = Range{1, 9};
        }).starts_with("expect_answers: requests lost"));
  CHECK(expecting([](ExpectSpec& e) { e.last_lsn = Range{0, 4}; }).starts_with("expect_"));
  CHECK(expecting([](ExpectSpec& e) { e.write_ms = Range{2, 99}; }).starts_with("expect_"));
  CHECK(expecting([](ExpectSpec& e) { e.write_ms = Range{0, 0}; }).starts_with("expect_"));
  CHECK(expecting([](ExpectSpec& e) { e.reached = {"sometimes_write_timed_out"}; }) ==
        "expect_reached: the scenario expects sometimes_write_timed_out, which never came up");
}

TEST_CASE("run: an expected digest, is compared with the scenario's own seed only") {
  Scenario scenario = five();
  scenario.seed = 7;
  scenario.expect.digest = "0123456789abcdef";
  CHECK(verdict(scenario, 7).starts_with("expect_digest: the digest is "));
  CHECK(verdict(scenario, 8) == "");
}

// ---- the trace

TEST_CASE("run: its trace, tells each fact on a line with its time and node") {
  std::vector<std::string> trace;
  Runner().run(five(), 1, sound_rules(), &trace);
  CHECK(trace.front() == "      0.000 ms  leader: starts with a log up to LSN=0, generation 0");
  CHECK(lines_with(trace, "leader: answered the write of LSN=") == 5);
  CHECK(std::is_sorted(trace.begin(), trace.end(),
                       [](const auto& a, const auto& b) { return std::stod(a) < std::stod(b); }));
}

TEST_CASE("run: its trace, tells of a fault when it strikes") {
  Scenario scenario = five();
  FaultEntry crash = fault(FaultKind::crash, "follower-1", 3);
  crash.restart_after_ms = 5;
  scenario.faults = {crash};
  std::vector<std::string> trace;
  Runner().run(scenario, 1, sound_rules(), &trace);
  CHECK(lines_with(trace, "FAULT: follower-1 loses power, back in 5 ms") == 1);
  CHECK(lines_with(trace, "      3.000 ms  FAULT") == 1);
  CHECK(lines_with(trace, "follower-1: starts with a log") == 2);
}

TEST_CASE("run: a start with an empty file, is told in the trace as any other") {
  Scenario scenario = five();
  scenario.workload.writes = {0, 0};
  FaultEntry crash = fault(FaultKind::crash, "follower-1", 0);
  crash.restart_after_ms = 5;
  scenario.faults = {crash};
  std::vector<std::string> trace;
  Runner().run(scenario, 1, sound_rules(), &trace);
  CHECK(lines_with(trace, "follower-1: starts with a log") == 2);
}

TEST_CASE("run: a leader that has no room for its first generation when it is back, starts again") {
  Scenario scenario = five();
  scenario.workload.operations = {{100, 1, OperationKind::set, "a", "1"}};
  FaultEntry crash = fault(FaultKind::crash, "leader", 0);
  crash.restart_after_ms = 5;
  FaultEntry full = fault(FaultKind::disk_full, "leader", 1);
  full.for_ms = 30;
  scenario.faults = {crash, full};
  std::vector<std::string> trace;
  const RunOutcome outcome = Runner().run(scenario, 1, sound_rules(), &trace);
  CHECK((!outcome.violated && outcome.answers.ok == 1));
  CHECK(lines_with(trace, "leader: enters generation 1") == 2);  // the first one was lost
  CHECK(lines_with(trace, "leader: the disk is full") == 1);
  CHECK(lines_with(trace, "leader: starts with a log") == 3);
}

TEST_CASE("run: what the disk refused, is not told as if it had happened") {
  Scenario scenario = five();
  scenario.workload.operations = {{2, 1, OperationKind::set, "a", "1"},
                                  {20, 1, OperationKind::set, "b", "2"}};
  FaultEntry full = fault(FaultKind::disk_full, "leader", 15);
  full.for_ms = 10;
  scenario.faults = {full};
  std::vector<std::string> trace;
  Runner().run(scenario, 1, sound_rules(), &trace);
  CHECK(lines_with(trace, "leader: the disk is full: no room for LSN=2") == 1);
  CHECK(lines_with(trace, "leader: appended LSN=2") == 0);
  CHECK(lines_with(trace, "leader: shipped record LSN=2") == 0);
}

// ---- damage at rest: within the budget the cluster is live, beyond it it may refuse for ever

namespace {

// Three records, then damage to the second one of each of these; requests come when they are back.
Scenario damaged(const std::vector<std::string>& nodes) {
  Scenario scenario = five();
  scenario.workload.operations = {{10, 1, OperationKind::set, "a", "1"},
                                  {20, 1, OperationKind::set, "b", "2"},
                                  {30, 1, OperationKind::set, "c", "3"},
                                  {400, 1, OperationKind::get, "b", ""}};
  for (const std::string& node : nodes) {
    FaultEntry damage = fault(FaultKind::damage_disk, node, 50);
    damage.lsn = 2;
    FaultEntry crash = fault(FaultKind::crash, node, 60);
    crash.restart_after_ms = 40;
    scenario.faults.push_back(damage);
    scenario.faults.push_back(crash);
  }
  return scenario;
}

}  // namespace

TEST_CASE("run: damage beyond the budget, may be refused for ever, loudly") {
  std::vector<std::string> trace;
  const RunOutcome outcome =
      Runner().run(damaged({"leader", "follower-1", "follower-2"}), 1, sound_rules(), &trace);
  CHECK_MESSAGE(!outcome.violated, (outcome.violated ? outcome.violated->sentence : ""));
  CHECK((outcome.answers.ok == 3 && outcome.answers.error == 1));  // who asks is told LOADING
  for (const std::string node : {"leader", "follower-1", "follower-2"})
    CHECK(lines_with(trace, node + ": CORRUPTION") == 1);
  CHECK(lines_with(trace, "leader: serves") == 1);  // before, and never again
}

TEST_CASE("run: damage within the budget, must be mended, and in time") {
  for (const std::string node : {"leader", "follower-1"}) {
    Scenario scenario = damaged({node});
    const RunOutcome outcome = run(scenario);
    CHECK((!outcome.violated && outcome.answers.ok == 4));
    scenario.workload.operations.pop_back();
    scenario.recover_within_ms = 1;  // which nobody can keep
    const RunOutcome late = run(scenario);
    REQUIRE(late.violated);
    CHECK((late.violated->check == "eventually_converges" && late.violated->clause == "L1"));
    CHECK(late.violated->sentence.find(node) != std::string::npos);
  }
}

TEST_CASE("run: two followers damaged at once, are beyond the budget, and mended all the same") {
  const RunOutcome outcome = run(damaged({"follower-1", "follower-2"}));
  CHECK((!outcome.violated && outcome.answers.ok == 4));
}

// ---- as a result

TEST_CASE("replay: a sound run, has all that a report wants to know") {
  const reports::ReplayResult result = replay(five(), 4, sound_rules(), "");
  CHECK((result.scenario == "five.json" && result.about == "Five writes." && result.seed == 4));
  CHECK(
      (result.digest == run(five(), 4).digest && result.committed == 5 && result.answers.ok == 5));
  CHECK(result.cluster == "1 leader, 2 followers, Q = 2 of the followers alone");
  CHECK((result.violations.empty() && result.trace.empty() && result.mistake.empty()));
  REQUIRE(result.probes.size() == 1);
  CHECK((result.probes[0].name == "sometimes_write_ok" && result.probes[0].count == 5));
  CHECK(result.repro == "quorate replay five.json --seed 4 --trace");
  CHECK(replay(five(), 4, sound_rules(), "", {.trace = true}).trace.size() > 50);
}

TEST_CASE("replay: a violation, has its last lines and the command that shows it again") {
  std::uint64_t seed = 0;
  while (!run(general_swarm(), seed, mistake("ok_at_deadline")).violated) ++seed;
  const reports::ReplayResult result =
      replay(general_swarm(), seed, mistake("ok_at_deadline"), "ok_at_deadline");
  REQUIRE(result.violations.size() == 1);
  const reports::Violation& violation = result.violations[0];
  CHECK((!violation.check.empty() && !violation.sentence.empty() && violation.at_us > 0));
  CHECK((violation.last_lines.size() > 5 && violation.last_lines.size() <= 24));
  CHECK(result.repro == "quorate replay scenarios/general_swarm.json --seed " +
                            std::to_string(seed) + " --mistake ok_at_deadline --trace");
}

TEST_CASE("replay: a file with a name that a shell would take apart, is quoted") {
  Scenario scenario = five();
  const auto repro = [&](const char* file) {
    scenario.file = file;
    return repro_command(scenario, 1, "");
  };
  CHECK(repro("a b.json") == "quorate replay 'a b.json' --seed 1 --trace");
  CHECK(repro("it's.json") == "quorate replay 'it'\\''s.json' --seed 1 --trace");
  CHECK(repro("$x.json") == "quorate replay '$x.json' --seed 1 --trace");
  CHECK(repro("") == "quorate replay '' --seed 1 --trace");
}

TEST_CASE("replay: the book's rule, is told as it counts") {
  Scenario scenario = five();
  scenario.cluster.quorum = QuorumRule::majority_of_all;
  scenario.cluster.followers = {4, 4};
  CHECK(replay(scenario, 1, sound_rules(), "").cluster ==
        "1 leader, 4 followers, Q = 3 of all nodes, the leader counted");
  scenario.cluster.followers = {1, 1};
  CHECK(replay(scenario, 1, sound_rules(), "").cluster ==
        "1 leader, 1 follower, Q = 2 of all nodes, the leader counted");
}
