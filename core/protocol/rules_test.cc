// The sound answers. What each mistake does instead is tested where it lives, in sim/mistakes.
#include "core/protocol/rules.h"

#include <doctest/doctest.h>

#include <optional>

using namespace quorate;

namespace {

// An ack of follower 2, in generation 3 of a leader that has shipped it up to LSN 10 and heard 4.
struct AckOf {
  Ack ack;
  NodeId from{2};
  Generation generation{3};
  Progress progress = [] {
    Progress follower;
    follower.node = NodeId(2);
    follower.state = Progress::State::streaming;
    follower.match = Lsn(4);
    follower.shipped = Lsn(10);
    follower.next = Lsn(11);
    return follower;
  }();

  explicit AckOf(std::uint64_t lsn, AckStatus status = AckStatus::success)
      : ack{Lsn(lsn), status} {}
  AckOf& sent_by(std::uint32_t id) { return from = NodeId(id), *this; }
  AckOf& of_generation(std::uint64_t number) { return generation = Generation(number), *this; }
  AckOf& first_word() { return progress.state = Progress::State::probing, *this; }
  AckVerdict verdict() const {
    return sound_rules().judge_ack({ack, from, generation, NodeId(2), Generation(3), progress});
  }
};

}  // namespace

TEST_CASE("rules: an ack of something new that was shipped, counts") {
  CHECK(AckOf(5).verdict() == AckVerdict::counts);
  CHECK(AckOf(10).verdict() == AckVerdict::counts);
}

TEST_CASE("rules: an ack of what was acknowledged before, is a duplicate") {
  CHECK(AckOf(4).verdict() == AckVerdict::duplicate);
  CHECK(AckOf(1).verdict() == AckVerdict::duplicate);
  CHECK(AckOf(0).verdict() == AckVerdict::duplicate);
}

TEST_CASE("rules: the first answer on a connection, is heard though it says nothing new") {
  CHECK(AckOf(4).first_word().verdict() == AckVerdict::counts);
}

TEST_CASE("rules: an ack beyond what was shipped, doesn't count") {
  CHECK(AckOf(11).verdict() == AckVerdict::never_shipped);
  CHECK(AckOf(~std::uint64_t{0}).verdict() == AckVerdict::never_shipped);
  CHECK(AckOf(11).first_word().verdict() == AckVerdict::never_shipped);
}

TEST_CASE("rules: an ack by another than the connection's follower, is foreign") {
  CHECK(AckOf(5).sent_by(3).verdict() == AckVerdict::foreign);
  CHECK(AckOf(5, AckStatus::mismatch).sent_by(3).verdict() == AckVerdict::foreign);
}

TEST_CASE("rules: an ack in another generation, is stale whatever it says") {
  for (const AckStatus status :
       {AckStatus::success, AckStatus::crc_failure, AckStatus::mismatch, AckStatus::no_space}) {
    CHECK(AckOf(5, status).of_generation(2).verdict() == AckVerdict::stale_generation);
    CHECK(AckOf(5, status).of_generation(4).verdict() == AckVerdict::stale_generation);
  }
}

TEST_CASE("rules: what a follower complains of, is heard") {
  CHECK(AckOf(5, AckStatus::crc_failure).verdict() == AckVerdict::crc_failure);
  CHECK(AckOf(5, AckStatus::mismatch).verdict() == AckVerdict::mismatch);
  CHECK(AckOf(5, AckStatus::no_space).verdict() == AckVerdict::no_space);
  CHECK(AckOf(11, AckStatus::crc_failure).verdict() == AckVerdict::never_shipped);
}

TEST_CASE("rules: the quorum, depends on the cluster's size and never on who is connected") {
  for (int connected = 0; connected <= 4; ++connected) {
    CHECK(sound_rules().acks_needed(QuorumRule::followers_majority, 4, connected) == 3);
    CHECK(sound_rules().acks_needed(QuorumRule::majority_of_all, 4, connected) == 2);
  }
}

