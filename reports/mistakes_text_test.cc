#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include "reports/mistakes_text.h"

using namespace quorate::reports;

namespace {

// From each start so many; the middle one is given last in a search from several.
void found_after(MistakeResult& mistake, std::vector<std::optional<std::uint64_t>> seeds) {
  mistake.found_after_seeds = seeds.front();
  mistake.median_seeds = seeds.back();
  mistake.seeds_by_start = seeds;
  mistake.is_searched = true;
}

MistakesResult two_mistakes() {
  MistakesResult result;
  result.max_seeds = 10000;
  result.scenario = "scenarios/swarm.json";
  result.seconds = 74.2;
  MistakeResult early;
  early.name = "ok_before_quorum";
  early.rule = "may_reply";
  early.about = "Answers OK as soon as its own copy is appended, and waits for no follower at all.";
  early.source = "the lesson, mistake 1";
  MistakeResult anew;
  anew.name = "deadline_anew";
  anew.rule = "remaining_wait";
  anew.about = "Each wake-up grants the whole time-out again.";
  anew.source = "the lesson, mistake 4";
  result.mistakes = {early, anew};
  return result;
}

MistakesResult one_found() {
  MistakesResult result = two_mistakes();
  result.searched = true;
  found_after(result.mistakes[1], {1312});
  result.mistakes[1].check = "always_wait_ends_at_deadline";
  result.mistakes[1].repro = "quorate replay scenarios/swarm.json --seed 1311";
  return result;
}

MistakesResult both_found() {
  MistakesResult result = one_found();
  found_after(result.mistakes[0], {1});
  result.mistakes[0].check = "always_ok_is_durable";
  result.mistakes[0].repro = "quorate replay scenarios/swarm.json --seed 0";
  return result;
}

}  // namespace

TEST_CASE("reports: mistakes without a search, a table with what each does") {
  CHECK(mistakes_text(two_mistakes(), false) ==
        "mistake           rule            source\n"
        "\n"
        "ok_before_quorum  may_reply       the lesson, mistake 1\n"
        "  Answers OK as soon as its own copy is appended, and waits for no follower at\n"
        "  all.\n"
        "\n"
        "deadline_anew     remaining_wait  the lesson, mistake 4\n"
        "  Each wake-up grants the whole time-out again.\n"
        "\n"
        "2 mistakes. Switch one on with --mistake NAME, in a replay or in a sweep.\n");
}

TEST_CASE("reports: all mistakes found, the verdict says so") {
  CHECK(mistakes_text(both_found(), false) ==
        "mistake           seeds  caught by\n"
        "ok_before_quorum      1  always_ok_is_durable\n"
        "deadline_anew     1,312  always_wait_ends_at_deadline\n"
        "\n"
        "found: 2 of 2 mistakes\n"
        "  scenario  scenarios/swarm.json\n"
        "  seeds     at most 10,000 for each, from seed 0\n"
        "  time      1 min 14 s\n"
        "\n"
        "To see one of them, ok_before_quorum:\n"
        "  quorate replay scenarios/swarm.json --seed 0\n");
}

TEST_CASE("reports: a mistake not found, it stands out") {
  CHECK(mistakes_text(one_found(), false) ==
        "mistake           seeds  caught by\n"
        "ok_before_quorum      -  NOT FOUND within 10,000 seeds\n"
        "deadline_anew     1,312  always_wait_ends_at_deadline\n"
        "\n"
        "found: 1 of 2 mistakes\n"
        "NOT FOUND: ok_before_quorum\n"
        "  scenario  scenarios/swarm.json\n"
        "  seeds     at most 10,000 for each, from seed 0\n"
        "  time      1 min 14 s\n"
        "\n"
        "To see one of them, deadline_anew:\n"
        "  quorate replay scenarios/swarm.json --seed 1311\n");
}

MistakesResult of_three_starts() {
  MistakesResult result = both_found();
  result.starts = 3;
  found_after(result.mistakes[0], {1, 2400, 12});
  found_after(result.mistakes[1], {1312, {}, 9000});
  return result;
}

