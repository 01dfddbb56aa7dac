// How is a history written in a test? In a little language, or drawn; and a slow judge of it.
//
// A history is a line of words, one an event: `A:w1` process A begins to write 1, `A:r` to read,
// `A:c1>2` to swap 1 for 2 (0 is null, `x/A:r` is of the register x, a small letter); `A.` it ended
// well, `A=1` its read found 1, `A+` and `A-` its cas swapped or did not, its delete (`A:w0`) found
// something or nothing, `A!` it did not happen, `A?` nobody knows. What has not ended at the end is
// of unknown fate.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "core/base/check.h"
#include "sim/linear/history.h"

namespace quorate::sim::linear {

struct ToldHistory {
  History history;
  std::vector<std::string> names;  // of its operations: the words that began them
};

inline ToldHistory told(const std::string& text) {
  ToldHistory told;
  std::map<char, OpId> open;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const std::string whole = word;
    Operation op;
    if (word.find('/') == 1) {
      op.key = static_cast<Key>(word[0] - 'w');
      word.erase(0, 2);
    }
    const char process = word.at(0);
    const auto number = [&](std::size_t at) {
      return static_cast<Value>(std::stoul(word.substr(at)));
    };
    if (word.at(1) == ':') {
      const char kind = word.at(2);
      op.kind = kind == 'r' ? Kind::read : kind == 'w' ? Kind::write : Kind::cas;
      if (kind == 'w') op.value = number(3);
      if (kind == 'c') {
        op.from = number(3);
        op.value = number(word.find('>') + 1);
      }
      QUORATE_CHECK(open.emplace(process, told.history.begin(op)).second, "one at a time");
      told.names.push_back(whole);
      continue;
    }
    const OpId id = open.at(process);
    open.erase(process);
    switch (word[1]) {
      case '.': told.history.end_ok(id); break;
      case '=': told.history.end_ok_read(id, number(2)); break;
      case '+':
      case '-':
        if (told.history.operations[id].kind == Kind::cas)
          told.history.end_ok_cas(id, word[1] == '+');
        else
          told.history.end_ok_delete(id, word[1] == '+');
        break;
      case '!': told.history.end_failed(id); break;
      default: QUORATE_CHECK(word[1] == '?', "there is no such word"); told.history.end_unknown(id);
    }
  }
  return told;
}

// What chance says, one after the other.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u + 1) {}
  std::uint32_t below(std::uint32_t bound) {
    state_ += 0x9E3779B97F4A7C15u;
    std::uint64_t x = state_;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return static_cast<std::uint32_t>((x >> 33) % bound);
  }
  bool percent(std::uint32_t chance) { return below(100) < chance; }

 private:
  std::uint64_t state_;
};

struct Shape {
  std::uint32_t processes = 3;
  std::uint32_t keys = 1;
  std::uint32_t operations = 6;
  Value values = 3;  // that are written; 0: each another one
  std::uint32_t reads_percent = 40;
  std::uint32_t cas_percent = 20;
  std::uint32_t deletes_percent = 0;   // of writes
  std::uint32_t unknown_percent = 15;  // of all operations
  std::uint32_t failed_percent = 5;
  std::uint32_t lies_percent = 0;  // of reads and cas: the answer is drawn
};

// A history of real registers: each operation takes effect at some moment while it is open, or
// after its client has given up, or never. With lies it may be anything.
class DrawnHistory {
 public:
  DrawnHistory(std::uint64_t seed, const Shape& shape) : dice_(seed), shape_(shape) {
    registers_.resize(shape.keys, kNull);
    lanes_.resize(shape.processes);
  }

  History draw() {
    std::uint32_t begun = 0;
    while (true) {
      const std::uint32_t lane = dice_.below(shape_.processes);
      if (!lanes_[lane]) {
        if (begun == shape_.operations) break;
        ++begun;
        begin(lane);
      } else if (!lanes_[lane]->done && dice_.percent(60)) {
        happen(*lanes_[lane]);
      } else if (lanes_[lane]->done || lanes_[lane]->gives_up) {
        end(lane);
      }
      if (!late_.empty() && dice_.percent(5)) happen_late();
    }
    return history_;
  }

 private:
  struct Open {
    OpId op = 0;
    bool gives_up = false;  // and then perhaps happens later
    bool fails = false;
    bool done = false;
    bool swapped = false;
    bool tells = false;  // a delete: what it found
    Value found = kNull;
  };

  Value any_value() { return shape_.values == 0 ? ++last_value_ : 1 + dice_.below(shape_.values); }

  void begin(std::uint32_t lane) {
    Operation op;
    const std::uint32_t kind = dice_.below(100);
    op.kind = kind < shape_.reads_percent                        ? Kind::read
              : kind < shape_.reads_percent + shape_.cas_percent ? Kind::cas
                                                                 : Kind::write;
    op.key = dice_.below(shape_.keys);
    if (op.kind != Kind::read) op.value = any_value();
    if (op.kind == Kind::cas)
      op.from = dice_.percent(50) ? registers_[op.key] : shape_.values == 0 ? kNull : any_value();
    Open open;
    if (op.kind == Kind::write && shape_.deletes_percent > 0 &&
        dice_.percent(shape_.deletes_percent)) {
      op.value = kNull;
      open.tells = dice_.percent(80);
    }
    open.gives_up = dice_.percent(shape_.unknown_percent);
    open.fails = !open.gives_up && dice_.percent(shape_.failed_percent);
    open.op = history_.begin(op);
    lanes_[lane] = open;
  }

