// What becomes of a request that a follower is asked: passed on, answered, or lost on the way.
#include "core/protocol/forwards.h"

#include <doctest/doctest.h>

#include "core/protocol/council_fixture.h"

using namespace quorate;

namespace {

std::uint32_t other_than(std::uint32_t id) { return id == 3 ? 2 : 3; }

// A council that has a leader, and a follower of it that clients ask.
struct Asked : Council {
  explicit Asked(
      const Tweak& tweak = [](NodeConfig&) {}, const Rules& rules = sound_rules())
      : Council(3, tweak, rules) {
    leader = start().elect();
    REQUIRE(leader != 0);
    follower = other_than(leader);
    pass(50);
  }
  // Asks the follower; returns what has been answered by then.
  std::string ask(const std::string& words) {
    request(follower, words);
    return answers(follower);
  }
  // Lets nothing of that kind through any more.
  template <class Kind>
  void lose_all() {
    lose([](std::uint32_t, const Letter& letter) {
      return std::holds_alternative<Kind>(letter.message.body);
    });
  }
  std::uint32_t leader = 0, follower = 0;
};

Bytes record_of(const ClientRequest& request) {
  Bytes bytes;
  encode_request(request, bytes);
  return bytes;
}

ClientRequest set_of(std::string_view key, std::string_view value) {
  ClientRequest request;
  request.kind = RequestKind::set;
  request.key = key;
  request.value = value;
  return request;
}

}  // namespace

TEST_CASE("forwards: each kind of request at a follower, is answered as the leader would") {
  Asked c;
  CHECK(c.ask("get k") == "1:nil");
  CHECK(c.ask("set k a") == "2:ok");
  CHECK(c.ask("get k") == "3:value=a");
  CHECK(c.ask("cas k a b") == "4:count=1");
  CHECK(c.ask("cas k a b") == "5:count=0");
  CHECK(c.ask("setnx k c") == "6:count=0");
  CHECK(c.ask("del k") == "7:count=1");
  CHECK(c.ask("del k") == "8:count=0");
  CHECK(c.ask("setnx k d") == "9:count=1");
  CHECK(c.ask("once 7 1 set k e") == "10:ok");
  CHECK(c.ask("once 7 1 set k e") == "11:ok");
  c.pass(200);
  CHECK(c.states() == "k=e | k=e | k=e");
  CHECK(c.node(c.follower).tells("passes a client's request on to " + node_name(NodeId(c.leader))));
}

TEST_CASE("forwards: a session, is the same at whichever node its client asks") {
  Asked c;
  CHECK(c.ask("once 7 1 setnx k a") == "1:count=1");
  c.request(c.leader, "once 7 1 setnx k a");
  CHECK(c.answers(c.leader) == "1:count=1");
  c.request(6 - c.leader - c.follower, "once 7 1 setnx k a");
  CHECK(c.answers(6 - c.leader - c.follower) == "1:count=1");
}

TEST_CASE("forwards: keys and values of any bytes, come through") {
  Asked c;
  const std::string zeros("\0\r\n", 3);
  ClientRequest request = set_of(zeros, zeros);
  request.client = ClientId(1);
  c.node(c.follower).tell_it(request);
  c.settle().pass(200);
  CHECK(*c.node(c.follower).node().log().state().find(zeros) == zeros);
}

TEST_CASE("forwards: requests that wait together, are each answered with their own") {
  Asked c;
  for (std::uint32_t id = 1; id <= 3; ++id) c.hold_sync(id);
  for (const char* words : {"set k a", "del k", "get k", "setnx k b", "del none"})
    c.request(c.follower, words);
  c.request(c.leader, "del other");
  for (std::uint32_t id = 1; id <= 3; ++id) c.hold_sync(id, false);
  CHECK(c.answers(c.leader) == "1:count=0");
  const std::string told = c.answers(c.follower);
  for (const char* answer : {"1:ok", "2:count=1", "4:count=1", "5:count=0"}) {
    CAPTURE(told);
    CHECK(told.find(answer) != std::string::npos);
  }
}

TEST_CASE("forwards: with no leader known, a request is refused and nothing was done") {
  Asked c;
  c.crash(c.leader);
  CHECK(c.ask("set k a") == "1:not_leader");
  CHECK(c.ask("get k") == "2:not_leader");
}

