// A node that lost records to damage gets them back from its peers before it vouches for anything.
// The log is "1 2 3 4 5" on all nodes, of generation 1, unless a test says otherwise.
#include "core/protocol/restore.h"

#include <doctest/doctest.h>

#include <string>

#include "core/protocol/cluster_fixture.h"

using namespace quorate;

namespace {

// Frames of one record each, so that what is many comes in many ships.
void one_by_one(NodeConfig& config) { config.ship_bytes = ByteCount(1); }

// Of the ships to a follower the first arrives, and of those behind it nothing but a sign of life.
std::function<void(Letter&)> only_the_first_ship() {
  return [ships = 0](Letter& letter) mutable {
    if (!std::holds_alternative<Ship>(letter.message.body) || ++ships < 2) return;
    letter.records.clear();
    letter.message.body = Heartbeat{};
  };
}

Cluster& write_five(Cluster& c) {
  c.start();
  for (int n = 1; n <= 5; ++n) c.write("k" + std::to_string(n) + "=" + std::to_string(n));
  c.answers();
  return c;
}

const std::string kFive = "k1=1 k2=2 k3=3 k4=4 k5=5";

}  // namespace

// ---- a follower

TEST_CASE("restore: a damaged follower, gets its log back and only then acknowledges") {
  Cluster c(2);
  write_five(c).kill(3).damage(3, 3).write("k1=6").start(3);
  CHECK(c.node(3).tells("vouches for nothing before it holds LSN=5 again"));
  CHECK_FALSE(c.node(3).tells("ack LSN=2 status=OK"));
  CHECK(c.answers() == "6:ok");
  CHECK(c.logs() == "1 2 3 4 5 6 | 1 2 3 4 5 6 | 1 2 3 4 5 6");
  CHECK(c.node(3).state() == c.leader().state());
}

TEST_CASE("restore: a damaged follower, says how it found the damage") {
  Cluster c(2);
  write_five(c).kill(3).damage(3, 3).start(3);
  CHECK(c.node(3).tells(
      "CORRUPTION: 150 bytes behind LSN=2 are damaged, with sound records after them"));
  CHECK(c.node(3).tells("has its log back, up to LSN=5"));
}

TEST_CASE("restore: many ships are needed, none is acknowledged before the last") {
  Cluster c(2, one_by_one);
  write_five(c).kill(3).damage(3, 2).start(3);
  for (const char* early :
       {"ack LSN=1 status=OK", "ack LSN=2 status=OK", "ack LSN=3 status=OK", "ack LSN=4 status=OK"})
    CHECK_FALSE(c.node(3).tells(early));
  CHECK(c.node(3).tells("ack LSN=5 status=OK"));
  CHECK(c.node(3).state() == kFive);
}

TEST_CASE("restore: damage in records of the leader's present generation, is given back in full") {
  Cluster c(2, one_by_one);
  c.start().write("k1=1").restart(1).write("k2=2").write("k3=3").write("k4=4");
  c.kill(3).damage(3, 2).hold_wire(3).start(3);
  Stage& damaged = c.node(3);
  c.on_the_way(1, [](Letter& letter) {
    const auto* ack = std::get_if<Ack>(&letter.message.body);
    if (ack != nullptr && letter.message.from == NodeId(3) && ack->status == AckStatus::success)
      CHECK(ack->lsn >= Lsn(4));
  });
  c.hold_wire(3, false);
  CHECK(damaged.log() == "1 2@2 3@2 4@2");
  CHECK(damaged.tells("ack LSN=4 status=OK"));
}

TEST_CASE("restore: a restart in the middle, still vouches for nothing before it has all") {
  Cluster c(2, one_by_one);
  write_five(c).kill(3).damage(3, 2).on_the_way(3, only_the_first_ship());
  c.start(3);
  CHECK(c.node(3).log() == "1 2");
  c.crash(3);
  c.on_the_way(3, [](Letter&) {});
  c.hold_wire(3).start(3);
  CHECK(c.node(3).node().hello().restoring);
  CHECK(c.node(3).log() == "1 2");
  c.hold_wire(3, false);
  CHECK_FALSE(c.node(3).tells("ack LSN=2 status=OK"));
  CHECK_FALSE(c.node(3).tells("ack LSN=4 status=OK"));
  CHECK(c.node(3).state() == kFive);
  c.restart(3);
  CHECK_FALSE(c.node(3).node().hello().restoring);
}

