// Who is elected, and what becomes of what the others hold?
#include "core/protocol/election.h"

#include <doctest/doctest.h>

#include "core/protocol/council_fixture.h"
#include "core/protocol/elected_fixture.h"

using namespace quorate;

TEST_CASE("election: three nodes that start together, have one leader soon") {
  Council c(3);
  c.start();
  const std::uint32_t leader = c.elect();
  REQUIRE(leader != 0);
  CHECK(c.generation(leader) == 1);
  CHECK(c.logs() == "+@1 | +@1 | +@1");
  for (std::uint32_t id = 1; id <= 3; ++id) CHECK(c.node(id).node().leader() == NodeId(leader));
}

TEST_CASE("election: clusters of every size from one on, elect a leader and take a write") {
  for (int members = 1; members <= 7; ++members) {
    CAPTURE(members);
    Council c(members);
    c.start();
    const std::uint32_t leader = c.elect();
    REQUIRE(leader != 0);
    c.request(leader, "set x 1");
    CHECK(c.answers(leader) == "1:ok");
  }
}

TEST_CASE("election: a leader that dies, is followed by another in a newer generation") {
  Council c(3);
  c.start();
  const std::uint32_t first = c.elect();
  c.request(first, "set x 1").crash(first);
  const std::uint32_t second = c.elect();
  REQUIRE((second != 0 && second != first));
  CHECK(c.generation(second) == 2);
  c.request(second, "get x");
  CHECK(c.answers(second) == "1:value=1");
}

TEST_CASE("election: a leader that is cut off, steps down and comes back as a follower") {
  Council c(3);
  c.start();
  const std::uint32_t first = c.elect();
  c.cut_off(first).request(first, "set x 1");
  const std::uint32_t second = c.pass(1000).elect();
  REQUIRE((second != 0 && second != first));
  CHECK_FALSE(c.node(first).node().leads());
  CHECK(c.answers(first) == "1:deposed");
  c.heal().pass(2000);
  CHECK(c.elect() == second);
  CHECK(c.states() == " |  | ");
}

TEST_CASE("election: a node that was cut off, doesn't depose the leader when it is back") {
  Council c(3);
  c.start();
  const std::uint32_t leader = c.elect();
  const std::uint32_t other = leader == 3 ? 2 : 3;
  c.cut_off(other).pass(3000).heal().pass(2000);
  CHECK(c.leader() == leader);
  CHECK(c.generation(leader) == 1);
  CHECK(c.node(other).node().leader() == NodeId(leader));
}

TEST_CASE("election: two that don't hear each other but both hear a third, agree on a leader") {
  Council c(3);
  c.start();
  const std::uint32_t leader = c.elect();
  const std::uint32_t other = leader == 3 ? 2 : 3;
  c.cut(leader, other).pass(5000);
  CHECK(c.leader() == leader);
  CHECK(c.generation(leader) == 1);
}

TEST_CASE("election: a vote, is not given twice in a generation, over a restart neither") {
  Council c(3);
  Stage& voter = c.node(1);
  voter.start();
  voter.hello(2, "0", 1).hello(3, "0", 1).take_letters();
  voter.says(2, VoteRequest{Generation(1), Lsn(), Generation(), false});
  CHECK(voter.sent() == "");  // not durable yet
  voter.sync();
  CHECK(voter.sent() == "2<a vote for 1 with 0");
  voter.crash();
  voter.start();
  voter.hello(2, "0", 1).hello(3, "0", 1).take_letters();
  voter.says(3, VoteRequest{Generation(1), Lsn(), Generation(), false});
  CHECK(voter.sent() == "3<no vote for 1");
  voter.says(2, VoteRequest{Generation(1), Lsn(), Generation(), false});
  CHECK(voter.sent() == "2<a vote for 1 with 0");  // the same one, asked again
}

TEST_CASE("election: a follower with the newer log, is elected though another stands first") {
  Council c(3);
  c.start();
  const std::uint32_t first = c.elect();
  const std::uint32_t behind = first == 1 ? 2 : 1;
  c.cut(first, behind).request(first, "set x 1").pass(100);
  CHECK(c.answers(first) == "1:ok");
  c.crash(first).heal();
  const std::uint32_t second = c.elect();
  CHECK((second != behind && second != first));
}

