// Which choices are there? The moves of one configuration; search.h says why no others matter.
#include <bit>
#include <utility>

#include "sim/linear/search.h"

namespace quorate::sim::linear {

namespace {

// Which move is tried first decides nothing but time. What lets the next end be passed comes first,
// what uses up a write of unknown fate last.
constexpr std::uint8_t kHelpsTheNext = 0, kPassesTheNext = 1, kHelpsAnother = 2, kIsTheNext = 3,
                       kUnknown = 4;

}  // namespace

template <class Do>
void Search::each_open(Do what) const {
  for (std::size_t word = 0; word < words_; ++word) {
    for (std::uint64_t left = masks_[word] | masks_[words_ + word]; left != 0; left &= left - 1) {
      const auto bit = static_cast<std::size_t>(std::countr_zero(left));
      what(holders_[word * 64 + bit]);
    }
  }
}

void Search::find_moves() {
  const auto first_move = static_cast<std::uint32_t>(moves_.size());
  const std::uint32_t next = events_[at_].op;
  const ProblemOp& next_op = ops_[next];
  ask_around(next);
  offered_.clear();
  each_open([&](std::uint32_t index) { offer(index, next); });
  bool next_is_offered = false;
  const auto add = [&](std::uint32_t index) {
    moves_.push_back({index, false, place_in_line(index, next)});
    next_is_offered |= index == next;
  };
  for (const Value value : offered_) {
    if (asked_[value].cas_round == round_) add(asked_[value].cas);
    if (asked_[value].takes_round == round_) add(asked_[value].takes);
    if (asked_[value].write_round == round_) add(asked_[value].write);
    asked_[value].cas_round = asked_[value].takes_round = asked_[value].write_round = 0;
  }
  if (!needs(next_op)) moves_.push_back({next, true, kPassesTheNext});
  const bool matters = needs(next_op) || problem_->is_asked_for(next_op.value, at_) ||
                       problem_->is_any_other_asked_for(at_);
  if (next_op.role == Role::write && !next_is_offered && matters)
    moves_.push_back({next, false, kIsTheNext});
  sort_moves(first_move);
}

// Which values does somebody have to see who is open?
void Search::ask_around(std::uint32_t next) {
  ++round_;
  any_other_wanted_ = false;
  perhaps_.clear();
  each_open([&](std::uint32_t index) {
    const ProblemOp& op = ops_[index];
    if (op.role == Role::differs) any_other_wanted_ = true;  // else it would be placed
    if (op.role == Role::takes && op.from == value_) any_other_wanted_ = true;
    if (op.role == Role::equals) want(op.from);
    if (op.role != Role::cas) return;
    if (!op.optional || index == next)
      want(op.from);
    else
      perhaps_.push_back(index);
  });
  // An optional cas sees something for the sake of somebody who sees what it wrote.
  for (bool again = !perhaps_.empty(); again;) {
    again = false;
    for (std::uint32_t& index : perhaps_) {
      if (index == kNone || !is_wanted(ops_[index].value)) continue;
      want(ops_[index].from);
      index = kNone;
      again = true;
    }
  }
}

void Search::want(Value value) { asked_[value].round = round_; }

bool Search::is_wanted(Value value) const {
  return asked_[value].round == round_ || (any_other_wanted_ && value != value_);
}

void Search::offer(std::uint32_t index, std::uint32_t next) {
  const ProblemOp& op = ops_[index];
  const bool is_cas = op.role == Role::cas, takes = op.role == Role::takes;
  const bool is_write = op.role == Role::write;
  if (!is_cas && !takes && !is_write) return;
  if (is_cas && op.from != value_) return;
  if (takes && op.from == value_) return;
  const bool must_be_wanted = is_write || (op.optional && index != next);
  if (must_be_wanted && !is_wanted(op.value)) return;
  if (is_write && op.value == value_ && !sets_free()) return;
  Asked& asked = asked_[op.value];
  if (asked.cas_round != round_ && asked.takes_round != round_ && asked.write_round != round_)
    offered_.push_back(op.value);
  std::uint64_t& round = is_cas ? asked.cas_round : takes ? asked.takes_round : asked.write_round;
  std::uint32_t& best = is_cas ? asked.cas : takes ? asked.takes : asked.write;
  if (round != round_) {
    round = round_;
    best = index;
    return;
  }
  // The end of one of unknown fate is kNone, later than any. Of two such the one that began first.
  const ProblemOp& other = ops_[best];
  if (op.end < other.end || (op.end == other.end && index < best)) best = index;
}

// To write once more what is there, places writes that must be placed, and does nothing else.
bool Search::sets_free() const {
  for (std::size_t word = 0; word < words_; ++word)
    if ((masks_[word] & masks_[words_ + word] & writes_[word]) != 0) return true;
  return false;
}

std::uint8_t Search::place_in_line(std::uint32_t index, std::uint32_t next) const {
  const ProblemOp& op = ops_[index];
  const ProblemOp& waiting = ops_[next];
  if (op.lasts) return kUnknown;
  if (index == next) return kHelpsTheNext;
  if (waiting.role == Role::differs || waiting.role == Role::takes) return kHelpsTheNext;
  const bool sees = waiting.role == Role::equals || waiting.role == Role::cas;
  return sees && waiting.from == op.value ? kHelpsTheNext : kHelpsAnother;
}

// Stable, and they are few.
void Search::sort_moves(std::uint32_t first) {
  for (std::size_t end = first + 1; end < moves_.size(); ++end)
    for (std::size_t i = end; i > first && moves_[i].later < moves_[i - 1].later; --i)
      std::swap(moves_[i], moves_[i - 1]);
}

}  // namespace quorate::sim::linear
