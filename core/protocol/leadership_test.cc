// Does it still lead, and what may it answer? Rounds of confirmation, and the majority it hears.
#include "core/protocol/leadership.h"

#include <doctest/doctest.h>

#include "core/protocol/elected_fixture.h"

using namespace quorate;

namespace {

struct Leading : Seat {
  explicit Leading(std::uint32_t members = 3, const NodeConfig& config = {})
      : Seat("", members == 0 ? config : seat_config(members)) {
    serve();
  }
};

NodeConfig with(std::uint32_t members, void (*tweak)(NodeConfig&)) {
  NodeConfig config = seat_config(members);
  tweak(config);
  return config;
}

}  // namespace

TEST_CASE("leadership: a read, begins a round and waits until a majority has confirmed it") {
  Leading seat;
  seat.request("get x");
  CHECK(seat.sent() == "2<confirm 1 mark 1, 3<confirm 1 mark 1");
  CHECK(seat.answers() == "");
  seat.confirmed(3, 1);
  CHECK(seat.answers() == "1:nil");
}

TEST_CASE("leadership: confirmations needed, are a majority with the leader itself") {
  const int needed[] = {0, 0, 1, 1, 2, 2, 3, 3};
  for (std::uint32_t members = 2; members <= 7; ++members) {
    CAPTURE(members);
    Leading seat(members);
    seat.request("get x");
    for (int n = 1; n <= needed[members]; ++n) {
      CHECK(seat.answers() == "");
      seat.confirmed(2, 1);  // saying it twice is saying it once
      if (n > 1) seat.confirmed(static_cast<std::uint32_t>(1 + n), 1);
    }
    CHECK(seat.answers() == "1:nil");
  }
}