TEST_CASE("restore: all given back but not yet durable, the node says still that it is restoring") {
  Cluster c(2);
  write_five(c).kill(3).damage(3, 3).hold_sync(3).start(3);
  CHECK(c.node(3).log() == "1 2 3 4 5");
  CHECK(c.node(3).node().hello().restoring);
  c.hold_sync(3, false);
  CHECK_FALSE(c.node(3).node().hello().restoring);
}

TEST_CASE(
    "restore: the leader lost in a crash what a restoring follower waits for, all come to "
    "rest") {
  Cluster c(2, one_by_one);
  c.start();
  for (const char* words : {"a=1", "b=2", "c=3"}) c.write(words);
  c.hold_sync(1).write("d=4").kill(3).damage(3, 2);
  c.on_the_way(3, only_the_first_ship());
  c.start(3);  // the first ship has come: LSN 2 is back, and it waits for 4
  c.on_the_way(3, [](Letter&) {});
  c.crash(1).hold_sync(1, false).start(1).write("e=5");
  CHECK(c.answers() == "1:ok 2:ok 3:ok 5:ok");
  CHECK(c.logs() == "1 2 3 5@2 | 1 2 3 5@2 | 1 2 3 5@2");
}

TEST_CASE("restore: a tail that the leader never had, is not waited for") {
  Cluster c(2);
  c.start().write("a=1").write("b=2").keep_away(3).hold_sync(1).write("c=3").write("d=4");
  c.crash(1).hold_sync(1, false).kill(2).damage(2, 2).start(1).start(2).let_back(3).write("e=5");
  CHECK(c.logs() == "1 2 5@2 | 1 2 5@2 | 1 2 5@2");
  CHECK(c.answers() == "1:ok 2:ok 5:ok");
}

TEST_CASE("restore: a damaged follower with a full disk, gets its log back when there is room") {
  Cluster c(2);
  write_five(c).kill(3).damage(3, 3);
  c.node(3).disk_is_full = true;
  c.start(3).pass(200);
  CHECK_FALSE(c.node(3).tells("ack LSN=5 status=OK"));
  c.node(3).disk_is_full = false;
  c.pass(100);
  CHECK(c.node(3).state() == kFive);
  CHECK(c.node(3).tells("ack LSN=5 status=OK"));
}

TEST_CASE("restore: damage before its first record, a follower writes nothing behind it unmended") {
  Cluster c(1);
  c.start().restart(1).kill(2);
  c.node(2).file()[20] ^= 1;  // in the note of generation 1, with that of generation 2 behind
  c.start(2).write("x=1").restart(2);
  CHECK_FALSE(c.node(2).story().find("CORRUPTION") != std::string::npos);
  CHECK(c.states() == "x=1 | x=1");
}

TEST_CASE("restore: damage before its first record and a full disk, a follower mends it later") {
  Cluster c(1);
  c.start().restart(1).kill(2);
  c.node(2).file()[20] ^= 1;
  c.node(2).disk_is_full = true;
  c.start(2);
  c.node(2).disk_is_full = false;
  c.write("x=1").pass(100).restart(2);
  CHECK_FALSE(c.node(2).story().find("CORRUPTION") != std::string::npos);
  CHECK(c.answers() == "1:ok");
  CHECK(c.states() == "x=1 | x=1");
}

TEST_CASE("restore: a conflict in a damaged log, is settled for the leader before any ack") {
  Cluster c(2, one_by_one);
  c.start().write("a=1").keep_away(3).hold_sync(1).write("b=old").write("c=old").write("d=old");
  c.crash(1).hold_sync(1, false).kill(2).damage(2, 3).keep_away(2).start(1).let_back(3);
  c.start(2).let_back(2).write("e=new");
  CHECK(c.logs() == "1 new@2 | 1 new@2 | 1 new@2");
  CHECK(c.states() == "a=1 e=new | a=1 e=new | a=1 e=new");
}

// ---- the leader

TEST_CASE(
    "restore: damage before its first record, a leader leads with nothing behind it "
    "unmended") {
  Cluster c(1);
  c.start().restart(1).kill(1);
  c.node(1).file()[20] ^= 1;
  c.start(1).write("x=1").restart(1);
  CHECK_FALSE(c.leader().story().find("CORRUPTION") != std::string::npos);
  CHECK(c.states() == "x=1 | x=1");
}

