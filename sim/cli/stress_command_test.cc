// Does the stress show what it must, and leave nothing? Bounded runs, as processes.
#include <doctest/doctest.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "sim/cli/real/processes_fixture.h"

using namespace quorate;
using namespace quorate::cli;

namespace {

using Words = std::vector<std::string>;

// A busy machine is not what is judged here.
const Words kPatient{"stress", "--allowance", "30s"};

Words with(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

nlohmann::json stressed(const Words& flags) {
  const TestFolder folder;
  Run run(folder, with(with(kPatient, {"--json"}), flags));
  const int code = run.code();
  const std::string said = run.out() + run.err();
  CHECK_MESSAGE(code == 0, said);
  CHECK(run.err() == "");
  CHECK(folder.nothing_is_left());
  const nlohmann::json json = nlohmann::json::parse(run.out(), nullptr, false);
  REQUIRE_FALSE(json.is_discarded());
  CHECK((json["failure"].is_null() && json["folder"].is_null() && json["checked"].size() == 5));
  CHECK((json["interrupted"] == false && json["answers"]["ok"] > 0 && json["slowest_us"] > 0));
  CHECK(json["restarts"] == json["kills"]);
  return json;
}

}  // namespace

TEST_CASE("stress: six kills of followers, and every OK is in the logs") {
  const nlohmann::json json = stressed({"--kills", "6", "--seed", "7"});
  CHECK((json["kills"] == 6 && json["leader_kills"] == 0 && json["seed"] == 7));
  // Only the last kills hit the leader.
  CHECK((json["answers"]["lost"] <= 16 && json["records"] >= json["answers"]["ok"]));
  CHECK(json["rejoined"] >= 2);
}

TEST_CASE("stress: the leader is killed, too, of four followers") {
  const nlohmann::json json =
      stressed({"--kills", "6", "--leader-too", "--followers", "4", "--clients", "3"});
  CHECK((json["kills"] == 6 && json["acks_needed"] == 3 && json["clients"] == 3));
  CHECK(json["leader_kills"] >= 1);
}

TEST_CASE("stress: nodes that elect, are killed while snapshots are taken and given") {
  for (const std::string election : {"most_up_to_date", "adopt"}) {
    const nlohmann::json json = stressed({"--elected", "--election", election, "--snapshot-bytes",
                                          "500", "--kills", "8", "--value-bytes", "50"});
    CHECK((json["kills"] == 8 && json["acks_needed"] == 1 && json["election"] == election));
    CHECK((json["snapshot_bytes"] == 500 && json["snapshots_taken"] > 8));
    CHECK(json["snapshots_installed"] >= 1);
  }
}

TEST_CASE("stress: nobody is killed, and it is still judged") {
  const TestFolder folder;
  Run run(folder, with(kPatient, {"--kills", "0", "--clients", "1"}));
  CHECK(run.code() == 0);
  CHECK(run.out().starts_with("passed: 0 kills under load\n"));
}

TEST_CASE("stress: a node ends by itself, and it is said which, and the folder stays") {
  const TestFolder folder;
  Run run(folder, with(kPatient, {"--kills", "1000"}));
  REQUIRE(comes_true([&] { return folder.processes() == 3; }));
  ::poll(nullptr, 0, 300);
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string line = bytes_of_file((entry.path() / "cmdline").string());
    if (line.find(folder.path()) != std::string::npos &&
        line.find("/leader.json") != std::string::npos)
      ::kill(std::stoi(entry.path().filename().string()), SIGKILL);
  }
  CHECK(run.code() == 1);
  const std::string said = run.out() + run.err();
  if (run.out().empty()) return;  // the machine is so busy that it had not begun
  CHECK_MESSAGE(said.find("leader has ended by itself (signal 9)") != std::string::npos, said);
  CHECK(said.find("logs and outputs are in " + folder.path()) != std::string::npos);
  CHECK((folder.clusters() == 1 && folder.processes() == 0));
}