TEST_CASE("election: under adopt, whoever wins has what was committed") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CAPTURE(seed);
    Council c(3, [seed](NodeConfig& config) {
      config.election = ElectionRule::adopt;
      config.election_seed = seed;
    });
    c.start();
    const std::uint32_t first = c.elect();
    REQUIRE(first != 0);
    const std::uint32_t behind = first == 1 ? 2 : 1;
    c.cut(first, behind).request(first, "set x 1").request(first, "set y 2").pass(100);
    CHECK(c.answers(first) == "1:ok 2:ok");
    c.crash(first).heal();
    const std::uint32_t second = c.elect();
    REQUIRE(second != 0);
    c.request(second, "get x").pass(200);
    CHECK(c.answers(second) == "1:value=1");
    c.start(first).pass(2000);
    CHECK(c.states() == "x=1 y=2 | x=1 y=2 | x=1 y=2");
  }
}

TEST_CASE("election: an entry that no majority held, is overwritten under most_up_to_date") {
  Council c(3);
  c.start();
  const std::uint32_t first = c.elect();
  c.cut_off(first).request(first, "set x lost");
  CHECK(c.node(first).log() == "lost");
  const std::uint32_t second = c.pass(1000).elect();
  REQUIRE((second != 0 && second != first));
  c.request(second, "set x kept").pass(100);
  CHECK(c.answers(second) == "1:ok");
  c.heal().pass(1500);
  CHECK(c.states() == "x=kept | x=kept | x=kept");
  CHECK(c.answers(first) == "1:deposed");
}

TEST_CASE("election: reads, wait for a majority that still follows") {
  Council c(3);
  c.start();
  const std::uint32_t leader = c.elect();
  c.request(leader, "set x 1");
  c.answers(leader);
  c.cut_off(leader).request(leader, "get x");
  CHECK(c.answers(leader) == "");
  c.pass(1000);
  CHECK(c.answers(leader) == "2:not_leader");
}

TEST_CASE("election: timeouts, lie between once and twice the configured one") {
  NodeState node;
  node.config.election_timeout = milliseconds(300);
  bool differ = false;
  Duration before;
  for (int n = 0; n < 1000; ++n) {
    const Duration drawn = draw_election_timeout(node);
    CHECK((drawn >= milliseconds(300) && drawn <= milliseconds(600)));
    differ = differ || (n > 0 && drawn != before);
    before = drawn;
  }
  CHECK(differ);
}

// ---- one voter

TEST_CASE(
    "election: a vote, leaves when it is durable, and once for each time it was asked by then") {
  Seat seat;
  seat.asks(2, 1);
  seat.asks(2, 1);
  CHECK(seat.sent() == "");
  CHECK(seat.voted_for() == 2);
  seat.sync();
  CHECK(seat.sent() == "2<a vote for 1 with 0");
  seat.asks(2, 1);
  seat.asks(2, 1);
  CHECK(seat.sent() == "2<a vote for 1 with 0, 2<a vote for 1 with 0");
}

TEST_CASE("election: a vote that is not durable yet, is given all the same and another refused") {
  Seat seat;
  seat.asks(2, 1);
  seat.asks(3, 1);
  CHECK(seat.sent() == "3<no vote for 1");
  seat.sync();
  CHECK(seat.sent() == "2<a vote for 1 with 0");
}

TEST_CASE("election: a vote that is owed, is void in a newer generation") {
  Seat seat;
  seat.asks(2, 1);
  const std::size_t first = seat.file().size();
  seat.asks(3, 2);
  seat.synced_up_to(first);  // the old one is durable now, and nobody's any more
  CHECK(seat.sent() == "");
  seat.sync();
  CHECK(seat.sent() == "3<a vote for 2 with 0");
}

TEST_CASE("election: a vote that is owed, is void though the newer generation has none") {
  Seat seat;
  seat.asks(2, 1);
  seat.says(3, Message{NodeId(3), Generation(2), Heartbeat{}});
  seat.sync();
  CHECK(seat.sent() == "");
  seat.asks(2, 2);
  seat.sync();
  CHECK(seat.sent() == "2<a vote for 2 with 0");
}

