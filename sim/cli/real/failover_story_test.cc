// Is an effect ever told before its cause? Facts of several nodes, in the worst order.
#include "sim/cli/real/failover_story.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace quorate;
using namespace quorate::cli;

namespace {

constexpr NodeId kOne(1), kTwo(2), kThree(3);
using Lines = std::vector<std::string>;

class Told {
 public:
  Told() {
    for (const NodeId node : {kOne, kTwo, kThree}) story.began(node);
  }
  void hear(NodeId node, FactKind kind, NodeId peer = {}, std::uint64_t lsn = 0,
            std::uint64_t a = 0, std::uint64_t b = 0) {
    story.hear({node, Time(), {kind, peer, Lsn(lsn), a, b}});
  }
  // Node 1 is elected in that generation, by the vote of node 2, and all have its first entry.
  void elect_one(std::uint64_t generation, std::uint64_t last) {
    hear(kOne, FactKind::stood, {}, last, generation, 0);
    hear(kTwo, FactKind::vote_given, kOne, last, generation, 0);
    hear(kOne, FactKind::vote_counted, kTwo, 0, generation, 2);
    hear(kOne, FactKind::elected, {}, last, generation);
    hear(kOne, FactKind::appended, {}, last + 1, generation);
    for (const NodeId node : {kTwo, kThree}) {
      hear(kOne, FactKind::shipped, node, last + 1, last + 1, 1);
      hear(node, FactKind::leader_found, kOne, 0, generation);
      hear(node, FactKind::ack_sent, kOne, last + 1, 0);
      hear(kOne, FactKind::ack_counted, node, last + 1);
    }
    hear(kOne, FactKind::quorum_reached, {}, last + 1, 1, 1);
    hear(kOne, FactKind::serving, {}, last);
  }

  Lines lines;
  FailoverStory story{3, [this](const std::string& line) { lines.push_back(line); }};
};

}  // namespace

TEST_CASE("failover story: a vote is heard of before it was asked for, and is told after it") {
  Told told;
  told.hear(kThree, FactKind::leader_found, kOne, 0, 1);
  told.hear(kTwo, FactKind::vote_given, kOne, 0, 1, 1);
  told.hear(kTwo, FactKind::vote_given, kOne, 0, 1, 0);
  CHECK(told.lines.empty());
  told.hear(kOne, FactKind::stood, {}, 0, 1, 1);
  told.hear(kOne, FactKind::stood, {}, 0, 1, 0);
  told.hear(kOne, FactKind::vote_counted, kTwo, 0, 1, 2);
  told.hear(kOne, FactKind::elected, {}, 0, 1, 2);
  CHECK(told.lines ==
        Lines{"node-1: has heard of no leader: asks who would elect it for generation 1",
              "node-2: would vote for node-1 in generation 1",
              "node-1: stands for election in generation 1",
              "node-2: votes for node-1 in generation 1",
              "node-1: is elected and leads in generation 1, its log ends at LSN=0",
              "node-3: follows node-1 in generation 1"});
}

TEST_CASE("failover story: a write at a follower, is passed on before it is shipped and acked") {
  Told told;
  told.elect_one(1, 0);
  REQUIRE(told.story.is_settled());
  CHECK((told.story.leader() == kOne && told.story.generation() == Generation(1)));
  told.lines.clear();
  told.story.asks(kThree);
  told.hear(kTwo, FactKind::ack_sent, kOne, 2, 0);
  told.hear(kOne, FactKind::appended, {}, 2, 1);
  told.hear(kOne, FactKind::shipped, kTwo, 2, 2, 1);
  told.hear(kOne, FactKind::shipped, kThree, 2, 2, 1);
  told.hear(kOne, FactKind::ack_counted, kTwo, 2);
  told.hear(kOne, FactKind::quorum_reached, {}, 2, 1, 1);
  CHECK(told.lines.empty());
  told.hear(kThree, FactKind::forwarded, kOne, 0, 1, 7);
  CHECK_FALSE(told.story.is_settled());
  told.hear(kThree, FactKind::ack_sent, kOne, 2, 0);
  CHECK(told.lines == Lines{"node-3: passes a client's request on to node-1",
                            "node-1: shipped record LSN=2, waiting for quorum (Q=1)",
                            "node-2: ack LSN=2 status=OK",
                            "node-1: quorum reached for LSN=2 (1/1 acks)",
                            "node-3: ack LSN=2 status=OK"});
  CHECK(told.story.is_settled());
}