TEST_CASE("stress: redis-benchmark loads it, too, where it is there") {
  if (std::system("redis-benchmark --version >/dev/null 2>&1") != 0) return;
  const nlohmann::json json = stressed({"--kills", "4", "--redis-benchmark"});
  CHECK((json["redis_benchmark"] == true && json["benchmark_runs"] >= 1));
  CHECK(json["foreign_records"] > 0);
}

TEST_CASE("stress: what nobody can mean, is refused with its name, and nothing is run") {
  const TestFolder folder;
  struct Row {
    Words flags;
    std::string words;
  };
  const Row rows[] = {{{"--kills", "-1"}, "--kills"},
                      {{"--kills", "many"}, "many"},
                      {{"--followers", "0"}, "--followers"},
                      {{"--followers", "32"}, "--followers"},
                      {{"--clients", "0"}, "--clients"},
                      {{"--seed", "x"}, "--seed: \"x\" is no seed"},
                      {{"--allowance", "5"}, "--allowance: \"5\" is not a time"},
                      {{"--allowance", "2m"}, "--allowance: a minute at most"},
                      {{"--value-bytes", "10001"}, "--value-bytes"},
                      {{"--election", "adopt"}, "--elected"},
                      {{"--snapshot-bytes", "5000"}, "--elected"},
                      {{"--elected", "--election", "raft"}, "--election"},
                      {{"--elected", "--snapshot-bytes", "-1"}, "--snapshot-bytes"},
                      {{"--elected", "--redis-benchmark"}, "--redis-benchmark"},
                      {{"--kill", "3"}, "--kill"}};
  for (const Row& row : rows) {
    Run run(folder, with({"stress"}, row.flags));
    CHECK(run.code() == 2);
    CHECK(run.out() == "");
    CHECK_MESSAGE(run.err().find(row.words) != std::string::npos, row.words, run.err());
  }
}

TEST_CASE("stress: redis-benchmark is not there, and that is said") {
  const TestFolder folder;
  const std::string before = std::getenv("PATH");
  ::setenv("PATH", folder.path().c_str(), 1);
  Run run(folder, {"stress", "--redis-benchmark"});
  const int code = run.code();
  ::setenv("PATH", before.c_str(), 1);
  CHECK(code == 2);
  CHECK(run.err().find("there is no redis-benchmark on the PATH") != std::string::npos);
}

TEST_CASE("stress: Ctrl-C under load, gives the verdict so far and leaves nothing") {
  for (const int signal : {SIGINT, SIGHUP}) {
    const TestFolder folder;
    Run run(folder, with(kPatient, {"--kills", "1000"}));
    REQUIRE(comes_true([&] { return folder.processes() == 3; }));
    ::poll(nullptr, 0, 700);
    for (int i = 0; i < 3; ++i) run.signal(signal);
    CHECK(run.code() == 130);
    CHECK((run.out().starts_with("passed so far: ") || run.err().find("before anything") < 100));
    CHECK(folder.nothing_is_left());
  }
}

TEST_CASE("stress: Ctrl-C at any moment of the start, leaves nothing") {
  for (int ms = 0; ms < 120; ms += 30) {
    const TestFolder folder;
    Run run(folder, with(kPatient, {"--kills", "1000"}));
    ::poll(nullptr, 0, ms);
    run.signal(SIGINT);
    const int code = run.code();
    CHECK((code == 130 || code == -1));  // -1: it came before quorate could look
    CHECK(folder.nothing_is_left());
  }
}

TEST_CASE("stress: it is killed itself, and its children die with it") {
  const TestFolder folder;
  Run run(folder, with(kPatient, {"--kills", "1000"}));
  REQUIRE(comes_true([&] { return folder.processes() >= 3; }));
  run.signal(SIGKILL);
  CHECK(run.code() == -1);
  CHECK(comes_true([&] { return folder.processes() == 0; }));
}
