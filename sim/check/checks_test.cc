// Can each check fail? For each a sound history, and bad ones that must be called by its name.
#include <doctest/doctest.h>

#include <string>

#include "sim/check/trial.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

constexpr NodeId kLeader = Trial::kLeader, kFirst = Trial::kFirst, kSecond = Trial::kSecond;
constexpr Duration kMicrosecond = microseconds(1);

// One write, OK'd as it should be.
struct Written : Trial {
  Written() { ask(1).all_hold(1).tell("+OK").end(Outcome::ok); }
};

}  // namespace

// ---- always_ok_is_on_quorum

TEST_CASE("checks: a write that is OK'd on a quorum, is sound") {
  CHECK(Written().verdict() == "");
  CHECK(Trial(4)
            .ask(1)
            .hold(kLeader, 1)
            .hold(kFirst, 1)
            .hold(kSecond, 1)
            .hold(NodeId(4), 1)
            .tell("+OK")
            .verdict() == "");
  CHECK(Trial(4, QuorumRule::majority_of_all)
            .ask(1)
            .hold(kLeader, 1)
            .hold(kFirst, 1)
            .hold(kSecond, 1)
            .tell("+OK")
            .verdict() == "");
}

TEST_CASE("checks: an OK with one follower too few, violates always_ok_is_on_quorum") {
  Trial trial;
  trial.ask(1).hold(kLeader, 1).hold(kFirst, 1).tell("+OK");
  CHECK(trial.verdict() == "always_ok_is_on_quorum");
  CHECK(trial.sentence() ==
        "the write of LSN=1 was answered OK while 1 follower held it durably; "
        "a quorum is 2");
  CHECK(Trial(4).ask(1).hold(kLeader, 1).hold(kFirst, 1).hold(kSecond, 1).tell("+OK").verdict() ==
        "always_ok_is_on_quorum");
  CHECK(Trial(4, QuorumRule::majority_of_all)
            .ask(1)
            .hold(kLeader, 1)
            .hold(kFirst, 1)
            .tell("+OK")
            .verdict() == "always_ok_is_on_quorum");
}

TEST_CASE("checks: an OK on copies that are not durable, violates always_ok_is_on_quorum") {
  CHECK(Trial().ask(1).hold(kLeader, 1).hold(kFirst, 1).write(kSecond, 1).tell("+OK").verdict() ==
        "always_ok_is_on_quorum");
  CHECK(Trial().ask(1).write(kLeader, 1).hold(kFirst, 1).hold(kSecond, 1).tell("+OK").verdict() ==
        "always_ok_is_on_quorum");
}

TEST_CASE("checks: an OK for what is in no log, violates always_ok_is_on_quorum") {
  CHECK(Trial().ask(1).tell("+OK").verdict() == "always_ok_is_on_quorum");
}

TEST_CASE(
    "checks: a record that is not what its client asked for, violates always_ok_is_on_quorum") {
  CHECK(Trial().ask(1).write(kLeader, 1, {.value = "other"}).verdict() == "always_ok_is_on_quorum");
  CHECK(Trial().ask(1).write(kLeader, 1, {.key = "other"}).verdict() == "always_ok_is_on_quorum");
  CHECK(Trial().ask(1).write(kLeader, 1, {.op = Op::del}).verdict() == "always_ok_is_on_quorum");
  CHECK(Trial().ask(1, OperationKind::del).write(kLeader, 1, {.op = Op::del}).verdict() == "");
}

TEST_CASE("checks: an OK'd write that a log loses again, violates always_ok_is_on_quorum") {
  CHECK(Written().cut_log(kFirst, 0).verdict() == "always_ok_is_on_quorum");
  CHECK(Written().cut_log(kLeader, 0).verdict() == "always_ok_is_on_quorum");
  CHECK(Written().crash(kFirst).crash(kLeader).verdict() == "");  // it was durable
}

// No protocol can keep a byte from rotting; and a follower that has it no more may not acknowledge.
TEST_CASE("checks: an OK'd write that rots on one disk, is not lost until that node says so") {
  Written trial;
  trial.ask(2).all_hold(2).tell("+OK").end(Outcome::ok);
  trial.damage(kFirst, 10);
  CHECK(trial.verdict() == "");
  trial.cut_log(kFirst, 0, 2);
  CHECK(trial.verdict() == "");
  trial.ack(kFirst, 1);
  CHECK(trial.verdict() == "always_ack_is_durable");
}

