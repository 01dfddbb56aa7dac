// What has a search to decide? The history of one register, without all that decides nothing.
//
// - What did not happen, and reads of unknown fate, are left out: they say nothing.
// - A cas from a value to itself that swapped changes nothing: it is a read. One that did not swap
//   is a read of anything but its `from`. A delete that found nothing is a read of null.
// - Values that nobody asks for (no read returned them, no cas compares with them) become one.
// - A write of unknown fate (and such a cas) counts only if, after it began, somebody may have seen
//   what it writes: if another write comes straight after it, leaving it out changes nothing. And
//   of those with the same value no more are needed than there are operations that can see one; the
//   first that began can be used wherever a later one can.
//
// Every operation has a slot, a bit of the search's masks: one that ended has it from its beginning
// to its end, one of unknown fate for good. Reused from history to history, it keeps its storage.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/linear/history.h"

namespace quorate::sim::linear {

// How an operation is to be taken; shrinking a contradiction changes it.
enum class Take : std::uint8_t {
  as_told,
  perhaps,  // of an ok one: it happened while it was open, or not at all; it was told nothing
  not_at_all,
};

enum class Role : std::uint8_t {
  nothing,  // it says nothing, and is left out
  equals,   // it saw `from`
  differs,  // it saw anything but `from`
  cas,      // it saw `from` and wrote `value`, another one
  takes,    // it saw anything but `from`, and wrote that: a delete that found something
  write,    // it wrote `value`, whatever was there
};

struct ProblemOp {
  OpId id = 0;
  std::uint32_t slot = 0;
  Value value = kNull;  // numbered anew, as densely as can be; kNull stays
  Value from = kNull;
  std::uint32_t end = kNone;     // its place among the events
  std::uint32_t before = kNone;  // which had this slot before it
  Role role = Role::nothing;
  bool optional = false;  // it may be left out; then it is a write or a cas
  bool lasts = false;     // of unknown fate: optional, and without an end
};

inline constexpr Value kOther = 1;  // all values that nobody asks for

class Problem {
 public:
  // `events` are those of one key of the history; `takes` holds one for each operation of the
  // history, or is empty: then all are taken as told.
  void build(const History& history, std::span<const Event> events, std::span<const Take> takes);

  std::span<const ProblemOp> ops() const { return ops_; }
  // `op` of an event is an index of ops().
  std::span<const Event> events() const { return events_; }
  std::uint32_t slots() const { return slots_; }
  Value values() const { return values_; }  // all are smaller
  // Is there anybody who sees this value, or whether it is there, whose end is not before `at`?
  // When there is not, the register may as well hold kOther.
  bool is_asked_for(Value value, std::uint32_t at) const { return last_asked_[value] >= at; }
  bool is_any_other_asked_for(std::uint32_t at) const { return last_differs_ >= at; }

 private:
  // Of one value of the history.
  struct Seen {
    Value local = kNone;       // its new number, once somebody asks for it
    std::uint32_t last = 0;    // where the last who saw it ended; 0: nobody
    std::uint32_t seers = 0;   // how many see it
    std::uint32_t spares = 0;  // how many writes of unknown fate are kept
  };

  void ask_all(const History& history, std::span<const Event> events, std::span<const Take> takes);
  void ask(const Operation& operation, Role role, std::uint32_t end);
  void see(Value value, std::uint32_t end);
  Value name(Value value);
  Value local(Value value) const;
  bool may_be_seen(Value value, std::uint32_t begin) const;
  void add(const ProblemOp& op);
  void give_slot(ProblemOp& op);
  void end(std::uint32_t index);
  void forget();

  std::vector<ProblemOp> ops_;
  std::vector<Event> events_;
  std::uint32_t slots_ = 0;
  Value values_ = 0;
  std::vector<std::uint32_t> last_asked_;  // by the values: the last end of who asks for it, or 0
  std::uint32_t last_differs_ = 0;

  std::vector<Seen> seen_;              // by the history's values
  std::vector<Value> named_;            // which of them were touched
  std::vector<std::uint32_t> ends_;     // by the history's operations
  std::vector<std::uint32_t> locals_;   // likewise: its index in ops_
  std::vector<std::uint32_t> free_;     // slots
  std::vector<std::uint32_t> holders_;  // by slot: the last who had it
  std::uint32_t differs_last_ = 0;
  std::uint32_t differs_ = 0;
};

}  // namespace quorate::sim::linear
