// What the leader decides, with the test as its followers, clients and disk (node_fixture.h).
#include "core/protocol/leader.h"

#include <doctest/doctest.h>

#include <string>

#include "core/protocol/node_fixture.h"

using namespace quorate;

namespace {

// A leader that serves, and as many followers that agree with its empty log.
Stage serving(int followers, const NodeConfig* with = nullptr) {
  NodeConfig config = with != nullptr ? *with : config_of(1, followers);
  Stage leader(config);
  leader.start().sync();
  for (std::uint32_t id = 2; id <= config.members; ++id) leader.hello(id, "0").ack(id, 0);
  leader.sent();
  return leader;
}

// The file of a leader that wrote these values in generation 1.
Bytes file_with(const std::string& values) {
  Wal wal;
  wal.enter(Generation(1));
  std::istringstream in(values);
  for (std::string value; in >> value;)
    wal.append(Generation(1), ClientId(1), 1, Op::set, "k" + value, value);
  const ByteSpan bytes = wal.bytes(ByteCount(), wal.end());
  return {bytes.begin(), bytes.end()};
}

Bytes prefix(const Bytes& file, std::size_t size) {
  return {file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)};
}

}  // namespace

// ---- start

TEST_CASE(
    "leader: before its generation is durable, it says nothing and then greets all who "
    "came") {
  Stage leader(config_of(1, 2));
  leader.start().hello(2, "0").hello(3, "0");
  CHECK(leader.sent() == "");
  CHECK(leader.request("get x").answers() == "1:loading");
  leader.sync();
  CHECK(leader.sent() == "2<hello 0, 3<hello 0, 2<ship nothing after 0, 3<ship nothing after 0");
}

TEST_CASE("leader: with a log, it serves when Q followers have acknowledged all of it") {
  Stage leader(config_of(1, 2));
  leader.start(file_with("a b")).sync().hello(2, "2@1").hello(3, "1@1");
  CHECK(leader.sent() == "2<hello 2@1, 2<ship nothing after 2@1, 3<hello 2@1, 3<ship 2 after 1@1");
  leader.ack(2, 2).ack(3, 1);
  CHECK(leader.request("get ka").answers() == "1:loading");
  leader.ack(3, 2);
  CHECK(leader.tells("serves: what the log held, up to LSN=2, is on a quorum"));
  CHECK(leader.request("get ka").answers() == "2:value=a");
  CHECK(leader.log() == "a b");
}

TEST_CASE("leader: what a follower says it holds, is no ack of it") {
  Stage leader(config_of(1, 1));
  leader.start(file_with("a")).sync().hello(2, "1@1");
  CHECK(leader.node().high_water_mark() == Lsn());
  CHECK_FALSE(leader.node().is_serving());
}

TEST_CASE("leader: a follower with a longer log of an older generation, is asked at our end") {
  Stage leader(config_of(1, 1));
  leader.start(file_with("a b")).sync().hello(2, "7@1", 1);
  CHECK(leader.sent() == "2<hello 2@1, 2<ship nothing after 2@1");
}

TEST_CASE(
    "leader: a follower that never heard of our last generation, is asked where its own "
    "ends") {
  Stage leader(config_of(1, 1));
  leader.start(file_with("a b")).sync().hello(2, "2@1").ack(2, 2).request("set c c").sync();
  Bytes file = leader.file();
  Stage again(config_of(1, 1));
  again.start(file).sync().hello(2, "3@1", 1);
  CHECK(again.sent() == "2<hello 3@2, 2<ship 3 after 2@1");
}

// ---- shipping

TEST_CASE("leader: a write, is shipped at once and before its own sync") {
  Stage leader = serving(2);
  leader.request("set x 1");
  CHECK(leader.sent() == "2<ship 1 after 0, 3<ship 1 after 0");
  CHECK(leader.has_unsynced());
}