// ---- always_ack_is_durable

TEST_CASE("checks: an ack of what is durable and the leader's, is sound") {
  CHECK(Trial().write(kLeader, 1).hold(kFirst, 1).ack(kFirst, 1).verdict() == "");
  CHECK(Trial().ack(kFirst, 0).verdict() == "");
  CHECK(Trial().write(kLeader, 1).ack(kFirst, 1, AckStatus::crc_failure).verdict() == "");
}

TEST_CASE("checks: an ack before its sync, violates always_ack_is_durable") {
  Trial trial;
  trial.write(kLeader, 1).write(kFirst, 1).ack(kFirst, 1);
  CHECK(trial.verdict() == "always_ack_is_durable");
  CHECK(trial.sentence() == "follower-1 acknowledged LSN=1, but only LSN=0 is durable there");
}

TEST_CASE("checks: an ack beyond the log, violates always_ack_is_durable") {
  CHECK(Trial().all_hold(1).ack(kFirst, 2).verdict() == "always_ack_is_durable");
}

TEST_CASE("checks: an ack of what the leader doesn't have, violates always_ack_is_durable") {
  Trial trial;  // what was a leader's record once is not this one's
  trial.hold(kFirst, 1, {.value = "other"}).hold(kLeader, 1);
  trial.checker.verdict().clear();  // that the logs differ was seen
  trial.ack(kFirst, 1);
  CHECK(trial.verdict() == "always_ack_is_durable");
}

TEST_CASE("checks: an ack of an earlier generation, is not compared with this one's log") {
  Trial trial;
  trial.hold(kLeader, 1).hold(kFirst, 1).enter(kLeader, 2).cut_log(kLeader, 0);
  trial.hold(kLeader, 1, {.value = "new", .generation = 2});
  CHECK(trial.ack(kFirst, 1).verdict() == "");
  CHECK(trial.ack(kFirst, 1, AckStatus::success, 2).verdict() == "always_ack_is_durable");
}

// ---- always_logs_agree

TEST_CASE("checks: a follower with another record than the leader's, violates always_logs_agree") {
  Trial trial;
  trial.write(kLeader, 1).write(kFirst, 1, {.value = "other"});
  CHECK(trial.verdict() == "always_logs_agree");
  CHECK(trial.sentence() ==
        "follower-1 holds another LSN=1 of generation 1 than the leader of that generation wrote");
}

TEST_CASE("checks: a record behind another history, violates always_logs_agree") {
  CHECK(Trial()
            .write(kLeader, 1)
            .write(kLeader, 2)
            .write(kFirst, 1)
            .cut_log(kLeader, 0)
            .write(kLeader, 1, {.value = "new", .generation = 2})
            .write(kLeader, 2, {.generation = 2})
            .write(kFirst, 2, {.generation = 2})
            .verdict() == "always_logs_agree");
}

TEST_CASE("checks: a record that no leader wrote, violates always_logs_agree") {
  CHECK(Trial().write(kFirst, 1).verdict() == "always_logs_agree");
  CHECK(Trial().write(kLeader, 1).write(kFirst, 1, {.generation = 2}).verdict() ==
        "always_logs_agree");
}

TEST_CASE("checks: a log with a hole, violates always_logs_agree") {
  CHECK(Trial().write(kLeader, 1).write(kLeader, 2).write(kFirst, 2).verdict() ==
        "always_logs_agree");
}

TEST_CASE("checks: a damaged record that is taken, violates always_logs_agree") {
  Bytes record = Trial::record(1, {});
  record.back() ^= 1;
  CHECK(Trial().write(kLeader, 1).append(kFirst, record).verdict() == "always_logs_agree");
}

TEST_CASE("checks: what an earlier leader wrote, may still be in a follower's log") {
  CHECK(Trial()
            .write(kLeader, 1)
            .cut_log(kLeader, 0)
            .write(kLeader, 1, {.value = "new", .generation = 2})
            .write(kFirst, 1)
            .verdict() == "");
}

// ---- always_applied_in_order

TEST_CASE("checks: records applied once and in order, are sound") {
  CHECK(Written()
            .decide(kLeader, FactKind::applied, 1)
            .decide(kFirst, FactKind::applied, 1)
            .verdict() == "");
  CHECK(Written()
            .decide(kFirst, FactKind::applied, 1)
            .decide(kFirst, FactKind::started)
            .decide(kFirst, FactKind::applied, 1)
            .verdict() == "always_recovery_is_honest");
}

