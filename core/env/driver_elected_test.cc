// A driver in the profile replicated_log: node 1 of three, whom the others have dialed by sockets 1
// (node 2) and 2 (node 3). Clients' sockets are those from 11 on.
#include <doctest/doctest.h>

#include <string>

#include "core/env/driver_fixture.h"

using namespace quorate;

namespace {

struct MemberStage : DriverStage {
  MemberStage() : DriverStage(config(), {"a:1", "b:2", "c:3"}) {
    driver.start(env);
    for (const std::uint64_t socket : {1U, 2U}) {
      driver.accepted_peer(env, SocketId(socket));
      says(socket, Hello{1, Lsn(), Generation(), false});
    }
  }
  static NodeConfig config() {
    NodeConfig config;
    config.profile = Profile::replicated_log;
    config.peer_silence = milliseconds(10'000);
    return config;
  }
  void says(std::uint64_t socket, const MessageBody& body, ByteSpan records = {}) {
    const NodeId from(static_cast<std::uint32_t>(socket) + 1);
    hears(SocketId(socket), {from, driver.node()->log().generation(), body}, records);
  }
  // The frames of one kind that were written to that socket, and what came with them.
  template <class Kind>
  std::vector<std::pair<Kind, Bytes>> said(std::uint64_t socket) {
    std::vector<std::pair<Kind, Bytes>> found;
    ByteSpan out = as_bytes(at(SocketId(socket)).out);
    for (FrameScan scan = scan_frame(out); scan.status == FrameStatus::whole;
         out = out.subspan(scan.size), scan = scan_frame(out))
      if (const auto* body = std::get_if<Kind>(&scan.message.body))
        found.push_back({*body, Bytes(scan.records.begin(), scan.records.end())});
    return found;
  }
};

// Node 3 leads.
struct FollowerStage : MemberStage {
  FollowerStage() { says(2, Confirm{1, Lsn()}); }