TEST_CASE("failover story: whoever was ended, is not waited for, and leads no longer") {
  Told told;
  told.elect_one(1, 0);
  told.lines.clear();
  told.hear(kTwo, FactKind::ack_sent, kOne, 2, 0);  // of a ship that node 1 could not tell of
  CHECK(told.lines.empty());
  told.story.ended(kOne);
  told.hear(kTwo, FactKind::peer_gone, kOne);
  CHECK(told.lines ==
        Lines{"node-2: ack LSN=2 status=OK", "node-2: the connection to node-1 is over"});
  CHECK(told.story.leader().is_none());
  CHECK((told.story.has_gone(kTwo, kOne) && !told.story.has_gone(kThree, kOne)));
}

TEST_CASE("failover story: one that is back, cuts its log after it was shipped to") {
  Told told;
  told.elect_one(1, 0);
  told.story.ended(kThree);
  told.hear(kOne, FactKind::peer_gone, kThree);
  told.story.began(kThree);
  told.lines.clear();
  told.hear(kThree, FactKind::started, {}, 3, 0);
  told.hear(kThree, FactKind::leader_found, kOne, 0, 1);
  told.hear(kThree, FactKind::log_cut, {}, 0, 3);
  told.hear(kThree, FactKind::ack_sent, kOne, 1, 0);
  CHECK_FALSE(told.story.has_cut(kThree));
  told.hear(kOne, FactKind::peer_connected, kThree, 3, 0);
  told.hear(kOne, FactKind::shipped, kThree, 1, 1, 1);
  CHECK(told.lines == Lines{"node-3: starts with a log up to LSN=3, generation 0",
                            "node-3: follows node-1 in generation 1",
                            "node-1: node-3 is connected, its log ends at LSN=3 of generation 0",
                            "node-1: shipped record LSN=1 to node-3",
                            "node-3: cut its log back to LSN=0, it ended at LSN=3",
                            "node-3: ack LSN=1 status=OK"});
  CHECK((told.story.has_cut(kThree) && told.story.is_settled()));
}

TEST_CASE("failover story: two stand at once, and the vote that one is refused is told") {
  Told told;
  told.hear(kThree, FactKind::vote_refused, kTwo, 0, 1, 1);
  told.hear(kTwo, FactKind::stood, {}, 0, 1, 0);
  told.elect_one(2, 0);
  CHECK(told.lines[0] == "node-2: stands for election in generation 1");
  CHECK(told.lines[1].starts_with("node-3: does not vote for node-2 in generation 1: "));
  told.hear(kOne, FactKind::stepped_down, {}, 1, 3, 0);
  CHECK(told.story.leader().is_none());
  CHECK(told.lines.back() == "node-1: steps down in generation 3: there is a newer generation");
}

TEST_CASE(
    "failover story: a write is answered when its leader has told so, not when its client was") {
  Told told;
  told.elect_one(1, 0);
  CHECK(told.story.is_settled());
  CHECK(told.story.answered() == Lsn());
  told.hear(kOne, FactKind::appended, {}, 2, 1);
  CHECK(told.story.answered() == Lsn());
  told.hear(kOne, FactKind::write_answered, {}, 2);
  CHECK(told.story.answered() == Lsn(2));
  told.hear(kOne, FactKind::answered_again, {}, 1);
  CHECK(told.story.answered() == Lsn(2));
}
