// What is committed, by what is on the disks alone? Histories by hand, figure 8 of Raft among them.
#include "sim/check/committed.h"

#include <doctest/doctest.h>

#include <string>

#include "sim/check/elected_trial.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

std::uint64_t up_to(const ElectedTrial& trial) {
  return trial.checker.what_is_committed().last().value();
}

}  // namespace

TEST_CASE("committed: a record, is committed by the majority's last durable copy and not before") {
  const int needed[] = {0, 1, 2, 2, 3, 3, 4, 4};
  for (std::uint32_t members = 1; members <= 7; ++members) {
    CAPTURE(members);
    ElectedTrial trial(members);
    for (std::uint32_t node = 1; node <= static_cast<std::uint32_t>(needed[members]); ++node) {
      trial.write(node, "a@1");
      CHECK(up_to(trial) == 0);
      trial.sync(node);
    }
    CHECK(up_to(trial) == 1);
  }
}

TEST_CASE("committed: one node's copy that it wrote twice, is one") {
  ElectedTrial trial(5);
  trial.hold(1, "a@1").hold(2, "a@1").cut_log(2, 0).hold(2, "a@1");
  CHECK(up_to(trial) == 0);
  trial.hold(3, "a@1");
  CHECK(up_to(trial) == 1);
}

// (a) node 1 leads in 2 and reaches node 2; (b) node 5 leads in 3 and has another record there; (c)
// node 1 leads in 4, and ships its old record to node 3: three hold it, and it isn't committed; (d)
// node 5 may overwrite it; or (e) node 1's own record behind it reaches a majority, and both are.
TEST_CASE("committed: figure 8, copies that came under a later leader don't count by themselves") {
  for (const bool overwritten : {true, false}) {
    CAPTURE(overwritten);
    ElectedTrial trial(5);
    trial.all_hold("+@1");
    CHECK(up_to(trial) == 1);
    trial.enter(1, 2).enter(2, 2).hold(1, "a@2").hold(2, "a@2");
    trial.enter(5, 3).hold(5, "b@3");
    trial.enter(1, 4).enter(3, 4).enter(2, 4).sync(1).sync(2);
    trial.hold(3, "a@2");
    CHECK(up_to(trial) == 1);
    if (overwritten) {
      trial.enter(2, 5).cut_log(2, 1).hold(2, "b@3").enter(3, 5).cut_log(3, 1).hold(3, "b@3");
      trial.enter(4, 5).hold(4, "b@3");
      CHECK(up_to(trial) == 1);  // nor does this one
      trial.enter(5, 5).hold(5, "+@5").hold(2, "+@5").hold(3, "+@5");
      CHECK(up_to(trial) == 3);
    } else {
      trial.hold(1, "c@4").hold(2, "c@4");
      CHECK(up_to(trial) == 1);
      trial.hold(3, "c@4");
      CHECK(up_to(trial) == 3);
      CHECK(trial.verdict() == "");
      trial.cut_log(2, 1);
      CHECK(trial.verdict() == "always_committed_stays");
    }
    if (overwritten) CHECK(trial.verdict() == "");
  }
}

TEST_CASE("committed: what became durable in a newer generation, doesn't count for its own") {
  ElectedTrial trial;
  trial.hold(1, "a@1").write(2, "a@1").enter(2, 2).sync(2);
  CHECK(up_to(trial) == 0);
  trial.hold(3, "a@1");
  CHECK(up_to(trial) == 1);
}

TEST_CASE("committed: a commit that contradicts an earlier one, is told") {
  ElectedTrial trial;
  trial.hold(1, "a@1").hold(2, "a@1");
  trial.hold(3, "x@2");
  CHECK(trial.verdict() == "");
  trial.checker.verdict().clear();
  trial.cut_log(2, 0);  // is told for itself
  trial.checker.verdict().clear();
  trial.hold(2, "x@2");
  CHECK(trial.verdict() == "always_committed_stays");
}

TEST_CASE("committed: the last before a generation, is of an earlier one") {
  ElectedTrial trial;
  trial.all_hold("a@1 b@1").all_hold("c@3");
  const Committed& committed = trial.checker.what_is_committed();
  const std::uint64_t expected[] = {0, 0, 2, 2, 3, 3};  // by generation
  for (std::uint64_t generation = 0; generation <= 5; ++generation)
    CHECK(committed.last_before(Generation(generation)) == Lsn(expected[generation]));
}

// Node 3 is elected late, in a generation that the others have left: what was committed only with a
// record of a newer one, it need not have.
TEST_CASE("committed: a record that a later generation commits, was not committed before it") {
  ElectedTrial trial(3);
  trial.hold(1, "a@1").enter(2, 5).hold(2, "a@1");
  CHECK(up_to(trial) == 0);
  trial.hold(2, "b@5").enter(1, 5).hold(1, "b@5");
  CHECK(up_to(trial) == 2);
  const Committed& committed = trial.checker.what_is_committed();
  CHECK((committed.generation(Lsn(1)) == Generation(1)));
  CHECK(committed.last_before(Generation(5)) == Lsn());
  CHECK(committed.last_before(Generation(6)) == Lsn(2));
  trial.write(3, "+@4");
  CHECK(trial.verdict() == "");
  trial.cut_log(3, 0).write(3, "+@6");
  CHECK(trial.verdict() == "always_leader_is_complete");
}

TEST_CASE("committed: whether a log holds it all, is asked up to an LSN") {
  ElectedTrial trial;
  trial.hold(1, "a@1 b@1").hold(2, "a@1 b@1").write(3, "a@1");
  const Committed& committed = trial.checker.what_is_committed();
  CHECK(committed.all_in(trial.checker.truth(NodeId(1)), Lsn(2)));
  CHECK_FALSE(committed.all_in(trial.checker.truth(NodeId(3)), Lsn(2)));
  CHECK(committed.all_in(trial.checker.truth(NodeId(3)), Lsn(1)));
  CHECK(committed.all_in(trial.checker.truth(NodeId(3)), Lsn()));
}