TEST_CASE(
    "checks: a record applied twice or too early in the order, violates always_applied_in_order") {
  CHECK(Written()
            .decide(kFirst, FactKind::applied, 1)
            .decide(kFirst, FactKind::applied, 1)
            .verdict() == "always_applied_in_order");
  CHECK(Trial().all_hold(1).all_hold(2).decide(kFirst, FactKind::applied, 2).verdict() ==
        "always_applied_in_order");
}

TEST_CASE("checks: applied by a follower before it is durable, violates always_applied_in_order") {
  CHECK(Trial().write(kLeader, 1).write(kFirst, 1).decide(kFirst, FactKind::applied, 1).verdict() ==
        "always_applied_in_order");
}

TEST_CASE("checks: applied by the leader before its quorum, violates always_applied_in_order") {
  CHECK(Trial().hold(kLeader, 1).hold(kFirst, 1).decide(kLeader, FactKind::applied, 1).verdict() ==
        "always_applied_in_order");
}

TEST_CASE("checks: a state that is built anew after a cut, begins where it was cut") {
  Trial trial;
  trial.all_hold(1)
      .all_hold(2)
      .decide(kFirst, FactKind::applied, 1)
      .decide(kFirst, FactKind::applied, 2);
  trial.decide(kFirst, FactKind::log_cut, 1).decide(kFirst, FactKind::state_rebuilt, 1);
  CHECK(trial.decide(kFirst, FactKind::applied, 2).verdict() == "");
}

// ---- always_recovery_is_honest

TEST_CASE("checks: a start with the log that the file holds, is sound") {
  CHECK(Trial()
            .all_hold(1)
            .write(kFirst, 2)
            .crash(kFirst)
            .decide(kFirst, FactKind::started, 1)
            .verdict() == "always_logs_agree");  // LSN 2 is no leader's
  CHECK(Trial().all_hold(1).crash(kFirst).decide(kFirst, FactKind::started, 1).verdict() == "");
}

TEST_CASE(
    "checks: a start with less or more than the file holds, violates always_recovery_is_honest") {
  CHECK(Trial().all_hold(1).decide(kFirst, FactKind::started, 0).verdict() ==
        "always_recovery_is_honest");
  CHECK(Trial().all_hold(1).decide(kFirst, FactKind::started, 2).verdict() ==
        "always_recovery_is_honest");
}

TEST_CASE("checks: a start past damage, violates always_recovery_is_honest") {
  CHECK(Trial()
            .all_hold(1)
            .all_hold(2)
            .damage(kFirst, 10)
            .decide(kFirst, FactKind::started, 2)
            .verdict() == "always_recovery_is_honest");
  CHECK(Trial()
            .all_hold(1)
            .all_hold(2)
            .damage(kFirst, 10)
            .decide(kFirst, FactKind::started, 0)
            .verdict() == "");
}

TEST_CASE("checks: a sound record cut from the file, violates always_recovery_is_honest") {
  Trial trial;
  trial.all_hold(1);
  trial.checker.cut(kFirst, ByteCount(trial.file(kFirst).size()));
  CHECK(trial.verdict() == "");
  trial.checker.cut(kFirst, ByteCount(trial.file(kFirst).size() - 1));
  CHECK(trial.verdict() == "always_recovery_is_honest");
}

TEST_CASE(
    "checks: a leader that serves before it has its log back, violates always_recovery_is_honest") {
  for (const std::string answer : {"$2\r\nv1", "-TIMEOUT", "+OK"}) {
    Written trial;
    trial.ask(2).all_hold(2).tell("+OK").end(Outcome::ok).damage(kLeader, 10);
    trial.get().at(Trial::kTimeout).tell(answer, 1);
    CHECK_MESSAGE(trial.verdict() == "always_recovery_is_honest", answer);
  }
  Written refuses;
  refuses.ask(2)
      .all_hold(2)
      .tell("+OK")
      .end(Outcome::ok)
      .damage(kLeader, 10)
      .get()
      .tell("-LOADING", 1);
  CHECK(refuses.verdict() == "");
}

// ---- always_timeout_keeps_record, always_quorum_answers

TEST_CASE(
    "checks: a record that timed out and is taken back, violates always_timeout_keeps_record") {
  Trial trial;
  trial.ask(1).hold(kLeader, 1).at(Trial::kTimeout).tell("-TIMEOUT").end(Outcome::timeout);
  CHECK(trial.verdict() == "");
  CHECK(trial.cut_log(kLeader, 0).verdict() == "always_timeout_keeps_record");
}