TEST_CASE(
    "restore: damage before its first record and a full disk, takes back nothing that was "
    "OK'd") {
  Cluster c(1);
  c.start().restart(1).kill(1);
  c.node(1).file()[20] ^= 1;
  c.start(1).write("x=1");
  c.leader().disk_is_full = true;
  c.write("y=2").request("get x");
  CHECK(c.answers() == "1:ok 2:disk_full 3:value=1");
}

TEST_CASE("restore: a damaged leader, is silent until a sound follower has given its log back") {
  Cluster c(2);
  write_five(c).kill(1).damage(1, 3).keep_away(2).keep_away(3).start(1).request("get k1");
  CHECK(c.answers() == "6:loading");
  CHECK(c.leader().tells("vouches for nothing before it holds LSN=5 again"));
  c.let_back(3);
  CHECK(c.leader().tells("has its log back, up to LSN=5"));
  c.let_back(2).write("k6=6");
  CHECK(c.answers() == "7:ok");
  CHECK(c.leader().state() == kFive + " k6=6");
}

TEST_CASE(
    "restore: 4 followers and Q = 3, a damaged leader stays silent with fewer than 2 of "
    "them") {
  Cluster c(4);
  write_five(c).kill(1).damage(1, 3);
  for (const std::uint32_t id : {2u, 3u, 4u, 5u}) c.keep_away(id);
  c.start(1).let_back(4).pass(3000);
  CHECK_FALSE(c.leader().tells("has its log back, up to LSN=5"));
  CHECK_FALSE(c.node(4).tells("enters generation 2"));
  c.let_back(2);
  CHECK(c.leader().log() == "1 2 3 4 5");
  c.let_back(3).write("k6=6");
  CHECK(c.answers() == "6:ok");
}

TEST_CASE("restore: the best of those that answer, is the one whose log is taken over") {
  Cluster c(4);
  c.start().write("k1=1").keep_away(2);
  for (const char* words : {"k2=2", "k3=3", "k4=4", "k5=5"}) c.write(words);
  for (const std::uint32_t id : {3u, 4u, 5u}) c.keep_away(id);
  c.kill(1).damage(1, 2).start(1).let_back(2).let_back(5);
  CHECK(c.leader().log() == "1 2 3 4 5");
  c.let_back(3).request("get k5");
  CHECK(c.answers().ends_with("6:value=5"));
  CHECK(c.node(2).state() == kFive);
}

TEST_CASE("restore: a follower that is restoring itself, is no witness for the leader") {
  Cluster c(2);
  write_five(c).kill(1).damage(1, 3).kill(2).damage(2, 2).keep_away(3).start(2).start(1);
  CHECK_FALSE(c.leader().node().is_serving());
  CHECK(c.leader().log() == "1 2");
  c.let_back(3);
  CHECK(c.logs() == "1 2 3 4 5 | 1 2 3 4 5 | 1 2 3 4 5");
  CHECK(c.leader().node().is_serving());
}

TEST_CASE("restore: a leader that is restarted in the middle, begins again and ends with all") {
  Cluster c(2, one_by_one);
  write_five(c).kill(1).damage(1, 2);
  int gives = 0;
  c.on_the_way(1, [&gives](Letter& letter) {
    const auto* give = std::get_if<Give>(&letter.message.body);
    if (give != nullptr && ++gives > 2) letter.message.body = Heartbeat{};
    if (gives > 2) letter.records.clear();
  });
  c.start(1);
  CHECK(c.leader().log() == "1 2 3");
  c.crash(1).keep_away(2).keep_away(3);
  c.on_the_way(1, [](Letter&) {});
  c.start(1);
  CHECK(c.leader().node().hello().restoring);
  c.let_back(2);
  CHECK(c.leader().log() == "1 2 3 4 5");
  CHECK_FALSE(c.leader().node().hello().restoring);
}

TEST_CASE("restore: the follower that gives goes away in the middle, another one goes on") {
  Cluster c(2, one_by_one);
  write_five(c).kill(1).damage(1, 2).keep_away(3);
  int gives = 0;
  c.on_the_way(1, [&gives](Letter& letter) {
    const auto* give = std::get_if<Give>(&letter.message.body);
    if (give != nullptr && ++gives > 2) letter.message.body = Heartbeat{};
    if (gives > 2) letter.records.clear();
  });
  c.start(1);
  c.on_the_way(1, [](Letter&) {});
  c.keep_away(2).let_back(3);
  CHECK(c.leader().log() == "1 2 3 4 5");
}

