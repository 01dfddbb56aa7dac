// The judge of the profile replicated_log and what nodes say to each other.
#include <algorithm>
#include <bit>

#include "sim/check/log_checker.h"
#include "sim/check/log_words.h"

namespace quorate::sim {

void LogChecker::said(NodeId node, NodeId peer, const TappedFrame& frame) {
  switch (frame.kind) {
    case TappedKind::ship:
    case TappedKind::confirm: leads(node, peer, frame); break;
    case TappedKind::ack: acknowledges(node, peer, frame); break;
    case TappedKind::confirmed: is_answered(peer, node); break;
    case TappedKind::vote:
      if (frame.granted && frame.is_pre) would_vote(node, peer, frame.proposed);
      if (!frame.granted || frame.is_pre) break;
      votes(node, peer, frame.proposed, peer);
      is_answered(peer, node);
      break;
    case TappedKind::vote_request:
      if (frame.is_pre) break;
      stands(node, frame.proposed);
      votes(node, peer, frame.proposed, node);
      break;
    default: break;
  }
}

// What is said to one peer arrives in order; to two of them it may leave in any.
void LogChecker::speaks_in(NodeId node, NodeId peer, Generation generation) {
  Judged& judged = at(node);
  Generation& before = judged.said[peer.value() - 1];
  if (generation < before)
    return violate(kOneVote, [=, newest = before] {
      return name_of(node) + " speaks in " + text_of(generation) + " after it had spoken in " +
             text_of(newest);
    });
  before = generation;
  const Generation written = judged.truth.generation();
  if (written < generation || (written == generation && !judged.truth.generation_is_durable()))
    violate(kOneVote, [=] {
      return name_of(node) + " speaks in " + text_of(generation) +
             ", which it would not remember after a crash";
    });
}

void LogChecker::leads(NodeId node, NodeId peer, const TappedFrame& frame) {
  speaks_in(node, peer, frame.generation);
  const std::size_t generation = frame.generation.value();
  constexpr std::size_t kMost = 1 << 16;  // damage at rest lets generations leap
  if (generation < kMost) {
    if (generation >= led_by_.size()) led_by_.resize(generation + 1);
    NodeId& leader = led_by_[generation];
    if (leader.is_none() && ++elections_ == 2) probes_.saw(ProbeId::several_elections);
    if (leader.is_none()) leader = node;
    if (leader != node)
      return violate(kOneLeader, [=, &frame, first = leader] {
        return name_of(node) + " leads in " + text_of(frame.generation) + ", in which " +
               name_of(first) + " has led";
      });
  }
  has_majority(node);
  mark_is_backed(node, frame.mark);
  Lsn& before = at(node).marks[peer.value() - 1];
  if (frame.mark < before)
    return violate(kMarkIsBacked, [=, &frame, most = before] {
      return "the high-water mark of " + name_of(node) + " goes back from " + text_of(most) +
             " to " + text_of(frame.mark);
    });
  before = frame.mark;
}

void LogChecker::mark_is_backed(NodeId node, Lsn mark) {
  if (mark > committed_.last())
    violate(kMarkIsBacked, [=, this] {
      return name_of(node) + " says that all up to " + text_of(mark) +
             " is committed, but a majority holds only " + text_of(committed_.last());
    });
}

void LogChecker::votes(NodeId node, NodeId peer, Generation generation, NodeId candidate) {
  speaks_in(node, peer, generation);
  Judged& judged = at(node);
  const bool is_written =
      std::any_of(judged.vows.begin(), judged.vows.end(), [&](const Judged::Vow& vow) {
        return vow.generation == generation && vow.candidate == candidate &&
               vow.end <= judged.truth.durable_bytes();
      });
  if (!is_written)
    return violate(kOneVote, name_of(node) + " votes for " + name_of(candidate) + " in " +
                                 text_of(generation) + " without having that on its disk");
  if (judged.voted_in == generation && judged.voted_for != candidate)
    return violate(kOneVote, name_of(node) + " votes for " + name_of(candidate) + " in " +
                                 text_of(generation) + ", in which it has voted for " +
                                 name_of(judged.voted_for));
  if (judged.voted_in == generation && candidate != node) probes_.saw(ProbeId::vote_given_again);
  judged.voted_in = generation;
  judged.voted_for = candidate;
}

void LogChecker::acknowledges(NodeId node, NodeId peer, const TappedFrame& frame) {
  is_answered(peer, node);
  if (frame.status != 0 || frame.lsn.is_none()) return;
  speaks_in(node, peer, frame.generation);
  const NodeTruth& truth = at(node).truth;
  const auto what = [node, &frame] {
    return name_of(node) + " acknowledged " + text_of(frame.lsn);
  };
  if (truth.is_broken())
    return violate(kAckIsDurable, [=] { return what() + " before it had its damaged log back"; });
  // Where its socket took no more, it may have been decided before a snapshot was installed.
  if (frame.lsn > truth.left_by_crash())
    return violate(kAckIsDurable, [=, &truth] {
      return what() + ", but only " + text_of(truth.durable_lsn()) + " is durable there";
    });
  const Node* leader = running(peer);
  const bool still_leads =
      leader != nullptr && leader->leads() && leader->log().generation() == frame.generation;
  const NodeTruth& its = at(peer).truth;
  if (!still_leads || its.is_broken()) return;
  if (!truth.agrees_with(its, frame.lsn))
    violate(kAckIsDurable,
            [=] { return what() + ", but its log is not the leader's up to there"; });
}

// A node that could not be elected leaves the generation alone: it first asks who would vote for
// it. An answer to an earlier question of the same life says nothing about the last one.
void LogChecker::would_vote(NodeId node, NodeId candidate, Generation proposed) {
  Judged& asked = at(candidate);
  if (proposed < asked.would_lead) return;
  if (asked.would_lead != proposed) asked.would_be_elected_by = 0;
  asked.would_lead = proposed;
  asked.would_be_elected_by |= bit(node);
}

void LogChecker::stands(NodeId node, Generation proposed) {
  const Judged& asked = at(node);
  const std::uint32_t by =
      bit(node) | (asked.would_lead == proposed ? asked.would_be_elected_by : 0);
  if (static_cast<std::size_t>(std::popcount(by)) > nodes_.size() / 2) return;
  violate(kAsksFirst, name_of(node) + " stands for election in " + text_of(proposed) +
                          ", though only " + std::to_string(std::popcount(by)) + " of " +
                          std::to_string(nodes_.size()) + " would have voted for it");
}

void LogChecker::is_answered(NodeId leader, NodeId by) {
  const Time arrives = world_->now() + world_->slowed(by, leader);
  Time& last = at(leader).answered_at[by.value() - 1];
  last = std::max(last, arrives);
}

// Who leads on without a majority answers from a past that others have left. Answers only become
// newer: so what those so far allow is looked at again only when that is over.
void LogChecker::count_majority(NodeId node) {
  const Node* leader = running(node);
  if (leader == nullptr || nodes_.size() == 1) return;
  Judged& judged = at(node);
  const NodeConfig& config = leader->config();
  const Duration unanswered = kAnswersTravel + config.peer_silence + config.election_timeout;
  const auto is_majority_since = [&](Time since) {
    std::size_t answering = 1;
    for (const Time at_last : judged.answered_at) answering += at_last >= since ? 1 : 0;
    return answering > nodes_.size() / 2;
  };
  for (const Time since : judged.answered_at)
    if (is_majority_since(since))
      judged.may_lead_until = std::max(judged.may_lead_until, since + unanswered);
  const Time now = world_->now();
  // What came while it stood still, it has heard when it ran again.
  if (now <= std::max(judged.may_lead_until, world_->paused_until(node) + unanswered)) return;
  violate(kHasMajority, [=] {
    return name_of(node) + " still leads, though no majority has answered it for " +
           std::to_string(unanswered.us() / 1000) + " ms";
  });
}

}  // namespace quorate::sim
