#include "sim/cli/real/stress_check.h"

#include <algorithm>
#include <bit>
#include <charconv>

#include "core/base/check.h"

namespace quorate::cli {

namespace {

constexpr std::uint64_t kKeys = 300;
constexpr std::string_view kValue = "stress-write-";

std::string ms(std::int64_t us) { return std::to_string(us / 1000) + " ms"; }
std::string at(Lsn lsn) { return "LSN=" + std::to_string(lsn.value()); }
std::string named(std::uint64_t n) { return "write " + std::to_string(n); }

bool number_of(std::string_view value, std::uint64_t& n) {
  if (!value.starts_with(kValue)) return false;
  value.remove_prefix(kValue.size());
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), n);
  return error == std::errc() && end == value.data() + value.size();
}

}  // namespace

std::string stress_key(std::uint64_t n) {
  // Neighbours in time meet on one key now and then, too.
  return "stress-key-" + std::to_string(n * n % 1009 % kKeys);
}

std::string stress_value(std::uint64_t n) { return std::string(kValue) + std::to_string(n); }

StressCheck::StressCheck(const StressHistory& history, const StressRules& rules)
    : history_(history), rules_(rules), held_(history.writes.size()) {
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

void StressCheck::read(const std::string& name, Bytes file) {
  QUORATE_CHECK(nodes_ < 32, "a bit for each node");
  WalRecovery found;
  Wal log = Wal::recover(std::move(file), found);
  if (found.corrupt())
    fail("the log of " + name + " is damaged: " + std::to_string(found.damaged_bytes.value()) +
         " bytes at offset " + std::to_string(found.damaged_at.value()));
  if (found.torn() && rules_.logs == StressLogs::stopped)
    fail("the log of " + name + " ends in " + std::to_string(found.torn_bytes.value()) +
         " torn bytes, though its node was stopped and not killed");
  if (!log.restore_until().is_none())
    fail("the log of " + name + " lacks what its node once vouched for, up to " +
         at(log.restore_until()));
  if (nodes_ > 0) compare(name, log);
  find_writes(name, log);
  if (nodes_++ == 0) leader_ = std::move(log);
}

void StressCheck::compare(const std::string& name, const Wal& log) {
  const Lsn common = std::min(leader_.last_lsn(), log.last_lsn());
  for (Lsn lsn(1); lsn <= common; lsn = lsn.next()) {
    const ByteSpan ours = log.record_bytes(lsn), leads = leader_.record_bytes(lsn);
    if (std::equal(ours.begin(), ours.end(), leads.begin(), leads.end())) continue;
    fail("the logs of leader and " + name + " differ at " + at(lsn));
    return;
  }
  if (log.last_lsn() != leader_.last_lsn() && not_caught_up_.empty())
    not_caught_up_ = "the log of " + name + " ends at " + at(log.last_lsn()) +
                     ", the leader's at " + at(leader_.last_lsn());
}

void StressCheck::find_writes(const std::string& name, const Wal& log) {
  for (Lsn lsn(1); lsn <= log.last_lsn(); lsn = lsn.next()) find(name, log.record(lsn));
}

void StressCheck::find(const std::string& name, const RecordView& record) {
  std::uint64_t n = 0;
  if (record.op != Op::set || !number_of(record.value, n)) {
    foreign_ += nodes_ == 0 ? 1 : 0;
    return;
  }
  const auto where = [&] { return "the log of " + name + " at " + at(record.lsn); };
  if (n >= held_.size() || record.key != stress_key(n)) {
    fail(where() + " holds a write that nobody has asked: " + std::string(record.key) + " = " +
         std::string(record.value));
    return;
  }
  if (history_.writes[n].fate == WriteFate::refused)
    fail(where() + " holds " + named(n) + ", whose client was told that nothing was done");
  const std::uint32_t bit = std::uint32_t{1} << nodes_;
  if ((held_[n] & bit) != 0) fail(where() + " holds " + named(n) + " a second time");
  held_[n] |= bit;
}

std::string StressCheck::verdict() const {
  if (!failure_.empty()) return failure_;
  for (std::uint64_t n = 0; n < held_.size(); ++n) {
    if (history_.writes[n].fate != WriteFate::ok) continue;
    const int followers = std::popcount(held_[n] >> 1);
    if ((held_[n] & 1) == 0)
      return named(n) + " was answered OK and is not in the log of the leader";
    if (followers < rules_.acks_needed)
      return named(n) + " was answered OK and is in the logs of " + std::to_string(followers) +
             " of " + std::to_string(nodes_ - 1) +
             " followers: Q=" + std::to_string(rules_.acks_needed);
  }
  return rules_.logs == StressLogs::stopped ? not_caught_up_ : "";
}

}  // namespace quorate::cli