TEST_CASE("leader: writes of one turn, travel in one ship") {
  Stage leader = serving(1);
  leader.ack(2, 0).sent();
  Stage other(config_of(1, 1));
  other.start(file_with("a b c")).sync().hello(2, "0");
  CHECK(other.sent() == "2<hello 3@1, 2<ship 1..3 after 0");
}

TEST_CASE("leader: a follower that has not agreed yet, gets one question and no second") {
  Stage leader(config_of(1, 2));
  leader.start().sync().hello(2, "0").hello(3, "0").ack(3, 0).sent();
  leader.request("set x 1").request("set y 2");
  CHECK(leader.sent() == "3<ship 1 after 0, 3<ship 2 after 1@1");
  leader.ack(2, 0);
  CHECK(leader.sent() == "2<ship 1..2 after 0");
}

TEST_CASE("leader: a full window, waits for acks") {
  NodeConfig config = config_of(1, 1);
  config.window_bytes = ByteCount(100);  // two records
  config.ship_bytes = ByteCount(1);
  Stage leader = serving(1, &config);
  leader.request("set x 1").ack(2, 1).sent();
  for (int n = 0; n < 4; ++n) leader.request("set x 1");
  CHECK(leader.sent() == "2<ship 2 after 1@1, 2<ship 3 after 2@1, 2<ship 4 after 3@1");
  leader.ack(2, 2);
  CHECK(leader.sent() == "2<ship 5 after 4@1");
  leader.ack(2, 4);
  CHECK(leader.sent() == "");
}

TEST_CASE("leader: a record larger than window and ship, travels alone") {
  NodeConfig config = config_of(1, 1);
  config.window_bytes = config.ship_bytes = ByteCount(10);
  Stage leader = serving(1, &config);
  leader.request("set x " + std::string(1000, 'v')).request("set y 2");
  CHECK(leader.sent() == "2<ship 1 after 0");
  leader.ack(2, 1);
  CHECK(leader.sent() == "2<ship 2 after 1@1");
}

TEST_CASE("leader: a follower that disagrees, is asked where it says until it agrees") {
  Stage leader(config_of(1, 1));
  leader.start(file_with("a b c d")).sync().hello(2, "4@1").sent();
  leader.ack(2, 2, AckStatus::mismatch);
  CHECK(leader.sent() == "2<ship 3..4 after 2@1");
  leader.ack(2, 0, AckStatus::mismatch);
  CHECK(leader.sent() == "2<ship 1..4 after 0");
  leader.ack(2, 4);
  CHECK(leader.node().is_serving());
}

TEST_CASE("leader: a mismatch with a hint beyond our log, is asked at our end") {
  Stage leader(config_of(1, 1));
  leader.start(file_with("a b")).sync().hello(2, "2@1").sent();
  leader.ack(2, ~std::uint64_t{0}, AckStatus::mismatch);
  CHECK(leader.sent() == "2<ship nothing after 2@1");
}

TEST_CASE("leader: a CRC failure, ships that record and all behind it again") {
  Stage leader = serving(1);
  leader.request("set x 1").request("set y 2").request("set z 3").sent();
  leader.ack(2, 2, AckStatus::crc_failure);
  CHECK(leader.sent() == "2<ship 2..3 after 1@1");
  CHECK(leader.tells("shipped records LSN=2..3 to follower-1 again"));
}

TEST_CASE("leader: a CRC failure in the first answer, is shipped again, too") {
  Stage leader(config_of(1, 1));
  leader.start(file_with("a b")).sync().hello(2, "0").sent();
  leader.ack(2, 1, AckStatus::crc_failure);
  CHECK(leader.sent() == "2<ship 1..2 after 0");
}

TEST_CASE("leader: a follower without space, is left alone for a while and then asked again") {
  Stage leader = serving(1);
  leader.request("set x 1").request("set y 2").sent();
  leader.ack(2, 2, AckStatus::no_space).request("set z 3");
  CHECK(leader.sent() == "");
  leader.let_pass_until(49);
  CHECK(leader.sent() == "");
  leader.let_pass_until(50);
  CHECK(leader.sent() == "2<ship 2..3 after 1@1");
}

