// What do the checks say where a client has several requests under way on one connection?
#include <doctest/doctest.h>

#include <string>

#include "sim/check/trial.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

constexpr NodeId kLeader = Trial::kLeader, kFirst = Trial::kFirst, kSecond = Trial::kSecond;
constexpr Duration kMicrosecond = microseconds(1);
constexpr OperationKind kGet = OperationKind::get, kDel = OperationKind::del;

// A set, a get and a del of one key are under way, and the two writes are on a quorum.
struct ThreeUnderWay : Trial {
  ThreeUnderWay() {
    ask(1).ask(2, kGet).ask(3, kDel).all_hold(1).all_hold(2, {.op = Op::del, .sequence = 3});
  }
};

}  // namespace

// ---- always_answers_in_order

TEST_CASE("pipelined: answers in the order of the requests, are sound, each alone or all at once") {
  ThreeUnderWay alone, together;
  CHECK(alone.tell("+OK").tell("$2\r\nv1").tell(":1").verdict() == "");
  CHECK(together.tell("+OK\r\n$2\r\nv1\r\n:1").verdict() == "");
  CHECK(together.end(Outcome::ok, 0, 1).end(Outcome::ok, 0, 2).end(Outcome::ok, 0, 3).verdict() ==
        "");
  CHECK(together.checker.probes().count(ProbeId::read_waited_for_its_turn) == 1);
}

TEST_CASE("pipelined: an answer of another kind, violates always_answers_in_order") {
  ThreeUnderWay read_first, del_first;
  CHECK(read_first.tell("$2\r\nv1").verdict() == "always_answers_in_order");
  CHECK(read_first.clause() == "S11");
  CHECK(read_first.sentence() ==
        "a set of \"k\" was answered with a value: that is another request's answer");
  CHECK(del_first.tell("+OK").tell(":1").verdict() == "always_answers_in_order");
  CHECK(ThreeUnderWay().tell("+OK").tell("$2\r\nv1").tell("+OK").verdict() ==
        "always_answers_in_order");
  CHECK(ThreeUnderWay().tell("$-1").verdict() == "always_answers_in_order");
}

TEST_CASE("pipelined: a read that times out, got a write's answer") {
  Trial trial;
  trial.ask(1).hold(kLeader, 1).ask(2, kGet).at(Trial::kTimeout).tell("-TIMEOUT").tell("-TIMEOUT");
  CHECK(trial.verdict() == "always_answers_in_order");
}

TEST_CASE("pipelined: an answer to what has not come yet, violates always_answers_in_order") {
  Trial trial;
  trial.ask(1).send(2).come(2, 1).all_hold(1).tell("+OK");
  CHECK(trial.verdict() == "");
  CHECK(trial.tell("+OK").verdict() == "always_answers_in_order");
}

TEST_CASE("pipelined: one answer too many, violates always_one_answer") {
  CHECK(ThreeUnderWay().tell("+OK\r\n$2\r\nv1\r\n:1\r\n:1").verdict() == "always_one_answer");
}

TEST_CASE("pipelined: a read that misses an OK'd write in front, violates S11") {
  Trial trial;
  trial.ask(1).ask(2, kGet).all_hold(1).tell("+OK").tell("$-1");
  CHECK(trial.verdict() == "always_answers_in_order");
  CHECK(trial.sentence() ==
        "a read of \"k\" did not show LSN=1, which is in front of it on its connection and was "
        "answered OK");
}

TEST_CASE("pipelined: a read of another client, need not show what was OK'd after it began") {
  Trial trial;
  trial.ask(1).get().all_hold(1).tell("+OK").tell("$-1", 1);
  CHECK(trial.verdict() == "");
}

TEST_CASE("pipelined: a read that misses a write in front that timed out, is sound") {
  Trial trial;
  trial.ask(1).ask(2, kGet).hold(kLeader, 1).at(Trial::kTimeout).tell("-TIMEOUT").tell("$-1");
  CHECK(trial.verdict() == "");
}

TEST_CASE("pipelined: a read that shows a write behind it, violates S11") {
  for (const bool behind : {false, true}) {
    Trial trial;
    trial.ask(1).ask(2, kGet).ask(3).all_hold(1).all_hold(2, {.value = "v3", .sequence = 3});
    trial.tell("+OK").tell(behind ? "$2\r\nv3" : "$2\r\nv1");
    CHECK(trial.verdict() == (behind ? "always_answers_in_order" : ""));
    if (behind)
      CHECK(trial.sentence() ==
            "a read of \"k\" showed LSN=2, which is behind it on its connection");
  }
}

TEST_CASE("pipelined: writes that take effect in another order, violate S11") {
  Trial trial;
  trial.ask(1).ask(2).ask(3).hold(kLeader, 1).hold(kLeader, 2, {.value = "v3", .sequence = 3});
  CHECK(trial.verdict() == "");
  trial.hold(kLeader, 3, {.value = "v2", .sequence = 2});
  CHECK(trial.verdict() == "always_answers_in_order");
  CHECK(trial.sentence() == "LSN=3 was written behind a request that came later on its connection");
}

