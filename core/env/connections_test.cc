#include "core/env/connections.h"

#include <doctest/doctest.h>

#include "core/base/check.h"

using namespace quorate;

namespace {

// A socket in that slot, opened as the n-th.
constexpr SocketId socket_of(std::uint32_t slot, std::uint64_t n = 0) {
  return SocketId((n << 32) | slot);
}

Connection& open_client(Connections& table, SocketId socket) {
  return table.open(socket, ConnectionKind::client, NodeId());
}

}  // namespace

TEST_CASE("connections: one that was opened, is found by its socket") {
  Connections table;
  open_client(table, socket_of(3));
  REQUIRE(table.find(socket_of(3)) != nullptr);
  CHECK(table.find(socket_of(3))->kind == ConnectionKind::client);
  CHECK(table.find(socket_of(2)) == nullptr);
  CHECK(table.find(socket_of(99)) == nullptr);
  CHECK(table.slots() == 4);
}

TEST_CASE("connections: a socket that took over a slot, is not mistaken for the one before") {
  Connections table;
  open_client(table, socket_of(1, 1)).kind = ConnectionKind::unused;
  CHECK(table.find(socket_of(1, 1)) == nullptr);
  open_client(table, socket_of(1, 2));
  CHECK(table.find(socket_of(1, 1)) == nullptr);
  CHECK(table.find(socket_of(1, 2)) != nullptr);
}

TEST_CASE("connections: a slot in use, can't be opened again") {
  Connections table;
  open_client(table, socket_of(1, 1));
  CHECK_THROWS_AS(open_client(table, socket_of(1, 2)), InvariantBroken);
}

TEST_CASE("connections: a slot used again, has nothing of the one before") {
  Connections table;
  Connection& before = open_client(table, socket_of(0, 1));
  before.in.append(as_bytes("in"));
  before.out.append(as_bytes("out"));
  before.dirty = before.ends = before.held = before.waits = true;
  before.arrivals.push_back({9, Time(1)});
  before.taken = 5;
  before.requests = before.unanswered = 7;
  before.peer = NodeId(3);
  before.kind = ConnectionKind::unused;
  const Connection& after = open_client(table, socket_of(0, 2));
  CHECK((after.in.empty() && after.out.empty()));
  CHECK_FALSE((after.dirty || after.ends || after.held || after.waits));
  CHECK((after.arrivals.empty() && after.taken == 0));
  CHECK((after.requests == 0 && after.unanswered == 0 && after.peer.is_none()));
}

TEST_CASE("connections: a peer's, is found by its name once it has said hello") {
  Connections table;
  table.open(socket_of(0), ConnectionKind::pending, NodeId());
  table.open(socket_of(1), ConnectionKind::dialing, NodeId(2));
  table.open(socket_of(2), ConnectionKind::peer, NodeId(3));
  CHECK(table.of_peer(NodeId(2)) == nullptr);
  CHECK(table.of_peer(NodeId(3)) == table.find(socket_of(2)));
  table.find(socket_of(2))->kind = ConnectionKind::unused;
  CHECK(table.of_peer(NodeId(3)) == nullptr);
}

TEST_CASE(
    "connections: a peer that is being dialed, is found so until it has said hello "
    "elsewhere") {
  Connections table;
  table.open(socket_of(0), ConnectionKind::dialing, NodeId(2));
  table.open(socket_of(1), ConnectionKind::pending, NodeId(3));
  CHECK(table.to_peer(NodeId(2)) == table.find(socket_of(0)));
  CHECK(table.to_peer(NodeId(3)) == table.find(socket_of(1)));
  CHECK(table.to_peer(NodeId(4)) == nullptr);
  table.open(socket_of(2), ConnectionKind::peer, NodeId(2));
  CHECK(table.to_peer(NodeId(2)) == table.find(socket_of(2)));
}

TEST_CASE("connections: too many that say nothing, the oldest by its opening is the one to go") {
  Connections table;
  table.open(socket_of(0, 9), ConnectionKind::pending, NodeId());
  table.open(socket_of(1, 5), ConnectionKind::pending, NodeId());
  table.open(socket_of(2, 7), ConnectionKind::pending, NodeId());
  CHECK(table.oldest_pending(4) == nullptr);
  CHECK(table.oldest_pending(3) == table.find(socket_of(1, 5)));
}

TEST_CASE("connections: those that we dialed and the clients, are no strangers") {
  Connections table;
  table.open(socket_of(0), ConnectionKind::pending, NodeId(2));
  table.open(socket_of(1), ConnectionKind::client, NodeId());
  table.open(socket_of(2), ConnectionKind::peer, NodeId(3));
  CHECK(table.oldest_pending(1) == nullptr);
}

TEST_CASE("connections: a peer that says hello, is found by its name until it is gone") {
  Connections table;
  Connection& connection = table.open(socket_of(1), ConnectionKind::pending, NodeId());
  CHECK(table.of_peer(NodeId(3)) == nullptr);
  table.name(connection, NodeId(3));
  REQUIRE(table.of_peer(NodeId(3)) != nullptr);
  CHECK(table.of_peer(NodeId(3))->socket == socket_of(1));
  table.of_peer(NodeId(3))->kind = ConnectionKind::unused;
  CHECK(table.of_peer(NodeId(3)) == nullptr);
  open_client(table, socket_of(1));  // the slot is used again, by somebody else
  CHECK(table.of_peer(NodeId(3)) == nullptr);
}