// ---- acks

TEST_CASE("leader: an ack, speaks for all records before it") {
  Stage leader = serving(1);
  leader.request("set x 1").request("set y 2").sync().ack(2, 2);
  CHECK(leader.answers() == "1:ok 2:ok");
}

TEST_CASE("leader: the same ack twice, counts once") {
  Stage leader = serving(2);
  leader.request("set x 1").sync().ack(2, 1).ack(2, 1);
  CHECK(leader.answers() == "");
  CHECK(leader.tells("ack LSN=1 of follower-1 not counted: it has acknowledged that before"));
  CHECK(leader.ack(3, 1).answers() == "1:ok");
}

TEST_CASE("leader: an ack that comes after a later one, changes nothing") {
  Stage leader = serving(1);
  leader.request("set x 1").request("set y 2").sync().ack(2, 2).ack(2, 1);
  CHECK(leader.tells("ack LSN=1 of follower-1 not counted: it has acknowledged that before"));
  CHECK(leader.node().high_water_mark() == Lsn(2));
}

TEST_CASE("leader: an ack in another's name, doesn't count for either") {
  Stage leader = serving(2);
  leader.request("set x 1").sync().ack(2, 1);
  leader.says(2, Message{NodeId(3), Generation(1), Ack{Lsn(1)}});
  CHECK(leader.answers() == "");
  CHECK(leader.story().find("not from the one whose connection it came by") != std::string::npos);
}

TEST_CASE("leader: an ack of an earlier generation, doesn't count") {
  Stage leader(config_of(1, 1));
  leader.start(file_with("a")).sync().hello(2, "1@1");
  leader.says(2, Message{NodeId(2), Generation(1), Ack{Lsn(1)}});
  CHECK(leader.tells("ack LSN=1 of follower-1 not counted: it is from an earlier generation"));
  CHECK_FALSE(leader.node().is_serving());
}

TEST_CASE("leader: an ack of what was never shipped, doesn't count") {
  Stage leader = serving(2);
  leader.request("set x 1").sync().ack(2, 2).ack(3, 1);
  CHECK(leader.tells("ack LSN=2 of follower-1 not counted: nobody shipped it that far"));
  CHECK(leader.answers() == "");
}

TEST_CASE("leader: an ack beyond the question, doesn't count though our log goes further") {
  NodeConfig config = config_of(1, 1);
  config.ship_bytes = ByteCount(1);
  Stage leader(config);
  leader.start(file_with("a b c")).sync().hello(2, "0").ack(2, 3);
  CHECK(leader.tells("ack LSN=3 of follower-1 not counted: nobody shipped it that far"));
}

TEST_CASE("leader: a follower that comes back with less, counts only for what it has left") {
  Stage leader = serving(2);
  leader.request("set x 1").sync().ack(2, 1).gone(2).hello(2, "0", 1).ack(2, 0).ack(3, 1);
  CHECK(leader.answers() == "");
  CHECK(leader.ack(2, 1).answers() == "1:ok");
}

TEST_CASE("leader: the high-water mark, never goes back") {
  Stage leader = serving(1);
  leader.request("set x 1").sync().ack(2, 1).gone(2).hello(2, "0", 1).ack(2, 0);
  CHECK(leader.node().high_water_mark() == Lsn(1));
  CHECK(leader.request("get x").answers() == "1:ok 2:value=1");
}

// ---- answers

TEST_CASE("leader: OK, comes only with its own sync, and for what that covers") {
  Stage leader = serving(1);
  leader.request("set x 1");
  const std::size_t first = leader.file().size();
  leader.request("set y 2").ack(2, 2);
  CHECK(leader.answers() == "");
  CHECK(leader.synced_up_to(first).answers() == "1:ok");
  CHECK(leader.sync().answers() == "2:ok");
}

