// Can each check of elected leaders fail? For each a bad history, and its sound neighbour.
#include "sim/check/log_checker.h"

#include <doctest/doctest.h>

#include <string>

#include "sim/check/elected_trial.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

// Three nodes in generation 1, whose leader is node 1, with its first entry and "a" on all disks.
struct Led : ElectedTrial {
  explicit Led(const std::string& log = "+@1 a@1") {
    all_enter(1);
    all_hold(log);
  }
};

}  // namespace

// ---- always_one_leader

TEST_CASE("log_checker: a leader of each generation, is sound") {
  CHECK(Led().confirm(1, 2, 1).ship(1, 3, 1).all_enter(2).confirm(2, 1, 2).verdict() == "");
}

TEST_CASE("log_checker: two leaders of one generation, violate always_one_leader") {
  Led trial;
  trial.confirm(1, 2, 1).confirm(3, 2, 1);
  CHECK(trial.verdict() == "always_one_leader");
  CHECK(trial.clause() == "S12");
  CHECK(trial.sentence() == "node-3 leads in generation 1, in which node-1 has led");
  CHECK(Led().ship(1, 2, 1).ship(2, 3, 1).verdict() == "always_one_leader");
}

// ---- always_one_vote

TEST_CASE("log_checker: a generation that is on no disk, is not spoken in") {
  CHECK(ElectedTrial().enter(1, 1).sync(1).ship(1, 2, 2).verdict() == "always_one_vote");
}

TEST_CASE("log_checker: a vote that is on the disk, is sound however often it is said") {
  ElectedTrial trial;
  trial.enter(2, 1, 1).sync(2).vote(2, 1, 1).vote(2, 1, 1);
  trial.enter(2, 2, 3).sync(2).vote(2, 3, 2);
  CHECK(trial.verdict() == "");
}

TEST_CASE("log_checker: a vote that is not durable, violates always_one_vote") {
  CHECK(ElectedTrial().enter(2, 1, 1).vote(2, 1, 1).verdict() == "always_one_vote");
  CHECK(ElectedTrial().enter(2, 1).sync(2).enter(2, 1, 1).vote(2, 1, 1).verdict() ==
        "always_one_vote");  // its generation is
}

TEST_CASE("log_checker: a vote that is not on the disk, violates always_one_vote") {
  CHECK(ElectedTrial().enter(2, 1).sync(2).vote(2, 1, 1).verdict() == "always_one_vote");
  CHECK(ElectedTrial().enter(2, 1, 3).sync(2).vote(2, 1, 1).verdict() == "always_one_vote");
}

TEST_CASE(
    "log_checker: two votes in a generation, violate always_one_vote though both are durable") {
  ElectedTrial trial;
  trial.enter(2, 1, 1).sync(2).vote(2, 1, 1);
  trial.enter(2, 1, 3).sync(2).vote(2, 3, 1);
  CHECK(trial.verdict() == "always_one_vote");
  CHECK(trial.sentence() ==
        "node-2 votes for node-3 in generation 1, in which it has voted for node-1");
}

TEST_CASE("log_checker: a vote that a crash took away, may be given to another") {
  ElectedTrial trial;
  trial.enter(2, 1).sync(2).enter(2, 1, 1).crash(2).enter(2, 1, 3).sync(2).vote(2, 3, 1);
  CHECK(trial.verdict() == "");
}

TEST_CASE(
    "log_checker: a vote that was torn and cut off, is not on the disk when the file has grown") {
  ElectedTrial trial;
  trial.enter(2, 1, 1);
  trial.checker.crashed(NodeId(2), Bytes(trial.file_size(2)), ByteCount());
  trial.cut_file(2, 0).enter(2, 1, 3).sync(2);
  CHECK(trial.vote(2, 3, 1).verdict() == "");
  CHECK(trial.vote(2, 1, 1).verdict() == "always_one_vote");
  CHECK(trial.sentence() ==
        "node-2 votes for node-1 in generation 1 without having that on its disk");
}

TEST_CASE("log_checker: a vote for itself that is asked from, must be on the disk too") {
  const auto asks = [](bool synced) {
    ElectedTrial trial;
    trial.would_vote(2, 1, 1).enter(1, 1, 1);
    if (synced) trial.sync(1);
    return trial.ask_votes(1, 2, 1).verdict();
  };
  CHECK(asks(true) == "");
  CHECK(asks(false) == "always_one_vote");
}

