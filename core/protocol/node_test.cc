// The rules of the profile ack_quorum, one by one, on a leader and its followers
// (cluster_fixture.h). What a single role decides is in leader_test and follower_test; here they
// meet.
#include "core/protocol/node.h"

#include <doctest/doctest.h>

#include <string>

#include "core/base/check.h"
#include "core/protocol/cluster_fixture.h"
#include "core/protocol/life_fixture.h"

using namespace quorate;

namespace {

// Frames of one record each, so that what is many comes in many ships.
void one_by_one(NodeConfig& config) { config.ship_bytes = ByteCount(1); }

void by_the_book(NodeConfig& config) { config.quorum = QuorumRule::majority_of_all; }

// Nobody hangs up on one that is silent.
void patient(NodeConfig& config) { config.peer_silence = milliseconds(100'000); }

// The next ship with records to that node comes with its last byte damaged.
void damage_next_ship(Cluster& cluster, std::uint32_t to) {
  bool done = false;
  cluster.on_the_way(to, [done](Letter& letter) mutable {
    if (done || letter.records.empty()) return;
    letter.records.back() ^= 1;
    done = true;
  });
}

// 2 followers; the leader's log ends in `kept`, and followers hold tails of leaders that crashed.
// Each tail is written while only that follower is there, and the leader's disk never syncs it.
void lose_tail(Cluster& cluster, std::uint32_t holder, const std::string& assignment) {
  for (std::uint32_t id = 2; id <= 3; ++id)
    if (id != holder) cluster.keep_away(id);
  cluster.hold_sync(1).write(assignment).crash(1).hold_sync(1, false);
}

}  // namespace

// ---- starting

TEST_CASE("node: a new cluster, takes generation 1 and serves at once, since nothing can be lost") {
  Cluster c(2);
  c.start();
  CHECK(c.leader().tells("enters generation 1"));
  CHECK(c.leader().tells("serves: what the log held, up to LSN=0, is on a quorum"));
  CHECK(c.node(3).tells("enters generation 1"));
}

TEST_CASE("node: a leader with a log, serves only when all of it is on a quorum again") {
  Cluster c(2);
  c.start().write("x=1").crash(1).kill(3);
  c.start(1).write("y=2");
  CHECK(c.answers() == "1:ok 2:loading");
  CHECK_FALSE(c.leader().node().is_serving());
  c.start(3).write("z=3");
  CHECK(c.answers() == "3:ok");
  CHECK(c.states() == "x=1 z=3 | x=1 z=3 | x=1 z=3");
}

TEST_CASE("node: each start of the leader, is a generation of its own") {
  Cluster c(1);
  c.start().write("x=1").restart(1).write("x=2").restart(1).write("x=3");
  CHECK(c.logs() == "1 2@2 3@3 | 1 2@2 3@3");
  c.restart(2);
  CHECK(c.node(2).node().log().generation() == Generation(3));
}

TEST_CASE("node: nothing leaves a leader, before its generation is durable") {
  Cluster c(2);
  c.hold_sync(1).start();
  CHECK_FALSE(c.node(2).tells("enters generation 1"));
  c.hold_sync(1, false);
  CHECK(c.node(2).tells("enters generation 1"));
}

TEST_CASE("node: 0 followers, the leader's own durable copy is the quorum") {
  Cluster c(0);
  c.start().hold_sync(1).write("x=1");
  CHECK(c.answers() == "");
  c.hold_sync(1, false);
  CHECK(c.answers() == "1:ok");
  c.restart(1).request("get x");
  CHECK(c.answers() == "2:value=1");
}

// ---- OK after the quorum

TEST_CASE("node: 2 followers, a write is OK when both have it durably") {
  Cluster c(2);
  c.start().hold_sync(3).write("x=1");
  CHECK(c.answers() == "");
  CHECK(c.leader().tells("counts the ack of follower-1 up to LSN=1"));
  c.hold_sync(3, false);
  CHECK(c.answers() == "1:ok");
  CHECK(c.leader().tells("quorum reached for LSN=1 (2/2 acks)"));
  CHECK(c.states() == "x=1 | x=1 | x=1");
}

TEST_CASE("node: both followers have a write, it is not OK before the leader's own sync") {
  Cluster c(2);
  c.start().hold_sync(1).write("x=1");
  CHECK(c.leader().tells("counts the ack of follower-2 up to LSN=1"));
  CHECK(c.answers() == "");
  CHECK(c.states() == " | x=1 | x=1");
  c.hold_sync(1, false);
  CHECK(c.answers() == "1:ok");
}

TEST_CASE("node: 4 followers with one down for good, writes go on") {
  Cluster c(4);
  c.start().crash(5).write("x=1").write("y=2");
  CHECK(c.answers() == "1:ok 2:ok");
}

TEST_CASE("node: 4 followers with two down, every write times out until one is back") {
  Cluster c(4);
  c.start().crash(4).crash(5).write("x=1").pass(1000).write("y=2").pass(1000);
  CHECK(c.answers() == "1:timeout 2:timeout");
  c.start(4).write("z=3");
  CHECK(c.answers() == "3:ok");
  CHECK(c.logs() == "1 2 3 | 1 2 3 | 1 2 3 | 1 2 3 | -");
}

TEST_CASE("node: 4 followers by the book's rule, writes go on with two down") {
  Cluster c(4, by_the_book);
  c.start().crash(4).crash(5).write("x=1");
  CHECK(c.answers() == "1:ok");
  c.crash(3).write("y=2").pass(1000);
  CHECK(c.answers() == "2:timeout");
}

TEST_CASE("node: two writes that compete for one key, end the same on every node") {
  Cluster c(2);
  c.start();
  c.leader().request("set x first");
  c.leader().request("set x second");
  c.settle();
  CHECK(c.states() == "x=second | x=second | x=second");
}

TEST_CASE("node: a follower, refuses clients and says who leads") {
  Cluster c(2);
  c.start().node(2).request("get x");
  CHECK(c.node(2).answers() == "1:not_leader");
}

// ---- damaged on the way

TEST_CASE("node: a record damaged on the way, is shipped again and then OK'd") {
  Cluster c(2);
  c.start();
  damage_next_ship(c, 3);
  c.write("x=1");
  CHECK(c.node(3).tells("LSN=1 came damaged: its CRC is wrong"));
  CHECK(c.leader().tells("LSN=1 reached follower-2 damaged: ship it again"));
  CHECK(c.leader().tells("shipped record LSN=1 to follower-2 again"));
  CHECK(c.answers() == "1:ok");
}

TEST_CASE("node: the second of three records damaged, the first is kept and the rest comes again") {
  Cluster c(1);
  c.start().hold_wire(2);
  for (const char* words : {"set x 1", "set y 2", "set z 3"}) c.leader().request(words);
  bool done = false;
  c.on_the_way(2, [&done](Letter& letter) {
    const auto* ship = std::get_if<Ship>(&letter.message.body);
    if (ship == nullptr || done || ship->prev_lsn != Lsn(1)) return;
    letter.records.back() ^= 1;
    done = true;
  });
  c.hold_wire(2, false);
  CHECK(c.answers() == "1:ok 2:ok 3:ok");
  CHECK(c.logs() == "1 2 3 | 1 2 3");
  CHECK(c.leader().tells("shipped records LSN=2..3 to follower-1 again"));
}

// ---- the wait

TEST_CASE("node: a write without its quorum, times out exactly at its deadline") {
  Cluster c(2);
  c.start().crash(3).write("x=1");
  c.leader().let_pass_until(999);
  CHECK(c.answers() == "");
  c.leader().wait_until(1000);
  CHECK(c.answers() == "1:timeout");
  CHECK(c.leader().tells(
      "no quorum for LSN=1 in time (1/2 acks): its fate is unknown, it stays in the log"));
}

TEST_CASE("node: the ack that is missing comes at the deadline itself, and counts") {
  Cluster c(1);
  c.start().hold_wire(2).write("x=1");
  c.leader().at(1000);
  c.hold_wire(2, false);
  c.leader().wait_until(1000);
  CHECK(c.answers() == "1:ok");
}

TEST_CASE("node: wake-ups for other reasons, don't give a wait more time") {
  Cluster c(2);
  c.start().hold_wire(3).write("x=1");
  for (std::int64_t ms = 300; ms < 1000; ms += 300) {
    c.leader().at(ms).tell_it(TurnEnded{});
    c.write("y=2");
  }
  c.leader().wait_until(999);
  CHECK(c.answers() == "");
  c.leader().wait_until(1000);
  CHECK(c.answers() == "1:timeout");
}

TEST_CASE("node: a record that timed out, stays and is shipped to a follower that returns") {
  Cluster c(1);
  c.start().crash(2).write("x=1").pass(1000);
  CHECK(c.answers() == "1:timeout");
  c.start(2).request("get x");
  CHECK(c.answers() == "2:value=1");
  CHECK(c.states() == "x=1 | x=1");
}

TEST_CASE("node: a del behind a write that timed out, still counts the key that it removed") {
  Cluster c(1, patient);
  c.start().write("x=1").hold_sync(2).write("y=2");
  c.leader().at(500).request("del x");
  c.settle().leader().let_pass_until(1000);
  CHECK(c.answers() == "1:ok 2:timeout");
  c.hold_sync(2, false);  // one ack for both
  CHECK(c.answers() == "3:count=1");
}

// ---- catching up

TEST_CASE("node: a follower that was away, is shipped what it lacks after its hello, and no more") {
  Cluster c(2, one_by_one);
  c.start().write("x=1").crash(3).write("y=2").write("z=3").start(3);
  CHECK(c.leader().times_told("shipped record LSN=1 to follower-2, waiting for quorum (Q=2)") == 1);
  CHECK(c.leader().tells("shipped record LSN=2 to follower-2, waiting for quorum (Q=2)"));
  CHECK(c.answers() == "1:ok 2:ok 3:ok");
  CHECK(c.states() == "x=1 y=2 z=3 | x=1 y=2 z=3 | x=1 y=2 z=3");
}

TEST_CASE("node: a follower with nothing, gets the whole log through a small window") {
  Cluster c(2, [](NodeConfig& config) {
    config.ship_bytes = ByteCount(100);
    config.window_bytes = ByteCount(250);
  });
  c.start().crash(3);
  for (int n = 0; n < 50; ++n) c.leader().request("set x " + std::to_string(n));
  c.settle().start(3);
  CHECK(c.node(3).state() == "x=49");
  CHECK(c.leader().node().high_water_mark() == Lsn(50));
}

TEST_CASE("node: an ack lost with its connection, is made good after the next hello") {
  Cluster c(1);
  c.start().hold_wire(2).write("x=1").hold_wire(2, false);
  CHECK(c.answers() == "1:ok");
  c.hold_wire(2).write("y=2").unplug(2).hold_wire(2, false).plug(2);
  CHECK(c.answers() == "2:ok");
}

TEST_CASE("node: more durable than in its hello by the first ship, a follower is still heard") {
  Cluster c(1, one_by_one);
  c.start().hold_sync(2).write("x=1").write("y=2").write("z=3");
  c.unplug(2).hold_wire(2).plug(2);  // its hello says that nothing is durable yet
  c.hold_sync(2, false).hold_wire(2, false);
  CHECK(c.answers() == "1:ok 2:ok 3:ok");
}

TEST_CASE("node: acks of a follower, count though its connection is over") {
  Cluster c(2);
  c.start().hold_wire(3).write("x=1").unplug(2).hold_wire(3, false);
  CHECK(c.answers() == "1:ok");
}

// ---- what a leader lost in a crash

TEST_CASE(
    "node: a tail that the leader lost, is cut from the follower that holds it, state and "
    "all") {
  Cluster c(2);
  c.start().write("x=1");
  lose_tail(c, 2, "x=2");
  CHECK(c.states() == "- | x=2 | x=1");
  c.start(1).let_back(3);
  CHECK(c.answers() == "1:ok");
  CHECK(c.node(2).tells("cut its log back to LSN=1, it ended at LSN=2"));
  CHECK(c.node(2).tells("rebuilt its state up to LSN=1"));
  CHECK(c.states() == "x=1 | x=1 | x=1");
}

TEST_CASE("node: a lost tail and a new record at its LSN, the new one stays (KIP-101)") {
  Cluster c(2);
  c.start().write("x=1");
  lose_tail(c, 2, "x=lost");
  c.keep_away(2).start(1).let_back(3).write("x=new");
  CHECK(c.logs() == "1 | 1 lost | 1");
  c.let_back(2).write("x=new");
  CHECK(c.logs() == "1 new@2 | 1 new@2 | 1 new@2");
  CHECK(c.states() == "x=new | x=new | x=new");
}

TEST_CASE(
    "node: two leader starts with a lost tail each, both followers agree in the end "
    "(KIP-279)") {
  Cluster c(2);
  c.start().write("x=1");
  lose_tail(c, 2, "x=lost1");
  c.keep_away(2).start(1);
  CHECK(c.leader().node().log().generation() == Generation(2));
  c.let_back(3);
  // Generation 2 can't serve without follower 2, so let it in and lose a longer tail on 3 alone.
  c.let_back(2).keep_away(2).hold_sync(1).write("y=lost2").write("z=lost3").crash(1).hold_sync(
      1, false);
  CHECK(c.node(3).log() == "1 lost2@2 lost3@2");
  c.start(1).let_back(2).write("x=new");
  CHECK(c.logs() == "1 new@3 | 1 new@3 | 1 new@3");
  CHECK(c.states() == "x=new | x=new | x=new");
}

TEST_CASE("node: different lost tails on both followers, are both cut though they are longer") {
  Cluster c(2);
  c.start().write("x=1");
  lose_tail(c, 2, "x=lost1");
  // The leader serves once both have agreed; follower 2's tail is cut on the way, and 3 gets one.
  c.start(1).let_back(3);
  lose_tail(c, 3, "x=lost2");
  CHECK(c.logs() == "- | 1 | 1 lost2@2");
  c.start(1).let_back(2);
  CHECK(c.logs() == "1 | 1 | 1");
  CHECK(c.states() == "x=1 | x=1 | x=1");
}

TEST_CASE("node: what was OK'd, survives every crash of the leader and one follower at a time") {
  Cluster c(2);
  c.start();
  std::string expected;
  for (int n = 1; n <= 12; ++n) {
    const std::string value = std::to_string(n);
    c.write("k" + value + "=" + value);
    CHECK(c.answers() == value + ":ok");
    c.restart(1 + static_cast<std::uint32_t>(n % 3));
  }
  CHECK(c.node(1).state() == c.node(2).state());
  CHECK(c.node(1).state() == c.node(3).state());
  CHECK(c.node(1).node().log().last() == Lsn(12));
}

TEST_CASE("node: a sync that ends late, vouches for no other records than it wrote") {
  Cluster c(1);
  c.start().write("x=1").hold_sync(2).hold_sync(1).write("x=lost");
  const std::size_t under_way = c.node(2).file().size();
  c.crash(1).hold_sync(1, false).start(1);
  c.node(2).synced_up_to(under_way);  // of the record that is cut by now
  c.settle();
  CHECK(c.node(2).node().log().durable() == Lsn(1));
  c.hold_sync(2, false).write("x=new");
  CHECK(c.states() == "x=new | x=new");
}

// ---- the disk

TEST_CASE("node: a full disk on a follower, stops its acks, and they go on when there is room") {
  Cluster c(2);
  c.start();
  c.node(3).disk_is_full = true;
  c.write("x=1").pass(200);
  CHECK(c.answers() == "");
  CHECK(c.leader().tells("the disk of follower-2 is full: ship from LSN=1 on later"));
  c.node(3).disk_is_full = false;
  c.pass(100);
  CHECK(c.answers() == "1:ok");
  CHECK(c.states() == "x=1 | x=1 | x=1");
}

TEST_CASE("node: a full disk on the leader, refuses the write and it has not happened") {
  Cluster c(2);
  c.start().write("x=1");
  c.leader().disk_is_full = true;
  c.write("x=2").request("get x");
  CHECK(c.answers() == "1:ok 2:disk_full 3:value=1");
  CHECK(c.logs() == "1 | 1 | 1");
  c.leader().disk_is_full = false;
  c.write("x=3");
  CHECK(c.answers() == "4:ok");
  CHECK(c.logs() == "1 3 | 1 3 | 1 3");
}

TEST_CASE("node: a full disk on the leader, leaves the writes before it to their quorum") {
  Cluster c(1);
  c.start().hold_wire(2).write("x=1");
  c.leader().disk_is_full = true;
  c.write("x=2");
  CHECK(c.answers() == "2:disk_full");
  c.hold_wire(2, false);
  CHECK(c.answers() == "1:ok");
  CHECK(c.states() == "x=1 | x=1");
}

TEST_CASE(
    "node: a leader whose disk is full at its start, stops, since it can take no "
    "generation") {
  Cluster c(2);
  c.start().write("x=1").crash(1);
  c.leader().disk_is_full = true;
  c.start(1);
  CHECK(c.leader().halted());
}

TEST_CASE(
    "node: a follower whose disk has no room for the generation, is hung up on and comes "
    "back") {
  Cluster c(1);
  c.start().write("x=1").crash(1);
  c.node(2).disk_is_full = true;
  c.start(1).write("y=2");
  CHECK(c.answers() == "1:ok 2:loading");
  c.node(2).disk_is_full = false;
  c.connect_all().write("y=2");
  CHECK(c.answers() == "3:ok");
}

TEST_CASE(
    "node: a full disk when a tail is to be cut, acknowledges nothing of the new "
    "generation") {
  Cluster c(1);
  c.start().write("x=1").hold_sync(1).write("x=lost").crash(1).hold_sync(1, false);
  c.node(2).disk_is_full = false;
  c.hold_sync(2).hold_wire(2).start(1);
  c.hold_wire(2, false);  // enters generation 2 and cuts the tail
  c.node(2).disk_is_full = true;
  c.write("x=new").hold_sync(2, false);
  CHECK(c.leader().node().high_water_mark() <= Lsn(1));
  c.node(2).disk_is_full = false;
  c.pass(100).write("x=newer");
  CHECK(c.states() == "x=newer | x=newer");
}

TEST_CASE("node: a sync that failed, halts the node before it can say anything more") {
  Cluster c(2);
  c.start().hold_sync(3).write("x=1");
  c.node(3).tell_it(SyncFailed{});
  c.settle();
  CHECK(c.node(3).halted());
  CHECK(c.node(3).tells("a sync FAILED: this node's word is worth nothing, it stops"));
  CHECK(c.answers() == "");
  c.hold_sync(3, false).restart(3);
  CHECK(c.answers() == "1:ok");
}

TEST_CASE("node: a sync that failed on the leader, halts it and nothing is answered") {
  Cluster c(2);
  c.start().hold_sync(1).write("x=1");
  c.leader().tell_it(SyncFailed{});
  c.settle();
  CHECK(c.leader().halted());
  CHECK(c.answers() == "");
}

// ---- random lives

TEST_CASE("node: 3,000 random lives of a cluster, lose nothing that was OK'd and come to rest") {
  for (std::uint64_t number = 1; number <= 3000; ++number) {
    CAPTURE(number);
    REQUIRE(Life(number, false).lived(60) == "");
  }
}

TEST_CASE(
    "node: 3,000 random lives with damaged logs, lose nothing that was OK'd and come to "
    "rest") {
  for (std::uint64_t number = 1; number <= 3000; ++number) {
    CAPTURE(number);
    REQUIRE(Life(number, true).lived(100) == "");
  }
}
