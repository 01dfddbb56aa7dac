#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <iomanip>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "reports/json_report.h"

using namespace quorate::reports;

namespace {

template <class Result>
std::string json_of(const Result& result) {
  std::ostringstream out;
  write_json(out, result);
  return out.str();
}

template <class Result>
nlohmann::json parsed(const Result& result) {
  return nlohmann::json::parse(json_of(result));
}

ReplayResult violated() {
  ReplayResult run;
  run.scenario = "a.json";
  run.about = "Two words.";
  run.seed = 7;
  run.mistake = "ok_before_quorum";
  run.digest = 0xC0FFEE;
  run.virtual_us = 1000;
  run.happenings = 2;
  run.faults = 3;
  run.committed = 4;
  run.cluster = "1 leader";
  run.answers = {1, 2, 3, 4};
  run.probes = {{"sometimes_a", 5}};
  run.violations = {{"always_a", "A broke.", -6, {"one line"}, "S1", "nothing is lost"}};
  run.trace = {"one", "two"};
  run.repro = "quorate replay a.json --seed 7";
  run.history_lines = "not shown";
  run.history = "seen.jsonl";
  return run;
}

}  // namespace

TEST_CASE("reports: a replay in JSON, every member under its own name") {
  CHECK(json_of(violated()) == R"({
  "scenario": "a.json",
  "about": "Two words.",
  "seed": 7,
  "mistake": "ok_before_quorum",
  "digest": "0000000000c0ffee",
  "virtual_us": 1000,
  "happenings": 2,
  "faults": 3,
  "committed": 4,
  "cluster": "1 leader",
  "answers": {
    "ok": 1,
    "timeout": 2,
    "error": 3,
    "lost": 4
  },
  "probes": [
    {
      "name": "sometimes_a",
      "count": 5
    }
  ],
  "violations": [
    {
      "check": "always_a",
      "clause": "S1",
      "sentence": "A broke.",
      "at_us": -6,
      "last_lines": [
        "one line"
      ]
    }
  ],
  "trace": [
    "one",
    "two"
  ],
  "repro": "quorate replay a.json --seed 7",
  "history": "seen.jsonl"
}
)");
}

TEST_CASE("reports: an empty sweep in JSON, every member is there") {
  CHECK(json_of(SweepResult{}) == R"({
  "first_seed": 0,
  "last_seed": 0,
  "mistake": "",
  "jobs": 1,
  "interrupted": false,
  "stopped_early": false,
  "runs": 0,
  "violations": 0,
  "digest": "0000000000000000",
  "seconds": 0.0,
  "scenarios": [],
  "probes": []
}
)");
}

TEST_CASE("reports: a sweep in JSON, first is a run or null") {
  SweepResult sweep;
  sweep.scenarios = {{"a.json", "About.", 10, 0, 0xFF, 0.5, {}},
                     {"b.json", "", 10, 1, 0, 0.25, violated()}};
  const auto json = parsed(sweep);
  CHECK(json["scenarios"][0] == nlohmann::json::parse(R"({
    "file": "a.json", "about": "About.", "runs": 10, "violations": 0,
    "digest": "00000000000000ff", "seconds": 0.5, "first": null})"));
  CHECK(json["scenarios"][1]["first"] == parsed(violated()));
}

TEST_CASE("reports: mistakes in JSON without a search, an array of what there is") {
  MistakesResult mistakes;
  CHECK(json_of(mistakes) == "[]\n");
  mistakes.mistakes.push_back({"a", "rule", "about", "source", {}, "", "", 0, ""});
  CHECK(json_of(mistakes) == R"([
  {
    "name": "a",
    "rule": "rule",
    "about": "about",
    "source": "source"
  }
]
)");
}

TEST_CASE("reports: mistakes in JSON after a search, null where nothing was found") {
  MistakesResult mistakes;
  mistakes.searched = true;
  mistakes.mistakes = {{"a",
                        "r",
                        "",
                        "s",
                        12,
                        "always_a",
                        "A broke.",
                        11,
                        "quorate replay",
                        true,
                        {12, {}, 700},
                        700},
                       {"b", "r", "", "s", {}, "", "", 0, ""}};
  CHECK(json_of(mistakes) == R"([
  {
    "name": "a",
    "rule": "r",
    "about": "",
    "source": "s",
    "found_after_seeds": 12,
    "check": "always_a",
    "sentence": "A broke.",
    "seed": 11,
    "repro": "quorate replay",
    "median_seeds": 700,
    "seeds_by_start": [
      12,
      null,
      700
    ]
  },
  {
    "name": "b",
    "rule": "r",
    "about": "",
    "source": "s",
    "found_after_seeds": null,
    "check": null,
    "sentence": null,
    "seed": null,
    "repro": null,
    "median_seeds": null,
    "seeds_by_start": []
  }
]
)");
}

TEST_CASE("reports: mistakes in JSON after an interruption, those that were searched for") {
  MistakesResult mistakes;
  mistakes.searched = mistakes.interrupted = true;
  mistakes.mistakes = {{"a", "r", "", "s", {}, "", "", 0, "", false}};
  CHECK(json_of(mistakes) == "[]\n");
  mistakes.mistakes[0].is_searched = true;
  CHECK(json_of(mistakes).find("\"found_after_seeds\": null") != std::string::npos);
}

