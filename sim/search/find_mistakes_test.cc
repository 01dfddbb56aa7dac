#include "sim/search/find_mistakes.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/mistakes/mistakes.h"
#include "sim/scenario/general_swarm.h"
#include "sim/search/run.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

FindOptions within(std::uint64_t seeds, const std::string& only = "") {
  FindOptions options;
  options.max_seeds = seeds;
  options.only = only;
  options.wall_us = [] { return 0; };
  return options;
}

reports::MistakeResult found(const std::string& name, std::uint64_t seeds) {
  const reports::MistakesResult result = find_mistakes(general_swarm(), within(seeds, name));
  REQUIRE(result.mistakes.size() == 1);
  REQUIRE(result.mistakes[0].name == name);
  return result.mistakes[0];
}

std::string words(const reports::MistakesResult& result) {
  std::string text;
  for (const reports::MistakeResult& mistake : result.mistakes)
    text += mistake.name + " " + std::to_string(mistake.found_after_seeds.value_or(0)) + " " +
            mistake.check + " " + mistake.sentence + "\n";
  return text;
}

// The mistakes that the general swarm can show.
std::size_t of_acks() {
  return static_cast<std::size_t>(
      std::count_if(mistakes().begin(), mistakes().end(),
                    [](const Mistake& mistake) { return mistake.swarm == Swarm::fixed_leader; }));
}

}  // namespace

TEST_CASE("find_mistakes: the list, has all of them and has searched for none") {
  const reports::MistakesResult list = list_mistakes();
  CHECK((list.mistakes.size() == mistakes().size() && !list.searched));
  for (std::size_t i = 0; i < list.mistakes.size(); ++i) {
    CHECK(list.mistakes[i].name == mistakes()[i].name);
    CHECK(list.mistakes[i].source == mistakes()[i].source);
    CHECK_FALSE(list.mistakes[i].found_after_seeds);
  }
}

TEST_CASE("find_mistakes: those that the lesson warns of, are found within a few seeds") {
  for (const std::string name :
       {"ok_before_quorum", "ignores_crc_failure", "counts_crc_failure", "restarts_timeout",
        "quorum_is_half", "quorum_is_one", "quorum_is_all", "forgets_missed_records",
        "acks_before_sync", "skips_crc"})
    CHECK_MESSAGE(found(name, 100).found_after_seeds, name);
}

TEST_CASE("find_mistakes: what is found, is found again by its own command") {
  const reports::MistakeResult result = found("quorum_is_one", 100);
  REQUIRE(result.found_after_seeds);
  CHECK(result.seed == *result.found_after_seeds - 1);
  const RunOutcome again =
      Runner().run(general_swarm(), result.seed, *find_mistake("quorum_is_one")->rules);
  REQUIRE(again.violated);
  CHECK((again.violated->check == result.check && again.violated->sentence == result.sentence));
  CHECK(result.repro == "quorate replay scenarios/general_swarm.json --seed " +
                            std::to_string(result.seed) + " --mistake quorum_is_one --trace");
}

TEST_CASE("find_mistakes: begun at another seed, counts from there") {
  FindOptions options = within(100, "quorum_is_one");
  options.first_seed = 50;
  const reports::MistakeResult result = find_mistakes(general_swarm(), options).mistakes[0];
  REQUIRE(result.found_after_seeds);
  CHECK(result.seed == 50 + *result.found_after_seeds - 1);
}

TEST_CASE(
    "find_mistakes: the median, the middle one, the greater of two, nothing is the greatest") {
  CHECK(median_of({}) == std::nullopt);
  CHECK(median_of({7}) == 7);
  CHECK(median_of({9, 1, 5}) == 5);
  CHECK(median_of({9, 1, 5, 7}) == 7);
  CHECK(median_of({1, {}, 5}) == 5);
  CHECK(median_of({1, {}, 5, {}}) == std::nullopt);
}

