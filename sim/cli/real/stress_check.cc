#include "sim/cli/real/stress_check.h"

#include <algorithm>
#include <charconv>

#include "core/base/check.h"
#include "sim/cli/real/log_state.h"

namespace quorate::cli {

namespace {

constexpr std::uint64_t kKeys = 300;
constexpr char kFill = '.';
constexpr std::string_view kValue = "stress-write-";

std::string ms(std::int64_t us) { return std::to_string(us / 1000) + " ms"; }
std::string at(Lsn lsn) { return "LSN=" + std::to_string(lsn.value()); }
std::string named(std::uint64_t n) { return "write " + std::to_string(n); }

bool number_of(std::string_view value, std::uint64_t& n) {
  if (!value.starts_with(kValue)) return false;
  value.remove_prefix(kValue.size());
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), n);
  value.remove_prefix(static_cast<std::size_t>(end - value.data()));
  return error == std::errc() && value.find_first_not_of(kFill) == std::string_view::npos;
}

}  // namespace

std::string stress_key(std::uint64_t n) {
  // Neighbours in time meet on one key now and then, too.
  return "stress-key-" + std::to_string(n * n % kStressPeriod % kKeys);
}

std::string stress_value(std::uint64_t n, std::size_t bytes) {
  std::string value = std::string(kValue) + std::to_string(n);
  if (value.size() < bytes) value.append(bytes - value.size(), kFill);
  return value;
}

std::string quorum_words(const StressRules& rules, std::uint32_t nodes) {
  if (!rules.elects)
    return "the leader and of at least " + std::to_string(rules.acks_needed) + " followers";
  return "at least " + std::to_string(rules.acks_needed + 1) + " of " + std::to_string(nodes) +
         " nodes";
}

StressCheck::StressCheck(const StressHistory& history, const StressRules& rules)
    : history_(history),
      rules_(rules),
      held_(history.writes.size()),
      places_(history.writes.size()) {
  check_answers();
}

void StressCheck::fail(const std::string& sentence) {
  if (failure_.empty()) failure_ = sentence;
}

void StressCheck::check_answers() {
  const std::int64_t most_us = rules_.deadline.us() + rules_.allowance.us();
  for (std::uint64_t n = 0; n < history_.writes.size(); ++n) {
    const StressWrite& write = history_.writes[n];
    if (write.is_answered() && write.took_us > most_us)
      fail(named(n) + " was answered after " + ms(write.took_us) + ": its deadline is " +
           ms(rules_.deadline.us()) + ", and " + ms(rules_.allowance.us()) +
           " are allowed for scheduling");
  }
  for (std::uint64_t n = 0; n < history_.writes.size(); ++n)
    if (history_.writes[n].fate == WriteFate::unanswered)
      fail(named(n) + " was never answered, and its connection did not end");
  if (!history_.odd_answer.empty()) fail("a write was answered: " + history_.odd_answer);
}

void StressCheck::read(const std::string& name, const LogFile& file) {
  QUORATE_CHECK(nodes_.size() < 32, "a bit for each node");
  WalRecovery found;
  Node node{name, file.recover(found), {}};
  check_whole(node, found);
  for (const Node& other : nodes_)
    if (rules_.elects || &other == &nodes_.front()) compare(other, node);
  read_snapshot(node);
  for (Lsn lsn = node.log.base().next(); lsn <= node.log.last_lsn(); lsn = lsn.next())
    find(node, node.log.record(lsn));
  nodes_.push_back(std::move(node));
}

void StressCheck::check_whole(const Node& node, const WalRecovery& found) {
  if (found.corrupt())
    fail("the log of " + node.name + " is damaged: " + std::to_string(found.damaged_bytes.value()) +
         " bytes at offset " + std::to_string(found.damaged_at.value()));
  if (found.torn() && rules_.logs == StressLogs::stopped)
    fail("the log of " + node.name + " ends in " + std::to_string(found.torn_bytes.value()) +
         " torn bytes, though its node was stopped and not killed");
  if (!node.log.restore_until().is_none())
    fail("the log of " + node.name + " lacks what its node once vouched for, up to " +
         at(node.log.restore_until()));
}

// ---- two logs

// Up to there they must hold the same. Where a leader was killed, others may have written something
// else in the place of what it never committed.
Lsn StressCheck::agreed(const Wal& one, const Wal& other) const {
  Lsn lsn = std::min(one.last_lsn(), other.last_lsn());
  if (!rules_.elects || rules_.logs == StressLogs::stopped) return lsn;
  const Lsn base = std::max(one.base(), other.base());
  while (lsn > base && one.generation_at(lsn) != other.generation_at(lsn)) lsn = lsn.prev();
  return lsn;
}