TEST_CASE("reports: a bench in JSON, the figures under the names of the issue") {
  const BenchResult bench{1.5, 0.5, 3,    12000, 0,    11.5, 2.5, 14,
                          100, 200, 18.5, 128,   2.25, 3.25, 9000, 2.75};
  CHECK(json_of(bench) == R"({
  "us_per_committed_write": 1.5,
  "floor_us_per_committed_write": 0.5,
  "ratio_to_floor": 3.0,
  "seeds_per_second_per_core": 12000.0,
  "allocations_per_committed_write": 0.0,
  "happenings_per_committed_write": 11.5,
  "faults_per_seed": 2.5,
  "elected_us_per_committed_write": 2.25,
  "forwarded_us_per_committed_write": 3.25,
  "elected_seeds_per_second_per_core": 9000.0,
  "elected_faults_per_seed": 2.75,
  "snapshot_us": 14.0,
  "writes": 100,
  "seeds": 200,
  "crc_ns_per_record": 18.5,
  "record_bytes": 128
}
)");
}

TEST_CASE("reports: a real bench in JSON, each case with both sides") {
  RealBenchResult bench;
  bench.rounds = 5;
  bench.cases.push_back({64, true, {900, 70, 80, 4500}, {1000, 60, 75, 5000}, 0.9});
  const auto json = parsed(bench);
  CHECK((json["rounds"] == 5 && json["interrupted"] == false && json["file_system"] == ""));
  const auto& one = json["cases"][0];
  CHECK((one["clients"] == 64 && one["synced"] == true && one["share_of_floor"] == 0.9));
  CHECK((one["ours"]["commits_per_second"] == 900 && one["floor"]["p99_us"] == 75));
}

TEST_CASE("reports: broken UTF-8 and control characters in JSON, replaced and escaped") {
  ReplayResult run;
  run.scenario = "half \xC3";
  run.about = "\"quoted\" \\ \n \x1b M\xC3\xBCller";
  run.trace = {"\xFF"};
  const std::string text = json_of(run);
  CHECK(text.find(R"("scenario": "half )"
                  "\xEF\xBF\xBD\"") != std::string::npos);
  CHECK(text.find(R"("about": "\"quoted\" \\ \n \u001b M)"
                  "\xC3\xBC"
                  R"(ller")") != std::string::npos);
  CHECK(parsed(run)["trace"][0] == "\xEF\xBF\xBD");
}

TEST_CASE("reports: the greatest numbers in JSON, none is rounded and no infinity is written") {
  ReplayResult run;
  run.seed = std::numeric_limits<std::uint64_t>::max();
  run.virtual_us = std::numeric_limits<std::int64_t>::min();
  run.digest = run.seed;
  const std::string text = json_of(run);
  CHECK(text.find("\"seed\": 18446744073709551615,") != std::string::npos);
  CHECK(text.find("\"virtual_us\": -9223372036854775808,") != std::string::npos);
  CHECK(text.find("\"digest\": \"ffffffffffffffff\",") != std::string::npos);
  BenchResult bench;
  bench.ratio_to_floor = std::numeric_limits<double>::infinity();
  CHECK(parsed(bench)["ratio_to_floor"].is_null());
}

TEST_CASE("reports: a stream left in hexadecimal and with a width, the JSON stays the same") {
  std::ostringstream out;
  out << std::hex << std::setw(4000) << std::setfill('*');
  write_json(out, violated());
  CHECK(out.str() == json_of(violated()));
}

TEST_CASE("reports: a demo in JSON, has its lines and writes, and a failure only if there is one") {
  DemoResult demo;
  demo.followers = 2;
  demo.quorum = "followers_majority";
  demo.acks_needed = 2;
  demo.about = {"What it shows."};
  demo.lines = {"leader: shipped", "follower-1: ack"};
  demo.writes = {{1, "OK", 300}};
  demo.committed = 1;
  demo.simulated = "quorate replay a.json";
  const nlohmann::json json = parsed(demo);
  CHECK((json["followers"] == 2 && json["acks_needed"] == 2 && json["committed"] == 1));
  CHECK((json["about"][0] == "What it shows." && json["lines"][1] == "follower-1: ack"));
  CHECK(json["writes"][0] == nlohmann::json{{"lsn", 1}, {"answer", "OK"}, {"took_us", 300}});
  CHECK((json["simulated"] == "quorate replay a.json" && json["failure"].is_null()));
  CHECK(json["failover"].is_null());
  demo.failover = DemoFailover{"node-2", 1, 4, "node-3", 2};
  CHECK(parsed(demo)["failover"] == nlohmann::json{{"old_leader", "node-2"},
                                                   {"old_generation", 1},
                                                   {"cut_lsn", 4},
                                                   {"new_leader", "node-3"},
                                                   {"new_generation", 2}});
  demo.failure = "it was late";
  CHECK(parsed(demo)["failure"] == "it was late");
}

TEST_CASE("reports: a stress in JSON, has its figures, and failure and folder if there is one") {
  StressResult stress;
  stress.kills = 100;
  stress.leader_kills = 25;
  stress.snapshots_installed = 12;
  stress.answers = {1000, 20, 3, 4};
  stress.slowest_us = 1'001'500;
  stress.checked = {"all logs are alike"};
  nlohmann::json json = parsed(stress);
  CHECK((json["kills"] == 100 && json["leader_kills"] == 25 && json["answers"]["ok"] == 1000));
  CHECK((json["answers"]["lost"] == 4 && json["slowest_us"] == 1'001'500));
  CHECK((json["election"].is_null() && json["snapshots_installed"] == 12));
  CHECK((json["failure"].is_null() && json["folder"].is_null()));
  CHECK(json["checked"][0] == "all logs are alike");
  stress.failure = "write 7 is gone";
  stress.folder = "/tmp/x";
  json = parsed(stress);
  CHECK((json["failure"] == "write 7 is gone" && json["folder"] == "/tmp/x"));
}
