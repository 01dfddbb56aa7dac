#include "sim/cli/real/story.h"

#include <doctest/doctest.h>

#include <vector>

#include "core/wire/message.h"

using namespace quorate;
using namespace quorate::cli;

namespace {

constexpr std::uint64_t kOk = 0, kCrcFailure = 1;

// Hears facts in the order in which they are called, and keeps what is told.
struct Heard {
  std::vector<std::string> lines;
  Story story{[this](const std::string& line) { lines.push_back(line); }};

  Heard& leader(FactKind kind, std::uint32_t peer, std::uint64_t lsn, std::uint64_t a = 0,
                std::uint64_t b = 0) {
    const NodeId whom = peer == 0 ? NodeId() : NodeId(peer);
    story.hear({NodeId(1), Time(), Fact{kind, whom, Lsn(lsn), a, b}});
    return *this;
  }
  Heard& ships(std::uint32_t peer, std::uint64_t lsn, std::uint64_t needed = 2) {
    return leader(FactKind::shipped, peer, lsn, lsn, needed);
  }
  Heard& counts(std::uint32_t peer, std::uint64_t lsn) {
    return leader(FactKind::ack_counted, peer, lsn);
  }
  Heard& quorum(std::uint64_t lsn, std::uint64_t needed = 2) {
    return leader(FactKind::quorum_reached, 0, lsn, needed, needed);
  }
  Heard& acks(std::uint32_t node, std::uint64_t lsn, std::uint64_t status = kOk) {
    story.hear({NodeId(node), Time(), Fact{FactKind::ack_sent, NodeId(1), Lsn(lsn), status, 0}});
    return *this;
  }
};

using Lines = std::vector<std::string>;
const std::string kShipped = "leader: shipped record LSN=1, waiting for quorum (Q=2)";
const std::string kFirst = "follower-1: ack LSN=1 status=OK";
const std::string kSecond = "follower-2: ack LSN=1 status=OK";
const std::string kThird = "follower-3: ack LSN=1 status=OK";
const std::string kQuorum = "leader: quorum reached for LSN=1 (2/2 acks)";

}  // namespace

TEST_CASE("story: all is heard in its order, and told so, a ship to all as one") {
  Heard heard;
  heard.ships(2, 1).ships(3, 1).acks(2, 1).acks(3, 1).counts(2, 1).counts(3, 1).quorum(1);
  CHECK(heard.lines == Lines{kShipped, kFirst, kSecond, kQuorum});
  CHECK((heard.story.committed() == Lsn(1) && heard.story.acked(NodeId(3)) == Lsn(1)));
}

TEST_CASE("story: acks are heard before the ship, and told after it") {
  Heard heard;
  heard.acks(3, 1).acks(2, 1);
  CHECK(heard.lines.empty());
  heard.ships(2, 1).ships(3, 1).counts(3, 1).counts(2, 1).quorum(1);
  CHECK(heard.lines == Lines{kShipped, kFirst, kSecond, kQuorum});
}

TEST_CASE("story: the quorum is heard before an ack that it rests on, and told after it") {
  Heard heard;
  heard.ships(2, 1).ships(3, 1).counts(2, 1).counts(3, 1).quorum(1).acks(3, 1);
  CHECK(heard.lines == Lines{kShipped, kSecond});
  heard.acks(2, 1);
  CHECK(heard.lines == Lines{kShipped, kSecond, kFirst, kQuorum});
}

TEST_CASE("story: an ack that the quorum did not need, is told after it") {
  Heard heard;
  heard.ships(2, 1).ships(3, 1).ships(4, 1).acks(2, 1).acks(3, 1).acks(4, 1);
  CHECK(heard.lines == Lines{kShipped, kFirst, kSecond});
  SUBCASE("the two that were first are counted") {
    heard.counts(2, 1).counts(3, 1).quorum(1);
    CHECK(heard.lines == Lines{kShipped, kFirst, kSecond, kQuorum, kThird});
  }
  SUBCASE("one of them is late on its way") {
    heard.counts(2, 1).counts(4, 1).quorum(1);
    CHECK(heard.lines == Lines{kShipped, kFirst, kSecond, kThird, kQuorum});
  }
}

TEST_CASE("story: a record comes damaged, and is acknowledged only after it came again") {
  Heard heard;
  heard.ships(2, 1).acks(2, 1, kCrcFailure).acks(2, 1);
  CHECK(heard.lines ==
        Lines{kShipped, "follower-1: ack LSN=1 status=CRC_FAILURE: it came damaged"});
  heard.leader(FactKind::crc_failure_heard, 2, 1).leader(FactKind::reshipped, 2, 1, 1);
  REQUIRE(heard.lines.size() == 4);
  CHECK(heard.lines[2] == "leader: shipped record LSN=1 to follower-1 again");
  CHECK(heard.lines[3] == kFirst);
}

TEST_CASE("story: no quorum in time, is settled like an answer") {
  Heard heard;
  heard.ships(2, 1).leader(FactKind::wait_timed_out, 0, 1, 0, 2);
  CHECK(heard.lines.back() ==
        "leader: no quorum for LSN=1 in time (0/2 acks): its fate is unknown, it stays in the log");
  CHECK(heard.story.settled() == 1);
  heard.leader(FactKind::write_answered, 0, 2).leader(FactKind::request_refused, 0, 0);
  CHECK(heard.story.settled() == 3);
}

TEST_CASE("story: who was away, is shipped what it has missed") {
  Heard heard;
  heard.leader(FactKind::peer_connected, 2, 0).leader(FactKind::peer_connected, 3, 0);
  CHECK(heard.lines.empty());  // the beginning is no news
  heard.leader(FactKind::peer_gone, 3, 0);
  heard.story.ended(NodeId(3));
  CHECK_FALSE(heard.story.is_connected(NodeId(3)));
  heard.ships(2, 1).ships(2, 2).acks(2, 2).lines.clear();
  heard.leader(FactKind::peer_connected, 3, 0, 1).leader(FactKind::shipped, 3, 1, 2, 2).acks(3, 2);
  CHECK(heard.lines == Lines{"leader: follower-2 is connected, its log ends at LSN=0 of "
                             "generation 1",
                             "leader: shipped records LSN=1..2 to follower-2",
                             "follower-2: ack LSN=2 status=OK"});
}

TEST_CASE("story: a follower was killed before it could tell of its ack, and nobody waits for it") {
  Heard heard;
  heard.ships(2, 1).counts(2, 1).quorum(1);
  CHECK(heard.lines == Lines{kShipped});
  heard.story.ended(NodeId(2));
  CHECK(heard.lines == Lines{kShipped, kQuorum});
}
