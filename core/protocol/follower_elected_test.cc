// What does a follower believe of what an elected leader says, and when does it stop waiting?
#include <doctest/doctest.h>

#include <map>

#include "core/protocol/elected_fixture.h"

using namespace quorate;

TEST_CASE("follower_elected: the mark, is believed as far as the leader's ships have verified") {
  Seat seat("a@1 b@1 c@1");
  seat.confirm(2, 1, 1, 3);
  CHECK((seat.mark() == 0 && seat.applied() == 0));
  seat.shipped(2, 1, "2@1", "", 3);
  CHECK((seat.mark() == 2 && seat.state() == "ka=a kb=b"));
  seat.shipped(2, 1, "2@1", "c@1", 3);
  CHECK((seat.mark() == 3 && seat.applied() == 3));
}

TEST_CASE("follower_elected: the mark, never goes back") {
  Seat seat("a@1 b@1 c@1");
  seat.shipped(2, 1, "3@1", "", 3);
  CHECK(seat.mark() == 3);
  seat.confirm(2, 1, 1, 1);
  CHECK(seat.mark() == 3);
  seat.shipped(2, 1, "3@1", "", 0);
  CHECK(seat.mark() == 3);
  seat.shipped(3, 2, "3@1", "", 2);
  CHECK(seat.mark() == 3);
}

TEST_CASE("follower_elected: what is committed, is applied when it is durable here") {
  Seat seat("a@1");
  seat.shipped(2, 1, "1@1", "b@1 c@1", 2);
  CHECK(seat.mark() == 2);
  CHECK(seat.applied() == 1);
  seat.sync();
  CHECK(seat.applied() == 2);  // and not more: the third is not committed
  seat.confirm(2, 1, 1, 3);
  CHECK((seat.mark() == 3 && seat.applied() == 3));
}

TEST_CASE("follower_elected: a tail that is not the new leader's, is not taken for committed") {
  Seat seat("a@1 x@1 y@1");
  seat.shipped(3, 2, "1@1", "", 3);  // the leader's own second and third are others
  CHECK((seat.mark() == 1 && seat.state() == "ka=a"));
  seat.confirm(3, 2, 1, 3);
  CHECK(seat.mark() == 1);
  seat.shipped(3, 2, "1@1", "b@2 c@2", 3);
  CHECK(seat.entries() == "a@1 b@2 c@2");
  seat.sync();
  CHECK(seat.state() == "ka=a kb=b kc=c");
}

TEST_CASE("follower_elected: another leader or generation, has verified nothing yet") {
  Seat seat("a@1 b@1 c@1");
  seat.shipped(2, 1, "3@1", "", 1);
  CHECK(seat.mark() == 1);
  seat.confirm(3, 2, 1, 3);
  CHECK(seat.mark() == 1);
}

TEST_CASE("follower_elected: a confirmation, is of the round that was asked") {
  Seat seat("a@1");
  for (const std::uint64_t round : {1U, 2U, 2U, 7U}) {
    seat.confirm(2, 1, round);
    CHECK(seat.sent() == "2<confirmed " + std::to_string(round));
  }
}

TEST_CASE("follower_elected: what was missing, is asked for again when no ship has come for long") {
  Seat seat("a@1", seat_that_beats());
  seat.shipped(2, 1, "4@1", "e@1");
  CHECK(seat.sent() == "2<ack 1 mismatch");
  seat.shipped(2, 1, "5@1", "f@1");
  CHECK(seat.sent() == "");  // it was under way
  seat.confirm(2, 1, 1);
  CHECK(seat.sent() == "2<confirmed 1");
  seat.pass(20);
  seat.sent();
  seat.confirm(2, 1, 2);  // whatever the round: a leader that is asked for reads has many
  CHECK(seat.sent() == "2<confirmed 2, 2<ack 1 mismatch");
  seat.confirm(2, 1, 2);
  CHECK(seat.sent() == "2<confirmed 2");
  seat.shipped(2, 1, "1@1", "b@1 c@1 d@1 e@1");
  CHECK(seat.sent() == "2<ack 1 success");
  seat.sync();
  CHECK(seat.sent() == "2<ack 5 success");
  seat.confirm(2, 1, 1);
  CHECK(seat.sent() == "2<confirmed 1");
}

