// Which operations contradict each other? The part of the judge that shrinks.
#include <algorithm>

#include "core/base/check.h"
#include "sim/linear/judge.h"

namespace quorate::sim::linear {

Contradiction Judge::contradiction(Key key) {
  const std::span<const Event> events = events_of(key);
  takes_.assign(history_->operations.size(), Take::as_told);
  is_minimal_ = true;
  spent_ = 0;
  QUORATE_CHECK(judge(key) == Outcome::not_linearizable, "there is a contradiction to be shown");
  keep_up_to_where_it_is_stuck(events);
  keep_the_last_that_suffice(events);
  drop_what_is_not_needed(events);

  Contradiction found;
  found.may = helpers(events);
  found.must = needed_;
  found.is_minimal = is_minimal_;
  return found;
}

// Undecided, too, when the work that may be spent is spent.
Outcome Judge::try_with(std::span<const Event> events) {
  if (spent_ > limits_.shrink_configurations) return Outcome::undecided;
  problem_.build(*history_, events, takes_);
  const Outcome outcome = search_.run(problem_, limits_.shrink_bytes);
  spent_ += search_.configurations();
  return outcome;
}

// Up to that end nothing explains what is there. What began after it has no part in it, and what
// ended after it need not have happened by then.
void Judge::keep_up_to_where_it_is_stuck(std::span<const Event> events) {
  const OpId last = problem_.ops()[search_.stuck()].id;
  bool is_over = false;
  needed_.clear();
  for (const Event& event : events) {
    Take& take = takes_[event.op];
    if (!event.is_end) {
      if (is_over) take = Take::not_at_all;
      continue;
    }
    if (is_over && take == Take::as_told) take = Take::perhaps;
    const bool is_known = history_->operations[event.op].fate == Fate::ok;
    if (take == Take::as_told && is_known) needed_.push_back(event.op);
    is_over |= event.op == last;
  }
}

// Mostly the last few contradict each other, so these are tried alone: the last, the last two,
// four,
// ... of the needed, which stand in the order of their ends.
void Judge::keep_the_last_that_suffice(std::span<const Event> events) {
  for (const OpId op : needed_) takes_[op] = Take::perhaps;
  std::size_t from = needed_.size();
  for (std::size_t size = 1; from > 0; size *= 2) {
    const std::size_t to = from;
    from = needed_.size() - std::min(size, needed_.size());
    for (std::size_t i = from; i < to; ++i) takes_[needed_[i]] = Take::as_told;
    if (from > 0 && try_with(events) == Outcome::not_linearizable) break;
  }
  needed_.erase(needed_.begin(), needed_.begin() + static_cast<std::ptrdiff_t>(from));
}

// The oldest first, in large groups, at last one by one. Without the last there is no
// contradiction.
void Judge::drop_what_is_not_needed(std::span<const Event> events) {
  for (std::size_t size = std::max<std::size_t>(needed_.size() / 2, 1);; size /= 2) {
    for (std::size_t from = 0; from + 1 < needed_.size();) {
      const std::size_t to = std::min(from + size, needed_.size() - 1);
      for (std::size_t i = from; i < to; ++i) takes_[needed_[i]] = Take::perhaps;
      const auto first = needed_.begin() + static_cast<std::ptrdiff_t>(from);
      const auto last = needed_.begin() + static_cast<std::ptrdiff_t>(to);
      const Outcome outcome = try_with(events);
      if (outcome == Outcome::not_linearizable) {
        needed_.erase(first, last);
      } else {
        if (size == 1 && outcome == Outcome::undecided) is_minimal_ = false;
        std::for_each(first, last, [&](OpId op) { takes_[op] = Take::as_told; });
        from = to;
      }
    }
    if (size == 1) break;
  }
  std::sort(needed_.begin(), needed_.end());
}

// The others with which the rest makes sense once one of the needed is among them.
std::vector<OpId> Judge::helpers(std::span<const Event> events) {
  std::vector<bool> helps(takes_.size(), false);
  for (const OpId op : needed_) {
    takes_[op] = Take::perhaps;
    if (try_with(events) == Outcome::linearizable)
      for (const OpId used : order()) helps[used] = true;
    else
      is_minimal_ = false;
    takes_[op] = Take::as_told;
  }
  std::vector<OpId> left;
  for (const Event& event : events) {
    if (event.is_end || takes_[event.op] == Take::not_at_all) continue;
    if (std::binary_search(needed_.begin(), needed_.end(), event.op)) continue;
    if (helps[event.op])
      left.push_back(event.op);
    else
      takes_[event.op] = Take::not_at_all;
  }
  if (is_minimal_) drop_needless_helpers(left, events);
  return left;
}

// One order may have used what another could do without.
void Judge::drop_needless_helpers(std::vector<OpId>& left, std::span<const Event> events) {
  for (std::size_t size = std::max<std::size_t>(left.size() / 2, 1);; size /= 2) {
    for (std::size_t from = 0; from < left.size();) {
      const std::size_t to = std::min(from + size, left.size());
      const auto first = left.begin() + static_cast<std::ptrdiff_t>(from);
      const auto last = left.begin() + static_cast<std::ptrdiff_t>(to);
      std::vector<Take> before;
      std::for_each(first, last, [&](OpId op) {
        before.push_back(takes_[op]);
        takes_[op] = Take::not_at_all;
      });
      if (each_is_needed(events)) {
        left.erase(first, last);
        continue;
      }
      for (std::size_t i = from; i < to; ++i) takes_[left[i]] = before[i - from];
      from = to;
    }
    if (size == 1) break;
  }
}

bool Judge::each_is_needed(std::span<const Event> events) {
  return std::all_of(needed_.begin(), needed_.end(), [&](OpId op) {
    takes_[op] = Take::perhaps;
    const bool is_needed = try_with(events) == Outcome::linearizable;
    takes_[op] = Take::as_told;
    return is_needed;
  });
}

}  // namespace quorate::sim::linear
