#include "sim/linear/problem.h"

#include <algorithm>

namespace quorate::sim::linear {

namespace {

constexpr Value kFirstNamed = 2;

struct Part {
  Role role = Role::nothing;
  bool optional = false;
  bool lasts = false;
};

Part part_of(const Operation& op, Take take) {
  if (op.fate == Fate::failed || take == Take::not_at_all) return {};
  const bool lasts = op.fate == Fate::unknown;
  const bool optional = lasts || take == Take::perhaps;
  if (op.kind == Kind::write) {
    if (op.removed == Removed::nothing) return {optional ? Role::nothing : Role::equals};
    const bool takes = op.removed == Removed::something && !optional;
    return {takes ? Role::takes : Role::write, optional, lasts};
  }
  const bool changes = op.kind == Kind::cas && op.from != op.value && (lasts || op.swapped);
  if (changes) return {Role::cas, optional, lasts};
  if (optional) return {};
  return {op.kind == Kind::cas && !op.swapped ? Role::differs : Role::equals};
}

// What it saw, or would have to see.
Value seen_by(const Operation& op) { return op.kind == Kind::read ? op.value : op.from; }

// Does it see anything but one value?
bool sees_others(Role role) { return role == Role::differs || role == Role::takes; }

Take take_of(std::span<const Take> takes, OpId op) {
  return takes.empty() ? Take::as_told : takes[op];
}

}  // namespace

void Problem::build(const History& history, std::span<const Event> events,
                    std::span<const Take> takes) {
  forget();
  ask_all(history, events, takes);
  last_asked_.assign(values_, 0);
  for (std::uint32_t at = 0; at < events.size(); ++at) {
    const OpId id = events[at].op;
    if (events[at].is_end) {
      const std::uint32_t index = locals_[id];
      if (index == kNone || ops_[index].lasts) continue;
      end(index);
      continue;
    }
    const Operation& operation = history.operations[id];
    const Part part = part_of(operation, take_of(takes, id));
    locals_[id] = kNone;
    if (part.role == Role::nothing || (part.optional && !may_be_seen(operation.value, at)))
      continue;
    if (part.lasts && part.role == Role::write) {
      Seen& seen = seen_[operation.value];
      if (seen.spares == seen.seers + differs_) continue;
      if (seen.spares++ == 0 && seen.local == kNone) named_.push_back(operation.value);
    }
    locals_[id] = static_cast<std::uint32_t>(ops_.size());
    ProblemOp op;
    op.id = id;
    op.value = local(operation.value);
    op.from = local(seen_by(operation));
    op.role = part.role;
    op.optional = part.optional;
    op.lasts = part.lasts;
    add(op);
  }
  // The slots of those that stay open lie behind the others, which come and go.
  const auto passing = static_cast<std::uint32_t>(holders_.size());
  slots_ = passing;
  for (ProblemOp& op : ops_)
    if (op.lasts) op.slot = slots_++;
}

void Problem::ask_all(const History& history, std::span<const Event> events,
                      std::span<const Take> takes) {
  ends_.resize(std::max(ends_.size(), history.operations.size()));
  locals_.resize(ends_.size());
  for (std::uint32_t at = 0; at < events.size(); ++at)
    ends_[events[at].op] = events[at].is_end ? at : kNone;
  for (const Event& event : events) {
    if (event.is_end) continue;
    const Operation& operation = history.operations[event.op];
    const Value greatest = std::max(operation.value, operation.from);
    if (greatest >= seen_.size()) seen_.resize(std::size_t{greatest} + 1);
    const Part part = part_of(operation, take_of(takes, event.op));
    if (part.role != Role::nothing && part.role != Role::write)
      ask(operation, part.role, part.lasts ? kNone : ends_[event.op]);
  }
}

void Problem::ask(const Operation& operation, Role role, std::uint32_t end) {
  const Value value = seen_by(operation);
  name(value);
  if (!sees_others(role)) {
    see(value, end);
    return;
  }
  ++differs_;
  differs_last_ = std::max(differs_last_, end);
}

void Problem::see(Value value, std::uint32_t end) {
  Seen& seen = seen_[value];
  ++seen.seers;
  seen.last = std::max(seen.last, end);
}

Value Problem::name(Value value) {
  Seen& seen = seen_[value];
  if (seen.local != kNone) return seen.local;
  named_.push_back(value);
  seen.local = value == kNull ? kNull : values_++;
  return seen.local;
}

Value Problem::local(Value value) const {
  if (value == kNull) return kNull;
  return seen_[value].local == kNone ? kOther : seen_[value].local;
}

bool Problem::may_be_seen(Value value, std::uint32_t begin) const {
  return seen_[value].last > begin || differs_last_ > begin;
}

void Problem::add(const ProblemOp& op) {
  const auto index = static_cast<std::uint32_t>(ops_.size());
  ops_.push_back(op);
  events_.push_back({index, false});
  if (!op.lasts)
    give_slot(ops_.back());
  else if (op.role == Role::cas)
    last_asked_[op.from] = kNone;
}

void Problem::end(std::uint32_t index) {
  ProblemOp& op = ops_[index];
  op.end = static_cast<std::uint32_t>(events_.size());
  events_.push_back({index, true});
  free_.push_back(op.slot);
  if (op.role != Role::write) last_asked_[op.from] = std::max(last_asked_[op.from], op.end);
  if (sees_others(op.role)) last_differs_ = op.end;
}

void Problem::give_slot(ProblemOp& op) {
  const auto index = static_cast<std::uint32_t>(ops_.size() - 1);
  if (free_.empty()) {
    op.slot = static_cast<std::uint32_t>(holders_.size());
    holders_.push_back(index);
    return;
  }
  op.slot = free_.back();
  free_.pop_back();
  op.before = holders_[op.slot];
  holders_[op.slot] = index;
}

void Problem::forget() {
  for (const Value value : named_) seen_[value] = {};
  named_.clear();
  ops_.clear();
  events_.clear();
  free_.clear();
  holders_.clear();
  values_ = kFirstNamed;
  differs_last_ = last_differs_ = 0;
  differs_ = 0;
}

}  // namespace quorate::sim::linear
