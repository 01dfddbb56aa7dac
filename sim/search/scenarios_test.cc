// Do the scenarios of scenarios/ hold, and is each worth its place? Every file is read and played,
// and the table at the end says which mistakes of the core it must catch.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/check/probes.h"
#include "sim/mistakes/mistakes.h"
#include "sim/scenario/general_swarm.h"
#include "sim/scenario/scenario_json.h"
#include "sim/search/run.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

const std::filesystem::path kFolder = std::filesystem::path(QUORATE_SOURCE_ROOT) / "scenarios";

Scenario read(const std::string& name) {
  return read_scenario_file((kFolder / (name + ".json")).string(), probe_names());
}

// Without ".json", in the order of the alphabet.
const std::vector<std::string>& names() {
  static const std::vector<std::string> found = [] {
    std::vector<std::string> list;
    for (const auto& entry : std::filesystem::directory_iterator(kFolder))
      if (entry.path().extension() == ".json") list.push_back(entry.path().stem().string());
    std::sort(list.begin(), list.end());
    return list;
  }();
  return found;
}

// Nothing is expected of the general swarm but what the checks of the protocol ask for anyway.
bool is_swarm(const std::string& name) { return name.find("_swarm") != std::string::npos; }

bool is_empty(const ExpectSpec& expect) {
  ExpectSpec none;
  none.digest = expect.digest;
  return expect == none;
}

std::string verdict(Runner& runner, const Scenario& scenario, std::uint64_t seed,
                    const Rules& rules = sound_rules()) {
  const RunOutcome outcome = runner.run(scenario, seed, rules);
  if (!outcome.violated) return "passed";
  return "seed " + std::to_string(seed) + ": " + outcome.violated->check + ": " +
         outcome.violated->sentence;
}

// ---- which mistakes must a scenario catch, whatever its other merits?

struct Catches {
  std::string_view scenario;
  std::initializer_list<std::string_view> mistakes;
};

const Catches kCatches[] = {
    {"ack_at_the_deadline", {"acks_before_sync", "counts_shipped_as_held"}},
    {"ack_just_after_the_deadline",
     {"times_out_late", "restarts_timeout", "ok_at_deadline", "failed_at_deadline"}},
    {"crc_failure_of_an_ack", {"reads_on_after_damaged_head"}},
    {"crc_failure_reship", {"ignores_crc_failure", "counts_crc_failure", "skips_crc"}},
    {"cut_before_the_sync_is_done", {"applies_repeated"}},
    {"damage_beyond_the_budget", {"takes_damage_for_the_end"}},
    {"damaged_record_on_a_follower", {"takes_damage_for_the_end"}},
    {"damaged_record_on_the_leader", {"takes_damage_for_the_end"}},
    {"del_after_a_timed_out_write", {"forgets_after_timeout", "ok_at_deadline"}},
    {"disk_full_on_a_follower", {"counts_shipped_as_held"}},
    {"disk_full_on_the_leader", {"applies_before_quorum"}},
    {"duplicate_foreign_stale_acks",
     {"counts_stale_generation", "counts_foreign_ack", "counts_never_shipped"}},
    {"failed_sync_stops_a_node", {"retries_failed_sync"}},
    {"five_records",
     {"ok_before_quorum", "quorum_is_one", "applies_before_quorum", "acks_before_sync",
      "drops_unsent_bytes"}},
    {"follower_away_over_two_generations", {"keeps_conflicting", "resumes_by_lsn_only"}},
    {"follower_crash_between_append_and_ack", {"acks_before_sync", "resumes_where_it_stopped"}},
    {"four_followers_one_down", {"quorum_is_all", "quorum_rounds_up_half"}},
    {"four_followers_two_down",
     {"quorum_is_half", "quorum_of_connected", "waits_for_ever", "forgets_after_timeout"}},
    {"frame_head_damaged", {"reads_on_after_damaged_head"}},
    {"generation_lost_before_it_is_durable", {"speaks_before_generation_is_durable"}},
    {"held_record", {"quorum_is_half", "ok_before_quorum"}},
    {"leader_crash_between_append_and_ship", {"forgets_missed_records"}},
    {"leader_loses_unsynced_tail",
     {"leader_copy_not_durable", "keeps_older_tail", "keeps_generation", "keeps_state_after_cut",
      "acks_unverified", "counts_what_hello_says"}},
    {"leader_restarts_alone", {"serves_at_once"}},
    {"one_way_partition", {"ok_at_deadline", "failed_at_deadline", "forgets_after_timeout"}},
    {"pause_over_the_deadline", {"restarts_timeout", "waits_for_ever", "ok_at_deadline"}},
    {"rejoin_after_five_missed_records", {"forgets_missed_records", "resumes_where_it_stopped"}},
    {"slow_ack_500ms", {"quorum_is_one", "quorum_rounds_up_half"}},
    {"torn_tail_at_restart", {"keeps_torn_tail"}},
    {"two_competing_writes", {"sync_covers_later"}},
    {"two_down_majority_of_all", {"quorum_is_all", "quorum_is_one"}},
    {"wake_ups_do_not_extend_the_deadline",
     {"restarts_timeout", "waits_for_ever", "times_out_late"}},
    {"pipelined_writes", {"times_out_those_behind", "times_out_late"}},
    {"pipelined_reads_and_writes", {"waits_from_its_turn", "reads_ahead_of_writes"}},
    {"pipeline_into_a_full_disk", {"answers_when_ready", "drops_requests_behind"}},
    {"pipeline_cut_by_a_crash", {"reads_ahead_of_writes", "answers_when_ready"}},
    {"pipeline_given_up", {"reads_ahead_of_writes", "answers_when_ready"}},
};