TEST_CASE("pipelined: a new connection, begins with its first answer") {
  Trial trial;
  trial.ask(1).ask(2).ask(3, kGet).all_hold(1).tell("+OK");
  trial.end(Outcome::ok, 0, 1).end(Outcome::lost, 0, 2).end(Outcome::lost, 0, 3);
  CHECK(trial.checker.probes().count(ProbeId::several_requests_lost) == 1);
  CHECK(trial.ask(1, kGet).tell("$2\r\nv1").verdict() == "");
}

TEST_CASE("pipelined: bytes of the connection before, are not those of the new one") {
  Trial trial;
  trial.ask(1).end(Outcome::lost).send(1);
  trial.checker.reached(kLeader, {0, 7, SocketId(100), 1000}, trial.world.now());
  CHECK(trial.tell("-LOADING").verdict() == "always_answers_in_order");
}

// ---- always_wait_ends_in_time

TEST_CASE("pipelined: each of several, has its own deadline, to the microsecond") {
  const auto second_at = [](Duration at) {
    Trial trial;
    trial.ask(1).at(milliseconds(10)).ask(2).hold(kLeader, 1).hold(kLeader, 2);
    trial.at(Trial::kTimeout).tell("-TIMEOUT");
    CHECK(trial.verdict() == "");
    CHECK(trial.checker.probes().count(ProbeId::timeout_while_others_wait) == 1);
    return trial.at(at).tell("-TIMEOUT").verdict();
  };
  const Duration due = Trial::kTimeout + milliseconds(10);
  CHECK(second_at(due) == "");
  CHECK(second_at(due + kMicrosecond) == "always_wait_ends_in_time");
  CHECK(second_at(due + microseconds(-1)) == "always_wait_ends_in_time");
  CHECK(second_at(Trial::kTimeout) == "always_wait_ends_in_time");
}

TEST_CASE("pipelined: the time of each, counts from its last byte") {
  Trial trial;
  trial.send(1).send(2).come(1).hold(kLeader, 1).come(2, 1).at(milliseconds(10)).come(2);
  trial.hold(kLeader, 2).at(Trial::kTimeout).tell("-TIMEOUT");
  CHECK(trial.at(Trial::kTimeout + milliseconds(10)).tell("-TIMEOUT").verdict() == "");
}

TEST_CASE("pipelined: an answer kept for the one in front, is not late before its deadline") {
  Trial trial;
  trial.ask(1).at(milliseconds(10)).ask(2).hold(kLeader, 1).at(Trial::kTimeout);
  CHECK(trial.tell("-TIMEOUT\r\n-DISKFULL").verdict() == "");
}

TEST_CASE("pipelined: what its socket did not take, may leave when it takes more, not later") {
  for (const bool takes : {false, true}) {
    Trial trial;
    trial.ask(1).ask(2).hold(kLeader, 1).hold(kLeader, 2).at(Trial::kTimeout);
    trial.tell_part("-TIM").at(Trial::kTimeout + microseconds(50));
    if (takes) trial.tell("EOUT").at(Trial::kTimeout + microseconds(90)).tell("-TIMEOUT");
    if (!takes) trial.tell("EOUT\r\n-TIMEOUT");
    CHECK(trial.verdict() == (takes ? "always_wait_ends_in_time" : ""));
  }
}

TEST_CASE("pipelined: acks that come while its socket takes nothing, came after the timeout") {
  Trial trial;
  trial.ask(1).ask(2).all_hold(1).all_hold(2).at(Trial::kTimeout).tell_part("-TIM");
  trial.decide(kLeader, FactKind::ack_counted, 2, kFirst);
  trial.decide(kLeader, FactKind::ack_counted, 2, kSecond);
  trial.at(Trial::kTimeout + microseconds(50)).tell("EOUT\r\n-TIMEOUT");
  CHECK(trial.verdict() == "");
}

TEST_CASE("pipelined: what waits behind more than a leader reads ahead, may be answered later") {
  for (const std::uint64_t size : {Checker::kReadAhead, Checker::kReadAhead + 1}) {
    Trial trial;
    ClientRequestView large;
    large.sequence = 2;
    large.ends_at = size;
    trial.ask(1);
    trial.checker.invoked(0, large);
    trial.checker.reached(kLeader, {0, 0, SocketId(100), size}, trial.world.now());
    trial.hold(kLeader, 1).at(Trial::kTimeout).tell("-TIMEOUT");
    trial.at(Trial::kTimeout + kMicrosecond).tell("-LOADING");
    CHECK(trial.verdict() == (size > Checker::kReadAhead ? "" : "always_wait_ends_in_time"));
  }
}

TEST_CASE("pipelined: what is given up, violates where its own deadline has passed") {
  for (const std::int64_t gives_up : {580, 620}) {
    Trial trial;
    trial.ask(1).hold(kLeader, 1).at(Trial::kTimeout).tell("-TIMEOUT");
    trial.end(Outcome::timeout, 0, 1).ask(2).at(milliseconds(290 + 20)).ask(3);
    trial.at(milliseconds(gives_up)).end(Outcome::lost, 0, 3);
    CHECK(trial.verdict() == (gives_up > 610 ? "always_wait_ends_in_time" : ""));
    CHECK(trial.end(Outcome::lost, 0, 2).verdict() ==
          (gives_up > 600 ? "always_wait_ends_in_time" : ""));
  }
}