TEST_CASE("checks: a record that timed out and a crash takes, is nobody's fault") {
  Trial trial;
  trial.ask(1).write(kLeader, 1).at(Trial::kTimeout).tell("-TIMEOUT").end(Outcome::timeout);
  CHECK(trial.crash(kLeader).enter(kLeader, 2).verdict() == "");
}

TEST_CASE("checks: a timeout although a quorum was heard of, violates always_quorum_answers") {
  Trial trial;
  trial.ask(1).all_hold(1).decide(kLeader, FactKind::ack_counted, 1, kFirst);
  trial.decide(kLeader, FactKind::ack_counted, 1, kSecond).at(Trial::kTimeout).tell("-TIMEOUT");
  CHECK(trial.verdict() == "always_quorum_answers");
}

TEST_CASE("checks: a timeout while one ack is missing, is sound, whatever the disks hold") {
  Trial trial;
  trial.ask(1).all_hold(1).decide(kLeader, FactKind::ack_counted, 1, kFirst);
  trial.decide(kLeader, FactKind::ack_counted, 1, kFirst);  // the same once more
  CHECK(trial.at(Trial::kTimeout).tell("-TIMEOUT").verdict() == "");
}

TEST_CASE("checks: an ack of what has rotted away since, is no part of a quorum any more") {
  for (const std::uint64_t last : {0u, 1u}) {
    Trial trial;
    trial.ask(1).all_hold(1).decide(kLeader, FactKind::ack_counted, 1, kFirst);
    trial.decide(kLeader, FactKind::peer_connected, last, kFirst);
    trial.decide(kLeader, FactKind::ack_counted, 1, kSecond).at(Trial::kTimeout).tell("-TIMEOUT");
    CHECK(trial.verdict() == (last == 0 ? "" : "always_quorum_answers"));
  }
}

TEST_CASE("checks: a record that timed out and then rotted away, is nobody's fault") {
  Trial trial;
  trial.ask(1).hold(kLeader, 1).at(Trial::kTimeout).tell("-TIMEOUT").end(Outcome::timeout);
  trial.damage(kLeader, 10).cut_log(kLeader, 0);
  CHECK(trial.verdict() == "");
}

TEST_CASE("checks: an ack between two pieces of a timeout's answer, came too late") {
  Trial trial;
  trial.ask(1).all_hold(1).decide(kLeader, FactKind::ack_counted, 1, kFirst).at(Trial::kTimeout);
  trial.checker.answered(kLeader, 0, as_bytes("-TIME"), true);
  trial.decide(kLeader, FactKind::ack_counted, 1, kSecond);
  trial.checker.answered(kLeader, 0, as_bytes("OUT\r\n"), true);
  CHECK(trial.verdict() == "");
}

// ---- always_wait_ends_in_time

TEST_CASE("checks: a wait that ends at its deadline to the microsecond, is sound") {
  CHECK(Trial().ask(1).hold(kLeader, 1).at(Trial::kTimeout).tell("-TIMEOUT").verdict() == "");
  CHECK(Trial().ask(1).all_hold(1).at(Trial::kTimeout).tell("+OK").verdict() == "");
}

TEST_CASE("checks: a timeout a microsecond late or early, violates always_wait_ends_in_time") {
  Trial late, early;
  late.ask(1).hold(kLeader, 1).at(Trial::kTimeout + kMicrosecond).tell("-TIMEOUT");
  CHECK(late.verdict() == "always_wait_ends_in_time");
  CHECK(late.sentence() == "a request was answered 1 us after its deadline");
  early.ask(1).hold(kLeader, 1).at(Trial::kTimeout + microseconds(-1)).tell("-TIMEOUT");
  CHECK(early.verdict() == "always_wait_ends_in_time");
  CHECK(early.sentence() == "a request was answered with a timeout 1 us before its deadline");
}

TEST_CASE("checks: an OK after the deadline, violates always_wait_ends_in_time") {
  CHECK(Trial().ask(1).all_hold(1).at(Trial::kTimeout + kMicrosecond).tell("+OK").verdict() ==
        "always_wait_ends_in_time");
}

