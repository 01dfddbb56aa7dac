// Is a history linearizable, and if not, which operations contradict each other?
//
// Registers are independent: each key is judged alone, and a history is linearizable when every
// key's is (Herlihy and Wing's locality). A judge keeps its storage: one that has judged a history
// judges the next one of its size without allocating.
//
// A contradiction is a set of operations such that no order explains them, whatever the others did:
// even if each of the others happened at any time after it began, or never (and the reads among
// them are not asked). It is minimal: leave the knowledge of any one of them out, and there is an
// order. Larger sets contradict themselves all the more, so one that can't lose any single
// operation can't lose several either.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/linear/history.h"
#include "sim/linear/problem.h"
#include "sim/linear/search.h"

namespace quorate::sim::linear {

struct Limits {
  std::uint64_t search_bytes = std::uint64_t{1} << 29;  // of configurations, at a time
  std::uint64_t shrink_bytes = std::uint64_t{1} << 21;  // likewise, in each step of shrinking
  std::uint64_t shrink_configurations = 1'000'000;      // in all of its steps
};

struct Contradiction {
  std::vector<OpId> must;  // what contradicts itself, in the order in which it began
  // Of the others those with which the rest makes sense once one of the above is among them: with
  // these alone all that is said above is true. In the same order.
  std::vector<OpId> may;
  bool is_minimal = true;  // false: within the limits it could not be told whether it is
};

class Judge {
 public:
  explicit Judge(Limits limits = {}) : limits_(limits) {}

  // The history must live, and stay as it is, as long as the others are called.
  void take(const History& history);
  Key keys() const { return static_cast<Key>(starts_.size() - 1); }
  // Requires key < keys(), here and below. Nothing known of a key is linearizable.
  Outcome judge(Key key);
  // Of the key that was judged last. Requires that it is linearizable: an order, as ids of the
  // history's operations; those of unknown fate that are not in it did not happen.
  std::vector<OpId> order();
  std::uint64_t configurations() const { return search_.configurations(); }

  // Requires a key that is not linearizable.
  Contradiction contradiction(Key key);

  // Is it linearizable because its operations came one after the other, and each found what those
  // before it had left? Then no order is to be searched for. False says nothing.
  bool explains_itself(Key key) const;

  // All keys at once: the first that is not linearizable, or else undecided, or keys().
  Key first_bad();

 private:
  std::span<const Event> events_of(Key key) const {
    return {events_.data() + starts_[key], starts_[key + 1] - starts_[key]};
  }
  Outcome try_with(std::span<const Event> events);
  void keep_up_to_where_it_is_stuck(std::span<const Event> events);
  void keep_the_last_that_suffice(std::span<const Event> events);
  void drop_what_is_not_needed(std::span<const Event> events);
  std::vector<OpId> helpers(std::span<const Event> events);
  void drop_needless_helpers(std::vector<OpId>& left, std::span<const Event> events);
  bool each_is_needed(std::span<const Event> events);

  Limits limits_;
  const History* history_ = nullptr;
  std::vector<Event> events_;  // those of key 0, then those of key 1, ...
  std::vector<std::size_t> starts_{0};
  Problem problem_;
  Search search_;

  // While a contradiction is looked for.
  std::vector<Take> takes_;
  std::vector<OpId> needed_;
  bool is_minimal_ = true;
  std::uint64_t spent_ = 0;  // configurations
};

}  // namespace quorate::sim::linear
