#include "core/protocol/election.h"

#include "core/base/mix.h"

namespace quorate {

Duration draw_election_timeout(NodeState& node) {
  if (node.config.stands_after > Duration()) return node.config.stands_after;
  constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15u;  // so that small numbers are mixed, too
  const std::uint64_t least = static_cast<std::uint64_t>(node.config.election_timeout.us());
  const std::uint64_t drawn = mix(mix(node.config.election_seed + node.config.id.value() + kStep) +
                                  node.election_draws++ + kStep);
  return Duration(static_cast<std::int64_t>(least + drawn % (least + 1)));
}

void Voter::asked(NodeState& node, Time now, NodeId candidate, const VoteRequest& request,
                  bool hears_leader, Effects& out) {
  const Wal& wal = node.log.wal();
  const Lsn durable = node.log.durable();
  const bool restoring = durable < node.vouches_from || !wal.restore_until().is_none();
  const auto refusal =
      node.rules->judge_vote({request, candidate, node.config.election, wal.voted_for(), durable,
                              wal.generation_at(durable), hears_leader, restoring});
  if (refusal) {
    out.note(FactKind::vote_refused, candidate, request.last_lsn, request.proposed.value(),
             static_cast<std::uint64_t>(*refusal));
    node.send(candidate, Vote{request.proposed, Lsn(), Generation(), request.is_pre, false}, now,
              out);
    return;
  }
  if (!request.is_pre && wal.voted_for().is_none()) node.log.vote(candidate);
  if (request.is_pre || node.log.generation_is_durable() || !node.rules->waits_for_durable_vote())
    give(node, now, candidate, request.proposed, request.is_pre, out);
  else
    owe(candidate, request.proposed);
}

void Voter::give(NodeState& node, Time now, NodeId candidate, Generation proposed, bool is_pre,
                 Effects& out) {
  const Lsn durable = node.log.durable();
  out.note(FactKind::vote_given, candidate, durable, proposed.value(), is_pre ? 1 : 0);
  node.send(candidate, Vote{proposed, durable, node.log.wal().generation_at(durable), is_pre, true},
            now, out);
}

void Voter::synced(NodeState& node, Time now, Effects& out) {
  if (owed_to_.is_none() || !node.log.generation_is_durable()) return;
  if (owed_in_ == node.log.generation()) give(node, now, owed_to_, owed_in_, false, out);
  forget();
}

}  // namespace quorate
