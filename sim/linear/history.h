// What did the clients of some registers do, and what were they told? Plain data, in order.
//
// A register holds one value and begins as kNull. Keys and values are small numbers that the caller
// gives out: equal values have equal numbers. A delete is a write of kNull. The order of the events
// is all that is known of time: an operation that ended before another began came before it.
#pragma once

#include <cstdint>
#include <vector>

namespace quorate::sim::linear {

using Key = std::uint32_t;    // 0, 1, 2, ...: what is judged takes storage for the greatest
using Value = std::uint32_t;  // likewise
using OpId = std::uint32_t;   // its place in History::operations

inline constexpr Value kNull = 0;
inline constexpr std::uint32_t kNone = UINT32_MAX;

enum class Kind : std::uint8_t { read, write, cas };

enum class Fate : std::uint8_t {
  unknown,  // it may take effect at any time after it began, or never
  ok,       // it took effect between its beginning and its end
  failed,   // it did not happen
};

// What an ok delete, a write of kNull, was told of what was there before it: Redis' DEL counts it.
enum class Removed : std::uint8_t { untold, nothing, something };

struct Operation {
  Kind kind = Kind::read;
  Fate fate = Fate::unknown;
  bool swapped = false;  // an ok cas: it found `from`; otherwise it found something else
  Removed removed = Removed::untold;
  Key key = 0;
  Value value = kNull;  // what was read, or is written; of a cas what it writes if it finds `from`
  Value from = kNull;   // of a cas
};

struct Event {
  OpId op = 0;
  bool is_end = false;
};

// Requires of who fills it in: each operation begins once, and ends at most once and after that.
// One whose fate is unknown needs no end; whether it has one makes no difference.
struct History {
  std::vector<Operation> operations;  // in the order in which they began
  std::vector<Event> events;          // the first happened first

  OpId begin(const Operation& operation) {
    const auto op = static_cast<OpId>(operations.size());
    operations.push_back(operation);
    events.push_back({op, false});
    return op;
  }
  void end_ok(OpId op) { end(op, Fate::ok); }
  void end_ok_read(OpId op, Value found) {
    operations[op].value = found;
    end(op, Fate::ok);
  }
  void end_ok_cas(OpId op, bool swapped) {
    operations[op].swapped = swapped;
    end(op, Fate::ok);
  }
  // Requires a write of kNull.
  void end_ok_delete(OpId op, bool found) {
    operations[op].removed = found ? Removed::something : Removed::nothing;
    end(op, Fate::ok);
  }
  void end_failed(OpId op) { end(op, Fate::failed); }
  void end_unknown(OpId op) { end(op, Fate::unknown); }

  void clear() {
    operations.clear();
    events.clear();
  }

 private:
  void end(OpId op, Fate fate) {
    operations[op].fate = fate;
    events.push_back({op, true});
  }
};

}  // namespace quorate::sim::linear
