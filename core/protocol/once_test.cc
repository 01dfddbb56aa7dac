// A request that is sent again: over retries, leaders and restarts it takes effect once.
#include <doctest/doctest.h>

#include "core/protocol/council_fixture.h"

using namespace quorate;

namespace {

// Three nodes of which the one returned leads.
std::uint32_t elected(Council& c) {
  const std::uint32_t leader = c.start().elect();
  REQUIRE(leader != 0);
  return leader;
}

std::uint32_t other_than(std::uint32_t id) { return id == 3 ? 2 : 3; }

}  // namespace

TEST_CASE("once: a request that comes again, is answered from the table without a record") {
  Council c(3);
  const std::uint32_t leader = elected(c);
  c.request(leader, "once 7 1 set k v").request(leader, "set k w");
  const Lsn last = c.node(leader).node().log().last();
  c.request(leader, "once 7 1 set k v").request(leader, "get k");
  CHECK(c.answers(leader) == "1:ok 2:ok 3:ok 4:value=w");
  CHECK(c.node(leader).node().log().last() == last);
  CHECK(c.node(leader).tells("a write came again: answered as LSN=2 was"));
}

TEST_CASE("once: a request that comes again before its commit, waits for the commit") {
  Council c(3);
  const std::uint32_t leader = elected(c);
  for (std::uint32_t id = 1; id <= 3; ++id) c.hold_sync(id);
  c.request(leader, "once 7 1 cas k a b").request(leader, "once 7 1 setnx k v");
  c.request(leader, "once 7 1 setnx k v");
  CHECK(c.answers(leader) == "");
  for (std::uint32_t id = 1; id <= 3; ++id) c.hold_sync(id, false);
  CHECK(c.answers(leader) == "1:count=0 2:count=0 3:count=0");  // the first one's answer
  CHECK(c.states() == " |  | ");
  CHECK(
      c.node(leader).tells("applied LSN=3 without effect: that request has had its effect before"));
}

TEST_CASE("once: a request that the next leader is asked again, takes effect once") {
  Council c(3);
  const std::uint32_t first = elected(c);
  c.request(first, "once 7 1 set k v").request(first, "set k w").pass(200).crash(first);
  const std::uint32_t second = c.elect();
  REQUIRE((second != 0 && second != first));
  c.request(second, "once 7 1 set k v").request(second, "get k");
  CHECK(c.answers(second) == "1:ok 2:value=w");
}

TEST_CASE("once: a request whose leader died before the commit, takes effect once") {
  Council c(3);
  const std::uint32_t first = elected(c);
  // Its record reaches a follower and is durable there, but nobody tells the leader.
  c.lose([](std::uint32_t, const Letter& letter) {
    return std::holds_alternative<Ack>(letter.message.body);
  });
  c.request(first, "once 7 1 setnx k v");
  CHECK(c.answers(first) == "");
  c.crash(first).lose([](std::uint32_t, const Letter&) { return false; });
  const std::uint32_t second = c.elect();
  REQUIRE(second != 0);
  c.request(second, "once 7 1 setnx k v").request(second, "once 7 2 cas k v w");
  c.request(second, "once 7 1 setnx k v").request(second, "get k");
  CHECK(c.answers(second) == "1:count=1 2:count=1 3:old_sequence 4:value=w");
  c.start(first).pass(2000);
  CHECK(c.states() == "k=w | k=w | k=w");
}

TEST_CASE("once: a cluster that was started anew, knows the sessions from its log") {
  Council c(3);
  const std::uint32_t first = elected(c);
  c.request(first, "once 7 4 del k").request(first, "set k v").pass(200);
  for (std::uint32_t id = 1; id <= 3; ++id) c.crash(id);
  const std::uint32_t second = c.start().elect();
  REQUIRE(second != 0);
  c.answers(second);
  c.node(second).request("once 7 4 del k", 91).request("once 7 3 del k", 92);
  c.node(second).request("get k", 93);
  c.settle();
  CHECK(c.answers(second) == "91:count=0 92:old_sequence 93:value=v");
}

TEST_CASE("once: what a deposed leader had not committed, is no answer to a retry") {
  Council c(3);
  const std::uint32_t first = elected(c);
  c.cut_off(first).request(first, "once 7 1 setnx k old");
  const std::uint32_t second = c.pass(1000).elect();
  REQUIRE((second != 0 && second != first));
  CHECK(c.answers(first) == "1:deposed");
  c.request(second, "once 7 1 setnx k new").request(second, "get k");
  CHECK(c.answers(second) == "1:count=1 2:value=new");
  c.heal().pass(1500);
  CHECK(c.states() == "k=new | k=new | k=new");
}

TEST_CASE("once: a late copy behind a later request, is told that it did nothing now") {
  Council c(3);
  const std::uint32_t leader = elected(c);
  for (std::uint32_t id = 1; id <= 3; ++id) c.hold_sync(id);
  c.request(leader, "once 7 2 set k new").request(leader, "once 7 1 set k old");
  for (std::uint32_t id = 1; id <= 3; ++id) c.hold_sync(id, false);
  CHECK(c.answers(leader) == "1:ok 2:old_sequence");
  CHECK(c.node(leader).state() == "k=new");
}