TEST_CASE("forwards: an answer that never comes, ends as a timeout at the deadline of the wait") {
  Asked c([](NodeConfig& config) { config.write_timeout = milliseconds(100); });
  c.lose_all<Forwarded>();
  CHECK(c.ask("set k a") == "");
  c.pass(99);
  CHECK(c.answers(c.follower) == "");
  c.pass(1);
  CHECK(c.answers(c.follower) == "1:timeout");
  CHECK(c.ask("get k") == "");
  c.pass(100);
  CHECK(c.answers(c.follower) == "2:timeout");
}

TEST_CASE("forwards: what had waited for its turn, has so much less time, whoever is in front") {
  NodeConfig config = config_of(1, 2);
  config.profile = Profile::replicated_log;
  config.write_timeout = milliseconds(90);
  Stage follower(config);
  follower.start().hello(2, "0", 1).hello(3, "0", 1).sync();
  follower.says(2, Confirm{1, Lsn()}).take_letters();
  ClientRequest late = set_of("k", "b");
  late.client = ClientId(9);
  late.waited = milliseconds(60);
  follower.request("set k a").tell_it(late).request("set k c");
  follower.wait_until(29);
  CHECK(follower.answers() == "");
  follower.wait_until(30);
  CHECK(follower.answers() == "9:timeout");
  follower.wait_until(89);
  CHECK(follower.answers() == "");
  follower.wait_until(90);
  CHECK(follower.answers() == "1:timeout 2:timeout");
}

TEST_CASE("forwards: an answer that comes after the deadline, is nobody's") {
  NodeConfig config = config_of(1, 2);
  config.profile = Profile::replicated_log;
  config.write_timeout = milliseconds(70);
  Stage follower(config);
  follower.start().hello(2, "0", 1).hello(3, "0", 1).sync();
  follower.says(2, Confirm{1, Lsn()}).take_letters();
  follower.request("set k a").request("set k b");
  CHECK(follower.sent() == "2<forward 1 write, 2<forward 2 write");
  CHECK(follower.node().next_deadline() == Time() + milliseconds(70));
  follower.wait_until(70);
  CHECK(follower.answers() == "1:timeout 2:timeout");
  follower.says(2, Forwarded{1, ReplyKind::ok, 0}).request("set k c");
  follower.says(2, Forwarded{2, ReplyKind::ok, 0});
  CHECK(follower.answers() == "");
  follower.says(3, Forwarded{3, ReplyKind::ok, 0});  // it was not asked
  CHECK(follower.answers() == "");
  follower.says(2, Forwarded{3, ReplyKind::ok, 0}).says(2, Forwarded{3, ReplyKind::ok, 0});
  CHECK(follower.answers() == "3:ok");
}

TEST_CASE("forwards: a leader that is lost, leaves a write's fate unknown and has read nothing") {
  Asked c;
  c.lose_all<Forwarded>();
  c.ask("set k a");
  c.ask("get k");
  c.crash(c.leader);
  CHECK(c.answers(c.follower) == "1:deposed 2:not_leader");
}

TEST_CASE("forwards: a leader that steps down, tells it to who asked through a follower") {
  Asked c;
  const std::uint32_t third = 6 - c.leader - c.follower;
  // The leader hears the follower's requests, and no acks or confirmations of anybody.
  c.cut(c.leader, third);
  c.lose([](std::uint32_t, const Letter& letter) {
    return std::holds_alternative<Ack>(letter.message.body) ||
           std::holds_alternative<Confirmed>(letter.message.body);
  });
  CHECK(c.ask("set k a") == "");
  CHECK(c.ask("get k") == "");
  c.pass(900);
  const std::string told = c.answers(c.follower);
  CAPTURE(told);
  CHECK((told == "1:deposed 2:not_leader" || told == "2:not_leader 1:deposed"));
}

TEST_CASE("forwards: a newer generation, ends what the older one's leader was asked") {
  NodeConfig config = config_of(1, 2);
  config.profile = Profile::replicated_log;
  Stage follower(config);
  follower.start().hello(2, "0", 1).hello(3, "0", 1).sync();
  follower.says(2, Confirm{1, Lsn()});
  follower.request("set k a").request("get k");
  CHECK(follower.answers() == "");
  follower.says(3, Message{NodeId(3), Generation(2), Confirm{1, Lsn()}});
  CHECK(follower.answers() == "1:deposed 2:not_leader");
}

