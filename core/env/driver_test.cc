// Each test plays the world around a leader of three by hand: what its sockets hold, and what was
// written to each of them in how many pieces.
#include "core/env/driver.h"

#include <doctest/doctest.h>

#include <string>

#include "core/env/driver_fixture.h"

using namespace quorate;

namespace {

// Sockets 1 and 2 are of nodes 2 and 3, those from 11 on are clients'.
struct LeaderStage : DriverStage {
  LeaderStage() : DriverStage(NodeConfig(), {"here:1"}) {
    driver.start(env);
    driver.synced(env, true);  // its generation
    for (const std::uint32_t node : {2U, 3U}) {
      const SocketId socket(node - 1);
      driver.accepted_peer(env, socket);
      hears(socket, {NodeId(node), Generation(1), Hello{1, Lsn(), Generation(), false}});
      hears(socket, {NodeId(node), Generation(1), Ack{Lsn(), AckStatus::success}});
    }
    for (auto& [id, socket] : world.sockets) socket.writes = 0;
    world.appends = world.syncs = 0;
  }

  // Both followers have it all, and so has the own disk.
  void quorum() {
    const Lsn last = driver.node()->log().last();
    for (const std::uint32_t node : {2U, 3U})
      hears(SocketId(node - 1), {NodeId(node), Generation(1), Ack{last, AckStatus::success}});
    driver.synced(env, true);
  }
};

}  // namespace

TEST_CASE("driver: writes that are told one by one, are a ship each") {
  LeaderStage leader;
  for (const std::uint64_t id : {11U, 12U, 13U}) leader.asks(leader.client(id), set("k", "v"));
  CHECK(leader.at(SocketId(1)).writes == 3);
  CHECK(leader.world.appends == 3);
}

TEST_CASE("driver: writes that are told together, are one append, one ship and one sync") {
  LeaderStage leader;
  leader.driver.begin();
  for (const std::uint64_t id : {11U, 12U, 13U}) leader.asks(leader.client(id), set("k", "v"));
  CHECK(leader.world.appends == 0);
  leader.driver.end(leader.env);
  CHECK(leader.at(SocketId(1)).writes == 1);
  CHECK(leader.at(SocketId(2)).writes == 1);
  CHECK(leader.world.appends == 1);
  CHECK(leader.world.syncs == 1);
  leader.quorum();
  for (const std::uint64_t id : {11U, 12U, 13U}) CHECK(leader.at(SocketId(id)).out == "+OK\r\n");
}

TEST_CASE("driver: a peer that comes twice in one turn, is greeted once by what stays") {
  LeaderStage leader;
  leader.driver.begin();
  for (const std::uint64_t id : {21U, 22U}) {
    leader.driver.accepted_peer(leader.env, SocketId(id));
    leader.hears(SocketId(id), {NodeId(2), Generation(1), Hello{1, Lsn(), Generation(), false}});
  }
  leader.driver.end(leader.env);
  CHECK(leader.at(SocketId(1)).closed);
  CHECK(leader.at(SocketId(21)).closed);
  const ByteSpan out = as_bytes(leader.at(SocketId(22)).out);
  const FrameScan first = scan_frame(out);
  REQUIRE(first.status == FrameStatus::whole);
  CHECK(std::holds_alternative<Hello>(first.message.body));
  const FrameScan second = scan_frame(out.subspan(first.size));
  REQUIRE(second.status == FrameStatus::whole);
  CHECK(std::holds_alternative<Ship>(second.message.body));
}

TEST_CASE("driver: a client that takes its answers slowly, is waited for and not dropped") {
  LeaderStage leader;
  const SocketId client = leader.client(11);
  leader.asks(client, set("k", std::string(1 << 20, 'v')));
  leader.quorum();
  leader.at(client).out.clear();
  leader.at(client).room = 0;
  for (int n = 0; n < 50; ++n) {
    leader.asks(client, "GET k\r\n");
    CHECK(leader.driver.most_buffered() <= Driver::kMaxBuffered);
  }
  REQUIRE_FALSE(leader.at(client).closed);
  const std::size_t all = std::size_t{50} * ((1 << 20) + std::string("$1048576\r\n\r\n").size());
  while (leader.at(client).out.size() < all) {
    const std::size_t before = leader.at(client).out.size();
    leader.at(client).room = 300'000;
    leader.driver.writable(leader.env, client);
    REQUIRE(leader.at(client).out.size() > before);
    REQUIRE_FALSE(leader.at(client).closed);
  }
  CHECK(leader.at(client).out.size() == all);
}

TEST_CASE("driver: many clients that ask for large values in one turn, are all answered") {
  LeaderStage leader;
  leader.asks(leader.client(11), set("k", std::string(1 << 20, 'v')));
  leader.quorum();
  leader.driver.begin();
  for (std::uint64_t id = 30; id < 60; ++id) leader.asks(leader.client(id), "GET k\r\n");
  leader.driver.end(leader.env);
  for (std::uint64_t id = 30; id < 60; ++id) CHECK(leader.at(SocketId(id)).out.size() > 1 << 20);
}

TEST_CASE("driver: ONCE in the profile ack_quorum, is refused and nothing is written") {
  LeaderStage leader;
  const SocketId client = leader.client(11);
  leader.asks(client, "ONCE 7 1 SET k v\r\n");
  CHECK(leader.at(client).out == "-ERR ONCE needs the profile replicated_log\r\n");
  CHECK(leader.driver.node()->log().last().is_none());
}

TEST_CASE("driver: a compare and set, is answered with 1 or 0 when it is committed") {
  LeaderStage leader;
  const SocketId client = leader.client(11);
  leader.asks(client, "SETNX k a\r\nCAS k a b\r\nCAS k a c\r\nGET k\r\n");
  CHECK(leader.at(client).out.empty());
  leader.quorum();
  CHECK(leader.at(client).out == ":1\r\n:1\r\n:0\r\n$1\r\nb\r\n");
}

TEST_CASE("driver: INFO, tells how the node stands") {
  LeaderStage leader;
  const SocketId client = leader.client(11);
  leader.asks(client, set("k", "v"));
  leader.quorum();
  leader.asks(client, "INFO\r\n");
  const std::string& info = leader.at(client).out;
  for (const char* line : {"role:leader", "node:1", "loading:0", "last_lsn:1", "durable_lsn:1",
                           "high_water_mark:1", "keys:1", "quorum_rule:followers_majority"}) {
    CAPTURE(line);
    CHECK(info.find(std::string(line) + "\r\n") != std::string::npos);
  }
}
