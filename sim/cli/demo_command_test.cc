// Does the demo show what the lesson says? Each variant as a process, and what it leaves behind.
#include <doctest/doctest.h>

#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "sim/cli/real/demo.h"
#include "sim/cli/real/processes_fixture.h"

using namespace quorate;
using namespace quorate::cli;

namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

struct Played {
  int code = 0;
  std::string out;
  std::string err;
  Lines story;  // between the introduction and the last lines
  std::string end;

  std::size_t count(const std::string& line) const {
    return static_cast<std::size_t>(std::count(story.begin(), story.end(), line));
  }
  bool has(const std::string& line) const { return count(line) > 0; }
};

Played play_demo(const std::vector<std::string>& flags) {
  const TestFolder folder;
  std::vector<std::string> arguments{"demo"};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  Run run(folder, arguments);
  Played played;
  played.code = run.code();
  played.out = run.out();
  played.err = run.err();
  CHECK(folder.nothing_is_left());
  const std::size_t begin = played.out.find("\n\n") + 2;
  std::istringstream lines(played.out.substr(std::min(begin, played.out.size())));
  for (std::string line;
       std::getline(lines, line) && line.find(" records committed") == std::string::npos;)
    played.story.push_back(line);
  const std::size_t end = played.out.find(" records committed with quorum\n");
  if (end != std::string::npos) played.end = played.out.substr(played.out.rfind('\n', end) + 1);
  INFO(played.out, played.err);
  CHECK(played.code == 0);
  CHECK(played.err == "");
  return played;
}

std::string ship(int lsn, int q) {
  return "leader: shipped record LSN=" + std::to_string(lsn) +
         ", waiting for quorum (Q=" + std::to_string(q) + ")";
}
std::string ack(int follower, int lsn) {
  return "follower-" + std::to_string(follower) + ": ack LSN=" + std::to_string(lsn) + " status=OK";
}
std::string quorum(int lsn, int q) {
  return "leader: quorum reached for LSN=" + std::to_string(lsn) + " (" + std::to_string(q) + "/" +
         std::to_string(q) + " acks)";
}
std::string ending(const std::string& committed, const std::string& scenario) {
  return committed +
         " records committed with quorum\n\nthe same, simulated: quorate replay scenarios/" +
         scenario + ".json --trace\n";
}

// "client: told "..." after 503 ms" in that line.
int milliseconds_in(const std::string& line) {
  const std::size_t at = line.rfind(" after ");
  REQUIRE(at != std::string::npos);
  return std::stoi(line.substr(at + 7));
}

}  // namespace

TEST_CASE("demo: five records, are told in the lesson's lines and order") {
  const Played played = play_demo({});
  REQUIRE(played.story.size() == 20);
  for (int n = 1; n <= 5; ++n) {
    Lines acks(played.story.begin() + n * 4 - 3, played.story.begin() + n * 4 - 1);
    std::sort(acks.begin(), acks.end());
    CHECK(played.story[static_cast<std::size_t>(n) * 4 - 4] == ship(n, 2));
    CHECK(acks == Lines{ack(1, n), ack(2, n)});
    CHECK(played.story[static_cast<std::size_t>(n) * 4 - 1] == quorum(n, 2));
  }
  CHECK(played.end == ending("5/5", "five_records"));
}

TEST_CASE("demo: an ack comes 500 ms late, and each write takes as long and says so") {
  const Played played = play_demo({"--delay-ack", "follower-2=500ms", "--writes", "2"});
  int answers = 0;
  for (const std::string& line : played.story) {
    if (!line.starts_with("client: told \"OK\" after ")) continue;
    CHECK(milliseconds_in(line) >= 500);
    ++answers;
  }
  CHECK(answers == 2);
  CHECK(played.end == ending("2/2", "slow_ack_500ms"));
}

TEST_CASE("demo: one of four is killed, and writes go on") {
  const Played played = play_demo({"--followers", "4", "--kill", "1"});
  CHECK(played.has("follower-4: killed (SIGKILL)"));
  for (int n = 1; n <= 5; ++n) {
    CHECK((played.has(ship(n, 3)) && played.has(quorum(n, 3)) && played.has(ack(3, n))));
    CHECK_FALSE(played.has(ack(4, n)));
  }
  CHECK(played.end == ending("5/5", "four_followers_one_down"));
}

