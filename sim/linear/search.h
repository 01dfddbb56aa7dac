// Is there an order in which all of these operations make sense? The search itself.
//
// Wing and Gong (1993) try every operation that may come next and go back where that leads nowhere;
// Lowe (2017) remembers where they were. An order must keep what ended before what began after it,
// and each operation must have seen what was there. Here the list that they lift operations out of
// is a position, the first end that is not passed, and a mask of the operations open there; and
// because a register is no arbitrary object, most of the choices need not be tried:
//
// 1. What only looks (a read, a cas that found something else) comes at once where it fits: it
//    changes nothing for the others, and being next it may come first.
// 2. A write that nobody saw may stand straight before any other write that was tried while it was
//    open. So when a write is tried, all others that are open become *free*: they need not be
//    placed any more, and their ends are passed in silence; their values can still be used up to
//    there. What is of unknown fate is free from its beginning, and stays open.
//    A delete that found something sets them free, too: straight before it, or, of null, behind it.
// 3. So a write is tried for one of two reasons only: somebody who is open now has to see its
//    value, or its own end is the next. In an order that explains all, take the writes in a row up
//    to the first who looks: all but the last of them were seen by nobody. If all of the row are
//    open and so is who looks, that one suffices (1st reason) and the others are free by 2. If not,
//    one of the row has to end first; that one is tried at its end (2nd), or is free already, and
//    the row is shorter.
// 4. Of equal writes (or cas) that are open, one is tried: the one that ends first, at last one of
//    unknown fate. In any order that uses another the two can change places.
// 5. An optional cas is tried for the same two reasons only: else it can be left out.
// 6. A value that nobody will ask for any more is as good as any other such value.
//
// No choice that could matter is left out: search_test and random_test compare with all orders.
//
// Time and memory can grow exponentially with the operations that are open at once (the question is
// NP-complete when values repeat), so there is a limit, and "undecided" is an answer.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/linear/memo.h"
#include "sim/linear/problem.h"

namespace quorate::sim::linear {

enum class Outcome : std::uint8_t { linearizable, not_linearizable, undecided };

class Search {
 public:
  // Keeps its storage from run to run. `most_bytes` bounds the memory of configurations. The
  // problem must live as long as the answers below are asked for.
  Outcome run(const Problem& problem, std::uint64_t most_bytes);

  // After not_linearizable: the operation whose end no order gets past, an index of problem.ops().
  std::uint32_t stuck() const;
  // After linearizable: an order that explains all, as indices of problem.ops(). Those of unknown
  // fate that are not in it did not happen.
  std::span<const std::uint32_t> order();
  std::uint64_t configurations() const { return memo_.size(); }

 private:
  struct Move {
    std::uint32_t op = 0;
    bool passes = false;     // a free write, at its end: nothing is changed
    std::uint8_t later = 0;  // the smaller is tried first
  };
  // A configuration that is being explored: its number in the memo, and its moves.
  struct Frame {
    std::uint32_t number = 0;
    std::uint32_t first_move = 0;
    std::uint32_t next_move = 0;
  };
  enum class Arrived { at_the_end, at_something_new, where_it_was };

  void begin(const Problem& problem);
  Arrived arrive();
  bool go_on();
  void open(std::uint32_t index);
  void look();
  void go_back_to(std::uint32_t number);
  void walk_back_to(std::uint32_t at);
  void make(const Move& move);
  void hold(std::uint32_t slot, std::uint32_t index);

  void find_moves();
  void ask_around(std::uint32_t next);
  void want(Value value);
  bool is_wanted(Value value) const;
  void offer(std::uint32_t index, std::uint32_t next);
  void sort_moves(std::uint32_t first);
  std::uint8_t place_in_line(std::uint32_t index, std::uint32_t first) const;
  bool sets_free() const;

  template <class Do>
  void each_open(Do what) const;
  bool fits(const ProblemOp& op) const { return (op.from == value_) == (op.role == Role::equals); }
  std::uint64_t* need() { return masks_.data(); }
  std::uint64_t* have() { return masks_.data() + words_; }
  bool needs(const ProblemOp& op) const { return bit(masks_.data(), op.slot); }
  bool has(const ProblemOp& op) const { return bit(masks_.data() + words_, op.slot); }
  static bool bit(const std::uint64_t* mask, std::uint32_t slot) {
    return (mask[slot / 64] >> (slot % 64) & 1U) != 0;
  }
  static void set(std::uint64_t* mask, std::uint32_t slot, bool on) {
    const std::uint64_t one = std::uint64_t{1} << (slot % 64);
    mask[slot / 64] = on ? mask[slot / 64] | one : mask[slot / 64] & ~one;
  }

  const Problem* problem_ = nullptr;
  std::span<const ProblemOp> ops_;
  std::span<const Event> events_;
  std::size_t words_ = 1;  // of a mask

  // The configuration where the search is. A slot whose operation is placed has neither bit; one
  // that only looks has `need` alone, and a free one `have` alone.
  std::uint32_t at_ = 0;
  Value value_ = kNull;
  std::vector<std::uint64_t> masks_;    // need, have
  std::vector<std::uint64_t> writes_;   // slots whose last holder is a write
  std::vector<std::uint32_t> holders_;  // by slot: who had it last before at_

  Memo memo_;
  std::vector<Frame> frames_;
  std::vector<Move> moves_;
  std::uint32_t furthest_ = 0;

  // While the moves of one configuration are found.
  struct Asked {
    std::uint64_t round = 0;  // in which it was wanted
    // By kind the one to try, when its round is this one.
    std::uint64_t cas_round = 0, takes_round = 0, write_round = 0;
    std::uint32_t cas = 0, takes = 0, write = 0;
  };
  std::vector<Asked> asked_;  // by value
  std::uint64_t round_ = 0;
  bool any_other_wanted_ = false;
  std::vector<std::uint32_t> perhaps_;  // open optional cas
  std::vector<Value> offered_;

  std::vector<std::uint32_t>* trail_ = nullptr;  // who is placed, while an order is written down
  std::vector<std::uint32_t> order_;
};

}  // namespace quorate::sim::linear