TEST_CASE(
    "checks: a leader that stood still over the deadline, may answer when it goes on, not later") {
  for (const bool late : {false, true}) {
    Trial trial;
    trial.ask(1).hold(kLeader, 1);
    trial.world.pause(kLeader, Time() + milliseconds(400));
    trial.at(milliseconds(400) + microseconds(late ? 1 : 0)).tell("-TIMEOUT");
    CHECK(trial.verdict() == (late ? "always_wait_ends_in_time" : ""));
    CHECK(trial.checker.probes().count(ProbeId::node_paused_over_deadline) == 1);
  }
}

TEST_CASE("checks: a pause that is over by the deadline, is no pause over the deadline") {
  Trial trial;
  trial.ask(1).hold(kLeader, 1);
  trial.world.pause(kLeader, Time() + milliseconds(200));
  trial.at(Trial::kTimeout).tell("-TIMEOUT");
  CHECK(trial.checker.probes().count(ProbeId::node_paused_over_deadline) == 0);
  Trial late;  // nobody stood still
  late.ask(1).hold(kLeader, 1).at(milliseconds(400)).tell("-TIMEOUT");
  CHECK(late.checker.probes().count(ProbeId::node_paused_over_deadline) == 0);
}

TEST_CASE("checks: a request that is never answered, violates always_wait_ends_in_time") {
  CHECK(Trial().ask(1).hold(kLeader, 1).at(milliseconds(2300)).end(Outcome::lost).verdict() ==
        "always_wait_ends_in_time");
  CHECK(Trial()
            .ask(1)
            .hold(kLeader, 1)
            .crash(kLeader)
            .at(milliseconds(2300))
            .end(Outcome::lost)
            .verdict() == "");  // who crashed owes nothing
}

TEST_CASE(
    "checks: a request that came while the leader was starting, is answered when it has started") {
  Trial trial;
  trial.all_hold(1).crash(kLeader).ask(1).get("k", 1).at(milliseconds(400)).tell("-LOADING");
  CHECK(trial.decide(kLeader, FactKind::started, 1).verdict() == "");
  CHECK(trial.checker.probes().count(ProbeId::node_paused_over_deadline) == 0);
  trial.at(milliseconds(700) + kMicrosecond).tell("-LOADING", 1);  // from then on time counts
  CHECK(trial.verdict() == "always_wait_ends_in_time");
}

// ---- always_reads_committed

TEST_CASE(
    "checks: a read of the newest value, or of one that was not OK'd before it began, is sound") {
  CHECK(Written().get().tell("$2\r\nv1", 1).verdict() == "");
  CHECK(Trial().get().ask(1).all_hold(1).tell("+OK").tell("$-1", 1).verdict() == "");
  CHECK(Trial().get("nothing").tell("$-1", 1).verdict() == "");
}

TEST_CASE(
    "checks: a read that doesn't show what was OK'd before it, violates always_reads_committed") {
  CHECK(Written().get().tell("$-1", 1).verdict() == "always_reads_committed");
  Written trial;
  trial.ask(2).all_hold(2).tell("+OK").end(Outcome::ok).get().tell("$2\r\nv1", 1);
  CHECK(trial.verdict() == "always_reads_committed");
  CHECK(trial.sentence() ==
        "a read of \"k\" did not show LSN=2, which was answered OK before the read began");
}

TEST_CASE("checks: a read of what has no quorum yet, violates always_reads_committed") {
  CHECK(Trial().ask(1).hold(kLeader, 1).hold(kFirst, 1).get().tell("$2\r\nv1", 1).verdict() ==
        "always_reads_committed");
}

TEST_CASE("checks: a read of what nobody wrote, violates always_reads_committed") {
  CHECK(Trial().get().tell("$1\r\nx", 1).verdict() == "always_reads_committed");
  CHECK(Trial()
            .ask(1, OperationKind::set, "other")
            .all_hold(1, {.key = "other"})
            .tell("+OK")
            .get()
            .tell("$2\r\nv1", 1)
            .verdict() == "always_reads_committed");
}

TEST_CASE("checks: a del that counts wrongly, violates always_reads_committed") {
  const auto deleted = [](const char* count) {
    Written trial;
    trial.ask(2, OperationKind::del).all_hold(2, {.op = Op::del});
    return trial.tell(count).verdict();
  };
  CHECK(deleted(":1") == "");
  CHECK(deleted(":0") == "always_reads_committed");
  CHECK(Trial().ask(1, OperationKind::del).all_hold(1, {.op = Op::del}).tell(":1").verdict() ==
        "always_reads_committed");
}

// ---- always_one_answer, eventually_writes_succeed, always_buffers_bounded

