// Do the classics of elected leaders tell their stories? Each is played with its own seed, and with
// the mistake from which it has its name it must end at the check that is named here.
#include <doctest/doctest.h>

#include <filesystem>
#include <set>
#include <string>
#include <string_view>

#include "sim/check/probes.h"
#include "sim/mistakes/mistakes.h"
#include "sim/scenario/scenario_json.h"
#include "sim/search/run.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

const std::filesystem::path kFolder = std::filesystem::path(QUORATE_SOURCE_ROOT) / "scenarios";

Scenario read(const std::string& name) {
  return read_scenario_file((kFolder / (name + ".json")).string(), probe_names());
}

struct Caught {
  std::string_view scenario;
  std::string_view mistake;
  std::string_view by;
};

constexpr std::string_view kComplete = "always_leader_is_complete";
constexpr std::string_view kOneVote = "always_one_vote";
constexpr std::string_view kBacked = "always_mark_is_backed";
constexpr std::string_view kAckIsTrue = "always_ack_is_durable";
constexpr std::string_view kLogsAgree = "always_logs_agree";
constexpr std::string_view kLinear = "always_linearizable";
constexpr std::string_view kSnapshot = "always_snapshot_is_true";
constexpr std::string_view kConverges = "eventually_converges";

const Caught kCaught[] = {
    {"adopts_a_log_that_begins_with_a_snapshot", "adopts_nothing", kComplete},
    {"book_jupiter_adopts_b1", "adopts_nothing", kComplete},
    {"book_saturn_leads_with_b1", "votes_for_older_log", kComplete},
    {"book_saturn_leads_with_b1", "compares_generation_only", kComplete},
    {"damage_on_a_full_disk", "votes_before_durable", kOneVote},
    {"deposed_leader_that_reads", "reads_unconfirmed", kLinear},
    {"etcd_single_node_early_answer", "counts_own_unsynced_copy", kBacked},
    {"failover_amid_a_write", "answers_before_majority", "always_ok_is_committed"},
    {"failover_amid_a_write", "follower_keeps_its_own", kLogsAgree},
    {"kip_101_same_offset_another_message", "follower_keeps_its_own", kLogsAgree},
    {"kip_101_the_follower_keeps_what_it_acknowledged", "cuts_to_its_mark_at_start",
     "always_committed_stays"},
    {"kip_279_fast_double_failover", "follower_acks_its_own_tail", kAckIsTrue},
    {"kip_279_fast_double_failover", "follower_skips_prev", kLogsAgree},
    {"longer_log_of_an_older_generation", "compares_lsn_only", kComplete},
    {"longer_log_of_an_older_generation", "compares_lsn_first", kComplete},
    {"longer_log_of_an_older_generation", "refuses_only_if_both_are_older", kComplete},
    {"mark_beyond_what_is_verified", "believes_whole_mark", kBacked},
    {"messages_of_two_generations_ago", "believes_older_generation", "always_committed_stays"},
    {"mysql_semi_sync_phantom_read", "leader_applies_at_once", kBacked},
    {"no_room_for_the_adopted_log", "adopts_nothing", kComplete},
    {"partition_isolates_the_leader", "leads_alone", "always_has_majority"},
    {"partition_with_a_bridge", "stands_unasked", "always_asks_first"},
    {"pipelined_retry_over_a_failover", "repeats_take_effect", kConverges},
    {"postgres_cancelled_wait", "answers_timeout_with_ok", "always_ok_is_committed"},
    {"raft_figure_8", "commits_older_by_count", kBacked},
    {"read_before_the_leaders_own_entry", "serves_before_own_entry", kLinear},
    {"redis_wait_and_failover", "votes_for_older_log", kComplete},
    {"redis_wait_and_failover", "refuses_only_if_both_are_older", kComplete},
    {"retry_after_a_snapshot", "repeats_take_effect", kConverges},
    {"retry_after_a_snapshot", "snapshot_forgets_sessions", kSnapshot},
    {"dropped_session_asks_again", "begins_dropped_sessions_anew", kSnapshot},
    {"room_for_records_not_for_a_snapshot", "drops_log_before_snapshot_is_durable", kSnapshot},
    {"snapshot_catches_up", "ships_what_is_left", kConverges},
    {"snapshot_catches_up", "snapshot_reaches_to_the_end", kSnapshot},
    {"snapshot_resumed_after_a_cut", "acks_snapshot_before_sync", kAckIsTrue},
    {"snapshot_torn_while_installed", "acks_snapshot_before_sync", kAckIsTrue},
    {"snapshot_torn_while_installed", "drops_log_before_snapshot_is_durable", kSnapshot},
    {"two_candidates_of_one_generation", "votes_twice", kOneVote},
    {"vote_asked_for_again", "votes_before_durable", kOneVote},
    {"vote_forgotten_over_a_restart", "votes_before_durable", kOneVote},
    {"vote_of_a_node_that_has_lost_its_log", "votes_while_restoring", kComplete},
    {"vote_of_a_node_that_has_lost_its_log", "follower_takes_damage_for_the_end", kComplete},
};

}  // namespace

TEST_CASE("classics: each with its mistake, ends at the check that is there for it") {
  Runner runner;
  for (const Caught& row : kCaught) {
    CAPTURE(row.scenario);
    CAPTURE(row.mistake);
    const Mistake* mistake = find_mistake(row.mistake);
    REQUIRE(mistake != nullptr);
    const Scenario scenario = read(std::string(row.scenario));
    const RunOutcome outcome = runner.run(scenario, scenario.seed, *mistake->rules);
    REQUIRE(outcome.violated.has_value());
    CHECK(outcome.violated->check == row.by);
  }
}

TEST_CASE("classics: each scenario of elected leaders but the swarms, is in the table") {
  std::set<std::string_view> told;
  for (const Caught& row : kCaught) told.insert(row.scenario);
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() != ".json") continue;
    const std::string name = entry.path().stem().string();
    if (name.find("_swarm") != std::string::npos) continue;
    CAPTURE(name);
    CHECK(told.contains(name) == (read(name).profile == Profile::replicated_log));
  }
}