TEST_CASE("demo: two of four are killed, and every write times out, its fate unknown") {
  const Played played = play_demo({"--followers", "4", "--kill", "2", "--writes", "2"});
  int answers = 0;
  for (const std::string& line : played.story) {
    if (!line.starts_with("client: told \"TIMEOUT no quorum in time; the fate of this write is "
                          "unknown\" after "))
      continue;
    CHECK(milliseconds_in(line) >= 1000);
    ++answers;
  }
  CHECK(answers == 2);
  CHECK(
      played.has("leader: no quorum for LSN=2 in time (2/3 acks): its fate is unknown, it stays "
                 "in the log"));
  CHECK(played.end == ending("0/2", "four_followers_two_down"));
}

TEST_CASE("demo: two of four are killed, and by the book's rule writes go on") {
  const Played played =
      play_demo({"--followers", "4", "--kill", "2", "--quorum", "majority_of_all"});
  CHECK((played.has(quorum(1, 2)) && played.has(quorum(5, 2))));
  CHECK(played.end == ending("5/5", "two_down_majority_of_all"));
}

TEST_CASE("demo: a record comes damaged, is not acknowledged, and is shipped again") {
  const Played played = play_demo({"--corrupt"});
  const auto at = [&](const std::string& line) {
    return std::find(played.story.begin(), played.story.end(), line);
  };
  const auto failure = at("follower-1: ack LSN=3 status=CRC_FAILURE: it came damaged");
  const auto again = at("leader: shipped record LSN=3 to follower-1 again");
  REQUIRE(failure != played.story.end());
  CHECK((at(ship(3, 2)) < failure && failure < again && again < at(ack(1, 3))));
  CHECK(at(ack(1, 3)) < at(quorum(3, 2)));
  CHECK(played.end == ending("5/5", "crc_failure_reship"));
}

TEST_CASE("demo: a follower is away, and catches up when it is back") {
  const Played played = play_demo({"--rejoin"});
  CHECK(played.has("follower-4: stopped"));
  CHECK(played.has("leader: follower-4 is connected, its log ends at LSN=1 of generation 1"));
  CHECK(played.has("leader: shipped records LSN=2..5 to follower-4"));
  CHECK(played.story.back() == ack(4, 5));
  CHECK(played.end == ending("5/5", "rejoin_after_five_missed_records"));
}

TEST_CASE("demo: without the one that is away there is no quorum, and all commits with it") {
  const Played played = play_demo({"--rejoin", "--followers", "2", "--writes", "2"});
  CHECK(
      played.has("leader: no quorum for LSN=2 in time (1/2 acks): its fate is unknown, it stays "
                 "in the log"));
  CHECK(played.story.back() == quorum(2, 2));
  CHECK(played.out.find("\n2/2 records committed with quorum\n") != std::string::npos);
}

