// Who is elected, by whose votes, and what is on its disk by then?
#include "core/protocol/candidate.h"

#include <doctest/doctest.h>

#include "core/protocol/elected_fixture.h"

using namespace quorate;

TEST_CASE("candidate: a node that hears no leader, asks first and leaves its generation alone") {
  Seat seat("a@1");
  CHECK(seat.stand() == "2<would you vote for 2 with 1@1, 3<would you vote for 2 with 1@1");
  CHECK(seat.role() == "stands");
  CHECK(seat.generation() == 1);
  CHECK_FALSE(seat.has_unsynced());
}

TEST_CASE(
    "candidate: who would be elected, asks for votes when its own is durable and not before") {
  Seat seat;
  seat.stand();
  seat.would(2, 1);
  CHECK(seat.sent() == "");
  CHECK((seat.generation() == 1 && seat.voted_for() == 1));
  seat.votes(2, 1);  // nobody was asked yet: this can't be an answer
  seat.votes(3, 1);
  CHECK(seat.role() == "stands");
  seat.sync();
  CHECK(seat.sent() == "2<vote for 1 with 0, 3<vote for 1 with 0");
  seat.sync();
  CHECK(seat.sent() == "");  // once is enough
}

TEST_CASE("candidate: a crash before its own vote was durable, leaves no trace of it") {
  Seat seat("g3");
  seat.stand();
  seat.would(2, 4);
  CHECK(seat.generation() == 4);
  seat.restart();
  CHECK(seat.generation() == 3);
}

TEST_CASE("candidate: a crash after its own vote was durable, leaves it with that vote") {
  Seat seat;
  seat.stand();
  seat.would(2, 1);
  seat.sync();
  seat.restart();
  CHECK((seat.generation() == 1 && seat.voted_for() == 1));
  seat.asks(2, 1);
  CHECK(seat.sent() == "2<no vote for 1");
}

TEST_CASE("candidate: a majority of all members elects, of whatever size the cluster is") {
  const int needed[] = {0, 0, 1, 1, 2, 2, 3, 3};  // beside its own, by members
  for (std::uint32_t members = 2; members <= 7; ++members) {
    CAPTURE(members);
    Seat seat("", seat_config(members));
    seat.stand();
    for (int n = 1; n <= needed[members]; ++n) {
      CHECK(seat.generation() == 0);
      seat.would(static_cast<std::uint32_t>(1 + n), 1);
    }
    CHECK(seat.generation() == 1);
    seat.sync();
    for (int n = 1; n <= needed[members]; ++n) {
      CHECK(seat.role() == "stands");
      seat.votes(static_cast<std::uint32_t>(1 + n), 1);
    }
    CHECK(seat.role() == "leads");
    CHECK(seat.entries() == "+@1");
  }
}

TEST_CASE("candidate: one node alone, elects itself at once and leads when that is durable") {
  Seat seat("a@4", seat_config(1));
  CHECK((seat.role() == "stands" && seat.generation() == 5));
  seat.sync();
  CHECK((seat.role() == "leads" && seat.entries() == "a@4 +@5"));
  CHECK_FALSE(seat.node().is_serving());
  seat.sync();
  CHECK(seat.node().is_serving());
}

TEST_CASE("candidate: a voter that says it twice, counts once") {
  Seat seat("", seat_config(5));
  seat.stand();
  seat.would(2, 1);
  seat.would(2, 1);
  CHECK(seat.generation() == 0);
  seat.would(3, 1);
  seat.sync();
  seat.votes(2, 1);
  seat.votes(2, 1);
  CHECK(seat.role() == "stands");
  seat.votes(4, 1);
  CHECK(seat.role() == "leads");
}

TEST_CASE("candidate: a refusal, or an answer to another question, doesn't count") {
  Seat seat("g1");
  seat.stand();
  seat.would(2, 2, false);
  seat.would(2, 1);
  seat.would(2, 3);
  seat.votes(2, 1);  // a vote is no answer to whether it would be given
  CHECK(seat.generation() == 1);
  seat.would(2, 2);
  CHECK(seat.generation() == 2);
  seat.sync();
  seat.would(3, 2);  // a late one, to the question before
  seat.votes(3, 2, "0", false);
  seat.says(3, Vote{Generation(1), Lsn(), Generation(), false, true});
  CHECK(seat.role() == "stands");
  seat.votes(3, 2);
  CHECK(seat.role() == "leads");
}

TEST_CASE("candidate: whoever connects meanwhile, is asked what the others were asked") {
  Seat seat;
  seat.gone(3);
  CHECK(seat.stand() == "2<would you vote for 1 with 0");
  seat.hello(3, "0");
  CHECK(seat.sent() == "3<hello 0, 3<would you vote for 1 with 0");
  seat.gone(3);
  seat.would(2, 1);
  seat.hello(3, "0");
  CHECK(seat.sent() == "3<hello 0");  // the own vote isn't durable
  seat.sync();
  CHECK(seat.sent() == "2<vote for 1 with 0, 3<vote for 1 with 0");
  seat.gone(3);
  seat.hello(3, "0");
  CHECK(seat.sent() == "3<hello 0, 3<vote for 1 with 0");
}

TEST_CASE("candidate: an election that nobody wins in time, is begun anew and old votes are void") {
  Seat seat("", seat_config(5));
  seat.stand();
  seat.would(2, 1);
  CHECK(seat.stand().starts_with("2<would you vote for 1 with 0"));  // none was taken: the same one
  seat.would(3, 1);
  CHECK(seat.generation() == 0);  // what node 2 said was to the question before
  seat.would(2, 1);
  seat.sync();
  CHECK(seat.sent().starts_with("2<vote for 1"));
  seat.votes(2, 1);
  CHECK(seat.stand().starts_with("2<would you vote for 2 with 0"));
  seat.votes(3, 1);  // too late
  CHECK((seat.role() == "stands" && seat.generation() == 1));
}

TEST_CASE("candidate: its log, is told as far as it is durable") {
  Seat seat("a@1");
  seat.shipped(2, 1, "1@1", "b@1");
  seat.sent();
  CHECK(seat.entries() == "a@1 b@1");
  CHECK(seat.stand() == "2<would you vote for 2 with 1@1, 3<would you vote for 2 with 1@1");
}

TEST_CASE(
    "candidate: a disk without room for its vote, makes it a follower of the old generation") {
  Seat seat("g3");
  seat.stand();
  seat.disk_is_full = true;
  seat.would(2, 4);
  CHECK((seat.role() == "follows" && seat.generation() == 3));
  CHECK(seat.sent() == "");
  seat.disk_is_full = false;
  CHECK(seat.stand().starts_with("2<would you vote for 4"));
}

TEST_CASE("candidate: another that has won, is followed") {
  Seat seat;
  seat.stand();
  seat.would(2, 1);
  seat.sync();
  seat.sent();
  seat.shipped(3, 1, "0", "+@1");
  CHECK(seat.role() == "follows");
  CHECK((seat.node().leader() == NodeId(3) && seat.entries() == "+@1"));
  seat.votes(2, 1);  // it comes too late
  CHECK(seat.role() == "follows");
}

TEST_CASE("candidate: a leader that is heard while it only asks, is followed, too") {
  Seat seat("a@1");
  seat.stand();
  seat.confirm(2, 1, 7);
  CHECK((seat.role() == "follows" && seat.node().leader() == NodeId(2)));
  CHECK(seat.sent() == "2<confirmed 7");
}