TEST_CASE("election: a crash before the vote was durable, leaves it to anyone") {
  Seat seat;
  seat.asks(2, 1);
  seat.restart();
  seat.asks(3, 1);
  seat.sync();
  CHECK(seat.sent() == "3<a vote for 1 with 0");
}

TEST_CASE("election: a vote of an earlier life, is remembered behind later ones of the log") {
  Seat seat("a@1 g2 v3 b@2 g4 v2");
  seat.asks(3, 4, "9@4");
  CHECK(seat.sent() == "3<no vote for 4");
  seat.asks(2, 4, "9@4");
  CHECK(seat.sent() == "2<a vote for 4 with 2@2");
}

TEST_CASE("election: a disk without room, takes the vote back, and it may be given when there is") {
  Seat seat;
  seat.disk_is_full = true;
  seat.asks(2, 1);
  CHECK((seat.generation() == 0 && seat.voted_for() == 0));
  seat.disk_is_full = false;
  seat.sync();
  CHECK(seat.sent() == "");
  seat.asks(3, 1);
  seat.sync();
  CHECK(seat.sent() == "3<a vote for 1 with 0");
}

TEST_CASE("election: a disk with room for the generation alone, gives no vote in it") {
  Seat seat;
  seat.says(2, Message{NodeId(2), Generation(1), Heartbeat{}});
  seat.disk_is_full = true;
  seat.asks(2, 1);
  CHECK((seat.generation() == 1 && seat.voted_for() == 0));
  seat.sync();
  CHECK(seat.sent() == "");
}

TEST_CASE("election: whether it would vote, is said at once, to all, and binds to nothing") {
  Seat seat("g1");
  seat.would_you(2, 2);
  seat.would_you(3, 2);
  CHECK(seat.sent() == "2<I would vote for 2 with 0, 3<I would vote for 2 with 0");
  CHECK((seat.generation() == 1 && seat.voted_for() == 0));
  CHECK_FALSE(seat.has_unsynced());
}

TEST_CASE("election: who hears a leader, would not vote, until it hasn't heard it for a timeout") {
  Seat seat("a@1");
  seat.confirm(3, 1, 1);
  seat.sent();
  seat.pass(299);
  seat.would_you(2, 2, "1@1");
  CHECK(seat.sent() == "2<no vote for 2");
  seat.pass(1);
  seat.would_you(2, 2, "1@1");
  CHECK(seat.sent().find("2<I would vote for 2 with 1@1") != std::string::npos);
}

TEST_CASE("election: a leader, would not vote for another, and votes in a newer generation") {
  Seat seat;
  seat.serve();
  seat.would_you(2, 2, "9@9");
  CHECK(seat.sent() == "2<no vote for 2");
  seat.asks(2, 2, "9@9");
  CHECK(seat.role() == "follows");
  seat.sync();
  CHECK(seat.sent() == "2<a vote for 2 with 1@1");
}

TEST_CASE("election: a vote, tells how far the log is durable when it leaves") {
  Seat seat("a@1", seat_config(3, ElectionRule::adopt));
  seat.shipped(3, 1, "1@1", "b@1");
  seat.sent();
  seat.asks(2, 2);
  seat.sync();
  CHECK(seat.sent() == "2<a vote for 2 with 2@1");
}

TEST_CASE("election: logs, are compared by generation first and then by length") {
  struct {
    const char* theirs;
    bool given;
  } const kCases[] = {{"0", false},  {"2@1", false}, {"9@1", false}, {"1@2", false},
                      {"2@2", true}, {"3@2", true},  {"1@3", true}};
  for (const auto& c : kCases) {
    CAPTURE(c.theirs);
    for (const ElectionRule rule : {ElectionRule::most_up_to_date, ElectionRule::adopt}) {
      Seat seat("a@1 b@2 g3", seat_config(3, rule));
      const bool given = c.given || rule == ElectionRule::adopt;
      seat.would_you(2, 4, c.theirs);
      CHECK(seat.sent() == (given ? "2<I would vote for 4 with 2@2" : "2<no vote for 4"));
      seat.asks(2, 4, c.theirs);
      seat.sync();
      CHECK(seat.sent() == (given ? "2<a vote for 4 with 2@2" : "2<no vote for 4"));
    }
  }
}