TEST_CASE("forwards: who leads no longer, refuses and says who leads: there is no second hop") {
  NodeConfig config = config_of(1, 2);
  config.profile = Profile::replicated_log;
  Stage node(config);
  node.start().hello(2, "0", 1).hello(3, "0", 1).sync();
  node.take_letters();
  node.says(2, Forward{7, false}, record_of(set_of("k", "v")));
  CHECK(node.sent() == "2<forwarded 7 not_leader");  // not_leader, and none is known
  node.says(3, Confirm{1, Lsn()}).take_letters();
  node.says(2, Forward{8, false}, record_of(set_of("k", "v")));
  CHECK(node.sent() == "2<forwarded 8 not_leader 3");
  CHECK(node.log().empty());
}

TEST_CASE("forwards: a request that comes damaged, is refused and nothing is written") {
  Asked c;
  Bytes record = record_of(set_of("k", "v"));
  record.back() ^= 1;
  const Lsn last = c.node(c.leader).node().log().last();
  c.node(c.leader).take_letters();
  c.node(c.leader).says(c.follower, Forward{7, false}, record);
  CHECK(c.node(c.leader).sent() == std::to_string(c.follower) + "<forwarded 7 damaged");
  CHECK(c.node(c.leader).node().log().last() == last);
}

TEST_CASE("forwards: what no sound peer sends, ends the connection and writes nothing") {
  Asked c;
  const Lsn last = c.node(c.leader).node().log().last();
  Bytes noop, two = record_of(set_of("k", "v"));
  encode_record({{}, {}, {}, 0, Op::noop, {}, {}}, noop);
  append_bytes(two, record_of(set_of("k", "w")));
  for (const Bytes& record : {noop, two}) {
    c.node(c.leader).says(c.follower, Forward{7, false}, record);
    CHECK(c.node(c.leader).take_hang_ups() == std::vector<NodeId>{NodeId(c.follower)});
  }
  CHECK(c.node(c.leader).node().log().last() == last);
}

TEST_CASE("forwards: a value that comes damaged, was not read") {
  Asked c;
  c.ask("set k v");
  c.lose_all<Forwarded>();
  c.ask("get k");
  Bytes record = record_of(set_of("", "v"));
  record.back() ^= 1;
  c.node(c.follower).says(c.leader, Forwarded{2, ReplyKind::value, 0}, record);
  CHECK(c.answers(c.follower) == "2:damaged");
}

TEST_CASE("forwards: a request of a connection before, is not answered on the next") {
  Asked c;
  for (std::uint32_t id = 1; id <= 3; ++id) c.hold_sync(id);
  Stage& leader = c.node(c.leader);
  c.ask("set k old");
  leader.gone(c.follower);
  leader.hello(c.follower, "1@1", 1).take_letters();
  // The follower has begun anew, and its tickets with it.
  leader.says(c.follower, Forward{1, false}, record_of(set_of("k", "new"))).take_letters();
  leader.sync().ack(6 - c.leader - c.follower, leader.node().log().last().value());
  int answers = 0;
  for (const Letter& letter : leader.take_letters())
    if (std::holds_alternative<Forwarded>(letter.message.body)) ++answers;
  CHECK(answers == 1);
}

TEST_CASE("forwards: more requests than may wait, are refused as busy") {
  Asked c([](NodeConfig& config) { config.max_waits = 3; });
  c.lose_all<Forwarded>();
  for (int n = 0; n < 3; ++n) CHECK(c.ask("set k v") == "");
  CHECK(c.ask("set k v") == "4:busy");
}

TEST_CASE("forwards: more bytes than may be under way, are refused, but one is always taken") {
  Asked c;
  c.lose_all<Forwarded>();
  const std::string big(Forwards::kMaxBytes, 'v');
  CHECK(c.ask("set k " + big) == "");
  CHECK(c.ask("set k v") == "2:busy");
  c.pass(1000);
  CHECK(c.answers(c.follower) == "1:timeout");
  CHECK(c.ask("set k v") == "");
  CHECK(c.ask("set k v") == "");  // what has ended is under way no more
}

TEST_CASE("forwards: a follower that is elected itself, has ended what it had passed on") {
  Asked c;
  c.lose_all<Forwarded>();
  c.ask("set k a");
  c.cut_off(c.leader);
  CHECK(c.answers(c.follower) == "1:deposed");
  c.pass(2000);
  CHECK(c.answers(c.follower) == "");
}

namespace {

struct KeepsSilent : Rules {
  bool answers_at_step_down() const override { return false; }
};

}  // namespace

TEST_CASE("forwards: a leader that steps down in silence, leaves its own clients waiting") {
  const KeepsSilent rules;
  Asked c([](NodeConfig&) {}, rules);
  c.cut_off(c.leader).request(c.leader, "set k a").pass(3000);
  CHECK(c.answers(c.leader) == "");
}
