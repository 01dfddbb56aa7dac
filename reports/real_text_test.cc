#include <doctest/doctest.h>

#include <sstream>

#include "reports/text_report.h"

using namespace quorate::reports;

namespace {

RealReplayResult result(const std::string& outcome) {
  RealReplayResult result;
  result.scenario = "x.json";
  result.about = "A record.";
  result.seed = 7;
  result.cluster = "1 leader, 2 followers";
  result.outcome = outcome;
  result.simulated = "quorate replay x.json --seed 7 --trace";
  return result;
}

std::string text_of(const RealReplayResult& result) {
  std::ostringstream out;
  write_text(out, result);
  return out.str();
}

}  // namespace

TEST_CASE("reports: both worlds agree, what was compared is told") {
  RealReplayResult agrees = result("agrees");
  agrees.plays = 1;
  agrees.records = 1500;
  agrees.answers = 5;
  agrees.acks = 10;
  agrees.faults = {{"at 5 ms: a cut", "a relay on the line", ""}};
  CHECK(text_of(agrees) ==
        "x.json, seed 7: both worlds agree\n"
        "A record.\n"
        "1 leader, 2 followers\n"
        "\n"
        "Faults that were made:\n"
        "  at 5 ms: a cut\n"
        "    by a relay on the line\n"
        "\n"
        "Compared:\n"
        "  records  1,500  with their LSNs, in the logs of all nodes\n"
        "  answers      5  to the clients, each one's in order\n"
        "  acks        10  their statuses, by follower and LSN\n"
        "\n"
        "the same, simulated: quorate replay x.json --seed 7 --trace\n");
}

TEST_CASE("reports: elected leaders, what is owed is told whether or not the worlds agree") {
  RealReplayResult agrees = result("agrees");
  agrees.plays = 1;
  agrees.owed = {"all logs are alike (L1)"};
  CHECK(text_of(agrees).find("both worlds agree\n") != std::string::npos);
  CHECK(text_of(agrees).find("\nHolds in the real world:\n  all logs are alike (L1)\n") !=
        std::string::npos);
  CHECK(text_of(agrees).find("acks") == std::string::npos);
  RealReplayResult holds = agrees;
  holds.outcome = "holds";
  holds.parting = {"record", "the record LSN=2 of node-1", "set x", "a first entry"};
  CHECK(text_of(holds).find("all that is owed holds, though it went another way\n") !=
        std::string::npos);
  CHECK(text_of(holds).find("not decided alike: the record LSN=2") != std::string::npos);
  RealReplayResult broken = agrees;
  broken.outcome = "broken";
  broken.broken = "client 1's set of x was told OK and is in no log";
  CHECK(text_of(broken).find("WHAT IS OWED IS BROKEN\n") != std::string::npos);
  CHECK(text_of(broken).find("\nclient 1's set of x was told OK and is in no log\n") !=
        std::string::npos);
  CHECK(text_of(broken).find("Holds in") == std::string::npos);
}

TEST_CASE("reports: the worlds differ, both words stand one below the other") {
  RealReplayResult differs = result("differs");
  differs.plays = 1;
  differs.parting = {"answer", "what client 1 was told, request 1", "OK", "TIMEOUT (an error)"};
  const std::string text = text_of(differs);
  CHECK(text.find("x.json, seed 7: THE WORLDS DIFFER\n") == 0);
  CHECK(text.find("The first thing that was not decided alike: what client 1 was told, request 1\n"
                  "  simulated  OK\n"
                  "  real       TIMEOUT (an error)\n") != std::string::npos);
}

TEST_CASE("reports: it can't be made for real, why is told and nothing was compared") {
  RealReplayResult neither = result("not_for_real");
  neither.faults = {{"at 5 ms: a slow disk", "", "there is none"},
                    {"at 6 ms: a cut", "a relay", ""}};
  neither.why_not = {"chance"};
  const std::string text = text_of(neither);
  CHECK(text.find("can't be made for real: nothing was compared") != std::string::npos);
  CHECK(text.find("Not for real: chance\n") != std::string::npos);
  CHECK(text.find("  at 5 ms: a slow disk\n    there is none\n") != std::string::npos);
  CHECK(text.find("Faults that could be made:\n  at 6 ms: a cut\n") != std::string::npos);
  CHECK(text.find("Compared:") == std::string::npos);
}