TEST_CASE("once: a full table, drops sessions alike on all nodes, and refuses whom it dropped") {
  Council c(3, [](NodeConfig& config) { config.max_sessions = 2; });
  const std::uint32_t leader = elected(c);
  for (const char* words : {"once 7 1 set k a", "once 8 1 set k b", "once 9 1 set k c"})
    c.request(leader, words);
  c.request(leader, "once 7 1 set k a");
  CHECK(c.answers(leader) == "1:ok 2:ok 3:ok 4:no_session");
  c.pass(300);
  for (std::uint32_t id = 1; id <= 3; ++id) {
    const Sessions& sessions = c.node(id).node().log().sessions();
    CHECK((sessions.size() == 2 && sessions.dropped_up_to() == ClientId(7)));
  }
}

TEST_CASE("once: a session that is dropped while a retry is under way, refuses that retry") {
  Council c(3, [](NodeConfig& config) { config.max_sessions = 1; });
  const std::uint32_t leader = elected(c);
  for (std::uint32_t id = 1; id <= 3; ++id) c.hold_sync(id);
  c.request(leader, "once 7 1 set k a").request(leader, "once 8 1 set k b");
  c.request(leader, "once 7 1 set k a");
  for (std::uint32_t id = 1; id <= 3; ++id) c.hold_sync(id, false);
  CHECK(c.answers(leader) == "1:ok 2:ok 3:no_session");
  CHECK(c.node(leader).state() == "k=b");
}

TEST_CASE("once: a cut below what was applied, rebuilds the sessions with the state") {
  Wal wal;
  wal.append(Generation(1), ClientId(7), 1, Op::set, "k", "a");
  wal.append(Generation(1), ClientId(7), 2, Op::set, "k", "b");
  ReplicatedLog log(wal, StateMachine(sound_rules(), 8));
  log.apply_next();
  log.apply_next();
  log.cut(Lsn(1), Lsn(), true);
  REQUIRE(log.sessions().find(ClientId(7)) != nullptr);
  CHECK(log.sessions().find(ClientId(7))->sequence == 1);
  log.append(ClientId(7), 2, Op::set, "k", "c");
  CHECK(log.apply_next().verdict == OnceVerdict::applies);
  CHECK(*log.state().find("k") == "c");
}

TEST_CASE("once: plain writes, are of no session and take effect each time") {
  Council c(3);
  const std::uint32_t leader = elected(c);
  c.node(leader).request("set k a", 5, 1).request("set k b", 5, 1);
  c.settle();
  CHECK(c.node(leader).state() == "k=b");
  const RecordView record = c.node(leader).node().log().wal().record(Lsn(2));
  CHECK((record.client.is_none() && record.sequence == 0));
}

TEST_CASE("once: a compare and set, writes where the value is the expected one") {
  Council c(3);
  const std::uint32_t leader = elected(c);
  c.request(leader, "setnx k a").request(leader, "setnx k b").request(leader, "cas k x c");
  c.request(leader, "cas k a c").request(leader, "cas other a c").pass(200);
  CHECK(c.answers(leader) == "1:count=1 2:count=0 3:count=0 4:count=1 5:count=0");
  CHECK(c.states() == "k=c | k=c | k=c");
  CHECK(c.node(other_than(leader)).node().log().sessions().size() == 0);
}

TEST_CASE("once: in the profile ack_quorum, a record holds the connection and its number there") {
  Stage leader(config_of(1, 0));
  leader.start().sync();
  leader.request("set k a", 5, 1).request("cas k a b", 5, 2).request("set k c", 5, 2).sync();
  CHECK(leader.answers() == "5:ok 5:count=1 5:ok");
  CHECK(leader.state() == "k=c");
  const RecordView record = leader.node().log().wal().record(Lsn(2));
  CHECK((record.client == ClientId(5) && record.sequence == 2 && record.op == Op::cas));
}

// ---- what the decisions in rules.h are for

namespace {

struct ForgetsAtApply : Rules {
  bool judges_at_apply() const override { return false; }
};
struct LeaderAloneKeeps : Rules {
  bool followers_keep_sessions() const override { return false; }
};
struct AnswersTooEarly : Rules {
  bool answers_uncommitted_repeat() const override { return true; }
};

}  // namespace

TEST_CASE("once: judged at append alone, two copies on their way both take effect") {
  const ForgetsAtApply rules;
  Council c(
      3, [](NodeConfig&) {}, rules);
  const std::uint32_t leader = elected(c);
  for (std::uint32_t id = 1; id <= 3; ++id) c.hold_sync(id);
  c.request(leader, "once 7 1 set k v").request(leader, "set k w");
  c.request(leader, "once 7 1 set k v");
  for (std::uint32_t id = 1; id <= 3; ++id) c.hold_sync(id, false);
  CHECK(c.node(leader).state() == "k=v");
  c.request(leader, "set k w").request(leader, "once 7 1 set k v");
  CHECK(c.node(leader).state() == "k=w");  // at append it is known
}

TEST_CASE("once: a table that the leader alone keeps, is lost with it") {
  const LeaderAloneKeeps rules;
  Council c(
      3, [](NodeConfig&) {}, rules);
  const std::uint32_t first = elected(c);
  c.request(first, "once 7 1 set k v").request(first, "set k w").pass(200).crash(first);
  const std::uint32_t second = c.elect();
  REQUIRE(second != 0);
  c.request(second, "once 7 1 set k v").request(second, "get k");
  CHECK(c.answers(second) == "1:ok 2:value=v");
}

TEST_CASE("once: a repeat answered before the commit, is told of what may be lost") {
  const AnswersTooEarly rules;
  Council c(
      3, [](NodeConfig&) {}, rules);
  const std::uint32_t leader = elected(c);
  c.cut_off(leader).request(leader, "once 7 1 set k v").request(leader, "once 7 1 set k v");
  CHECK(c.answers(leader) == "2:ok");
}