  // What the leader was asked since the last time.
  std::string passed_on() {
    constexpr const char* kNames[] = {"set ", "get ", "del ", "cas "};
    std::string text;
    for (const auto& [forward, record] : said<Forward>(2)) {
      const auto request = request_of(read_record(record), forward.is_read);
      REQUIRE(request);
      const bool is_set = request->kind == RequestKind::set;
      text += (text.empty() ? "" : ", ") +
              std::string(kNames[static_cast<std::size_t>(request->kind)]) +
              std::string(request->key) + (is_set ? "=" + std::string(request->value) : "");
    }
    at(SocketId(2)).out.clear();
    return text;
  }
  void answers(const Forwarded& answer, ByteSpan record = {}) { says(2, answer, record); }
};

// Node 1 leads.
struct ElectedStage : MemberStage {
  ElectedStage() {
    world.time = world.time + milliseconds(700);
    driver.time_passed(env);
    says(1, Vote{Generation(1), Lsn(), Generation(), true, true});
    driver.synced(env, true);
    says(1, Vote{Generation(1), Lsn(), Generation(), false, true});
    agree();
    REQUIRE(driver.node()->is_serving());
  }
  // The own disk is done, and node 3 has all of it and still follows.
  void agree() {
    driver.synced(env, true);
    says(2, Ack{Lsn(), AckStatus::success});
    says(2, Ack{driver.node()->log().last(), AckStatus::success});
    if (const auto asked = said<Confirm>(2); !asked.empty())
      says(2, Confirmed{asked.back().first.round});
  }
  std::string told() {
    std::string text;
    for (const auto& [answer, record] : said<Forwarded>(1))
      text += (text.empty() ? "" : " ") + std::string(to_text(answer.reply));
    return text;
  }
};

}  // namespace

TEST_CASE("driver: a follower, passes its clients' requests on and answers in their order") {
  FollowerStage follower;
  const SocketId client = follower.client(11);
  follower.asks(client, set("k", "a") + set("k", "b") + "GET k\r\nPING\r\n");
  CHECK(follower.passed_on() == "set k=a, set k=b");  // the read waits for the writes before it
  follower.answers({2, ReplyKind::ok, 0});
  CHECK(follower.at(client).out.empty());
  follower.answers({1, ReplyKind::deposed, 0});
  CHECK(follower.at(client).out.starts_with("-DEPOSED "));
  CHECK(follower.at(client).out.ends_with("\r\n+OK\r\n"));
  CHECK(follower.passed_on() == "get k");
  follower.at(client).out.clear();
  Bytes value;
  encode_record({{}, {}, {}, 0, Op::set, {}, "b"}, value);
  follower.answers({3, ReplyKind::value, 0}, value);
  CHECK(follower.at(client).out == "$1\r\nb\r\n+PONG\r\n");
}

TEST_CASE("driver: a follower whose leader is gone, says what became of each request") {
  FollowerStage follower;
  const SocketId one = follower.client(11), other = follower.client(12);
  follower.asks(one, set("k", "a"));
  follower.asks(other, "GET k\r\n");
  follower.at(SocketId(2)).is_broken = true;
  follower.driver.readable(follower.env, SocketId(2));
  CHECK(follower.at(one).out.starts_with("-DEPOSED "));
  CHECK(follower.at(other).out == "-NOTLEADER no leader is known; nothing was done\r\n");
}

TEST_CASE("driver: a follower that is told who leads now, tells it with its address") {
  FollowerStage follower;
  const SocketId client = follower.client(11);
  follower.asks(client, "DEL k\r\n");
  follower.answers({1, ReplyKind::not_leader, 2});
  CHECK(follower.at(client).out == "-NOTLEADER node 2 leads, at b:2; nothing was done\r\n");
}

TEST_CASE("driver: a client that says no more, hears what the leader made of its request") {
  FollowerStage follower;
  const SocketId client = follower.client(11);
  follower.asks(client, set("k", "a"));
  follower.at(client).is_broken = true;
  follower.driver.readable(follower.env, client);
  CHECK_FALSE(follower.at(client).closed);
  follower.answers({1, ReplyKind::ok, 0});
  CHECK((follower.at(client).out == "+OK\r\n" && follower.at(client).closed));
}

TEST_CASE("driver: a peer that takes its values slowly, is told that it is too much") {
  ElectedStage leader;
  leader.asks(leader.client(11), set("k", std::string(1 << 20, 'v')));
  leader.agree();
  leader.at(SocketId(1)).room = 0;
  Bytes read;
  encode_record({{}, {}, {}, 0, Op::set, "k", {}}, read);
  for (std::uint64_t ticket = 1; ticket <= 5; ++ticket) leader.says(1, Forward{ticket, true}, read);
  leader.agree();
  CHECK_FALSE(leader.at(SocketId(1)).closed);
  leader.at(SocketId(1)).room = std::size_t{1} << 30;
  leader.at(SocketId(1)).out.clear();
  leader.driver.writable(leader.env, SocketId(1));
  CHECK(leader.told() == "value busy busy busy busy");
}

TEST_CASE("driver: INFO in the profile replicated_log, tells the role and who leads") {
  const auto tells = [](const std::string& info, std::initializer_list<std::string> lines) {
    for (const std::string& line : lines) {
      CAPTURE(line);
      CHECK(info.find(line + "\r\n") != std::string::npos);
    }
    CHECK(info.find("quorum_rule") == std::string::npos);
  };
  FollowerStage follower;
  follower.asks(follower.client(11), "INFO\r\n");
  tells(follower.at(SocketId(11)).out,
        {"role:follower", "profile:replicated_log", "election_rule:most_up_to_date", "leader:3",
         "generation:0", "high_water_mark:0", "loading:0", "sessions:0"});
  ElectedStage leader;
  leader.asks(leader.client(11), "ONCE 7 1 SET k v\r\n");
  leader.agree();
  leader.at(SocketId(11)).out.clear();
  leader.asks(SocketId(11), "INFO\r\n");
  const std::uint64_t file_bytes = leader.driver.node()->log().wal().end().value();
  tells(leader.at(SocketId(11)).out,
        {"role:leader", "leader:1", "generation:1", "last_lsn:2", "high_water_mark:2", "keys:1",
         "sessions:1", "snapshot_lsn:0", "snapshot_bytes:0", "low_water_mark:0",
         "log_bytes:" + std::to_string(file_bytes)});
  MemberStage candidate;
  candidate.world.time = candidate.world.time + milliseconds(700);
  candidate.driver.time_passed(candidate.env);
  candidate.asks(candidate.client(11), "INFO\r\n");
  tells(candidate.at(SocketId(11)).out, {"role:candidate", "leader:0"});
}