TEST_CASE("log_checker: an older generation after a newer one to the same peer, is told") {
  CHECK(Led().all_enter(2).ack(2, 1, 2, 2).ack(2, 1, 1, 2).verdict() == "always_one_vote");
  CHECK(Led().all_enter(2).ack(2, 1, 2, 2).ack(2, 3, 1, 2).verdict() == "");
}

// ---- always_asks_first

TEST_CASE("log_checker: a candidate that a majority would elect, is sound, and any other not") {
  const auto stands = [](std::uint32_t would, std::uint64_t proposed) {
    ElectedTrial trial(5);
    for (std::uint32_t n = 0; n < would; ++n) trial.would_vote(2 + n, 1, proposed);
    return trial.enter(1, 2, 1).sync(1).ask_votes(1, 2, 2).verdict();
  };
  CHECK(stands(2, 2) == "");
  CHECK(stands(1, 2) == "always_asks_first");
  CHECK(stands(2, 1) == "always_asks_first");  // they would have, in another one
  CHECK(stands(0, 2) == "always_asks_first");
}

TEST_CASE("log_checker: one voter that says twice that it would, is one") {
  ElectedTrial trial(5);
  trial.would_vote(2, 1, 1).would_vote(2, 1, 1).enter(1, 1, 1).sync(1).ask_votes(1, 2, 1);
  CHECK(trial.verdict() == "always_asks_first");
}

TEST_CASE("log_checker: an answer of long ago, takes nobody's word back; a crash takes all back") {
  const auto stands = [](bool crashes) {
    ElectedTrial trial(5);
    trial.would_vote(2, 1, 3).would_vote(3, 1, 3).would_vote(4, 1, 2);
    if (crashes) trial.crash(1).would_vote(2, 1, 2).would_vote(3, 1, 3);
    return trial.enter(1, 3, 1).sync(1).ask_votes(1, 2, 3).verdict();
  };
  CHECK(stands(false) == "");
  CHECK(stands(true) == "always_asks_first");
}

// ---- always_logs_agree

TEST_CASE("log_checker: the same records on all, are sound, and another of one LSN is not") {
  CHECK(ElectedTrial().write(1, "a@1 b@1").write(2, "a@1 b@1").verdict() == "");
  CHECK(ElectedTrial().write(1, "a@1").write(2, "x@2").verdict() == "");  // another's
  CHECK(ElectedTrial().write(1, "a@1").write(2, "x@1").verdict() == "always_logs_agree");
  CHECK(ElectedTrial().write(1, "a@1 b@2").write(2, "x@0 b@2").verdict() == "always_logs_agree");
}

TEST_CASE("log_checker: a hole in a log, violates always_logs_agree") {
  CHECK(ElectedTrial().append(1, ElectedTrial::record(2, "b@1")).verdict() == "always_logs_agree");
}

TEST_CASE("log_checker: a record that is written damaged, violates always_logs_agree") {
  Bytes bytes = ElectedTrial::record(1, "a@1");
  bytes.back() ^= 1;
  CHECK(ElectedTrial().append(1, bytes).verdict() == "always_logs_agree");
}

// ---- always_committed_stays

TEST_CASE("log_checker: what no majority held, may be cut, and what one held may not") {
  CHECK(ElectedTrial().hold(1, "a@1").write(2, "a@1").cut_log(2, 0).verdict() == "");
  CHECK(ElectedTrial().hold(1, "a@1").hold(2, "a@1").cut_log(2, 0).verdict() ==
        "always_committed_stays");
  CHECK(Led().write(3, "x@1").cut_log(3, 2).verdict() == "");
}

TEST_CASE("log_checker: a majority of what contradicts the committed, violates it too") {
  ElectedTrial trial(5);
  trial.hold(1, "a@1").hold(2, "a@1").hold(3, "a@1");
  trial.hold(4, "x@2").hold(5, "x@2");
  CHECK(trial.verdict() == "");
  trial.crash(3).damage(3, 20).cut_log(3, 0).hold(3, "x@2");
  CHECK(trial.verdict() == "always_committed_stays");
}

// ---- always_leader_is_complete

TEST_CASE("log_checker: a leader's first entry, is behind all that was committed before") {
  CHECK(Led().enter(2, 2).write(2, "+@2").verdict() == "");
  ElectedTrial trial;
  trial.hold(1, "a@1").hold(2, "a@1").enter(3, 2).write(3, "+@2");
  CHECK(trial.verdict() == "always_leader_is_complete");
  CHECK(trial.clause() == "S13");
  CHECK(ElectedTrial().hold(1, "a@1").write(2, "a@1").enter(3, 2).write(3, "+@2").verdict() == "");
}