TEST_CASE("restore: a give damaged on the way, is asked for again") {
  Cluster c(2);
  bool done = false;
  write_five(c).kill(1).damage(1, 2).on_the_way(1, [&done](Letter& letter) {
    if (done || letter.records.empty()) return;
    letter.records.back() ^= 1;
    done = true;
  });
  c.start(1);
  CHECK(done);
  CHECK(c.leader().log() == "1 2 3 4 5");
}

TEST_CASE("restore: the generation after a restore, is one that nobody can have used") {
  Cluster c(2);
  write_five(c).restart(1).restart(1).write("k6=6").kill(1).damage(1, 2).start(1);
  CHECK(c.leader().node().log().generation() > Generation(3));
  CHECK(c.node(2).node().log().generation() == c.leader().node().log().generation());
}

TEST_CASE("restore: a leader damaged in what only it held, leads with what the followers hold") {
  Cluster c(2);
  write_five(c).keep_away(2).keep_away(3).write("k6=6").write("k7=7").write("k8=8");
  c.kill(1).damage(1, 7).start(1).let_back(2).let_back(3);
  CHECK(c.leader().node().is_serving());
  CHECK(c.logs() == "1 2 3 4 5 6 | 1 2 3 4 5 6 | 1 2 3 4 5 6");
}

TEST_CASE(
    "restore: leader and follower damaged in the same records, the other follower saves "
    "both") {
  Cluster c(2, one_by_one);
  c.start().write("k1=1").restart(1).write("k2=2").write("k3=3");
  c.kill(1).kill(2).damage(1, 2).damage(2, 2).keep_away(3).start(2);
  c.start(1).let_back(3);
  CHECK(c.states() == "k1=1 k2=2 k3=3 | k1=1 k2=2 k3=3 | k1=1 k2=2 k3=3");
}

TEST_CASE("restore: a follower half restored when the leader is damaged, is no witness either") {
  Cluster c(2, one_by_one);
  c.start().write("k1=1").restart(1).write("k2=2").write("k3=3").kill(2).damage(2, 2);
  c.write("k4=4").on_the_way(2, only_the_first_ship());
  c.start(2);
  CHECK(c.node(2).log() == "1 2@2");
  c.keep_away(3).kill(1).damage(1, 3).crash(2);  // k3 is OK'd, and sound on follower-2 alone
  c.on_the_way(2, [](Letter&) {});
  c.start(2).start(1);
  CHECK(c.node(2).node().hello().restoring);
  CHECK_FALSE(c.leader().node().is_serving());
  c.let_back(3);
  CHECK(c.states() == "k1=1 k2=2 k3=3 k4=4 | k1=1 k2=2 k3=3 k4=4 | k1=1 k2=2 k3=3 k4=4");
}

TEST_CASE("restore: 0 followers and a damaged log, nobody can give it back and it stays silent") {
  Cluster c(0);
  write_five(c).kill(1).damage(1, 3).start(1).request("get k1");
  CHECK(c.answers() == "6:loading");
}

TEST_CASE("restore: a leader that is told of an earlier connection's give, pays no heed to it") {
  Stage leader(config_of(1, 2));
  Stage sound(config_of(1, 2));
  sound.start().sync().hello(2, "0").ack(2, 0);
  for (const char* words : {"set a 1", "set b 2", "set c 3"}) sound.request(words);
  Bytes file = sound.sync().file();
  file[60] ^= 1;
  leader.start(file).hello(2, "3@1", 1);
  CHECK(leader.log() == "");
  CHECK(leader.sent() == "2<hello 0 restoring, 2<fetch after 0");
  leader.says(3, Give{Lsn(), Generation(), Lsn(), true, 0});
  leader.says(2, Give{Lsn(7), Generation(1), Lsn(9), false, 0});
  CHECK(leader.sent() == "");
  leader.says(2, Give{Lsn(), Generation(), Lsn(3), true, 3},
              records_after(Lsn(), Generation(1), "1 2 3"));
  CHECK(leader.log() == "1 2 3");
  CHECK(leader.sync().sent() == "2<hello 3@1, 2<ship nothing after 3@1");
}