TEST_CASE("find_mistakes: several starts, each finds what a search begun there finds") {
  FindOptions options = within(100, "quorum_is_one");
  std::vector<std::optional<std::uint64_t>> alone;
  for (std::uint64_t n = 0; n < 4; ++n) {
    options.first_seed = start_seed(3, n);
    alone.push_back(find_mistakes(general_swarm(), options).mistakes[0].found_after_seeds);
  }
  CHECK(std::set<std::optional<std::uint64_t>>(alone.begin(), alone.end()).size() > 1);
  options.first_seed = 3;
  options.starts = 4;
  options.jobs = 2;
  const reports::MistakesResult result = find_mistakes(general_swarm(), options);
  CHECK(result.starts == 4);
  CHECK(result.mistakes[0].seeds_by_start == alone);
  CHECK(result.mistakes[0].median_seeds == median_of(alone));
  CHECK(result.mistakes[0].found_after_seeds == alone[0]);
}

TEST_CASE("find_mistakes: found from a later start only, tells of that one and has no median") {
  FindOptions options = within(1, "quorum_is_all");
  options.starts = 1000;
  const reports::MistakeResult result = find_mistakes(general_swarm(), options).mistakes[0];
  const auto found = std::find(result.seeds_by_start.begin(), result.seeds_by_start.end(), 1);
  REQUIRE(found != result.seeds_by_start.end());
  REQUIRE(found != result.seeds_by_start.begin());
  CHECK(result.found_after_seeds == 1);
  CHECK(result.seed ==
        start_seed(0, static_cast<std::uint64_t>(found - result.seeds_by_start.begin())));
  CHECK(result.median_seeds == std::nullopt);
}

TEST_CASE("find_mistakes: what is not found in time, is left open") {
  const reports::MistakeResult result = found("counts_foreign_ack", 1);
  CHECK_FALSE(result.found_after_seeds);
  CHECK((result.is_searched && result.check.empty() && result.repro.empty()));
}

TEST_CASE("find_mistakes: on a calm sea, what needs a storm is not found") {
  Scenario calm;
  calm.file = "calm.json";
  const reports::MistakesResult result = find_mistakes(calm, within(5));
  CHECK((result.searched && result.scenario == "calm.json" && result.max_seeds == 5));
  const auto of = [&](std::string_view name) {
    return std::find_if(result.mistakes.begin(), result.mistakes.end(),
                        [name](const auto& mistake) { return mistake.name == name; })
        ->found_after_seeds;
  };
  CHECK(of("ok_before_quorum"));
  CHECK_FALSE(of("counts_crc_failure"));
}

TEST_CASE("find_mistakes: the jobs, change nothing of what is found") {
  FindOptions options = within(5);
  const std::string alone = words(find_mistakes(general_swarm(), options));
  for (const int jobs : {2, 5}) {
    options.jobs = jobs;
    CHECK(words(find_mistakes(general_swarm(), options)) == alone);
  }
}

TEST_CASE("find_mistakes: its progress, tells how many are done, up to all") {
  std::uint64_t last = 0;
  FindOptions options = within(2);
  options.progress = [&](std::uint64_t done, std::uint64_t of) {
    CHECK((done > last && done <= of && of == of_acks()));
    last = done;
  };
  find_mistakes(general_swarm(), options);
  CHECK(last == of_acks());
}

TEST_CASE("find_mistakes: interrupted, ends with what it has") {
  std::atomic<bool> interrupted{false};
  FindOptions options = within(1'000'000'000);
  options.interrupted = &interrupted;
  options.progress = [&](std::uint64_t done, std::uint64_t) { interrupted = done >= 3; };
  const reports::MistakesResult result = find_mistakes(general_swarm(), options);
  CHECK((result.interrupted && result.mistakes.size() == of_acks()));
  CHECK(result.mistakes[0].found_after_seeds);
  CHECK_FALSE(result.mistakes.back().found_after_seeds);
  for (const reports::MistakeResult& mistake : result.mistakes)
    CHECK(mistake.is_searched == mistake.found_after_seeds.has_value());
}