  void happen(Open& open) {
    open.done = true;
    if (open.fails) return;
    const Operation& op = history_.operations[open.op];
    Value& held = registers_[op.key];
    open.found = held;
    open.swapped = held == op.from;
    if (op.kind == Kind::write || (op.kind == Kind::cas && open.swapped)) held = op.value;
  }

  void end(std::uint32_t lane) {
    const Open open = *lanes_[lane];
    lanes_[lane].reset();
    if (open.gives_up) {
      if (!open.done) late_.push_back(open);
      if (dice_.percent(50)) history_.end_unknown(open.op);
      return;
    }
    const bool lies = dice_.percent(shape_.lies_percent);
    const Kind kind = history_.operations[open.op].kind;
    if (open.fails)
      history_.end_failed(open.op);
    else if (open.tells)
      history_.end_ok_delete(open.op, (open.found != kNull) != lies);
    else if (kind == Kind::write)
      history_.end_ok(open.op);
    else if (kind == Kind::read)
      history_.end_ok_read(open.op,
                           lies ? dice_.below(std::max<Value>(shape_.values, 2) + 1) : open.found);
    else
      history_.end_ok_cas(open.op, open.swapped != lies);
  }

  void happen_late() {
    const std::uint32_t which = dice_.below(static_cast<std::uint32_t>(late_.size()));
    happen(late_[which]);
    late_.erase(late_.begin() + which);
  }

  Dice dice_;
  Shape shape_;
  History history_;
  std::vector<Value> registers_;
  std::vector<std::optional<Open>> lanes_;
  std::vector<Open> late_;
  Value last_value_ = 0;
};

// Every order, one after the other. For a handful of operations.
class SlowJudge {
 public:
  explicit SlowJudge(const History& history) : history_(history) {
    takes_.resize(history.operations.size(), true);
    for (const Operation& op : history.operations) is_known_.push_back(op.fate == Fate::ok);
    begins_.resize(takes_.size());
    ends_.resize(takes_.size(), kNone);
    for (std::uint32_t at = 0; at < history.events.size(); ++at) {
      const Event& event = history.events[at];
      if (!event.is_end)
        begins_[event.op] = at;
      else if (history.operations[event.op].fate == Fate::ok)
        ends_[event.op] = at;
    }
  }

  // How an operation is to be taken: it happened while it was open or not at all, and it was told
  // nothing (that a cas did not swap, or a delete find anything, is no news then, either); or it
  // was not there.
  void is_perhaps(OpId op) {
    const Operation& told = history_.operations[op];
    if (told.kind == Kind::cas && told.fate == Fate::ok && !told.swapped) leave_out(op);
    if (told.removed == Removed::nothing) leave_out(op);
    is_known_[op] = false;
  }
  void leave_out(OpId op) { takes_[op] = is_known_[op] = false; }

  bool is_linearizable() {
    Key keys = 0;
    for (const Operation& op : history_.operations) keys = std::max(keys, op.key + 1);
    for (Key key = 0; key < keys; ++key) {
      std::vector<OpId> left;
      for (OpId op = 0; op < takes_.size(); ++op) {
        const Operation& operation = history_.operations[op];
        if (operation.key == key && takes_[op] && operation.fate != Fate::failed)
          left.push_back(op);
      }
      if (!some_order(left, kNull)) return false;
    }
    return true;
  }

 private:
  bool some_order(std::vector<OpId> left, Value held) const {
    if (std::none_of(left.begin(), left.end(), [&](OpId op) { return is_known_[op]; })) return true;
    for (std::size_t i = 0; i < left.size(); ++i) {
      const OpId op = left[i];
      const auto ended_before = [&](OpId other) {
        return ends_[other] != kNone && ends_[other] < begins_[op];
      };
      std::vector<OpId> rest = left;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
      if (std::any_of(rest.begin(), rest.end(),
                      [&](OpId other) { return is_known_[other] && ended_before(other); }))
        continue;
      std::erase_if(rest, ended_before);
      if (const auto next = after(op, held); next && some_order(rest, *next)) return true;
    }
    return false;
  }

  // The value after it, or nothing where it can't come.
  std::optional<Value> after(OpId id, Value held) const {
    const Operation& op = history_.operations[id];
    const bool is_known = is_known_[id];
    if (op.kind == Kind::write && is_known && op.removed != Removed::untold)
      return (op.removed == Removed::something) == (held != kNull) ? std::optional(op.value)
                                                                   : std::nullopt;
    if (op.kind == Kind::write) return op.value;
    if (op.kind == Kind::read)
      return !is_known || op.value == held ? std::optional(held) : std::nullopt;
    const bool swaps = op.from == held;
    if (is_known && swaps != op.swapped) return std::nullopt;
    return swaps ? op.value : held;
  }

  const History& history_;
  std::vector<bool> takes_;
  std::vector<bool> is_known_;  // it must be placed, and be what it was told
  std::vector<std::uint32_t> begins_, ends_;
};

}  // namespace quorate::sim::linear