TEST_CASE("follower_elected: a record that differs, is where the leader is sent back to") {
  Seat seat("a@1 x@2 y@2");
  seat.shipped(2, 4, "3@3", "d@3");
  CHECK(seat.sent() == "2<ack 2 mismatch");
  seat.shipped(2, 4, "2@1", "c@3");
  CHECK(seat.sent() == "2<ack 1 mismatch");
  seat.shipped(2, 4, "1@1", "b@1 c@3 d@3");
  CHECK(seat.entries() == "a@1 b@1 c@3 d@3");
}

TEST_CASE("follower_elected: who stood in vain, has forgotten what was verified and asks for it") {
  Seat seat("a@1 b@1", seat_that_beats());
  seat.shipped(2, 1, "2@1", "", 0);
  seat.confirm(2, 1, 4, 0);
  seat.sent();
  CHECK(seat.stand().find("2<would you") != std::string::npos);
  seat.confirm(2, 1, 5, 2);  // the leader lives
  CHECK((seat.role() == "follows" && seat.mark() == 0));
  CHECK(seat.sent() == "2<confirmed 5");
  seat.pass(20);
  seat.sent();
  seat.confirm(2, 1, 5, 2);
  CHECK(seat.sent() == "2<confirmed 5, 2<ack 2 mismatch");
  seat.shipped(2, 1, "2@1", "", 2);
  seat.sync();
  CHECK((seat.mark() == 2 && seat.applied() == 2));
}

TEST_CASE("follower_elected: an ack, waits for the generation that it is said in") {
  Seat seat("a@1");
  seat.shipped(2, 5, "1@1", "");
  CHECK(seat.sent() == "");
  seat.sync();
  CHECK(seat.sent() == "2<ack 1 success");
}

TEST_CASE("follower_elected: a leader that is heard, is waited for anew") {
  Seat seat("a@1");
  for (int n = 0; n < 20; ++n) {
    seat.pass(250);
    seat.confirm(2, 1, 1);
    REQUIRE(seat.role() == "follows");
  }
  CHECK(seat.stand() != "it doesn't stand");
}

TEST_CASE("follower_elected: nobody is heard, it stands within once and twice the timeout") {
  for (std::uint64_t drawn = 0; drawn < 20; ++drawn) {
    CAPTURE(drawn);
    NodeConfig config = seat_config(3);
    config.election_seed = drawn;
    Seat seat("", config);
    seat.pass(299);
    CHECK(seat.role() == "follows");
    seat.pass(302);
    CHECK(seat.role() == "stands");
  }
}

TEST_CASE("follower_elected: a connection that is gone, leaves nobody to follow") {
  Seat seat("a@1");
  seat.confirm(2, 1, 1);
  CHECK(seat.node().leader() == NodeId(2));
  seat.gone(3);
  CHECK(seat.node().leader() == NodeId(2));
  seat.gone(2);
  CHECK(seat.node().leader().is_none());
  seat.hello(2, "1@1", 1);
  seat.sent();
  seat.confirm(2, 1, 1);
  CHECK((seat.node().leader() == NodeId(2) && seat.sent() == "2<confirmed 1"));
}

TEST_CASE(
    "follower_elected: a full disk in a new generation, ends the connection with its leader") {
  Seat seat("a@1");
  seat.take_hang_ups();
  seat.disk_is_full = true;
  seat.shipped(2, 2, "1@1", "b@2");
  CHECK((seat.generation() == 1 && seat.entries() == "a@1"));
  CHECK(seat.take_hang_ups() == std::vector<NodeId>{NodeId(2)});
}
