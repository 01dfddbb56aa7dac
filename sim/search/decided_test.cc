#include "sim/search/decided.h"

#include <doctest/doctest.h>

#include "core/wire/message.h"
#include "sim/check/probes.h"
#include "sim/scenario/scenario_json.h"
#include "sim/search/course.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

constexpr NodeId kLeader(1), kFirst(2);

// What one world decided, one thing a call.
struct Told {
  Decisions decisions;
  std::int64_t ms = 0;

  Time at() { return Time(++ms * 1000); }
  Told& acks(std::uint64_t lsn, AckStatus status = AckStatus::success) {
    decisions.heard(at(), kFirst,
                    {FactKind::ack_sent, kLeader, Lsn(lsn), static_cast<std::uint64_t>(status)});
    return *this;
  }
  Told& answers(std::uint64_t request, const std::string& words) {
    decisions.answered(at(), 1, request, OperationKind::set, "k", words);
    return *this;
  }
  Told& decides(FactKind kind, std::uint64_t lsn = 0) {
    decisions.heard(at(), kLeader, {kind, NodeId(), Lsn(lsn)});
    return *this;
  }
};

std::string parting(const Told& simulated, const Told& real) {
  const auto first = first_difference(simulated.decisions.all(), real.decisions.all());
  return first ? first->about + ": " + first->simulated + " | " + first->real : "";
}

Scenario scenario_of(const std::string& name) {
  return read_scenario_file(std::string(QUORATE_SOURCE_ROOT "/scenarios/") + name + ".json",
                            probe_names());
}

std::string parting(const Scenario& a, const Scenario& b, std::uint64_t seed = 1) {
  const auto first = first_difference(course_of(a, seed).decided, course_of(b, seed).decided);
  return first ? first->about + ": " + first->simulated + " | " + first->real : "";
}

}  // namespace

TEST_CASE("decided: the same in another pace, no difference") {
  CHECK(parting(Told().acks(1).acks(2).answers(1, "OK"),
                Told().answers(1, "OK").acks(1).acks(1).acks(2)) == "");
}

TEST_CASE("decided: one ack for three records, speaks for each of them") {
  CHECK(parting(Told().acks(1).acks(2).acks(3), Told().acks(3)) == "");
  CHECK(parting(Told().acks(1).acks(2).acks(3), Told().acks(2)) ==
        "what follower-1 acknowledged for LSN=3: success | nothing");
}

TEST_CASE("decided: a CRC failure in one world alone, is the difference") {
  CHECK(parting(Told().acks(1, AckStatus::crc_failure).acks(1), Told().acks(1)) ==
        "what follower-1 acknowledged for LSN=1: crc_failure, then success | success");
}

TEST_CASE("decided: several differences, the first of the simulated world is told") {
  CHECK(parting(Told().answers(1, "OK").answers(2, "OK").answers(3, "OK"),
                Told().answers(1, "OK").answers(2, "TIMEOUT (an error)").answers(3, "nil")) ==
        "what client 1 was told, request 2 (set \"k\"): OK | TIMEOUT (an error)");
}

TEST_CASE("decided: what only the real world did, is a difference too") {
  CHECK(parting(Told().answers(1, "OK"), Told().answers(1, "OK").acks(1)) ==
        "what follower-1 acknowledged for LSN=1: nothing | success");
}

TEST_CASE("decided: what is committed, is told once") {
  CHECK(parting(Told().decides(FactKind::applied, 1).decides(FactKind::applied, 2),
                Told().decides(FactKind::applied, 1)) ==
        "what the leader has committed: all up to LSN=2 | all up to LSN=1");
}

TEST_CASE("decided: words of answers, an error is known by its first word") {
  CHECK(words_of(RespKind::simple, "OK", 0) == "OK");
  CHECK(words_of(RespKind::error, "LOADING the leader is not ready", 0) == "LOADING (an error)");
  CHECK(words_of(RespKind::integer, "", 1) == "1");
  CHECK(words_of(RespKind::bulk, "Bern", 0) == "\"Bern\"");
  CHECK(words_of(RespKind::nil, "", 0) == "nil");
  const std::string a = words_of(RespKind::bulk, std::string(100, 'x') + "a", 0);
  CHECK(a != words_of(RespKind::bulk, std::string(100, 'x') + "b", 0));
}

TEST_CASE("decided: marks, who is behind and in what") {
  Told slow, fast;
  slow.decides(FactKind::started).acks(1);
  fast.decides(FactKind::started).acks(2);
  CHECK(slow.decisions.marks().behind(fast.decisions.marks()) ==
        "follower-1 has acknowledged up to LSN=2");
  CHECK(fast.decisions.marks().behind(slow.decisions.marks()) == "");
  CHECK(Marks().behind(slow.decisions.marks()) == "leader starts for the 1. time");
}

TEST_CASE("decided: one scenario twice, and beside another one") {
  const Scenario five = scenario_of("five_records");
  CHECK(parting(five, five) == "");
  Scenario other = five;
  other.workload.operations[2].value = "drei";
  CHECK(parting(five, other).find("LSN=3 of leader: set \"record-3\" to \"three\" | ") !=
        std::string::npos);
}

TEST_CASE("decided: two down under the two rules, part at the first answer") {
  Scenario book = scenario_of("two_down_majority_of_all");
  const Scenario lesson = scenario_of("four_followers_two_down");
  book.workload = lesson.workload;
  const std::string part = parting(lesson, book, 2);
  CHECK(part == "what client 1 was told, request 1 (set \"record-1\"): TIMEOUT (an error) | OK");
}
