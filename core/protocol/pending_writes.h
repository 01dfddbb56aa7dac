// Whose write is still without an answer? The waits of a leader, in the order of their LSNs.
//
// All have the same timeout, so their deadlines come in the order in which they began. Each wait
// ends in exactly one answer: at the quorum, at the deadline, or at once when the disk refused the
// record.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/protocol/begin_order.h"
#include "core/protocol/effects.h"
#include "core/protocol/quorum_wait.h"
#include "core/protocol/rules.h"

namespace quorate {

class PendingWrites {
 public:
  bool empty() const { return waits_.empty(); }
  std::size_t size() const { return waits_.size() - first_; }

  void push(const QuorumWait& wait) {
    order_.listed(wait.began, size());
    waits_.push_back(wait);
  }

  // The record of that LSN was applied, and this came of it: so is who waits for it to be answered.
  void applied(Lsn lsn, const WriteResult& result);
  // Answers those that may be answered. While records are being applied, `up_to` is the last that
  // was: those behind it don't know their answers yet.
  void answer(const Rules& rules, Lsn high_water_mark, std::optional<Lsn> up_to, Effects& out) {
    while (!empty() && rules.may_answer(front().lsn, high_water_mark)) {
      if (up_to && front().lsn > *up_to) return;
      answer_front(out);
    }
  }

  // Ends the wait whose deadline is first if that has come: tells the client that the fate is
  // unknown, and returns the wait. `timed_out` is the client whose wait was ended so just before.
  std::optional<QuorumWait> expire_first(const Rules& rules, Lsn high_water_mark, Time now,
                                         Duration timeout, Time woken_last, ClientId timed_out,
                                         Effects& out);

  // Their leader leads no longer: whether they will be committed is open.
  void give_up(Effects& out);

  // The disk took nothing behind `last`: those writes have not happened.
  void refuse_after(Lsn last, Effects& out);

  // The first deadline, or never.
  Time deadline(const Rules& rules, Duration timeout, Time woken_last) const {
    if (empty()) return Time::never();
    return rules.wait_deadline(waits_[first_to_end()].began, timeout, woken_last);
  }

 private:
  const QuorumWait& front() const { return waits_[first_]; }
  // Whose deadline is first.
  std::size_t first_to_end() const {
    return first_ + order_.first(std::span<const QuorumWait>(waits_).subspan(first_));
  }
  void answer_front(Effects& out);
  void drop_front();

  std::vector<QuorumWait> waits_;  // those before first_ are done with; empty when all are
  std::size_t first_ = 0;
  BeginOrder order_;
};

}  // namespace quorate
