#include "core/protocol/pending_writes.h"

namespace quorate {

void PendingWrites::answer(const Rules& rules, Lsn high_water_mark, Applied applied, Effects& out) {
  while (!empty() && rules.may_answer(front().lsn, high_water_mark)) {
    const QuorumWait& wait = front();
    // While records are being applied, each answers for itself: a later del doesn't know its count
    // yet.
    if (!applied.lsn.is_none() && wait.lsn > applied.lsn) return;
    const bool removed = wait.counts_keys && wait.lsn == applied.lsn && applied.removed > 0;
    out.note(FactKind::write_answered, NodeId(), wait.lsn, 0, wait.client.value());
    out.replies.push_back({wait.client, wait.sequence,
                           wait.counts_keys ? ReplyKind::count : ReplyKind::ok,
                           removed ? std::uint64_t{1} : 0, 0, 0});
    drop_front();
  }
}

std::optional<QuorumWait> PendingWrites::expire_first(const Rules& rules, Lsn high_water_mark,
                                                      Time now, Duration timeout, Time woken_last,
                                                      ClientId timed_out, Effects& out) {
  if (empty()) return {};
  const std::size_t at = first_to_end();
  const QuorumWait wait = waits_[at];
  const Time deadline = rules.wait_deadline(wait.began, timeout, woken_last);
  if (wait.state(high_water_mark, now, deadline) != WaitState::timed_out &&
      (wait.client != timed_out || rules.times_out_alone()))
    return {};
  out.replies.push_back({wait.client, wait.sequence, rules.answer_at_deadline(), 0, 0, 0});
  if (at == first_)
    drop_front();
  else
    waits_.erase(waits_.begin() + static_cast<std::ptrdiff_t>(at));
  return wait;
}

std::size_t PendingWrites::least_begun() const {
  std::size_t least = first_;
  for (std::size_t i = first_ + 1; i < waits_.size(); ++i)
    if (waits_[i].began < waits_[least].began) least = i;
  return least;
}

void PendingWrites::refuse_after(Lsn last, Effects& out) {
  std::size_t kept = waits_.size();
  while (kept > first_ && waits_[kept - 1].lsn > last) --kept;
  for (std::size_t i = kept; i < waits_.size(); ++i)
    out.replies.push_back({waits_[i].client, waits_[i].sequence, ReplyKind::disk_full, 0, 0, 0});
  waits_.resize(kept);
  if (size() == 0) {
    waits_.clear();
    first_ = 0;
    out_of_turn_ = false;
  }
}

Time PendingWrites::deadline(const Rules& rules, Duration timeout, Time woken_last) const {
  if (empty()) return Time::never();
  return rules.wait_deadline(waits_[first_to_end()].began, timeout, woken_last);
}

void PendingWrites::drop_front() {
  if (++first_ < waits_.size()) return;
  waits_.clear();
  first_ = 0;
  out_of_turn_ = false;
}

}  // namespace quorate