TEST_CASE("leader: a read, sees what is on a quorum and nothing more") {
  Stage leader = serving(1);
  leader.request("set x 1").sync().ack(2, 1).request("set x 2").sync().answers();
  CHECK(leader.request("get x").answers() == "3:value=1");
  CHECK(leader.request("get y").answers() == "4:nil");
  CHECK(leader.ack(2, 2).request("get x").answers() == "2:ok 5:value=2");
}

TEST_CASE("leader: a del, is told how many keys it removed") {
  Stage leader = serving(0);
  leader.request("set x 1").request("del x").request("del x").sync();
  CHECK(leader.answers() == "1:ok 2:count=1 3:count=0");
}

TEST_CASE(
    "leader: a del that comes to its quorum with an unwaited write before it, counts the "
    "key") {
  Stage leader = serving(1);
  leader.request("set x 1").sync().ack(2, 1).at(0).request("set y 2").at(500).request("del x");
  leader.wait_until(1000).sync().ack(2, 3);
  CHECK(leader.answers() == "1:ok 2:timeout 3:count=1");
}

TEST_CASE("leader: no quorum by the deadline, is a timeout at the deadline and not before") {
  Stage leader = serving(2);
  leader.at(5).request("set x 1").sync().ack(2, 1);
  CHECK(leader.node().next_deadline() <= Time() + milliseconds(1005));
  leader.wait_until(1004);
  CHECK(leader.answers() == "");
  leader.wait_until(1005);
  CHECK(leader.answers() == "1:timeout");
  CHECK(leader.ack(3, 1).answers() == "");
  CHECK(leader.request("get x").answers() == "2:value=1");
}

TEST_CASE("leader: an ack at the deadline, counts") {
  Stage leader = serving(1);
  leader.at(5).request("set x 1").sync().at(1005).ack(2, 1).wait_until(1005);
  CHECK(leader.answers() == "1:ok");
}

TEST_CASE("leader: each wait, has a deadline of its own from its own beginning") {
  Stage leader = serving(1);
  leader.at(0).request("set x 1").at(400).request("set y 2").sync().wait_until(1000);
  CHECK(leader.answers() == "1:timeout");
  leader.wait_until(1399);
  CHECK(leader.answers() == "");
  leader.wait_until(1400);
  CHECK(leader.answers() == "2:timeout");
}

TEST_CASE("leader: woken again and again for nothing, doesn't wait any longer") {
  Stage leader = serving(1);
  leader.at(0).request("set x 1").sync();
  for (std::int64_t ms = 100; ms < 1000; ms += 100) leader.wait_until(ms).tell_it(TurnEnded{});
  CHECK(leader.answers() == "");
  CHECK(leader.wait_until(1000).answers() == "1:timeout");
}

TEST_CASE("leader: more waits than it may have, are refused as busy") {
  NodeConfig config = config_of(1, 1);
  config.max_waits = 2;
  Stage leader = serving(1, &config);
  leader.request("set x 1").request("set y 2").request("set z 3").request("get x");
  CHECK(leader.answers() == "3:busy 4:nil");
  leader.sync().ack(2, 2).request("set z 3");
  CHECK(leader.answers() == "1:ok 2:ok");
}

// ---- the disk

TEST_CASE(
    "leader: a full disk, refuses the write, ships nothing of it, and the next takes its "
    "LSN") {
  Stage leader = serving(1);
  leader.request("set x 1").sync().ack(2, 1).sent();
  leader.disk_is_full = true;
  leader.request("set x 2");
  CHECK(leader.answers() == "1:ok 2:disk_full");
  CHECK(leader.sent() == "");
  CHECK(leader.tells("the disk is full: no room for LSN=2"));
  leader.disk_is_full = false;
  leader.request("set x 3");
  CHECK(leader.sent() == "2<ship 2 after 1@1");
  CHECK(leader.log() == "1 3");
}