void StressCheck::compare(const Node& one, const Node& other) {
  const Wal& ours = one.log;
  const Wal& its = other.log;
  const std::string both = "the logs of " + calls(one) + " and " + other.name;
  const Lsn end = agreed(ours, its);
  for (Lsn lsn = std::max(ours.base(), its.base()).next(); lsn <= end; lsn = lsn.next()) {
    const ByteSpan mine = ours.record_bytes(lsn), there = its.record_bytes(lsn);
    if (!std::equal(mine.begin(), mine.end(), there.begin(), there.end()))
      return fail(both + " differ at " + at(lsn));
  }
  if (!ours.snapshot().is_none() || !its.snapshot().is_none()) {
    const std::optional<StateMachine> mine = state_at(ours, end), there = state_at(its, end);
    if (mine && there && ours.generation_at(end) == its.generation_at(end) &&
        !are_alike(*mine, *there))
      return fail(both + " add up to different states at " + at(end));
  }
  if (ours.last_lsn() != its.last_lsn() && not_caught_up_.empty())
    not_caught_up_ = "the log of " + other.name + " ends at " + at(its.last_lsn()) + ", " +
                     (rules_.elects ? "that of " + one.name : "the leader's") + " at " +
                     at(ours.last_lsn());
}

std::string StressCheck::calls(const Node& node) const {
  return rules_.elects ? node.name : "leader";
}

// ---- the writes in a log

// Is it one of ours, and which? One that can't be there, is said.
bool StressCheck::is_write(const std::string& where, std::string_view key, std::string_view value,
                           std::uint64_t& n) {
  if (!number_of(value, n)) return false;
  if (n >= history_.writes.size() || key != stress_key(n)) {
    fail(where + " holds a write that nobody has asked: " + std::string(key) + " = " +
         std::string(value));
    return false;
  }
  if (history_.writes[n].fate == WriteFate::refused)
    fail(where + " holds " + named(n) + ", whose client was told that nothing was done");
  return true;
}

void StressCheck::read_snapshot(Node& node) {
  const Lsn lsn = node.log.snapshot().lsn;
  if (lsn.is_none()) return;
  const std::string where = "the snapshot of " + node.name + " at " + at(lsn);
  const std::optional<StateMachine> state = state_at(node.log, lsn);
  if (!state) return fail(where + " is no state");
  for (const auto& [key, value] : state->kv().entries())
    if (std::uint64_t n = 0; is_write(where, key.text, value, n)) node.values[key.text] = n;
}

void StressCheck::find(const Node& node, const RecordView& record) {
  std::uint64_t n = 0;
  if (record.op != Op::set || !number_of(record.value, n)) {
    foreign_ += nodes_.empty() ? 1 : 0;
    return;
  }
  const std::string where = "the log of " + node.name + " at " + at(record.lsn);
  if (!is_write(where, record.key, record.value, n)) return;
  const std::uint32_t bit = std::uint32_t{1} << nodes_.size();
  if ((held_[n] & bit) != 0) fail(where + " holds " + named(n) + " a second time");
  held_[n] |= bit;
  if (rules_.elects && !places_[n].is_none() && places_[n] != record.lsn)
    fail(where + " holds " + named(n) + ", and another log has it at " + at(places_[n]));
  places_[n] = record.lsn;
}

bool StressCheck::holds(std::size_t node, std::uint64_t n) const {
  if ((held_[n] >> node & 1) != 0) return true;
  const Node& it = nodes_[node];
  if (!places_[n].is_none()) return places_[n] <= it.log.base();
  const auto value = it.values.find(stress_key(n));
  if (it.log.base().is_none() || value == it.values.end()) return false;
  const StressWrite& there = history_.writes[value->second];
  const Time answered = there.asked_at + microseconds(there.took_us);
  return value->second == n || there.fate != WriteFate::ok ||
         answered >= history_.writes[n].asked_at;
}

std::string StressCheck::verdict_on(std::uint64_t n) const {
  int holders = 0;
  for (std::size_t node = 0; node < nodes_.size(); ++node) holders += holds(node, n) ? 1 : 0;
  const std::string told = named(n) + " was answered OK and is ";
  if (rules_.elects)
    return holders > rules_.acks_needed
               ? ""
               : told + "in the logs of " + std::to_string(holders) + " of " +
                     std::to_string(nodes_.size()) + " nodes: a majority is " +
                     std::to_string(rules_.acks_needed + 1);
  if (!holds(0, n)) return told + "not in the log of the leader";
  if (holders - 1 >= rules_.acks_needed) return "";
  return told + "in the logs of " + std::to_string(holders - 1) + " of " +
         std::to_string(nodes_.size() - 1) + " followers: Q=" + std::to_string(rules_.acks_needed);
}

std::string StressCheck::verdict() const {
  if (!failure_.empty()) return failure_;
  for (std::uint64_t n = 0; n < held_.size() && !nodes_.empty(); ++n) {
    if (history_.writes[n].fate != WriteFate::ok) continue;
    if (const std::string broken = verdict_on(n); !broken.empty()) return broken;
  }
  return rules_.logs == StressLogs::stopped ? not_caught_up_ : "";
}

}  // namespace quorate::cli
