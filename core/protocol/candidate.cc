#include "core/protocol/candidate.h"

#include <bit>
#include <tuple>

#include "core/protocol/election.h"

namespace quorate {

void Candidate::stand(NodeState& node, Time now, Effects& out) {
  *this = {};
  node.deadlines.set(DeadlineName::election, now + draw_election_timeout(node));
  if (!node.rules->asks_before_standing()) return take_generation(node, now, out);
  proposed_ = node.log.generation().next();
  has_asked_ = true;
  out.note(FactKind::stood, NodeId(), node.log.durable(), proposed_.value(), 1);
  if (count(node, node.config.id, out)) return take_generation(node, now, out);
  ask_all(node, now, out);
}

void Candidate::take_generation(NodeState& node, Time now, Effects& out) {
  is_pre_ = false;
  has_asked_ = false;
  voters_ = 0;
  proposed_ = node.log.generation().next();
  node.log.enter(proposed_, node.config.id);
  out.note(FactKind::generation_entered, NodeId(), node.log.last(), proposed_.value());
  out.note(FactKind::stood, NodeId(), node.log.durable(), proposed_.value(), 0);
  if (!node.rules->waits_for_durable_vote()) synced(node, now, out);
}

void Candidate::synced(NodeState& node, Time now, Effects& out) {
  const bool may_ask = node.log.generation_is_durable() || !node.rules->waits_for_durable_vote();
  if (is_pre_ || has_asked_ || !may_ask) return;
  has_asked_ = true;
  const Lsn durable = node.log.durable();
  best_ = {node.config.id, durable, node.log.wal().generation_at(durable)};
  has_won_ = count(node, node.config.id, out);
  if (!has_won_) ask_all(node, now, out);
}

void Candidate::ask(NodeState& node, Time now, NodeId peer, Effects& out) {
  const Lsn durable = node.log.durable();
  node.send(peer, VoteRequest{proposed_, durable, node.log.wal().generation_at(durable), is_pre_},
            now, out);
}

void Candidate::ask_all(NodeState& node, Time now, Effects& out) {
  for (std::uint32_t n = 1; n <= node.config.members; ++n)
    if (node.links.is_connected(NodeId(n))) ask(node, now, NodeId(n), out);
}

void Candidate::connected(NodeState& node, Time now, NodeId peer, Effects& out) {
  if (has_asked_) ask(node, now, peer, out);
}

bool Candidate::count(NodeState& node, NodeId voter, Effects& out) {
  voters_ |= Links::bit(voter);
  const int votes = std::popcount(voters_);
  out.note(FactKind::vote_counted, voter, Lsn(), proposed_.value(),
           static_cast<std::uint64_t>(votes));
  return votes >= node.rules->votes_needed(static_cast<int>(node.config.members));
}

void Candidate::voted(NodeState& node, Time now, NodeId voter, const Vote& vote, Effects& out) {
  const bool is_ours = vote.proposed == proposed_ && vote.is_pre == is_pre_ && has_asked_;
  if (!vote.granted || !is_ours || has_won_) return;
  if ((voters_ & Links::bit(voter)) != 0) return;
  if (std::tie(best_.generation, best_.last) < std::tie(vote.last_generation, vote.last_lsn))
    best_ = {voter, vote.last_lsn, vote.last_generation};
  if (!count(node, voter, out)) return;
  if (is_pre_)
    take_generation(node, now, out);
  else
    has_won_ = true;
}

void Candidate::deadline(NodeState& node, Time now, Effects& out) {
  if (node.deadlines.due(DeadlineName::election, now) && !has_won_) stand(node, now, out);
}

}  // namespace quorate