TEST_CASE("reports: several starting seeds, the median and the most, and who was missed by some") {
  CHECK(mistakes_text(of_three_starts(), false) ==
        "mistake           median  slowest  caught by\n"
        "ok_before_quorum      12    2,400  always_ok_is_durable\n"
        "deadline_anew      9,000        -  always_wait_ends_at_deadline\n"
        "\n"
        "found: 2 of 2 mistakes\n"
        "not from each of the 3 starting seeds: deadline_anew (2)\n"
        "  scenario  scenarios/swarm.json\n"
        "  seeds     at most 10,000 for each, from seed 0\n"
        "  median    of 3 searches, begun at seeds far apart\n"
        "  time      1 min 14 s\n"
        "\n"
        "To see one of them, ok_before_quorum:\n"
        "  quorate replay scenarios/swarm.json --seed 0\n");
}

TEST_CASE("reports: several starting seeds and most of them in vain, that is not found") {
  MistakesResult result = of_three_starts();
  found_after(result.mistakes[1], {1312, {}, {}});
  const std::string text = mistakes_text(result, false);
  CHECK(text.find("deadline_anew          -        -  NOT FOUND within 10,000 seeds\n") !=
        std::string::npos);
  CHECK(text.find("NOT FOUND: deadline_anew\n") != std::string::npos);
  CHECK(text.find("not from each") == std::string::npos);
}

TEST_CASE("reports: mistakes as a table for a page, the seeds and the check of each") {
  CHECK(mistakes_markdown(of_three_starts()) ==
        "| mistake | median seeds | caught by |\n"
        "|---|---:|---|\n"
        "| `ok_before_quorum` | 12 | `always_ok_is_durable` |\n"
        "| `deadline_anew` | 9,000 | `always_wait_ends_at_deadline` |\n");
  CHECK(mistakes_markdown(one_found()) ==
        "| mistake | seeds | caught by |\n"
        "|---|---:|---|\n"
        "| `ok_before_quorum` | - | not found |\n"
        "| `deadline_anew` | 1,312 | `always_wait_ends_at_deadline` |\n");
}

TEST_CASE("reports: a search that was interrupted, what was searched for and missed is a gap") {
  MistakesResult result = one_found();
  result.interrupted = true;
  result.mistakes[0].is_searched = true;
  CHECK(mistakes_text(result, false).find("NOT FOUND within 10,000 seeds") != std::string::npos);
}

TEST_CASE("reports: a search that was interrupted, what is missing is not called a gap") {
  MistakesResult result = one_found();
  result.interrupted = true;
  CHECK(mistakes_text(result, true) ==
        "mistake           seeds  caught by\n"
        "ok_before_quorum      -  not found before the interruption\n"
        "deadline_anew     1,312  always_wait_ends_at_deadline\n"
        "\n"
        "found: 1 of 2 mistakes\n"
        "not found so far: ok_before_quorum\n"
        "  interrupted  this is the verdict so far\n"
        "  scenario     scenarios/swarm.json\n"
        "  seeds        at most 10,000 for each, from seed 0\n"
        "  time         1 min 14 s\n"
        "\n"
        "To see one of them, deadline_anew:\n"
        "  quorate replay scenarios/swarm.json --seed 1311\n");
}

TEST_CASE("reports: colours wanted, the verdict on mistakes is painted") {
  CHECK(mistakes_text(both_found(), true).find("\n\x1b[32mfound\x1b[0m: 2 of 2") !=
        std::string::npos);
  const std::string missing = mistakes_text(one_found(), true);
  CHECK(missing.find("\x1b[31mNOT FOUND within 10,000 seeds\x1b[0m\n") != std::string::npos);
  CHECK(missing.find("\x1b[31mNOT FOUND\x1b[0m: ok_before_quorum\n") != std::string::npos);
  CHECK(missing.find("\x1b[32m") == std::string::npos);
}

TEST_CASE("reports: no mistakes at all, it says that") {
  CHECK(mistakes_text(MistakesResult{}, false) == "no mistakes\n");
  MistakesResult searched;
  searched.searched = true;
  CHECK(mistakes_text(searched, true) ==
        "found: 0 of 0 mistakes\n"
        "  seeds  at most 0 for each, from seed 0\n"
        "  time   0.00 s\n");
}