TEST_CASE("demo: as JSON, is one object with the same lines") {
  const TestFolder folder;
  Run run(folder, {"demo", "--json", "--writes", "2", "--delay-ack", "follower-1=100ms"});
  CHECK(run.code() == 0);
  const nlohmann::json demo = nlohmann::json::parse(run.out(), nullptr, false);
  REQUIRE_FALSE(demo.is_discarded());
  CHECK((demo["acks_needed"] == 2 && demo["committed"] == 2 && demo["failure"].is_null()));
  CHECK((demo["lines"][0] == ship(1, 2) && demo["quorum"] == "followers_majority"));
  CHECK((demo["writes"].size() == 2 && demo["writes"][1]["took_us"] >= 100'000));
}

TEST_CASE("demo: what each variant names as the same, simulated, is there") {
  std::vector<DemoPlan> plans(6);
  plans[1].delayed = NodeId(2);
  plans[2].corrupt = true;
  plans[3].rejoin = true;
  plans[4].followers = plans[5].followers = 4;
  plans[4].kill = 1;
  plans[5].kill = 2;
  for (DemoPlan& plan : plans) {
    for (const QuorumRule rule : {QuorumRule::followers_majority, QuorumRule::majority_of_all}) {
      plan.quorum = rule;
      const std::string name = simulated_by(plan);
      CHECK_MESSAGE(fs::exists(QUORATE_SOURCE_ROOT "/scenarios/" + name + ".json"), name);
    }
  }
}

TEST_CASE("demo: what nobody can mean, is refused with its name, and nothing is run") {
  const TestFolder folder;
  struct Row {
    Lines flags;
    std::string words;
  };
  const Row rows[] = {{{"--writes", "0"}, "--writes"},
                      {{"--writes", "many"}, "many"},
                      {{"--followers", "0"}, "--followers"},
                      {{"--followers", "32"}, "--followers"},
                      {{"--kill", "3"}, "--kill: there are only 2 followers"},
                      {{"--kill", "-1"}, "--kill"},
                      {{"--kill", "1", "--rejoin"}, "--kill excludes --rejoin"},
                      {{"--kill", "2", "--corrupt"}, "--corrupt: there is nobody left"},
                      {{"--quorum", "majority"}, "did you mean \"majority_of_all\"?"},
                      {{"--delay-ack", "follower-2"}, "is nothing like follower-2=500ms"},
                      {{"--delay-ack", "follower-3=5ms"}, "there is no \"follower-3\""},
                      {{"--delay-ack", "leader=5ms"}, "there is no \"leader\""},
                      {{"--delay-ack", "follower-2=5"}, "--delay-ack: \"5\" is not a time"},
                      {{"--delay-ack", "follower-2=2m"}, "--delay-ack: a minute at most"},
                      {{"--delay-ack", "follower-2=5ms", "--kill", "1"}, "--kill kills"},
                      {{"--failover", "--kill", "1"}, "excludes --failover"},
                      {{"--failover", "--writes", "3"}, "excludes --failover"},
                      {{"--failover", "--rejoin"}, "excludes --failover"},
                      {{"--corupt"}, "--corupt"}};
  for (const Row& row : rows) {
    Lines arguments{"demo"};
    arguments.insert(arguments.end(), row.flags.begin(), row.flags.end());
    Run run(folder, arguments);
    CHECK(run.code() == 2);
    CHECK(run.out() == "");
    CHECK_MESSAGE(run.err().find(row.words) != std::string::npos, row.words, run.err());
  }
}

// ---- what is left

TEST_CASE("demo: Ctrl-C in the middle, leaves nothing, however often it comes") {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const TestFolder folder;
    Run run(folder, {"demo", "--followers", "4", "--kill", "2", "--writes", "1000"});
    REQUIRE(run.says("leader: no quorum for LSN=1 in time"));
    CHECK(folder.processes() == 3);
    for (int i = 0; i < 3; ++i) run.signal(signal);
    CHECK(run.code() == 130);
    CHECK(folder.nothing_is_left());
  }
}

TEST_CASE("demo: Ctrl-C at any moment, leaves nothing") {
  for (int ms = 0; ms < 60; ms += 3) {
    const TestFolder folder;
    Run run(folder, {"demo", "--writes", "1000"});
    ::poll(nullptr, 0, ms);
    run.signal(SIGINT);
    const int code = run.code();
    CHECK((code == 130 || code == -1));  // -1: it came before quorate could look
    CHECK(folder.nothing_is_left());
  }
}

TEST_CASE("demo: a child is killed in the middle, and it is said which, and nothing is left") {
  const TestFolder folder;
  Run run(folder, {"demo", "--followers", "4", "--kill", "2", "--writes", "1000"});
  REQUIRE(run.says("leader: no quorum for LSN=1 in time"));
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string line = bytes_of_file((entry.path() / "cmdline").string());
    if (line.find(folder.path()) != std::string::npos &&
        line.find("follower-1.json") != std::string::npos)
      ::kill(std::stoi(entry.path().filename().string()), SIGKILL);
  }
  CHECK(run.code() == 1);
  CHECK(run.err().find("follower-1 has ended by itself (signal 9)") != std::string::npos);
  CHECK(folder.nothing_is_left());
}

TEST_CASE("demo: there is no folder for temporary files, and that is said") {
  const TestFolder folder;
  ::setenv("TMPDIR", "/no/such", 1);
  Run run(folder, {"demo"});
  CHECK(run.code() == 2);
  CHECK(run.err().starts_with("quorate: demo: a folder for temporary files: "));
}

TEST_CASE("demo: it is killed itself, and its children die with it") {
  const TestFolder folder;
  Run run(folder, {"demo", "--followers", "4", "--kill", "2", "--writes", "1000"});
  REQUIRE(run.says("leader: no quorum for LSN=1 in time"));
  run.signal(SIGKILL);
  CHECK(run.code() == -1);
  CHECK(comes_true([&] { return folder.processes() == 0; }));
}

TEST_CASE("demo: a pipe that is closed early, ends it, and leaves nothing") {
  const TestFolder folder;
  const std::string line = "'" QUORATE_BINARY "' demo --writes 1000 2>&1 | head -1 >/dev/null";
  CHECK(std::system(line.c_str()) == 0);
  CHECK(comes_true([&] { return folder.nothing_is_left(); }));
}
