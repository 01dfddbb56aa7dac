#include "sim/linear/judge.h"

#include <algorithm>

#include "core/base/check.h"

namespace quorate::sim::linear {

void Judge::take(const History& history) {
  history_ = &history;
  Key keys = 0;
  for (const Operation& op : history.operations) keys = std::max(keys, op.key + 1);
  starts_.assign(std::size_t{keys} + 1, 0);
  for (const Event& event : history.events) ++starts_[history.operations[event.op].key];
  std::size_t end = 0;
  for (std::size_t& start : starts_) start = end += start;  // for now where each key's end
  events_.resize(history.events.size());
  for (std::size_t i = history.events.size(); i-- > 0;) {
    const Event& event = history.events[i];
    events_[--starts_[history.operations[event.op].key]] = event;
  }
}

Outcome Judge::judge(Key key) {
  problem_.build(*history_, events_of(key), {});
  return search_.run(problem_, limits_.search_bytes);
}

bool Judge::explains_itself(Key key) const {
  const std::span<const Event> events = events_of(key);
  Value held = kNull;
  for (std::size_t at = 0; at < events.size(); at += 2) {
    if (at + 1 == events.size() || events[at].op != events[at + 1].op) return false;
    const Operation& op = history_->operations[events[at].op];
    if (op.fate == Fate::failed) continue;
    if (op.fate == Fate::unknown) return false;
    const bool finds = (op.kind == Kind::read ? op.value : op.from) == held;
    if (op.kind == Kind::read && !finds) return false;
    if (op.kind == Kind::cas && finds != op.swapped) return false;
    if (op.removed != Removed::untold && (op.removed == Removed::something) != (held != kNull))
      return false;
    if (op.kind == Kind::write || (op.kind == Kind::cas && finds)) held = op.value;
  }
  return true;
}

std::vector<OpId> Judge::order() {
  std::vector<OpId> ids;
  for (const std::uint32_t index : search_.order()) ids.push_back(problem_.ops()[index].id);
  return ids;
}

Key Judge::first_bad() {
  Key undecided = keys();
  for (Key key = 0; key < keys(); ++key) {
    if (explains_itself(key)) continue;
    const Outcome outcome = judge(key);
    if (outcome == Outcome::not_linearizable) return key;
    if (outcome == Outcome::undecided && undecided == keys()) undecided = key;
  }
  return undecided;
}

}  // namespace quorate::sim::linear
