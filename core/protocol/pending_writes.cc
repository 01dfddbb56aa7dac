#include "core/protocol/pending_writes.h"

#include <algorithm>

namespace quorate {

void PendingWrites::applied(Lsn lsn, const WriteResult& result) {
  const auto first = waits_.begin() + static_cast<std::ptrdiff_t>(first_);
  const auto at = std::lower_bound(first, waits_.end(), lsn,
                                   [](const QuorumWait& wait, Lsn to) { return wait.lsn < to; });
  if (at != waits_.end() && at->lsn == lsn) at->result = result;
}

void PendingWrites::answer_front(Effects& out) {
  const QuorumWait& wait = front();
  const WriteResult result =
      wait.result.value_or(WriteResult{wait.counts ? ReplyKind::count : ReplyKind::ok, 0});
  const bool had_effect = result.kind == ReplyKind::ok || result.kind == ReplyKind::count;
  out.note(had_effect ? FactKind::write_answered : FactKind::request_refused, NodeId(), wait.lsn,
           had_effect ? 0 : static_cast<std::uint64_t>(result.kind), wait.client.value());
  out.replies.push_back({wait.client, wait.sequence, result.kind, result.count, 0, 0});
  drop_front();
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

void PendingWrites::give_up(Effects& out) {
  for (; !empty(); drop_front()) {
    out.note(FactKind::request_refused, NodeId(), front().lsn,
             static_cast<std::uint64_t>(ReplyKind::deposed), front().client.value());
    out.replies.push_back({front().client, front().sequence, ReplyKind::deposed, 0, 0, 0});
  }
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
  }
}

void PendingWrites::drop_front() {
  if (++first_ < waits_.size()) return;
  waits_.clear();
  first_ = 0;
}

}  // namespace quorate