TEST_CASE("rules: what may be OK'd, is limited by the leader's own durable copy") {
  CHECK((sound_rules().limited_by_leader(Lsn(7), Lsn(5)) == Lsn(5)));
  CHECK((sound_rules().limited_by_leader(Lsn(5), Lsn(7)) == Lsn(5)));
  CHECK(sound_rules().may_answer(Lsn(5), Lsn(5)));
  CHECK_FALSE(sound_rules().may_answer(Lsn(6), Lsn(5)));
}

TEST_CASE("rules: a follower, acknowledges the lesser of what is durable and what is verified") {
  CHECK((sound_rules().may_ack(Lsn(3), Lsn(5), Lsn(9)) == Lsn(3)));
  CHECK((sound_rules().may_ack(Lsn(5), Lsn(3), Lsn(9)) == Lsn(3)));
}

TEST_CASE("rules: logs match, where the record before is there and of the same generation") {
  CHECK(sound_rules().prev_matches(true, true));
  CHECK_FALSE(sound_rules().prev_matches(true, false));
  CHECK_FALSE(sound_rules().prev_matches(false, true));
}

TEST_CASE("rules: a write of a session, takes effect once and in the order of the sequences") {
  const auto judged = [](std::uint64_t client, std::uint64_t sequence, bool is_known) {
    return sound_rules().judge_once({{ClientId(client), sequence}, is_known, 5, ClientId(9)});
  };
  CHECK(judged(7, 6, true) == OnceVerdict::applies);
  CHECK(judged(7, 9, true) == OnceVerdict::applies);
  CHECK(judged(7, 5, true) == OnceVerdict::repeats);
  CHECK(judged(7, 4, true) == OnceVerdict::older);
  CHECK(judged(10, 1, false) == OnceVerdict::applies);
  CHECK(judged(9, 1, false) == OnceVerdict::unknown);
  CHECK(judged(7, 6, false) == OnceVerdict::unknown);
}

TEST_CASE("rules: a sync, makes durable what it began with and not what came since") {
  CHECK((sound_rules().durable_after_sync(ByteCount(5), ByteCount(9)) == ByteCount(5)));
}

TEST_CASE("rules: every yes or no, is the sound one by default") {
  const Rules& sound = sound_rules();
  CHECK((sound.keeps_after_timeout() && sound.answer_at_deadline() == ReplyKind::timeout));
  CHECK((sound.cuts_conflict() && sound.cuts_older_tail() && sound.rebuilds_after_cut()));
  CHECK((sound.takes_new_generation() && sound.waits_for_durable_generation()));
  CHECK((sound.waits_for_quorum_at_start() && sound.restores_after_damage()));
  CHECK((sound.cuts_torn_tail() && sound.stops_after_failed_sync()));
  CHECK((sound.closes_on_damaged_head() && sound.keeps_unsent_bytes()));
  CHECK((sound.checks_record() == CrcCheck::yes && sound.reships_after_crc_failure()));
  CHECK((sound.answers_in_order() && sound.reads_wait_for_writes() && sound.times_out_alone()));
  CHECK((sound.keeps_requests_behind() && sound.counts_as_waited(Duration(7)) == Duration(7)));
  CHECK_FALSE(sound.applies_repeated());
  CHECK((sound.judges_at_apply() && sound.followers_keep_sessions()));
  CHECK_FALSE(sound.answers_uncommitted_repeat());
  CHECK(sound.answers_at_step_down());
}