TEST_CASE(
    "leader: a refused write in the turn of a greeting, doesn't silence it for that "
    "follower") {
  Stage leader(config_of(1, 1));
  leader.start().sync();
  leader.disk_is_full = true;
  Effects effects;
  Node node = leader.node();  // both in one turn, which Stage can't
  node.step(Time(), ClientRequest{ClientId(1), 1, RequestKind::set, "x", "1"}, effects);
  node.step(Time(), PeerConnected{NodeId(2), Generation(), {1, Lsn(), Generation(), false}},
            effects);
  node.step(Time(), TurnEnded{}, effects);
  node.step(Time(), AppendRefused{ByteCount(leader.file().size())}, effects);
  effects.clear();
  node.step(Time(), TurnEnded{}, effects);
  CHECK(effects.sends.size() == 1);  // the question once more, since what carried it was withheld
}

TEST_CASE("leader: a ship that was withheld for its last record, leaves later without that one") {
  Stage leader(config_of(1, 1));
  leader.start().sync().hello(2, "0").request("set x 1").sent();  // nothing but the question
  Effects effects;
  Node node = leader.node();  // the answer and another write in one turn, which Stage can't
  const Message ack{NodeId(2), Generation(1), Ack{Lsn(), AckStatus::success}};
  node.step(Time(), PeerSaid{NodeId(2), ack, {}}, effects);
  node.step(Time(), ClientRequest{ClientId(1), 1, RequestKind::set, "x", "2"}, effects);
  node.step(Time(), TurnEnded{}, effects);
  REQUIRE(effects.sends.size() == 1);
  CHECK(narrate(effects.facts.back()) ==
        "shipped records LSN=1..2 to follower-1, waiting for quorum (Q=1)");
  node.step(Time(), AppendRefused{ByteCount(leader.file().size())}, effects);
  effects.clear();
  node.step(Time(), TurnEnded{}, effects);
  REQUIRE(effects.sends.size() == 1);
  CHECK(narrate(effects.facts.back()) ==
        "shipped record LSN=1 to follower-1, waiting for quorum (Q=1)");  // and not: again
}

TEST_CASE("leader: a torn tail at its start, is told and was never OK'd") {
  const Bytes file = file_with("a b");
  Stage leader(config_of(1, 0));
  leader.start(prefix(file, file.size() - 3)).sync();
  CHECK(leader.tells("cuts a torn tail of 47 bytes behind LSN=1"));
  CHECK(leader.request("get kb").answers() == "1:nil");
}

// ---- heartbeats

TEST_CASE(
    "leader: a connection on which nothing was sent, gets a heartbeat with the high-water "
    "mark") {
  Stage leader = serving(1);
  leader.request("set x 1").sync().ack(2, 1).sent();
  leader.let_pass_until(99);
  CHECK(leader.sent() == "");
  leader.let_pass_until(100);
  CHECK(leader.sent() == "2<heartbeat 1");
  leader.let_pass_until(199);
  CHECK(leader.sent() == "");
}

TEST_CASE("leader: a follower that is silent for too long, is hung up on") {
  Stage leader = serving(2);
  leader.let_pass_until(300).says(3, Heartbeat{}).let_pass_until(499);
  CHECK(leader.take_hang_ups().empty());
  leader.let_pass_until(500);
  CHECK((leader.take_hang_ups() == std::vector<NodeId>{NodeId(2)}));
  CHECK(leader.tells("follower-1 has been silent for 500 ms: hang up"));
}

TEST_CASE("leader: a member of another cluster, is hung up on and never shipped to") {
  Stage leader(config_of(1, 1));
  leader.start(file_with("a")).sync();
  leader.tell_it(PeerConnected{NodeId(2), Generation(1), {99, Lsn(1), Generation(1), false}});
  CHECK((leader.take_hang_ups() == std::vector<NodeId>{NodeId(2)}));
  CHECK(leader.gone(2).sent() == "");
}

TEST_CASE("leader: a CRC failure or no space at LSN 0, can't be and changes nothing") {
  Stage leader = serving(1);
  leader.request("set x 1").sent();
  leader.ack(2, 0, AckStatus::crc_failure);
  CHECK(leader.sent() == "");
  leader.ack(2, 0, AckStatus::no_space);
  leader.let_pass_until(60);
  CHECK(leader.sent() == "");
}
