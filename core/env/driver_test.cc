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

TEST_CASE(
    "driver: a socket that knows what was all, is read once a turn, and any other to its end") {
  LeaderStage leader;
  const SocketId client = leader.client(11);
  const auto reads = [&] {
    const int before = leader.world.reads;
    leader.asks(client, "PING\r\n");
    return leader.world.reads - before;
  };
  CHECK(reads() == 2);
  leader.world.knows_what_was_all = true;
  CHECK(reads() == 1);
  leader.at(client).is_broken = true;
  CHECK(reads() == 2);
  CHECK(leader.at(client).closed);
}

TEST_CASE("driver: a client that says no more, has its answers first and is closed then") {
  LeaderStage leader;
  const SocketId client = leader.client(11);
  leader.at(client).is_broken = true;
  leader.asks(client, set("k", "1") + "GET k\r\n" + set("k", "2"));
  CHECK((leader.at(client).out.empty() && !leader.at(client).closed));
  leader.quorum();
  CHECK((leader.at(client).out == "+OK\r\n$1\r\n1\r\n" && !leader.at(client).closed));
  leader.quorum();
  CHECK((leader.at(client).out == "+OK\r\n$1\r\n1\r\n+OK\r\n" && leader.at(client).closed));
}

TEST_CASE("driver: a client that says no more and waits for nothing, is closed at once") {
  LeaderStage leader;
  const SocketId client = leader.client(11);
  leader.at(client).is_broken = true;
  leader.asks(client, "PING\r\nSET half");
  CHECK((leader.at(client).out == "+PONG\r\n" && leader.at(client).closed));
}

TEST_CASE("driver: empty requests, are dropped as they come and ask for nothing") {
  LeaderStage leader;
  const SocketId client = leader.client(11);
  std::string empty;
  for (int n = 0; n < 1000; ++n) empty += "\r\n*0\r\n";
  for (std::size_t asked = 0; asked <= Driver::kMaxBuffered; asked += empty.size())
    leader.asks(client, empty);
  CHECK(leader.driver.most_buffered() < 1000);
  leader.asks(client, "PING\r\n");
  CHECK(leader.at(client).out == "+PONG\r\n");
}

// ---- several requests on one connection

TEST_CASE("driver: requests that come in one piece, are answered in their order") {
  LeaderStage leader;
  const SocketId client = leader.client(11);
  leader.asks(client, set("k", "1") + "GET k\r\nPING\r\n" + set("k", "2") + "GET k\r\nDEL k\r\n");
  CHECK(leader.at(client).out == "");
  leader.quorum();
  CHECK(leader.at(client).out == "+OK\r\n$1\r\n1\r\n+PONG\r\n");
  leader.quorum();
  CHECK(leader.at(client).out == "+OK\r\n$1\r\n1\r\n+PONG\r\n+OK\r\n$1\r\n2\r\n");
  leader.quorum();
  CHECK(leader.at(client).out == "+OK\r\n$1\r\n1\r\n+PONG\r\n+OK\r\n$1\r\n2\r\n:1\r\n");
}

TEST_CASE("driver: a write that waited for its turn, ends when its time is over since it came") {
  LeaderStage leader;
  const Time began = leader.world.time;
  const Duration timeout = NodeConfig().write_timeout;
  const SocketId client = leader.client(11);
  leader.asks(client, set("k", "1") + "GET k\r\n");
  leader.world.time = began + milliseconds(100);
  const std::string second = set("k", "2");
  leader.asks(client, second.substr(0, 9));
  leader.world.time = began + milliseconds(200);
  leader.asks(client, second.substr(9) + set("k", "3"));
  leader.world.time = began + milliseconds(300);
  leader.asks(client, "GET k\r\n" + set("k", "4"));
  leader.world.time = began + milliseconds(400);
  leader.quorum();
  CHECK(leader.at(client).out == "+OK\r\n$1\r\n1\r\n");
  CHECK(leader.driver.next_deadline() <= began + milliseconds(200) + timeout);
  const auto passes = [&](Time at) {
    leader.world.time = at;
    leader.driver.time_passed(leader.env);
    return leader.at(client).out.substr(std::string("+OK\r\n$1\r\n1\r\n").size());
  };
  const std::string told = "-TIMEOUT no quorum in time; the fate of this write is unknown\r\n";
  CHECK(passes(began + milliseconds(200) + timeout + microseconds(-1)) == "");
  CHECK(passes(began + milliseconds(200) + timeout) == told + told + "$1\r\n1\r\n");
  CHECK(passes(began + milliseconds(300) + timeout + microseconds(-1)) ==
        told + told + "$1\r\n1\r\n");
  CHECK(passes(began + milliseconds(300) + timeout) == told + told + "$1\r\n1\r\n" + told);
}

TEST_CASE("driver: one whose time is over when its turn comes, times out in the same moment") {
  LeaderStage leader;
  const Time began = leader.world.time;
  const SocketId client = leader.client(11);
  leader.asks(client, set("a", "1") + "GET a\r\n" + set("b", "2") + "GET b\r\n");
  leader.world.time = began + NodeConfig().write_timeout;
  leader.driver.time_passed(leader.env);
  CHECK(leader.driver.next_deadline() <= leader.world.time);
  leader.driver.time_passed(leader.env);
  const std::string told = "-TIMEOUT no quorum in time; the fate of this write is unknown\r\n";
  CHECK(leader.at(client).out == told + "$-1\r\n" + told + "$-1\r\n");
  CHECK(leader.driver.node()->log().last() == Lsn(2));
}

TEST_CASE("driver: what waits for its turn, is read up to a bound, and the rest later") {
  LeaderStage leader;
  const SocketId client = leader.client(11);
  leader.asks(client, set("k", "0") + "GET x\r\n");
  std::string many, all = "+OK\r\n$-1\r\n";
  for (int n = 1; n <= 60; ++n) {
    many += set("k", std::string(100'000, 'v')) + "GET x\r\n";
    all += "+OK\r\n$-1\r\n";
  }
  leader.asks(client, many);
  CHECK(leader.driver.most_buffered() <= 2 * Driver::kMaxWaiting);
  CHECK(leader.at(client).in.size() > many.size() - 2 * Driver::kMaxWaiting);
  for (int n = 0; n <= 60; ++n) leader.quorum();
  CHECK(leader.at(client).in.empty());
  CHECK(leader.at(client).out == all);
  CHECK(leader.driver.most_buffered() <= 2 * Driver::kMaxWaiting);
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