TEST_CASE("leadership: a node alone, answers reads at once and never steps down") {
  Seat seat("", seat_config(1));
  seat.sync();
  seat.sync();
  REQUIRE(seat.node().is_serving());
  seat.request("get x");
  CHECK(seat.answers() == "1:nil");
  seat.pass(60'000);
  CHECK(seat.role() == "leads");
}

TEST_CASE("leadership: a round that began before a read came, proves nothing for it") {
  Leading seat;
  seat.request("get x");
  seat.request("get y");
  CHECK(seat.sent() ==
        "2<confirm 1 mark 1, 3<confirm 1 mark 1, 2<confirm 2 mark 1, 3<confirm 2 mark 1");
  seat.confirmed(2, 1);
  CHECK(seat.answers() == "1:nil");
  seat.confirmed(2, 1);
  CHECK(seat.answers() == "");
  seat.confirmed(3, 2);
  CHECK(seat.answers() == "2:nil");
}

TEST_CASE("leadership: a later round, confirms all reads before it in the order of their coming") {
  Leading seat;
  seat.request("get x");
  seat.request("get y");
  seat.request("get z");
  seat.confirmed(2, 3);
  CHECK(seat.answers() == "1:nil 2:nil 3:nil");
}

TEST_CASE("leadership: what an earlier one of its rounds was told, can't come too soon") {
  Leading seat;
  seat.confirmed(2, 99);  // of no round that was begun
  seat.request("get x");
  CHECK(seat.answers() == "");
  seat.confirmed(2, 1);
  CHECK(seat.answers() == "1:nil");
}

TEST_CASE("leadership: an old confirmation behind a newer one, takes nothing back") {
  Leading seat;
  seat.request("get x");
  seat.confirmed(2, 1);
  seat.request("get y");
  seat.confirmed(2, 2);
  seat.answers();
  seat.request("get z");
  seat.confirmed(2, 3);
  seat.confirmed(2, 1);
  CHECK(seat.answers() == "3:nil");
}

TEST_CASE("leadership: a read, sees what was committed before it came") {
  Leading seat;
  seat.request("set x 1");
  seat.sync();
  seat.ack(2, 2);
  CHECK(seat.answers() == "1:ok");
  seat.request("get x");
  seat.confirmed(2, 1);
  CHECK(seat.answers() == "2:value=1");
}

TEST_CASE("leadership: a read behind a write of another that isn't committed, doesn't see it") {
  Leading seat;
  seat.request("set x 1");
  seat.request("get x");
  seat.confirmed(2, 1);
  CHECK(seat.answers() == "2:nil");
}

TEST_CASE("leadership: nobody confirms in time, a read times out and a later one waits on") {
  Leading seat(0, with(3, [](NodeConfig& config) { config.write_timeout = milliseconds(100); }));
  seat.request("get x");
  seat.pass(50);
  seat.request("get y");
  seat.pass(49);
  CHECK(seat.answers() == "");
  seat.pass(1);
  CHECK(seat.answers() == "1:timeout");
  seat.confirmed(2, 2);
  CHECK(seat.answers() == "2:nil");
}

TEST_CASE("leadership: a read that had waited for its turn, has so much less time") {
  Leading seat(0, with(3, [](NodeConfig& config) { config.write_timeout = milliseconds(100); }));
  seat.request("get x");
  ClientRequest late;
  late.key = "y";
  late.client = ClientId(9);
  late.waited = milliseconds(70);
  seat.tell_it(late);
  seat.pass(29);
  CHECK(seat.answers() == "");
  seat.pass(1);
  CHECK(seat.answers() == "9:timeout");
  seat.pass(69);
  CHECK(seat.answers() == "");
  seat.pass(1);
  CHECK(seat.answers() == "1:timeout");
}

TEST_CASE("leadership: reads that wait, count among what may wait at all") {
  Leading seat(0, with(3, [](NodeConfig& config) { config.max_waits = 2; }));
  seat.request("get x");
  seat.request("set x 1");
  seat.request("get y");
  CHECK(seat.answers() == "3:busy");
}

TEST_CASE(
    "leadership: not heard by a majority for an election timeout, it steps down and not before") {
  Leading seat;
  seat.confirmed(2, 0);
  seat.pass(299);
  CHECK(seat.role() == "leads");
  seat.request("get x");
  seat.pass(1);
  CHECK(seat.role() == "follows");
  CHECK(seat.answers() == "1:not_leader");
  CHECK(seat.tells("steps down in generation 1: no majority was heard in time"));
}

TEST_CASE("leadership: of five, the second answer that is newest counts") {
  Leading seat(5);
  for (const std::uint32_t peer : {2u, 3u, 4u, 5u}) seat.confirmed(peer, 0);
  seat.pass(100);
  seat.confirmed(2, 0);
  seat.confirmed(3, 0);
  seat.pass(100);
  seat.confirmed(2, 0);
  seat.pass(199);  // 2 was heard 199 ms ago, 3 was 299 ms ago
  CHECK(seat.role() == "leads");
  seat.pass(1);
  CHECK(seat.role() == "follows");
}

TEST_CASE("leadership: any ack, is a sign of life like a confirmation") {
  Leading seat;
  for (int n = 0; n < 10; ++n) {
    seat.pass(200);
    seat.ack(3, 1);
  }
  CHECK(seat.role() == "leads");
}

TEST_CASE("leadership: a heartbeat that says nothing of it, is none") {
  Leading seat;
  seat.confirmed(2, 0);
  for (int n = 0; n < 3; ++n) {
    seat.pass(100);
    seat.says(2, Heartbeat{});
  }
  CHECK(seat.role() == "follows");
}

TEST_CASE("leadership: a silent link, is asked the present round again") {
  Leading seat(0, with(3, [](NodeConfig& config) { config.heartbeat = milliseconds(40); }));
  seat.request("get x");
  CHECK(seat.sent() == "2<confirm 1 mark 1, 3<confirm 1 mark 1");
  seat.pass(45);
  CHECK(seat.sent() == "2<confirm 1 mark 1, 3<confirm 1 mark 1");
  seat.confirmed(3, 1);
  CHECK(seat.answers() == "1:nil");
}