constexpr std::uint64_t kSeedsForAMistake = 200;

std::optional<std::uint64_t> first_seed_that_catches(const Scenario& scenario, const Rules& rules) {
  Runner runner;
  for (std::uint64_t seed = 0; seed < kSeedsForAMistake; ++seed)
    if (runner.run(scenario, seed, rules).violated) return seed;
  return {};
}

}  // namespace

TEST_CASE("scenarios: each file, says what it shows and what must come out") {
  CHECK(names().size() >= 28);
  for (const std::string& name : names()) {
    CAPTURE(name);
    const Scenario scenario = read(name);
    CHECK(scenario.about.size() > 40);
    CHECK(scenario.about.ends_with('.'));
    CHECK(scenario.expect.digest.has_value());
    CHECK(is_empty(scenario.expect) == is_swarm(name));
  }
}

TEST_CASE("scenarios: each file, holds with its own seed and with the first 50") {
  Runner runner;
  for (const std::string& name : names()) {
    CAPTURE(name);
    const Scenario scenario = read(name);
    CHECK(verdict(runner, scenario, scenario.seed) == "passed");
    for (std::uint64_t seed = 0; seed < 50; ++seed)
      CHECK(verdict(runner, scenario, seed) == "passed");
  }
}

TEST_CASE("scenarios: the files of the swarms, are those that the commands know") {
  std::string name;
  Scenario built_in;
  SUBCASE("of acks") { name = "general_swarm", built_in = general_swarm(); }
  SUBCASE("of elections") {
    name = "elected_swarm", built_in = elected_swarm(ElectionRule::most_up_to_date);
  }
  SUBCASE("of elections and adopted logs") {
    name = "elected_swarm_adopt", built_in = elected_swarm(ElectionRule::adopt);
  }
  const Scenario file = read(name);
  CHECK(file.profile == built_in.profile);
  CHECK(file.about == built_in.about);
  CHECK(file.seed == built_in.seed);
  CHECK(file.cluster == built_in.cluster);
  CHECK(file.network == built_in.network);
  CHECK(file.disk == built_in.disk);
  CHECK(file.clock == built_in.clock);
  CHECK(file.workload == built_in.workload);
  CHECK(file.faults == built_in.faults);
  CHECK(file.random_faults == built_in.random_faults);
  CHECK(file.recover_within_ms == built_in.recover_within_ms);
  ExpectSpec expect = file.expect;
  expect.digest = built_in.expect.digest;  // a file may pin it
  CHECK(expect == built_in.expect);
}

TEST_CASE("scenarios: the README, names each of them") {
  std::ifstream file(kFolder / "README.md");
  const std::string readme{std::istreambuf_iterator<char>(file), {}};
  for (const std::string& name : names()) {
    CAPTURE(name);
    CHECK(readme.find('`' + name + '`') != std::string::npos);
  }
}

TEST_CASE("scenarios: each kind of fault, is in some scenario besides the swarm") {
  std::set<FaultKind> seen;
  for (const std::string& name : names())
    for (const FaultEntry& entry : read(name).faults) seen.insert(entry.fault);
  CHECK(seen.size() == kFaultKinds);
}

TEST_CASE("scenarios: the mistakes that a scenario is there for, are caught by it") {
  std::set<std::string_view> caught;
  std::set<std::string> told;
  for (const Catches& row : kCatches) {
    CAPTURE(row.scenario);
    const Scenario scenario = read(std::string(row.scenario));
    told.insert(std::string(row.scenario));
    for (const std::string_view name : row.mistakes) {
      CAPTURE(name);
      const Mistake* mistake = find_mistake(name);
      REQUIRE(mistake != nullptr);
      CHECK(first_seed_that_catches(scenario, *mistake->rules).has_value());
      caught.insert(name);
    }
  }
  for (const std::string& name : names()) {
    CAPTURE(name);
    if (read(name).profile == Profile::replicated_log) continue;  // classics_test has those
    CHECK(told.contains(name) != is_swarm(name));
  }
  // And of a leader for good, none is left to the swarm alone: each has a scenario that tells its
  // story.
  for (const Mistake& mistake : mistakes()) {
    if (mistake.swarm != Swarm::fixed_leader) continue;
    CAPTURE(mistake.name);
    CHECK(caught.contains(mistake.name));
  }
}
