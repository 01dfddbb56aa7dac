#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <iomanip>
#include <limits>
#include <sstream>

#include "reports/text_report.h"

using namespace quorate::reports;

namespace {

template <class Result>
std::string text_of(const Result& result, TextOptions options = {}) {
  std::ostringstream out;
  write_text(out, result, options);
  return out.str();
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

ReplayResult five_records() {
  ReplayResult run;
  run.scenario = "scenarios/five-records.json";
  run.about = "Five records, two followers; each is on both before the client hears OK.";
  run.seed = 4711;
  run.digest = 0xC0FFEE;
  run.virtual_us = 1834567;
  run.happenings = 12345;
  run.committed = 5;
  run.cluster = "1 leader, 2 followers, Q = 2 of followers alone";
  run.answers = {5, 1, 0, 0};
  run.probes = {{"sometimes_late_ack_refused", 2}, {"sometimes_crc_reship", 1234}};
  run.repro = "quorate replay scenarios/five-records.json --seed 4711";
  return run;
}

ReplayResult violated() {
  ReplayResult run;
  run.scenario = "b.json";
  run.seed = 7;
  run.mistake = "ok_before_quorum";
  run.committed = 1;
  run.violations = {
      {"always_ok_is_durable", "LSN 3 was answered OK before its quorum.", 301234, {"one line"}}};
  run.repro = "quorate replay b.json --seed 7 --mistake ok_before_quorum";
  return run;
}

SweepResult two_scenarios() {
  SweepResult sweep;
  sweep.last_seed = 9999;
  sweep.jobs = 2;
  sweep.runs = 20000;
  sweep.digest = 0xC0FFEE;
  sweep.seconds = 1.6;
  sweep.scenarios = {{"scenarios/a.json", "", 10000, 0, 0x1, 1.0, {}},
                     {"b.json", "", 10000, 0, 0x2, 1.0, {}}};
  sweep.probes = {{"sometimes_a", 3}, {"sometimes_b", 1}};
  return sweep;
}

}  // namespace

TEST_CASE("reports: a replay that passed, the verdict and the figures") {
  CHECK(text_of(five_records()) ==
        "passed: scenarios/five-records.json, seed 4711\n"
        "  Five records, two followers; each is on both before the client hears OK.\n"
        "\n"
        "  cluster       1 leader, 2 followers, Q = 2 of followers alone\n"
        "  virtual time  1,834.567 ms\n"
        "  happenings    12,345\n"
        "  faults        0\n"
        "  committed     5 records\n"
        "  answers       5 ok, 1 timeout, 0 error, 0 lost\n"
        "  digest        0000000000c0ffee\n"
        "\n"
        "Reached, and how often:\n"
        "  sometimes_late_ack_refused      2\n"
        "  sometimes_crc_reship        1,234\n");
}

TEST_CASE("reports: a replay that broke something, its command stands last") {
  CHECK(text_of(violated()) ==
        "VIOLATED: b.json, seed 7\n"
        "\n"
        "  mistake       ok_before_quorum, switched on\n"
        "  virtual time  0.000 ms\n"
        "  happenings    0\n"
        "  faults        0\n"
        "  committed     1 record\n"
        "  answers       0 ok, 0 timeout, 0 error, 0 lost\n"
        "  digest        0000000000000000\n"
        "\n"
        "LSN 3 was answered OK before its quorum.\n"
        "  check         always_ok_is_durable\n"
        "  virtual time  301.234 ms\n"
        "\n"
        "The last lines up to it:\n"
        "  one line\n"
        "\n"
        "To see it again:\n"
        "  quorate replay b.json --seed 7 --mistake ok_before_quorum\n");
}

TEST_CASE("reports: a replay with its trace, the story comes before the verdict") {
  ReplayResult run = five_records();
  run.trace = {"0.000 ms  leader  starts", "0.100 ms  leader  \x1b]0;title\x07"};
  CHECK(
      text_of(run).starts_with("0.000 ms  leader  starts\n"
                               "0.100 ms  leader  ?]0;title?\n"
                               "\n"
                               "passed: scenarios/five-records.json, seed 4711\n"));
}

TEST_CASE("reports: a sweep that passed, a row a scenario and the totals") {
  CHECK(text_of(two_scenarios()) ==
        "scenario            runs  verdict  digest\n"
        "scenarios/a.json  10,000  passed   0000000000000001\n"
        "b.json            10,000  passed   0000000000000002\n"
        "\n"
        "passed: 20,000 runs of 2 scenarios, no violation\n"
        "  seeds   0..9999\n"
        "  time    1.60 s with 2 jobs\n"
        "  speed   12,500 seeds per second\n"
        "  digest  0000000000c0ffee\n"
        "  probes  2 of 2 reached\n");
}

TEST_CASE("reports: a sweep that ran to its end, names the probes that it never reached") {
  SweepResult sweep = two_scenarios();
  sweep.probes[1].count = 0;
  CHECK(text_of(sweep).ends_with("  probes  1 of 2 reached\n\nNever reached:\n  sometimes_b\n"));
}

TEST_CASE("reports: a sweep stopped at a violation, what broke stands last") {
  SweepResult sweep = two_scenarios();
  sweep.mistake = "ok_before_quorum";
  sweep.jobs = 1;
  sweep.stopped_early = true;
  sweep.runs = 1007;
  sweep.violations = 1;
  sweep.scenarios[0].runs = 999;
  sweep.scenarios[1].runs = 8;
  sweep.scenarios[1].violations = 1;
  sweep.scenarios[1].first = violated();
  sweep.scenarios.push_back({"c.json", "", 0, 0, 0, 0, {}});
  sweep.probes[1].count = 0;
  CHECK(text_of(sweep) ==
        "scenario          runs  verdict            digest\n"
        "scenarios/a.json   999  passed so far      0000000000000001\n"
        "b.json               8  VIOLATED in 1 run  0000000000000002\n"
        "c.json               0  not run\n"
        "\n"
        "VIOLATED: 1 of 1,007 runs, in 1 of 3 scenarios\n"
        "  stopped  at the first violation; --keep-going plays the rest\n"
        "  seeds    0..9999\n"
        "  mistake  ok_before_quorum, switched on\n"
        "  time     1.60 s with 1 job\n"
        "  speed    629 seeds per second\n"
        "  digest   0000000000c0ffee\n"
        "  probes   1 of 2 reached\n"
        "\n"
        "VIOLATED: b.json, seed 7\n"
        "\n"
        "LSN 3 was answered OK before its quorum.\n"
        "  check         always_ok_is_durable\n"
        "  virtual time  301.234 ms\n"
        "\n"
        "The last lines up to it:\n"
        "  one line\n"
        "\n"
        "To see it again:\n"
        "  quorate replay b.json --seed 7 --mistake ok_before_quorum\n");
}

TEST_CASE("reports: a sweep that was interrupted, passed only so far") {
  SweepResult sweep = two_scenarios();
  sweep.interrupted = true;
  sweep.scenarios[1].runs = 1;
  const std::string text = text_of(sweep);
  CHECK(contains(text, "\nscenarios/a.json  10,000  passed         0000000000000001\n"));
  CHECK(contains(text, "\nb.json                 1  passed so far  0000000000000002\n"));
  CHECK(contains(text,
                 "\npassed so far: 20,000 runs of 2 scenarios, no violation\n"
                 "  interrupted  this is the verdict so far\n"));
}

TEST_CASE("reports: an empty sweep, nothing is called passed") {
  CHECK(text_of(SweepResult{}) ==
        "nothing run: 0 scenarios\n"
        "  seeds  0..0\n"
        "  time   0.00 s with 1 job\n");
}

TEST_CASE("reports: the greatest numbers, they still line up") {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  SweepResult sweep = two_scenarios();
  sweep.last_seed = kMost;
  sweep.runs = kMost;
  sweep.scenarios[0].runs = kMost;
  const std::string text = text_of(sweep);
  CHECK(contains(text, "scenarios/a.json  18,446,744,073,709,551,615  passed   000000000000"));
  CHECK(contains(text, "b.json                                10,000  passed   000000000000"));
  CHECK(contains(text, "  seeds   0..18446744073709551615\n"));
}

TEST_CASE("reports: colours wanted, only the verdict words are painted") {
  const std::string good = text_of(five_records(), {.colour = true});
  CHECK(good.starts_with("\x1b[32mpassed\x1b[0m: scenarios/five-records.json, seed 4711\n"));
  CHECK(good.find('\x1b', 10) == good.find("\x1b[0m"));
  CHECK(good.rfind('\x1b') == good.find("\x1b[0m"));
  CHECK(text_of(violated(), {.colour = true}).starts_with("\x1b[31mVIOLATED\x1b[0m: b.json"));
  CHECK(contains(text_of(two_scenarios(), {.colour = true}),
                 "b.json            10,000  \x1b[32mpassed\x1b[0m   0000000000000002\n"));
}

TEST_CASE("reports: a stream left in hexadecimal and with a width, the text stays the same") {
  std::ostringstream out;
  out << std::hex << std::setw(2000) << std::setfill('*');
  write_text(out, five_records());
  CHECK(out.str() == text_of(five_records()));
}

TEST_CASE("reports: a bench, figures with their units") {
  const BenchResult bench{1.1234,  0.4567, 2.46,  19234.4, 0.0004, 11.3,   2.61, 14.2,
                          1000000, 1,      18.34, 128,     3.4567, 4.5678, 5123.4, 2.73};
  CHECK(text_of(bench) ==
        "a committed write                 1.12  us, mean of 1,000,000 writes\n"
        "the bare floor of this machine    0.46  us a write: queue, copy and CRC alone\n"
        "ratio to the floor                2.46\n"
        "allocations a write             < 0.01\n"
        "happenings a write               11.30\n"
        "\n"
        "seeds a second, on one core     19,234  over 1 seed\n"
        "faults a seed                     2.61\n"
        "\n"
        "a write, its leader elected       3.46  us\n"
        "the same, through a follower      4.57  us\n"
        "seeds a second                   5,123\n"
        "faults a seed                     2.73\n"
        "\n"
        "a copy of a running world        14.20  us\n"
        "a CRC-32 of 128 bytes            18.34  ns\n");
  CHECK_FALSE(contains(text_of(BenchResult{}), "CRC-32"));
}

TEST_CASE("reports: a real bench, a row a case and what it rests on") {
  RealBenchResult bench{2, 100, 5, 1, "/data", "ext4", false, {}};
  bench.cases.push_back({1, false, {9012.3, 70, 80, 1}, {10000, 60, 75, 1}, 0.901});
  bench.cases.push_back({64, true, {900, 7000, 8000, 1}, {1000, 600, 750, 1}, 0.9});
  CHECK(text_of(bench) ==
        "                    commits/s   floor  share  p50 us  floor  p99 us  floor\n"
        "1 client, unsynced      9,012  10,000   0.90      70     60      80     75\n"
        "64 clients, synced        900   1,000   0.90   7,000    600   8,000    750\n"
        "\n"
        "A leader and 2 followers, values of 100 bytes, logs in /data (ext4). The floor:\n"
        "bare processes that pass as many bytes the same way, with no protocol. Medians\n"
        "of 5 rounds of 1.00 s each, in turn with the floor's.\n");
  bench.interrupted = true;
  CHECK(contains(text_of(bench), "interrupted"));
}

TEST_CASE("reports: mistakes, the words of mistakes_text are written") {
  CHECK(text_of(MistakesResult{}) == "no mistakes\n");
}

TEST_CASE("reports: a stress, says what was checked, or what was broken and where to look") {
  StressResult stress;
  stress.seed = 7;
  stress.followers = stress.acks_needed = 2;
  stress.clients = 16;
  stress.seconds = 41.2;
  stress.kills = stress.restarts = 100;
  stress.leader_kills = 25;
  stress.rejoined = 70;
  stress.never_rejoined = 5;
  stress.answers = {12345, 20, 3, 4};
  stress.slowest_us = 1'001'500;
  stress.deadline_us = 1'000'000;
  stress.allowance_us = 500'000;
  stress.records = 12'400;
  stress.checked = {"the logs are alike"};
  CHECK(text_of(stress) ==
        "passed: 100 kills under load\n"
        "  cluster         a leader and 2 followers (Q = 2), seed 7\n"
        "  load            16 clients, 41.2 s\n"
        "  kills           100, the leader 25 of them; 100 restarts\n"
        "  rejoined        70 followers, 5 more were ended again before; 0 torn tails cut at a "
        "start\n"
        "  writes          12,345 OK, 20 timed out, 3 refused, 4 lost with their connection\n"
        "  slowest answer  1,001.5 ms (deadline 1,000 ms, allowance 500 ms)\n"
        "  in each log     12,400 records\n"
        "\n"
        "  checked: the logs are alike\n");
  StressResult elected = stress;
  elected.election = "adopt";
  elected.snapshot_bytes = 50'000;
  elected.snapshots_taken = 1200;
  elected.snapshots_installed = 12;
  CHECK(
      text_of(elected).find("  cluster         3 nodes that elect their leader (adopt; a majority "
                            "is 3), seed 7\n") != std::string::npos);
  CHECK(text_of(elected).find("  rejoined        70 nodes, 5 more") != std::string::npos);
  CHECK(text_of(elected).find(
            "  snapshots       1,200 taken, each 50,000 bytes of log or more; 12 given "
            "to a node that was behind\n") != std::string::npos);
  stress.interrupted = true;
  CHECK(text_of(stress).starts_with("passed so far: 100 kills under load\n"));
  stress.failure = "write 7 was answered OK and is not in the log of the leader";
  stress.folder = "/tmp/x";
  CHECK(text_of(stress).starts_with("BROKEN: 100 kills under load\n"));
  CHECK(text_of(stress).ends_with(
      "\n\n  write 7 was answered OK and is not in the log of the leader\n"
      "\n  logs and outputs are in /tmp/x\n"));
}