// ---- always_ack_is_durable

TEST_CASE("log_checker: an ack, is of what is durable there, and not of what is only written") {
  CHECK(Led().ack(2, 1, 1, 2).verdict() == "");
  CHECK(Led().write(2, "b@1").ack(2, 1, 1, 3).verdict() == "always_ack_is_durable");
  CHECK(Led().ack(2, 1, 1, 9).verdict() == "always_ack_is_durable");
  CHECK(Led().ack(2, 1, 1, 9, AckStatus::mismatch).verdict() == "");
}

TEST_CASE("log_checker: an ack of a log with damage, violates always_ack_is_durable") {
  CHECK(Led().damage(2, 60).ack(2, 1, 1, 1).verdict() == "always_ack_is_durable");
}

// ---- always_mark_is_backed

TEST_CASE("log_checker: a mark, is of what a majority holds, in every way it is said") {
  CHECK(Led().write(1, "b@1").confirm(1, 2, 1, 2).ship(1, 3, 1, 2).verdict() == "");
  CHECK(Led().hold(1, "b@1").confirm(1, 2, 1, 3).verdict() == "always_mark_is_backed");
  CHECK(Led().hold(1, "b@1").ship(1, 2, 1, 3).verdict() == "always_mark_is_backed");
  CHECK(Led().decide(1, FactKind::quorum_reached, 3).verdict() == "always_mark_is_backed");
  CHECK(Led().decide(1, FactKind::quorum_reached, 2).verdict() == "");
}

TEST_CASE(
    "log_checker: records that a crash left though unsynced, make a majority like any other") {
  const auto left = [](bool all) {
    ElectedTrial trial(2);
    trial.hold(1, "a@1 b@1").hold(2, "a@1");
    const std::size_t synced = trial.file_size(2);
    trial.write(2, "b@1");
    trial.crash_with(2, all ? trial.file_size(2) : synced);
    return trial.decide(1, FactKind::quorum_reached, 2).verdict();
  };
  CHECK(left(true) == "");
  CHECK(left(false) == "always_mark_is_backed");
}

TEST_CASE("log_checker: a mark that goes back, violates always_mark_is_backed but for a new life") {
  CHECK(Led().confirm(1, 2, 1, 2).confirm(1, 2, 1, 1).verdict() == "always_mark_is_backed");
  CHECK(Led().confirm(1, 2, 1, 2).confirm(1, 3, 1, 1).verdict() == "");  // on another wire
  CHECK(Led().confirm(1, 2, 1, 2).crash(1).confirm(1, 2, 1, 0).verdict() == "");
}

TEST_CASE("log_checker: what is applied before it is committed, violates always_mark_is_backed") {
  CHECK(ElectedTrial().hold(1, "a@1").hold(2, "a@1").apply(1, 1).verdict() == "");
  CHECK(ElectedTrial().hold(1, "a@1").write(2, "a@1").apply(1, 1).verdict() ==
        "always_mark_is_backed");
}

// ---- always_applied_in_order

TEST_CASE("log_checker: records, are applied once and in order, in each life anew") {
  CHECK(Led().apply(2, 1).apply(2, 2).verdict() == "");
  CHECK(Led().apply(2, 1).apply(2, 2).crash(2).apply(2, 1).verdict() == "");
  CHECK(Led().apply(2, 2).verdict() == "always_applied_in_order");
  CHECK(Led().apply(2, 1).apply(2, 1).verdict() == "always_applied_in_order");
}

TEST_CASE("log_checker: a state that was rebuilt, goes on behind where it was rebuilt to") {
  CHECK(Led().apply(2, 1).apply(2, 2).decide(2, FactKind::state_rebuilt, 1).apply(2, 2).verdict() ==
        "");
  CHECK(Led().apply(2, 1).apply(2, 2).decide(2, FactKind::log_cut, 1).apply(2, 2).verdict() == "");
}

// ---- always_has_majority: no node runs in a trial, so the runs of sim/search speak for it

// ---- always_recovery_is_honest

TEST_CASE(
    "log_checker: a file that is cut where it was sound, violates always_recovery_is_honest") {
  Led trial;
  trial.cut_file(2, trial.file_size(2));
  CHECK(trial.verdict() == "");
  trial.cut_file(2, trial.file_size(2) - 1);
  CHECK(trial.verdict() == "always_recovery_is_honest");
}

