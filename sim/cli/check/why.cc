#include "sim/cli/check/why.h"

#include <algorithm>
#include <optional>

#include "sim/scenario/wording.h"

namespace quorate::cli {

namespace {

using namespace sim::linear;

class Why {
 public:
  Why(const HistoryFile& file, const Contradiction& contradiction)
      : file_(file), ops_(file.history.operations), must_(contradiction.must) {
    begins_.resize(ops_.size());
    ends_.resize(ops_.size(), kNone);
    for (std::uint32_t at = 0; at < file.history.events.size(); ++at) {
      const Event& event = file.history.events[at];
      if (!event.is_end)
        begins_[event.op] = at;
      else if (ops_[event.op].fate == Fate::ok)
        ends_[event.op] = at;
    }
  }

  std::string sentence() {
    // Who ended last is the likeliest to have been told wrong.
    std::sort(must_.begin(), must_.end(), [&](OpId a, OpId b) { return ends_[a] > ends_[b]; });
    for (const auto reason :
         {&Why::from_nowhere, &Why::gone_before, &Why::backwards, &Why::too_often, &Why::not_found,
          &Why::not_there, &Why::not_brought_back}) {
      for (const OpId op : must_) {
        const std::string found = (this->*reason)(op);
        if (!found.empty()) return found;
      }
    }
    return "No order of these operations fits both when they began and ended and what they were "
           "told.";
  }

 private:
  // It saw what nobody wrote.
  std::string from_nowhere(OpId op) const {
    const auto value = seen(op);
    if (!value || *value == kNull) return {};
    std::optional<OpId> failed, later;
    for (OpId other = 0; other < ops_.size(); ++other) {
      if (!would_write(other, *value, op) || other == op) continue;
      if (ops_[other].fate == Fate::failed)
        failed = other;
      else if (begins_[other] > ends_[op])
        later = later ? later : other;
      else
        return {};
    }
    std::string text = who(op) + " saw " + text_of(*value) +
                       ", but nothing that began before it ended writes " + text_of(*value);
    if (failed)
      text += ": " + name(*failed) + " failed, so it did not happen";
    else if (later)
      text += ": " + name(*later) + " began only after it had ended";
    return text + ".";
  }

  // What it saw had gone before it began, and did not come back.
  std::string gone_before(OpId op) const {
    const auto value = seen(op);
    if (!value) return {};
    for (const OpId other : must_) {
      const auto held = held_by(other);
      if (other == op || !held || *held == *value || ends_[other] > begins_[op]) continue;
      const Writers writers = writers_of(*value, op);
      if (writers.last_end > begins_[other] && writers.count > 0) continue;
      std::string text = who(op) + " saw " + text_of(*value) + ", but that was gone: ";
      text += writers.count == 0 ? "nothing writes " + text_of(*value) + ", and "
              : writers.count == 1
                  ? name(writers.first) + " had ended before " + name(other) + " began, and "
                  : "all that write " + text_of(*value) + " had ended before " + name(other) +
                        " began, and ";
      return text + (writers.count == 0 ? name(other) : "that one") + " had ended before " +
             (ops_[op].kind == Kind::read  ? "the read"
              : ops_[op].kind == Kind::cas ? "the cas"
                                           : "the delete") +
             " began.";
    }
    return {};
  }

  // It saw the older of two values after another had seen the newer.
  std::string backwards(OpId op) const {
    const auto value = seen(op);
    if (!value) return {};
    for (const OpId other : must_) {
      const auto newer = seen(other);
      if (other == op || !newer || *newer == *value || ends_[other] > begins_[op]) continue;
      const Writers old_ones = writers_of(*value, op), new_ones = writers_of(*newer, other);
      if (new_ones.count == 0 || *newer == kNull) continue;
      if (old_ones.count > 0 && old_ones.last_end > new_ones.first_begin) continue;
      const std::string old_text = text_of(*value), new_text = text_of(*newer);
      return who(op) + " saw " + old_text + ", although " + name(other) +
             " had ended before, and " + new_text + " is newer: " +
             (old_ones.count == 0
                  ? "nothing writes " + old_text
                  : "all that write " + old_text + " had ended before any that writes " + new_text +
                        " began") +
             ".";
    }
    return {};
  }

  // More have taken it away than have brought it.
  std::string too_often(OpId op) const {
    if (!takes_away(op)) return {};
    const Value value = ops_[op].from;
    const auto takers =
        static_cast<std::size_t>(std::count_if(must_.begin(), must_.end(), [&](OpId other) {
          return takes_away(other) && ops_[other].from == value;
        }));
    std::size_t brought = value == kNull ? 1 : 0;
    for (OpId other = 0; other < ops_.size(); ++other)
      if (ops_[other].fate != Fate::failed && would_write(other, value, op) &&
          !(ops_[other].kind == Kind::cas && ops_[other].from == value))
        ++brought;
    if (takers <= brought) return {};
    return std::to_string(takers) + " operations found " + text_of(value) +
           " and swapped it for something else, but it was there " +
           (brought == 1 ? "only once" : "at most " + std::to_string(brought) + " times") + ".";
  }

