// Whose word is heard? The generation of each message, and of the node, in every role.
#include <doctest/doctest.h>

#include <utility>
#include <vector>

#include "core/protocol/elected_fixture.h"

using namespace quorate;

namespace {

// A node of generation 3 in that role: of a cluster of three with "a@1 b@3" on its disk. It was
// generation 2 when it stood, or stood again.
Seat in_role(const std::string& role) {
  if (role == "follows") return Seat("a@1 b@3");
  if (role == "asks") {
    Seat seat("a@1 b@3");
    seat.stand();
    return seat;
  }
  Seat seat("a@1 b@2");
  if (role == "leads") {
    seat.win();
  } else {
    seat.stand();
    seat.would(2, 3);
    if (role == "stands") seat.sync();
  }
  seat.sent();
  return seat;
}

const std::vector<std::string> kRoles = {"follows", "asks", "takes", "stands", "leads"};

const std::vector<std::pair<std::string, MessageBody>> kSaid = {
    {"ship", ship_head("2@2", 0)},
    {"ack", Ack{Lsn(3), AckStatus::success}},
    {"heartbeat", Heartbeat{}},
    {"fetch", Fetch{Lsn(1), Generation(1)}},
    {"give", Give{Lsn(1), Generation(1), Lsn(5), true, 0}},
    {"vote request", VoteRequest{Generation(2), Lsn(9), Generation(2), false}},
    {"vote", Vote{Generation(3), Lsn(1), Generation(1), false, true}},
    {"confirm", Confirm{5, Lsn(2)}},
    {"confirmed", Confirmed{1}},
};

}  // namespace

TEST_CASE("node_elects: an older generation, is refused and told ours, whatever it says to whom") {
  for (const std::string& role : kRoles) {
    for (const auto& [name, body] : kSaid) {
      CAPTURE(role);
      const std::string said(name);
      CAPTURE(said);
      Seat seat = in_role(role);
      const std::string before = seat.role();
      const std::string entries = seat.entries();
      seat.says(2, Message{NodeId(2), Generation(2), body});
      const std::vector<Letter> letters = seat.take_letters();
      REQUIRE(letters.size() == 1);
      CHECK((letters[0].to == NodeId(2) && letters[0].message.generation == Generation(3)));
      CHECK(std::holds_alternative<Heartbeat>(letters[0].message.body));
      CHECK((seat.role() == before && seat.generation() == 3 && seat.entries() == entries));
      CHECK(seat.mark() == 0);
    }
  }
}

TEST_CASE("node_elects: a newer generation, is entered in every role, and makes a follower of it") {
  for (const std::string& role : kRoles) {
    for (const auto& [name, body] : kSaid) {
      CAPTURE(role);
      const std::string said(name);
      CAPTURE(said);
      Seat seat = in_role(role);
      seat.says(2, Message{NodeId(2), Generation(8), body});
      CHECK((seat.role() == "follows" && seat.generation() == 8));
      CHECK(seat.has_unsynced());
      CHECK_FALSE(seat.node().is_serving());
      if (name != "vote request") CHECK(seat.voted_for() == 0);
    }
  }
}

TEST_CASE("node_elects: a newer generation in a hello, is entered likewise") {
  for (const std::string& role : kRoles) {
    CAPTURE(role);
    Seat seat = in_role(role);
    seat.gone(2);
    seat.hello(2, "0", 8);
    CHECK((seat.role() == "follows" && seat.generation() == 8));
  }
}

TEST_CASE("node_elects: an older generation in a hello, learns ours from the answer") {
  Seat seat("g5");
  seat.gone(2);
  seat.hello(2, "0", 3);
  const std::vector<Letter> letters = seat.take_letters();
  REQUIRE(letters.size() == 1);
  CHECK(std::holds_alternative<Hello>(letters[0].message.body));
  CHECK((letters[0].message.generation == Generation(5) && seat.generation() == 5));
}

TEST_CASE(
    "node_elects: a message that names another sender, ends the connection and is not heard") {
  for (const std::string& role : kRoles) {
    CAPTURE(role);
    Seat seat = in_role(role);
    seat.take_hang_ups();
    seat.says(2, Message{NodeId(3), Generation(8), Heartbeat{}});
    CHECK(seat.take_hang_ups() == std::vector<NodeId>{NodeId(2)});
    CHECK(seat.generation() == 3);
  }
}

TEST_CASE("node_elects: a leader that is deposed, tells its clients what it can't know") {
  Seat seat;
  seat.serve();
  seat.request("set x 1");
  seat.request("get x");
  CHECK(seat.answers() == "");
  seat.says(2, Message{NodeId(2), Generation(8), Heartbeat{}});
  CHECK(seat.answers() == "2:not_leader 1:deposed");
  CHECK(seat.tells("steps down in generation 8: there is a newer generation"));
}

TEST_CASE("node_elects: damage that may hide votes, is answered by a generation beyond them all") {
  Bytes file = file_with("a@1 g2 v2 g3 v2 b@3");
  const std::size_t sound = file_with("a@1").size();
  file[sound + 20] ^= 1;  // in the note of generation 2, with sound ones behind it
  Seat seat;
  seat.crash();
  seat.start(file);
  CHECK(seat.generation() > 4);
  CHECK(seat.voted_for() == 0);
}

TEST_CASE("node_elects: damage that may hide votes and no room to go beyond them, stops the node") {
  Bytes file = file_with("a@1 g2 v2 g3 v2 b@3");
  file[file_with("a@1").size() + 20] ^= 1;
  Seat seat;
  seat.crash();
  seat.disk_is_full = true;
  seat.start(file);
  CHECK(seat.halted());
  seat.crash();
  seat.disk_is_full = false;
  seat.start(file);
  CHECK_FALSE(seat.halted());
  CHECK(seat.generation() > 4);
}

TEST_CASE("node_elects: damage whose cut the disk refuses, lets no ack out that came with it") {
  Bytes file = file_with("a@1 b@1 g2 v2 g3");
  file[file_with("a@1 b@1").size() + 20] ^= 1;
  Seat seat;
  seat.crash();
  seat.start(file);
  seat.sync();
  seat.hello(2, "0");
  seat.sent();
  const std::uint64_t now = seat.generation();
  const std::string third = "c@" + std::to_string(now);
  seat.disk_is_full = true;
  seat.shipped(2, now, "2@1", third);
  CHECK(seat.sent() == "2<ack 3 no_space");
  seat.disk_is_full = false;
  seat.shipped(2, now, "2@1", third);
  CHECK(seat.sent() == "");
  seat.sync();
  CHECK(seat.sent() == "2<ack 3 success");
}

TEST_CASE(
    "node_elects: a node that has lost records, neither stands nor votes before it has them") {
  Bytes file = file_with("a@1 b@1 c@1");
  file[file_with("a@1").size() + 20] ^= 1;
  Seat seat;
  seat.crash();
  seat.start(file);
  seat.sync();
  seat.hello(2, "0");
  seat.hello(3, "0");
  seat.sent();
  CHECK(seat.stand() == "it doesn't stand");
  const std::uint64_t next = seat.generation() + 1;
  seat.would_you(2, next, "9@1");
  seat.asks(2, next, "9@1");
  const std::string no = "2<no vote for " + std::to_string(next);
  CHECK(seat.sent() == no + ", " + no);
  seat.shipped(2, next, "1@1", "b@1 c@1");
  seat.sync();
  CHECK(seat.sent() == "2<ack 3 success");
  seat.pass(601);
  CHECK(seat.role() == "stands");
}
