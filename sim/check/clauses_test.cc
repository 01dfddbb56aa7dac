// Do the checks, the table of clauses and sim/fault/README.md say the same?
#include "sim/check/clauses.h"
#include "sim/check/client_history.h"
#include "sim/check/log_words.h"

#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "sim/check/always_ack_is_durable.h"
#include "sim/check/always_answers_in_order.h"
#include "sim/check/always_ok_is_on_quorum.h"
#include "sim/check/always_recovery_is_honest.h"
#include "sim/check/always_wait_ends_in_time.h"
#include "sim/check/checker.h"
#include "sim/check/eventually_converges.h"

using namespace quorate::sim;

namespace {

std::vector<std::string> readme() {
  std::ifstream file(std::string(QUORATE_SOURCE_ROOT) + "/sim/fault/README.md");
  REQUIRE(file.is_open());
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

// "- **S1, nothing that was OK'd is lost.** A write ..." by their numbers, S and L alone.
std::map<std::string, std::string> titles() {
  std::map<std::string, std::string> found;
  for (const std::string& line : readme()) {
    const std::size_t comma = line.find(", ");
    const std::size_t end = line.find(".**");
    if ((!line.starts_with("- **S") && !line.starts_with("- **L")) || end == std::string::npos)
      continue;
    found[line.substr(4, comma - 4)] = line.substr(comma + 2, end - comma - 2);
  }
  return found;
}

// The table at the end: each check's row.
std::map<std::string, std::string> rows() {
  std::map<std::string, std::string> found;
  for (const std::string& line : readme()) {
    if (!line.starts_with("| `")) continue;
    const std::size_t bar = line.find(" | ");
    std::istringstream names(line.substr(0, bar));
    for (std::string name; std::getline(names, name, '`');)
      if (name.find('_') != std::string::npos) found[name] = line.substr(bar + 3);
  }
  return found;
}

template <class Check>
std::pair<std::string, std::string> of() {
  return {Check::kName, Check::kClause};
}

std::pair<std::string, std::string> of(const CheckName& check) {
  return {check.name, check.clause};
}

const std::set<std::pair<std::string, std::string>>& checks() {
  static const std::set<std::pair<std::string, std::string>> all{
      of<AlwaysAckIsDurable>(),
      of<AlwaysAnswersInOrder>(),
      of<AlwaysAppliedInOrder>(),
      of<AlwaysCrcFailureIsReshipped>(),
      of<AlwaysLogsAgree>(),
      of<AlwaysOkIsOnQuorum>(),
      of<AlwaysQuorumAnswers>(),
      of<AlwaysReadsCommitted>(),
      of<AlwaysRecoveryIsHonest>(),
      of<AlwaysTimeoutKeepsRecord>(),
      of<AlwaysWaitEndsInTime>(),
      of<EventuallyConverges>(),
      {Checker::kBuffersBounded, Checker::kBuffersBoundedClause},
      {Checker::kOneAnswer, Checker::kOneAnswerClause},
      {Checker::kOneAnswer, Checker::kNothingDoneClause},
      {Checker::kWritesSucceed, Checker::kWritesSucceedClause},
      of(kOneLeader),
      of(kOneVote),
      of(kCommittedStays),
      of(kLeaderIsComplete),
      of(kOkIsCommitted),
      of(kMarkIsBacked),
      {ClientHistory::kName, ClientHistory::kClause},
      of(kAsksFirst),
      of(kHasMajority),
      of(kLogsMatch),
      of(kAckIsDurable),
      of(kAppliedInOrder),
      of(kBuffersBounded),
      of(kRecoveryIsHonest),
      of(kWaitEnds),
      of(kWritesSucceed),
      of(kSnapshotIsTrue),
  };
  return all;
}

}  // namespace

TEST_CASE("clauses: each says what its title in the fault model says, and none is left out") {
  std::map<std::string, std::string> said;
  for (const Clause& clause : clauses_owed())
    said[std::string(clause.number)] = std::string(clause.says);
  CHECK(said == titles());
  CHECK(said.size() == clauses_owed().size());
  CHECK(clause_says("S6") == "every wait ends");
  CHECK((clause_says("") == "" && clause_says("B1") == ""));
}

TEST_CASE("clauses: a check rests on one that is owed, and that the fault model's table names") {
  const std::map<std::string, std::string> table = rows();
  std::set<std::string> names, used;
  for (const auto& check : checks()) {
    const std::string& name = check.first;
    const std::string& clause = check.second;
    CHECK_FALSE(clause_says(clause).empty());
    REQUIRE_MESSAGE(table.count(name) == 1, name);
    const std::string row = " " + table.at(name);  // "S6, S5 |", "L1 within B1 to B3 |"
    const std::size_t at = row.find(" " + clause);
    REQUIRE_MESSAGE(at != std::string::npos, name, clause);
    CHECK_MESSAGE(std::string(" ,;").find(row[at + 1 + clause.size()]) != std::string::npos, name);
    names.insert(name);
    used.insert(clause);
  }
  CHECK(names.size() == table.size());
  CHECK(used.size() == clauses_owed().size());
}
