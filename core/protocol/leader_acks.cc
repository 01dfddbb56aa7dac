// The leader and what its followers acknowledge.
#include <algorithm>

#include "core/protocol/leader.h"

namespace quorate {

void Leader::message(NodeState& node, Time now, const PeerSaid& event, Effects& out) {
  if (const auto* said = std::get_if<Ack>(&event.message.body)) {
    ack(node, now, event, *said, out);
    if (node.config.elects()) leadership_.heard(event.peer, now);
  } else if (const auto* give = std::get_if<Give>(&event.message.body)) {
    if (restore_ && restore_->given(node, now, event, *give, out)) begin_generation(node, now, out);
    if (adoption_ && adoption_->given(node, now, event, *give, out)) take_office(node, now, out);
  } else if (const auto* chunk = std::get_if<Chunk>(&event.message.body)) {
    if (adoption_ && adoption_->offered(node, now, event, *chunk, out)) take_office(node, now, out);
  } else if (const auto* want = std::get_if<Want>(&event.message.body)) {
    give_snapshot(node, now, event.peer, *want, false, out);
    Progress& follower = progress(event.peer);
    follower.shipped = std::max(follower.shipped, node.log.wal().snapshot().lsn);
    leadership_.heard(event.peer, now);
  } else if (const auto* confirmed = std::get_if<Confirmed>(&event.message.body)) {
    leadership_.heard(event.peer, now);
    leadership_.confirmed(event.peer, confirmed->round);
  }
}

void Leader::ack(NodeState& node, Time now, const PeerSaid& event, const Ack& ack, Effects& out) {
  if (!announced_) return;
  Progress& follower = progress(event.peer);
  const AckVerdict verdict =
      node.rules->judge_ack({ack, event.message.from, event.message.generation, event.peer,
                             node.log.generation(), follower});
  switch (verdict) {
    case AckVerdict::counts: ack_success(node, follower, ack.lsn, out); break;
    case AckVerdict::crc_failure:
      out.note(FactKind::crc_failure_heard, follower.node, ack.lsn);
      if (node.rules->reships_after_crc_failure()) ship_again_from(follower, ack.lsn);
      break;
    case AckVerdict::mismatch:
      out.note(FactKind::mismatch_heard, follower.node, ack.lsn);
      // A full disk stays full: its pause goes on.
      if (follower.state != Progress::State::no_space) follower.state = Progress::State::probing;
      ship_again_from(follower, std::min(ack.lsn, node.log.last()).next());
      break;
    case AckVerdict::no_space:
      out.note(FactKind::no_space_heard, follower.node, ack.lsn);
      follower.state = Progress::State::no_space;
      follower.next = std::min(ack.lsn, node.log.last().next());
      follower.retry_at = now + node.config.no_space_pause;
      node.deadlines.bring_forward(DeadlineName::no_space, follower.retry_at);
      break;
    case AckVerdict::duplicate:
      if (ack.lsn == follower.match) ++follower.repeats;
      [[fallthrough]];
    case AckVerdict::stale_generation:
    case AckVerdict::foreign:
    case AckVerdict::never_shipped:
      out.note(
          FactKind::ack_refused, follower.node, ack.lsn,
          static_cast<std::uint64_t>(verdict) - static_cast<std::uint64_t>(AckVerdict::duplicate));
      break;
  }
}

void Leader::ack_success(NodeState& node, Progress& follower, Lsn lsn, Effects& out) {
  if (follower.state != Progress::State::absent) follower.state = Progress::State::streaming;
  if (lsn > follower.match) follower.repeats = 0;
  follower.match = std::max(follower.match, std::min(lsn, node.log.last()));
  follower.next = std::max(follower.next, follower.match.next());
  out.note(FactKind::ack_counted, follower.node, lsn);
  advance(node, out);
}

int Leader::acks_for(const NodeState& node, Lsn lsn) const {
  return static_cast<int>(std::count_if(
      progress_.begin(), progress_.end(),
      [&node, lsn](const Progress& follower) { return node.rules->counted(follower) >= lsn; }));
}

}  // namespace quorate
