#include "core/posix/member.h"

#include <doctest/doctest.h>

#include <csignal>
#include <fstream>

#include "core/posix/cluster_fixture.h"
#include "core/posix/process.h"

using namespace quorate;

namespace {

std::string refusal(const MemberConfig& config) {
  try {
    const Member member(config);
  } catch (const PosixError& error) {
    return error.what();
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A cluster of one, that answers by itself.
struct Alone : Cluster {
  Alone() : Cluster(1) {}
};

}  // namespace

// ---- the start

TEST_CASE("member: a configuration that makes no sense, is refused with what is wrong") {
  const Cluster cluster;
  const auto with = [&cluster](auto change) {
    MemberConfig config = cluster.config(1);
    change(config);
    return refusal(config);
  };
  CHECK(contains(with([](auto& c) { c.node.id = NodeId(4); }), "there is no 4"));
  CHECK(contains(with([](auto& c) { c.node.id = NodeId(); }), "the members are 1 to 3"));
  CHECK(contains(with([](auto& c) { c.node.members = 33; }), "1 to 32 members"));
  CHECK(contains(with([](auto& c) { c.places.pop_back(); }), "needs as many addresses"));
  CHECK(contains(with([](auto& c) { c.folder = ""; }), "needs a data folder"));
  CHECK(contains(with([](auto& c) { c.folder = "/no/such"; }), "the data folder /no/such: "));
  CHECK(contains(with([](auto& c) { c.places[2].peers = "x"; }), "the address \"x\""));
}

TEST_CASE("member: a port that is taken, is named with whom it was for") {
  const Cluster cluster;
  const MemberConfig config = cluster.config(1);
  {
    const Listener taken(parse_address(config.places[0].clients), "a test");
    CHECK(refusal(config) == "listening for clients on " + config.places[0].clients +
                                 ": Address already in use (EADDRINUSE)");
  }
  const Listener taken(parse_address(config.places[0].peers), "a test");
  CHECK(refusal(config) == "listening for peers on " + config.places[0].peers +
                               ": Address already in use (EADDRINUSE)");
}

TEST_CASE("member: a folder in use, is refused by its name") {
  Alone cluster;
  cluster.start(1);
  MemberConfig config = cluster.config(1);
  config.places = {{local(free_port()), local(free_port())}};
  CHECK(contains(refusal(config), "the data folder " + config.folder + " is in use"));
}

TEST_CASE("member: a damaged log, is spoken of, and nothing is served from it") {
  Alone cluster;
  cluster.start(1);
  REQUIRE(cluster.decides(1, FactKind::serving));
  for (const char* key : {"a", "b", "c"})
    CHECK(RawClient(cluster.port(1)).ask({"SET", key, "v"}) == "+OK");
  cluster.stop(1);
  std::fstream log(cluster.log(1), std::ios::in | std::ios::out | std::ios::binary);
  log.seekp(90);  // in the record of "a": behind that of the generation
  log.put('\x7f');
  log.close();
  std::vector<std::string> notices;
  Member member(cluster.config(1),
                {{}, [&notices](const std::string& text) { notices.push_back(text); }});
  for (const Time end = from_now(kPatience); notices.empty() && member.turn(end);) {
  }
  REQUIRE(notices.size() == 1);
  CHECK(contains(notices[0], "the log " + cluster.log(1) + " is damaged: CORRUPTION"));
}

TEST_CASE("member: SIGTERM and SIGINT, end its run and nothing else") {
  Alone cluster;
  keep_signals();  // whoever runs this may have had them ignored
  for (const int signal : {SIGTERM, SIGINT}) {
    Member member(cluster.config(1));
    stop_on_signals(member.stop_fd());
    ::raise(signal);
    member.run();
    CHECK_FALSE(member.halted());
    keep_signals();
  }
}

// ---- a cluster

TEST_CASE("member: three of them, take writes, and followers say who leads") {
  Cluster cluster;
  cluster.start_all();
  RawClient client(cluster.port(1));
  CHECK(client.ask({"SET", "k", "v"}) == "+OK");
  CHECK(client.ask({"GET", "k"}) == "$1");
  CHECK(client.line() == "v");
  CHECK(client.ask({"DEL", "k"}) == ":1");
  CHECK(client.ask({"GET", "k"}) == "$-1");
  CHECK(client.ask({"SET", "large", std::string(1 << 20, 'v')}) == "+OK");
  CHECK(client.ask({"GET", "large"}) == "$1048576");
  CHECK(client.hear((1 << 20) + 2) == std::string(1 << 20, 'v') + "\r\n");
  for (const std::uint32_t n : {2U, 3U}) {
    const std::string where = "at " + cluster.config().places[0].clients;
    RawClient other(cluster.port(n));
    CHECK(contains(other.ask({"SET", "k", "w"}), where));
    CHECK(contains(other.ask({"GET", "k"}), where));
    CHECK(other.ask({"PING"}) == "+PONG");
    CHECK(cluster.decides(n, FactKind::ack_sent, NodeId(1), Lsn(3)));
  }
  CHECK(client.ask({"QUIT"}) == "+OK");
  CHECK(client.ends());
}

TEST_CASE("member: pipelined requests, are answered in their order") {
  Cluster cluster;
  cluster.start_all();
  RawClient client(cluster.port(1));
  Bytes requests;
  std::string answers;
  for (int n = 0; n < 1000; ++n) {
    const std::string key = "k" + std::to_string(n % 7), value = std::to_string(n + 1000);
    encode_request(requests, {"SET", key, value});
    encode_request(requests, {"GET", key});
    encode_request(requests, {"ECHO", value});
    answers += "+OK\r\n$4\r\n" + value + "\r\n$4\r\n" + value + "\r\n";
  }
  std::thread speaker([&] { client.say(as_text(requests)); });
  CHECK(client.hear(answers.size()) == answers);
  speaker.join();
}

TEST_CASE("member: a follower that was away, catches up from where its own log ends") {
  Cluster cluster;
  cluster.config().node.quorum = QuorumRule::majority_of_all;
  cluster.start_all();
  RawClient client(cluster.port(1));
  CHECK(client.ask({"SET", "a", "1"}) == "+OK");
  CHECK(cluster.decides(3, FactKind::ack_sent, NodeId(1), Lsn(1)));
  cluster.stop(3);
  for (int n = 0; n < 100; ++n) CHECK(client.ask({"SET", "a", std::to_string(n)}) == "+OK");
  cluster.start(3);
  CHECK(cluster.decides(3, FactKind::started, NodeId(), Lsn(1)));
  CHECK(cluster.decides(3, FactKind::ack_sent, NodeId(1), Lsn(101)));
  cluster.stop(3);
  CHECK(std::filesystem::file_size(cluster.log(3)) == std::filesystem::file_size(cluster.log(2)));
}

TEST_CASE("member: a leader that is started again, has what it said OK to") {
  Cluster cluster;
  cluster.start_all();
  CHECK(RawClient(cluster.port(1)).ask({"SET", "k", "v"}) == "+OK");
  cluster.stop(1);
  cluster.start(1);
  REQUIRE(cluster.decides(1, FactKind::serving));
  RawClient client(cluster.port(1));
  CHECK(client.ask({"GET", "k"}) == "$1");
  CHECK(client.line() == "v");
  CHECK(client.ask({"SET", "k", "w"}) == "+OK");
}

TEST_CASE("member: no quorum, answers at the deadline that the fate is unknown") {
  Cluster cluster;
  cluster.config().node.write_timeout = milliseconds(200);
  cluster.start(1);
  REQUIRE(cluster.decides(1, FactKind::serving));
  const Time began = MonotonicClock::at_this_moment();
  CHECK(contains(RawClient(cluster.port(1)).ask({"SET", "k", "v"}), "-TIMEOUT"));
  const Duration took = MonotonicClock::at_this_moment() - began;
  CHECK(took >= milliseconds(200));
  CHECK(took < milliseconds(2000));
}

TEST_CASE("member: a slow disk, delays the answer but neither heartbeats nor other answers") {
  Cluster cluster;
  cluster.start_all();
  cluster.stop(2);
  std::atomic<bool> slow{false};
  cluster.config().sync = [&slow](int) {
    while (slow) ::poll(nullptr, 0, 1);
    return 0;
  };
  cluster.config().node.peer_silence = milliseconds(400);
  cluster.forget(1);
  cluster.start(2);
  REQUIRE(cluster.decides(1, FactKind::peer_connected, NodeId(2)));
  slow = true;
  RawClient client(cluster.port(1));
  Bytes request;
  encode_request(request, {"SET", "k", "v"});
  client.say(as_text(request));
  CHECK(client.hear(1, milliseconds(1200)).empty());  // three times the silence
  CHECK(RawClient(cluster.port(2)).ask({"PING"}) == "+PONG");
  slow = false;
  CHECK(client.line() == "+OK");
}

TEST_CASE("member: a disk that fails, ends it with a word about why") {
  Cluster cluster;
  cluster.start_all();
  std::atomic<bool> fails{false};
  cluster.stop(2);
  cluster.config().sync = [&fails](int) { return fails ? EIO : 0; };
  cluster.forget(1);
  cluster.start(2);
  REQUIRE(cluster.decides(1, FactKind::peer_connected, NodeId(2)));
  fails = true;
  RawClient client(cluster.port(1));
  Bytes request;
  encode_request(request, {"SET", "k", "v"});
  client.say(as_text(request));
  const std::string why = cluster.ended(2);
  CHECK(contains(why, "follower-1 stops"));
  CHECK(contains(why, cluster.log(2) + ": Input/output error (EIO)"));
}