TEST_CASE("checks: two answers or one that is none, violate always_one_answer") {
  CHECK(Written().tell("+OK").verdict() == "always_one_answer");
  CHECK(Trial().ask(1).tell("what").verdict() == "always_one_answer");
}

TEST_CASE("checks: an answer in pieces, is one answer") {
  Trial trial;
  trial.ask(1).all_hold(1);
  for (const char piece : std::string("+OK\r\n"))
    trial.checker.answered(kLeader, 0, as_bytes(std::string(1, piece)), true);
  CHECK((trial.verdict() == "" && trial.checker.probes().count(ProbeId::write_ok) == 1));
}

TEST_CASE(
    "checks: a client told that nothing was done although it was, violates always_one_answer") {
  CHECK(Trial().ask(1).tell("-TRYAGAIN").verdict() == "");
  CHECK(Trial().ask(1).write(kLeader, 1).tell("-TRYAGAIN").verdict() == "always_one_answer");
}

TEST_CASE(
    "checks: a client told of a full disk although the record is in the log, is told nonsense") {
  CHECK(Trial().ask(1).write(kLeader, 1).tell("-DISKFULL").verdict() == "always_one_answer");
}

TEST_CASE("checks: a failure when all has long recovered, violates eventually_writes_succeed") {
  for (const Outcome outcome : {Outcome::timeout, Outcome::error, Outcome::lost}) {
    Trial trial;
    trial.checker.writes_must_succeed_from(Time() + milliseconds(10));
    trial.ask(1).crash(kLeader).at(milliseconds(10)).end(outcome);
    CHECK(trial.verdict() == "");  // sent before
    trial.ask(1).crash(kLeader).end(outcome);
    CHECK(trial.verdict() == "eventually_writes_succeed");
  }
}

// A client that never comes to the end of its request: what is kept of it must not grow for ever.
TEST_CASE(
    "checks: a node that holds too much for one connection, violates always_buffers_bounded") {
  Witness nobody;
  LiveWorld live(calm_settings(1), nobody, sound_rules(), false);
  Checker checker;
  checker.begin(live.world, 1, Trial::kTimeout, QuorumRule::followers_majority);
  const auto go_on = [&] {
    for (int n = 0; n < 100; ++n) live.world.step(nobody);
    checker.decided(kLeader, {});
  };
  go_on();
  const std::uint32_t pipe = live.world.client_dial(kFirstClient, kLeader);
  go_on();
  std::string request = "*4\r\n";
  for (int n = 0; n < 3; ++n) request += "$1000000\r\n" + std::string(1'000'000, 'x') + "\r\n";
  for (std::size_t at = 0; at < request.size(); at += 200'000) {
    CHECK(checker.verdict().sound() == (at <= Checker::kBufferBound));
    live.world.client_write(pipe, as_bytes(std::string_view(request).substr(at, 200'000)));
    go_on();
  }
  REQUIRE_FALSE(checker.verdict().sound());
  CHECK(checker.verdict().violated()->check == "always_buffers_bounded");
}

// ---- the verdict

TEST_CASE("checks: the first violation, is the verdict, with its time") {
  Trial trial;
  trial.at(milliseconds(7)).ask(1).tell("+OK").at(milliseconds(9)).ack(kFirst, 5);
  CHECK(trial.verdict() == "always_ok_is_on_quorum");
  CHECK(trial.checker.verdict().violated()->at == Time() + milliseconds(7));
}

TEST_CASE("checks: begun again, have forgotten the run before") {
  Written trial;
  trial.ask(2).tell("+OK");
  trial.checker.begin(trial.world, 2, Trial::kTimeout, QuorumRule::followers_majority);
  CHECK((trial.verdict() == "" && trial.checker.answers().ok == 0));
  CHECK(trial.checker.probes().count(ProbeId::write_ok) == 0);
}

TEST_CASE("checks: answers and times of writes, are counted as clients saw them") {
  Trial trial;
  trial.ask(1).all_hold(1).at(milliseconds(3)).tell("+OK").end(Outcome::ok);
  trial.ask(2).all_hold(2).at(milliseconds(8)).tell("+OK").end(Outcome::ok);
  trial.get().tell("$2\r\nv2", 1).end(Outcome::ok, 1);
  CHECK((trial.checker.answers().ok == 3 && trial.checker.answers().lost == 0));
  CHECK((trial.checker.least_write_us() == 3000 && trial.checker.most_write_us() == 5000));
}
