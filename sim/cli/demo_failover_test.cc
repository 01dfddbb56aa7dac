// Does `quorate demo --failover` show what becomes of a write whose leader is killed? As a process,
// and what it leaves behind. Which node leads is chance, so the lines are asked for by their ends.
#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>
#include <sstream>

#include "sim/cli/real/processes_fixture.h"

using namespace quorate;
using namespace quorate::cli;

namespace {

using Lines = std::vector<std::string>;

// Where the first line behind `from` ends like that.
std::size_t after(const Lines& lines, const std::string& end, std::size_t from = 0) {
  for (std::size_t i = from; i < lines.size(); ++i)
    if (lines[i].ends_with(end)) return i + 1;
  FAIL("no line ends like that behind line " << from << ": " << end);
  return lines.size();
}

nlohmann::json played() {
  const TestFolder folder;
  Run run(folder, {"demo", "--failover", "--json"});
  CHECK_MESSAGE(run.code() == 0, run.out(), run.err());
  CHECK(run.err() == "");
  CHECK(folder.nothing_is_left());
  const nlohmann::json demo = nlohmann::json::parse(run.out(), nullptr, false);
  REQUIRE_FALSE(demo.is_discarded());
  return demo;
}

// The record that was lost. A leader that is deposed before it could be killed writes one more.
int lost_record(const nlohmann::json& demo) {
  int record = 1;
  for (const nlohmann::json& write : demo["writes"]) {
    if (write["answer"] == "no answer") return record;
    if (write["answer"] == "OK") ++record;
  }
  FAIL("no write is without an answer");
  return record;
}

}  // namespace

TEST_CASE("demo: the leader is killed, another is elected, and what only it had is cut") {
  const nlohmann::json demo = played();
  INFO(demo.dump(1));
  REQUIRE((demo["failure"].is_null() && demo["failover"].is_object()));
  const nlohmann::json& failover = demo["failover"];
  const std::string old = failover["old_leader"], next = failover["new_leader"];
  const std::string lsn = std::to_string(failover["cut_lsn"].get<int>());
  const std::string kept = std::to_string(failover["cut_lsn"].get<int>() - 1);
  CHECK((old != next && failover["new_generation"] > failover["old_generation"]));
  const std::string record = std::to_string(lost_record(demo));
  const Lines lines = demo["lines"];
  std::size_t at = after(lines, ", its log ends at LSN=0");
  at = after(lines, "client: told \"OK\"", at);
  at = after(lines, "client: told \"OK\"", at);
  at = after(lines, "relay: all that " + old + " sends to the others is held back from now on", at);
  at = after(lines, old + ": durable up to LSN=" + lsn, at);
  at = after(lines, old + ": killed (SIGKILL)", at);
  at = after(lines, "is in the log of " + old + " alone: it was never committed", at);
  at = after(lines, "its log ends at LSN=" + kept, at);
  at = after(lines, "client: told (nil)", at);
  at = after(lines, "client: told \"OK\"", at);
  at = after(lines, old + ": started again", at);
  at = after(lines, old + ": cut its log back to LSN=" + kept + ", it ended at LSN=" + lsn, at);
  at = after(lines, "client: told \"value-" + record + '"', at);
  at = after(lines,
             "had record-" + record + " = value-" + record + " of generation " +
                 std::to_string(failover["old_generation"].get<int>()),
             at);
  after(lines, "and hold the same, byte for byte", at);
}

TEST_CASE("demo: with a failover, each OK has its place in the log, and the lost write none") {
  const nlohmann::json demo = played();
  INFO(demo.dump(1));
  CHECK((demo["committed"] == lost_record(demo) + 1 && demo["acks_needed"] == 1 &&
         demo["followers"] == 2));
  CHECK(demo["quorum"] == "majority_of_all");
  std::uint64_t last = 0, lost = 0;
  for (const nlohmann::json& write : demo["writes"]) {
    lost += write["answer"] == "no answer" ? 1 : 0;
    if (write["answer"] != "OK") continue;
    CHECK(write["lsn"] > last);
    last = write["lsn"];
  }
  CHECK(lost == 1);
}

TEST_CASE("demo: a failover as text, begins with what it shows and ends with what is in the logs") {
  const TestFolder folder;
  Run run(folder, {"demo", "--failover"});
  CHECK_MESSAGE(run.code() == 0, run.out(), run.err());
  CHECK(run.out().starts_with("Three nodes, processes of their own, that elect their leader"));
  CHECK(run.out().find(" writes that were told OK are in every log\n") != std::string::npos);
  CHECK(run.out().ends_with(
      "\n\nthe like, simulated: quorate replay scenarios/failover_amid_a_write.json --trace\n"));
  CHECK(folder.nothing_is_left());
}

TEST_CASE("demo: Ctrl-C at any moment of a failover, leaves nothing") {
  for (const char* moment :
       {"no leader yet", "is elected", "held back", "killed (SIGKILL)", "started again"}) {
    for (const int signal : {SIGINT, SIGTERM}) {
      const TestFolder folder;
      Run run(folder, {"demo", "--failover"});
      REQUIRE_MESSAGE(run.says(moment), moment, run.out(), run.err());
      for (int i = 0; i < 3; ++i) run.signal(signal);
      const int code = run.code();
      CHECK((code == 130 || code == 0));  // 0: it was over before
      CHECK(folder.nothing_is_left());
    }
  }
}

TEST_CASE("demo: a failover is killed itself, and its children die with it") {
  const TestFolder folder;
  Run run(folder, {"demo", "--failover"});
  REQUIRE_MESSAGE(run.says("is elected"), run.out(), run.err());
  run.signal(SIGKILL);
  CHECK(run.code() == -1);
  CHECK(comes_true([&] { return folder.processes() == 0; }));
}
