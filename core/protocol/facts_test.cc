#include "core/protocol/facts.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "core/protocol/effects.h"
#include "core/wire/message.h"

using namespace quorate;

namespace {

constexpr auto kKinds = static_cast<std::uint8_t>(FactKind::kind_count);

std::string told(FactKind kind, std::uint32_t peer, std::uint64_t lsn, std::uint64_t a = 0,
                 std::uint64_t b = 0) {
  return narrate({kind, NodeId(peer), Lsn(lsn), a, b});
}

}  // namespace

TEST_CASE("facts: each kind, has a name of its own in snake_case") {
  std::set<std::string> names;
  for (std::uint8_t kind = 0; kind < kKinds; ++kind) {
    const std::string name(to_text(static_cast<FactKind>(kind)));
    CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string::npos);
    CHECK(names.insert(name).second);
  }
}

TEST_CASE("facts: the names, stand in the order of the kinds") {
  CHECK(to_text(FactKind::started) == "started");
  CHECK(to_text(FactKind::shipped) == "shipped");
  CHECK(to_text(FactKind::quorum_reached) == "quorum_reached");
  CHECK(to_text(FactKind::wait_timed_out) == "wait_timed_out");
  CHECK(to_text(FactKind::record_damaged) == "record_damaged");
  CHECK(to_text(FactKind::state_rebuilt) == "state_rebuilt");
  CHECK(to_text(FactKind::restore_begun) == "restore_begun");
  CHECK(to_text(FactKind::frame_damaged) == "frame_damaged");
  CHECK(to_text(FactKind::answer_kept) == "answer_kept");
  CHECK(to_text(FactKind::snapshot_put_off) == "snapshot_put_off");
}

TEST_CASE("facts: each kind, is narrated by a sentence of its own without an end") {
  std::set<std::string> sentences;
  for (std::uint8_t kind = 0; kind < kKinds; ++kind) {
    const Fact fact{static_cast<FactKind>(kind), NodeId(2), Lsn(3), 1, 2};
    const std::string sentence = narrate(fact);
    CAPTURE(sentence);
    CHECK(sentence != to_text(fact.kind));
    CHECK(sentence.find(' ') != std::string::npos);
    CHECK(std::string(".!? \n").find(sentence.back()) == std::string::npos);
    CHECK(sentences.insert(sentence).second);
  }
}

TEST_CASE("facts: a member of another cluster, is told with both") {
  CHECK(narrate({FactKind::foreign_cluster, NodeId(3), Lsn(), 7, 1}) ==
        "follower-2 is of cluster 7, this node of 1: hang up");
}

TEST_CASE("facts: the lesson's own lines, are told as in the lesson") {
  CHECK(told(FactKind::shipped, 2, 4, 4, 2) ==
        "shipped record LSN=4 to follower-1, waiting for quorum (Q=2)");
  CHECK(told(FactKind::shipped, 3, 4, 6, 2) ==
        "shipped records LSN=4..6 to follower-2, waiting for quorum (Q=2)");
  CHECK(told(FactKind::shipped, 2, 4, 3, 2) == "asks follower-1 whether it agrees up to LSN=3");
  CHECK(told(FactKind::ack_sent, 1, 4, 0) == "ack LSN=4 status=OK");
  CHECK(told(FactKind::ack_sent, 1, 4, 1) == "ack LSN=4 status=CRC_FAILURE: it came damaged");
  CHECK(told(FactKind::quorum_reached, 0, 4, 2, 2) == "quorum reached for LSN=4 (2/2 acks)");
}

TEST_CASE("facts: each status and refusal, is told apart, and an unknown one is no crash") {
  std::set<std::string> acks, refusals;
  for (std::uint64_t n = 0; n < 5; ++n) {
    CHECK(acks.insert(told(FactKind::ack_sent, 1, 4, n)).second);
    CHECK(refusals.insert(told(FactKind::ack_refused, 2, 4, n)).second);
  }
  CHECK(acks.count("ack LSN=4 status=?") == 1);
  CHECK(refusals.count("ack LSN=4 of follower-1 not counted") == 1);
}

TEST_CASE("facts: a refused request, is told with the reply that it got") {
  for (const ReplyKind kind : {ReplyKind::loading, ReplyKind::not_leader, ReplyKind::busy})
    CHECK(told(FactKind::request_refused, 0, 0, static_cast<std::uint64_t>(kind)) ==
          "refused a request: " + std::string(to_text(kind)));
}

TEST_CASE("facts: nodes, are called by their role and number") {
  CHECK(node_name(NodeId(1)) == "leader");
  CHECK(node_name(NodeId(2)) == "follower-1");
  CHECK(node_name(NodeId(32)) == "follower-31");
  CHECK(node_name(NodeId()) == "somebody");
  CHECK(node_name(NodeId(1), Profile::replicated_log) == "node-1");
  CHECK(node_name(NodeId(32), Profile::replicated_log) == "node-32");
  CHECK(narrate({FactKind::leader_found, NodeId(1), Lsn(), 4, 0}, Profile::replicated_log) ==
        "follows node-1 in generation 4");
}

TEST_CASE("facts: refusals, statuses and replies, are named as in JSON") {
  CHECK(to_text(AckRefusal::duplicate) == "duplicate");
  CHECK(to_text(AckRefusal::stale_generation) == "stale_generation");
  CHECK(to_text(AckRefusal::foreign) == "foreign");
  CHECK(to_text(AckRefusal::never_shipped) == "never_shipped");
  CHECK(to_text(AckStatus::no_space) == "no_space");
  CHECK(to_text(ReplyKind::disk_full) == "disk_full");
}

TEST_CASE("facts: effects cleared, are as new") {
  Effects effects;
  effects.note(FactKind::applied, NodeId(), Lsn(1));
  effects.sends.push_back({});
  effects.replies.push_back({});
  effects.values.push_back(1);
  effects.dials.push_back(NodeId(1));
  effects.hang_ups.push_back(NodeId(1));
  effects.halt = true;
  effects.clear();
  CHECK((effects.facts.empty() && effects.sends.empty() && effects.replies.empty()));
  CHECK((effects.values.empty() && effects.dials.empty() && effects.hang_ups.empty()));
  CHECK_FALSE(effects.halt);
}
