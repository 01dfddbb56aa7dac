#include "sim/linear/search.h"

#include <algorithm>
#include <bit>

#include "core/base/check.h"

namespace quorate::sim::linear {

Outcome Search::run(const Problem& problem, std::uint64_t most_bytes) {
  begin(problem);
  if (arrive() == Arrived::at_the_end) return Outcome::linearizable;
  while (!frames_.empty()) {
    Frame& frame = frames_.back();
    if (frame.next_move == moves_.size()) {
      moves_.resize(frame.first_move);
      frames_.pop_back();
      continue;
    }
    const Move move = moves_[frame.next_move++];
    go_back_to(frame.number);
    make(move);
    if (arrive() == Arrived::at_the_end) return Outcome::linearizable;
    if (memo_.bytes() > most_bytes) return Outcome::undecided;
  }
  return Outcome::not_linearizable;
}

void Search::begin(const Problem& problem) {
  problem_ = &problem;
  ops_ = problem.ops();
  events_ = problem.events();
  words_ = std::max<std::size_t>(1, (problem.slots() + 63) / 64);
  at_ = 0;
  value_ = kNull;
  masks_.assign(2 * words_, 0);
  writes_.assign(words_, 0);
  holders_.assign(problem.slots(), kNone);
  memo_.clear(words_);
  frames_.clear();
  moves_.clear();
  furthest_ = 0;
  if (asked_.size() < problem.values()) asked_.resize(problem.values());
}

std::uint32_t Search::stuck() const { return events_[furthest_].op; }

// Goes on as far as nothing is to be chosen, and then looks whether that is a new place.
Search::Arrived Search::arrive() {
  look();
  if (go_on()) return Arrived::at_the_end;
  furthest_ = std::max(furthest_, at_);
  if (!problem_->is_asked_for(value_, at_)) value_ = kOther;
  if (!memo_.add({at_, value_, need(), have()})) return Arrived::where_it_was;
  const auto first_move = static_cast<std::uint32_t>(moves_.size());
  frames_.push_back({static_cast<std::uint32_t>(memo_.size() - 1), first_move, first_move});
  find_moves();
  return Arrived::at_something_new;
}

// Places whoever is open, only looks, and sees what it must.
void Search::look() {
  for (std::size_t word = 0; word < words_; ++word) {
    for (std::uint64_t left = need()[word] & ~have()[word]; left != 0; left &= left - 1) {
      const auto slot = static_cast<std::uint32_t>(word * 64) +
                        static_cast<std::uint32_t>(std::countr_zero(left));
      if (!fits(ops_[holders_[slot]])) continue;
      set(need(), slot, false);
      if (trail_ != nullptr) trail_->push_back(holders_[slot]);
    }
  }
}

// Passes beginnings, and the ends of what is placed. True: that was all.
bool Search::go_on() {
  for (; at_ < events_.size(); ++at_) {
    const Event event = events_[at_];
    const ProblemOp& op = ops_[event.op];
    if (!event.is_end)
      open(event.op);
    else if (needs(op) || has(op))
      return false;
  }
  return true;
}

void Search::open(std::uint32_t index) {
  const ProblemOp& op = ops_[index];
  hold(op.slot, index);
  const bool looks = op.role == Role::equals || op.role == Role::differs;
  const bool placed = looks && fits(op);
  set(need(), op.slot, !op.optional && !placed);
  set(have(), op.slot, !looks);
  if (placed && trail_ != nullptr) trail_->push_back(index);
}

void Search::hold(std::uint32_t slot, std::uint32_t index) {
  holders_[slot] = index;
  set(writes_.data(), slot, index != kNone && ops_[index].role == Role::write);
}

void Search::go_back_to(std::uint32_t number) {
  const Configuration then = memo_.at(number);
  walk_back_to(then.at);
  value_ = then.value;
  std::copy(then.need, then.need + words_, need());
  std::copy(then.have, then.have + words_, have());
}

void Search::walk_back_to(std::uint32_t at) {
  while (at_ > at) {
    const Event event = events_[--at_];
    if (!event.is_end) hold(ops_[event.op].slot, ops_[event.op].before);
  }
}

void Search::make(const Move& move) {
  const ProblemOp& op = ops_[move.op];
  set(need(), op.slot, false);
  set(have(), op.slot, false);
  if (move.passes) return;
  value_ = op.value;
  if (op.role != Role::write && op.role != Role::takes) return;
  for (std::size_t word = 0; word < words_; ++word) need()[word] &= ~(have()[word] & writes_[word]);
}

std::span<const std::uint32_t> Search::order() {
  order_.clear();
  std::vector<Move> made;
  for (const Frame& frame : frames_) made.push_back(moves_[frame.next_move - 1]);
  walk_back_to(0);
  value_ = kNull;
  std::fill(masks_.begin(), masks_.end(), 0);
  trail_ = &order_;
  bool ended = go_on();
  std::size_t last_write = 0;  // the place of the last write that was tried
  bool last_takes = false;     // ... and that found something, so no null comes straight before it
  for (const Move& move : made) {
    const ProblemOp& op = ops_[move.op];
    if (move.passes) {
      const bool is_behind = last_takes && op.value == kNull;
      const std::size_t place = is_behind ? last_write + 1 : last_write++;
      order_.insert(order_.begin() + static_cast<std::ptrdiff_t>(place), move.op);
    } else {
      if (op.role == Role::write || op.role == Role::takes) last_write = order_.size();
      if (op.role == Role::write || op.role == Role::takes) last_takes = op.role == Role::takes;
      order_.push_back(move.op);
    }
    make(move);
    look();
    ended = go_on();
  }
  trail_ = nullptr;
  QUORATE_CHECK(ended, "the moves of a success lead to the end");
  return order_;
}

}  // namespace quorate::sim::linear