// ---- always_ok_is_committed

TEST_CASE("log_checker: an OK, is for what a majority holds, of that client and that sequence") {
  const auto told = [](const std::string& first, const std::string& second) {
    ElectedTrial trial;
    trial.set(1, 1, "a").hold(1, first).hold(2, second).end(1, Outcome::ok);
    return trial.verdict();
  };
  CHECK(told("a@1/1.1", "a@1/1.1") == "");
  CHECK(told("a@1/1.1", "") == "always_ok_is_committed");
  CHECK(told("a@1/1.2", "a@1/1.2") == "always_ok_is_committed");
  CHECK(told("a@1/2.1", "a@1/2.1") == "always_ok_is_committed");
  CHECK(told("", "") == "always_ok_is_committed");
}

TEST_CASE("log_checker: an OK for something else than was asked, violates always_ok_is_committed") {
  ElectedTrial trial;
  trial.all_enter(1).all_hold("+@1");
  trial.set(1, 7, "b").all_hold("a@1/1.7").end(1, Outcome::ok);
  CHECK(trial.verdict() == "always_ok_is_committed");
  CHECK(trial.sentence() ==
        "client 1 was told that its write 7 of k is done, but LSN=2 is not what it asked for");
}

TEST_CASE("log_checker: a log at a start, is what the file holds") {
  ElectedTrial sound, forgets;
  sound.all_enter(1).all_hold("+@1 a@1").crash(2).decide(2, FactKind::started, 2);
  CHECK(sound.verdict() == "");
  forgets.all_enter(1).all_hold("+@1 a@1").crash(2).decide(2, FactKind::started, 1);
  CHECK(forgets.verdict() == "always_recovery_is_honest");
  CHECK(forgets.sentence() ==
        "node-2 started with a log up to LSN=1, but its file holds it up to LSN=2");
}

TEST_CASE("log_checker: a write that is in the log twice, is OK when either is committed") {
  ElectedTrial trial;
  trial.set(1, 1, "a").hold(1, "a@1/1.1 a@1/1.1").hold(2, "a@1/1.1").end(1, Outcome::ok);
  CHECK(trial.verdict() == "");
}

TEST_CASE("log_checker: a write whose fate is unknown, may be anywhere or nowhere") {
  for (const Outcome outcome : {Outcome::lost, Outcome::timeout})
    CHECK(ElectedTrial().set(1, 1, "a").end(1, outcome).verdict() == "");
}

// ---- eventually_writes_succeed

TEST_CASE("log_checker: no answer when all faults are over, violates eventually_writes_succeed") {
  const auto ended = [](std::int64_t asked_at, Outcome outcome) {
    ElectedTrial trial;
    trial.checker.writes_must_succeed_from(Time() + milliseconds(100));
    trial.at(asked_at).set(1, 1, "a").hold(1, "a@1/1.1").hold(2, "a@1/1.1").end(1, outcome);
    return trial.verdict();
  };
  CHECK(ended(99, Outcome::lost) == "");
  CHECK(ended(100, Outcome::ok) == "");
  CHECK(ended(100, Outcome::lost) == "eventually_writes_succeed");
  CHECK(ended(100, Outcome::error) == "eventually_writes_succeed");
}

// ---- always_linearizable

TEST_CASE("log_checker: a read of what was overwritten before it began, violates linearizability") {
  const auto read = [](const std::string& found) {
    ElectedTrial trial;
    trial.set(1, 1, "a").all_hold("a@1/1.1").end(1, Outcome::ok);
    trial.set(1, 2, "b").all_hold("b@1/1.2").end(1, Outcome::ok);
    trial.get(2, found);
    return trial.at_the_end();
  };
  CHECK(read("b") == "");
  CHECK(read("a") == "always_linearizable");
  CHECK(read("") == "always_linearizable");
  CHECK(read("c") == "always_linearizable");
}

// ---- a run after another

TEST_CASE("log_checker: begun anew, it has forgotten what was before") {
  Led trial;
  trial.confirm(1, 2, 1, 2).apply(2, 1).set(1, 1, "z").confirm(3, 2, 1);
  CHECK(trial.verdict() == "always_one_leader");
  trial.checker.begin(trial.world, 2);
  CHECK(trial.verdict() == "");
  CHECK(trial.checker.committed() == Lsn());
  CHECK(trial.at_the_end() == "");
}