TEST_CASE("rules: a vote, is given or refused for the first reason of these") {
  constexpr auto kRaft = ElectionRule::most_up_to_date, kAdopt = ElectionRule::adopt;
  constexpr auto kOlder = VoteRefusal::older_log, kVoted = VoteRefusal::voted;
  constexpr auto kLives = VoteRefusal::leader_lives, kRestoring = VoteRefusal::restoring;
  const std::optional<VoteRefusal> given;
  // The candidate is node 2, and the voter's log ends with LSN 5 of generation 3.
  struct {
    bool is_pre;
    std::uint64_t last, generation;
    std::uint32_t voted_for;
    bool hears_leader, restoring;
    ElectionRule rule;
    std::optional<VoteRefusal> answer;
  } const kCases[] = {
      {false, 5, 3, 0, false, false, kRaft, given},
      {false, 6, 3, 0, false, false, kRaft, given},
      {false, 1, 4, 0, false, false, kRaft, given},  // newer, though shorter
      {false, 4, 3, 0, false, false, kRaft, kOlder},
      {false, 9, 2, 0, false, false, kRaft, kOlder},  // older, though longer
      {false, 0, 0, 0, false, false, kRaft, kOlder},
      {false, 0, 0, 0, false, false, kAdopt, given},
      {false, 5, 3, 2, false, false, kRaft, given},  // the same vote, asked for again
      {false, 4, 3, 2, false, false, kRaft, kOlder},
      {false, 5, 3, 3, false, false, kRaft, kVoted},
      {false, 9, 9, 1, false, false, kAdopt, kVoted},
      {false, 5, 3, 0, true, false, kRaft, given},  // who has won a first round has asked enough
      {true, 5, 3, 0, false, false, kRaft, given},
      {true, 5, 3, 3, false, false, kRaft, given},  // it is about another generation
      {true, 5, 3, 0, true, false, kRaft, kLives},
      {true, 9, 9, 0, true, false, kAdopt, kLives},
      {true, 4, 3, 0, false, false, kRaft, kOlder},
      {true, 4, 3, 0, false, false, kAdopt, given},
      {false, 9, 9, 0, false, true, kRaft, kRestoring},
      {false, 9, 9, 2, false, true, kAdopt, kRestoring},
      {true, 9, 9, 0, true, true, kAdopt, kRestoring},
  };
  for (const auto& c : kCases) {
    CAPTURE(&c - kCases);
    const VoteRequest request{Generation(9), Lsn(c.last), Generation(c.generation), c.is_pre};
    const auto answer =
        sound_rules().judge_vote({request, NodeId(2), c.rule, NodeId(c.voted_for), Lsn(5),
                                  Generation(3), c.hears_leader, c.restoring});
    CHECK(answer == c.answer);
  }
}

TEST_CASE("rules: a majority, is more than half of all members") {
  const int needed[] = {0, 1, 2, 2, 3, 3, 4, 4, 5};
  for (int members = 1; members <= 8; ++members)
    CHECK(sound_rules().votes_needed(members) == needed[members]);
}

TEST_CASE("rules: what is committed by counting, is of the leader's own generation alone") {
  CHECK(sound_rules().commits_by_count(Generation(3), Generation(3)));
  CHECK_FALSE(sound_rules().commits_by_count(Generation(2), Generation(3)));
  CHECK((sound_rules().counts_itself(Lsn(4), Lsn(9)) == Lsn(4)));
}

TEST_CASE("rules: a follower's mark and what it applies, are limited by what it knows for sure") {
  CHECK((sound_rules().follower_mark(Lsn(7), Lsn(5), Lsn(9)) == Lsn(5)));
  CHECK((sound_rules().follower_mark(Lsn(5), Lsn(7), Lsn(9)) == Lsn(5)));
  CHECK((sound_rules().follower_applies(Lsn(7), Lsn(5), Lsn(9)) == Lsn(5)));
  CHECK((sound_rules().follower_applies(Lsn(5), Lsn(7), Lsn(9)) == Lsn(5)));
}

TEST_CASE("rules: every yes or no about leaders that are elected, is the sound one by default") {
  const Rules& sound = sound_rules();
  CHECK((sound.waits_for_durable_vote() && sound.refuses_older_generation()));
  CHECK((sound.asks_before_standing() && sound.steps_down_without_majority()));
  CHECK((sound.adopts_best_log() && sound.confirms_reads()));
}