  // It did not find what was there all the time.
  std::string not_found(OpId op) const {
    if (ops_[op].kind != Kind::cas || ops_[op].swapped) return {};
    const Value value = ops_[op].from;
    for (const OpId other : must_) {
      const auto held = held_by(other);
      if (other == op || !held || *held != value || ends_[other] > begins_[op]) continue;
      bool is_alone = true;
      for (OpId third = 0; third < ops_.size(); ++third)
        if (third != other && is_writer(third, op) && ops_[third].value != value)
          is_alone &= ends_[third] < begins_[other] || begins_[third] > ends_[op];
      if (is_alone)
        return who(op) + " did not find " + text_of(value) + ", although " + name(other) +
               " had ended before it began and nothing else was written from then on.";
    }
    return {};
  }

  // It took away what was not there.
  std::string not_there(OpId op) const {
    if (ops_[op].removed != Removed::something) return {};
    const auto is_alone = [&](std::uint32_t from) {
      for (OpId other = 0; other < ops_.size(); ++other)
        if (is_writer(other, op) && ops_[other].value != kNull && begins_[other] < ends_[op] &&
            ends_[other] > from)
          return false;
      return true;
    };
    if (is_alone(0))
      return who(op) + " found something, but nothing that began before it ended writes anything.";
    for (const OpId other : must_)
      if (other != op && held_by(other) == kNull && ends_[other] < begins_[op] &&
          is_alone(begins_[other]))
        return who(op) + " found something, although " + name(other) +
               " had ended before it began and nothing was written from then on.";
    return {};
  }

  // Of two: the later saw what was not there when the earlier was open, or the other way round.
  std::string not_brought_back(OpId op) const {
    const auto value = seen(op);
    if (!value || must_.size() != 2) return {};
    const OpId other = must_[0] == op ? must_[1] : must_[0];
    if (ends_[other] > begins_[op]) return {};
    const Operation& it = ops_[other];
    const std::string not_found =
        it.kind == Kind::cas && !it.swapped ? " and did not find " + text_of(it.from) : "";
    return who(op) + " saw " + text_of(*value) + ", but " + name(other) + " had ended before" +
           not_found + ", and nothing that may have happened since brings " + text_of(*value) +
           " back in time.";
  }

  struct Writers {
    std::size_t count = 0;
    OpId first = 0;
    std::uint32_t last_end = 0;  // kNone: one may still happen
    std::uint32_t first_begin = kNone;
  };
  // Those of that value on the key of `op`, itself left out.
  Writers writers_of(Value value, OpId op) const {
    Writers found;
    for (OpId other = 0; other < ops_.size(); ++other) {
      if (other == op || !is_writer(other, op) || ops_[other].value != value) continue;
      if (begins_[other] > ends_[op]) continue;  // too late for it
      if (found.count++ == 0) found.first = other;
      found.last_end = std::max(found.last_end, ends_[other]);
      found.first_begin = std::min(found.first_begin, begins_[other]);
    }
    return found;
  }

  bool is_writer(OpId other, OpId op) const {
    return ops_[other].fate != Fate::failed && would_write(other, ops_[other].value, op);
  }
  // If it happened; a cas that is known not to have swapped wrote nothing.
  bool would_write(OpId other, Value value, OpId op) const {
    const Operation& it = ops_[other];
    if (it.key != ops_[op].key || it.kind == Kind::read || it.value != value) return false;
    return it.kind == Kind::write || it.fate != Fate::ok || it.swapped;
  }
  std::optional<Value> seen(OpId op) const {
    const Operation& it = ops_[op];
    if (it.kind == Kind::read) return it.value;
    if (it.kind == Kind::cas && it.swapped) return it.from;
    if (it.removed == Removed::nothing) return kNull;
    return std::nullopt;
  }
  // What the register certainly held at some moment while it was open.
  std::optional<Value> held_by(OpId op) const {
    const Operation& it = ops_[op];
    if (it.kind == Kind::cas && !it.swapped) return std::nullopt;
    return it.value;
  }
  bool takes_away(OpId op) const {
    return ops_[op].kind == Kind::cas && ops_[op].swapped && ops_[op].from != ops_[op].value;
  }

  std::string text_of(Value value) const { return sim::reading::shown(file_.values[value], 40); }
  // Who was told what the sentence is about.
  std::string who(OpId op) const {
    if (ops_[op].removed != Removed::untold) return "The delete" + lines(op);
    return ops_[op].kind == Kind::read ? "The read" + lines(op) : "The" + name(op).substr(3);
  }
  std::string name(OpId op) const {
    const Operation& it = ops_[op];
    const std::string value = text_of(it.value);
    const std::string what = it.removed == Removed::nothing  ? "the delete that found nothing"
                             : it.removed != Removed::untold ? "the delete that found something"
                             : it.kind == Kind::read         ? "the read of " + value
                             : it.kind == Kind::write
                                 ? "the write of " + value
                                 : "the cas " + text_of(it.from) + " -> " + value;
    return what + lines(op);
  }
  std::string lines(OpId op) const {
    const ToldOperation& told = file_.told[op];
    const std::string begin = std::to_string(told.begin_line);
    if (told.end_line == 0) return " (line " + begin + ")";
    return " (lines " + begin + "-" + std::to_string(told.end_line) + ")";
  }

  const HistoryFile& file_;
  const std::vector<Operation>& ops_;
  std::vector<OpId> must_;
  std::vector<std::uint32_t> begins_, ends_;
};

}  // namespace

std::string why(const HistoryFile& file, const Contradiction& contradiction) {
  return Why(file, contradiction).sentence();
}

}  // namespace quorate::cli
