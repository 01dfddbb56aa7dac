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
    return violate(kOneVote, name_of(node) + " speaks in " + text_of(generation) +
                                 " after it had spoken in " + text_of(before));
  before = generation;
  const Generation written = judged.truth.generation();
  if (written < generation || (written == generation && !judged.truth.generation_is_durable()))
    violate(kOneVote, name_of(node) + " speaks in " + text_of(generation) +
                          ", which it would not remember after a crash");
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
      return violate(kOneLeader, name_of(node) + " leads in " + text_of(frame.generation) +
                                     ", in which " + name_of(leader) + " has led");
  }
  if (const Node* leader = running(node)) has_majority(node, *leader);
  mark_is_backed(node, frame.mark);
  Lsn& before = at(node).marks[peer.value() - 1];
  if (frame.mark < before)
    return violate(kMarkIsBacked, "the high-water mark of " + name_of(node) + " goes back from " +
                                      text_of(before) + " to " + text_of(frame.mark));
  before = frame.mark;
}

void LogChecker::mark_is_backed(NodeId node, Lsn mark) {
  if (mark > committed_.last())
    violate(kMarkIsBacked, name_of(node) + " says that all up to " + text_of(mark) +
                               " is committed, but a majority holds only " +
                               text_of(committed_.last()));
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
    return violate(kAckIsDurable, what() + " before it had its damaged log back");
  // Where its socket took no more, it may have been decided before a snapshot was installed.
  if (frame.lsn > truth.left_by_crash())
    return violate(kAckIsDurable,
                   what() + ", but only " + text_of(truth.durable_lsn()) + " is durable there");
  const Node* leader = running(peer);
  const bool still_leads =
      leader != nullptr && leader->leads() && leader->log().generation() == frame.generation;
  const NodeTruth& its = at(peer).truth;
  if (!still_leads || its.is_broken()) return;
  if (!truth.agrees_with(its, frame.lsn))
    violate(kAckIsDurable, what() + ", but its log is not the leader's up to there");
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

// Who leads on without a majority answers from a past that others have left.
void LogChecker::has_majority(NodeId node, const Node& leader) {
  const NodeConfig& config = leader.config();
  const Time since = world_->now() + Duration(-kAnswersTravel.us() - config.peer_silence.us() -
                                              config.election_timeout.us());
  // What came while it stood still, it has heard when it ran again.
  if (world_->paused_until(node) >= since) return;
  std::size_t answering = 1;
  for (const Time at_last : at(node).answered_at) answering += at_last >= since ? 1 : 0;
  if (since > Time() && answering <= nodes_.size() / 2)
    violate(kHasMajority, name_of(node) + " still leads, though no majority has answered it for " +
                              std::to_string((world_->now() - since).us() / 1000) + " ms");
}

}  // namespace quorate::sim
