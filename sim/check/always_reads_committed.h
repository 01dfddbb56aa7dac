// A read shows a value that is on a quorum, and none older than what was OK'd before it began; a
// del's count is right. A read also stands between the writes of its own connection: it shows none
// older than those in front of it that were OK'd (S11), and none of those behind it.
//
// Fault model: holds under every fault.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/crc32.h"
#include "core/protocol/kv.h"
#include "reports/words.h"
#include "sim/check/always_answers_in_order.h"
#include "sim/check/court.h"
#include "sim/check/text_numbers.h"

namespace quorate::sim {

class AlwaysReadsCommitted {
 public:
  static constexpr const char* kName = "always_reads_committed";
  static constexpr const char* kClause = "S4";

  void begin() {
    keys_.clear();
    for (Versions& versions : versions_) versions.clear();
  }

  void leader_appended(const NodeTruth::Added& added) {
    if (added.op > Op::del) return;
    versions_of(added.key).push_back(
        {added.record->lsn, added.op == Op::set, crc32(as_bytes(added.value))});
  }

  void leader_log_shrank(const Court& court) {
    for (Versions& versions : versions_)
      while (!versions.empty() && versions.back().lsn > court.leader().last()) versions.pop_back();
  }

  // `value` null: there was none. `own_before`: the last write in front of it, on its connection,
  // that was OK'd. `own_behind`: the first one behind it that is in the log already, if any.
  void read(Court& court, const OpenRequest& request, const std::string_view* value, Lsn own_before,
            Lsn own_behind) {
    const Versions& versions = versions_of(request.view.key);
    const std::uint32_t crc = value == nullptr ? 0 : crc32(as_bytes(*value));
    // From the newest to the oldest, until one that was OK'd before the read began must be seen.
    // What is not on a quorum yet may look like an older version that is.
    Lsn too_early, behind;
    for (std::size_t i = versions.size(); i-- > 0;) {
      const Version& version = versions[i];
      const bool shown =
          version.is_set == (value != nullptr) && (!version.is_set || version.crc == crc);
      if (!own_behind.is_none() && version.lsn >= own_behind) {
        if (shown && version.is_set) behind = version.lsn;
        continue;
      }
      if (shown && court.is_on_quorum(version.lsn)) return;
      if (shown) too_early = version.lsn;
      if (version.lsn > request.ok_before && version.lsn > own_before) continue;
      if (!behind.is_none()) break;
      return not_shown(court, request, version.lsn);
    }
    if (!behind.is_none())
      return court.violate(AlwaysAnswersInOrder::kName, AlwaysAnswersInOrder::kClause,
                           "a read of " + key_text(request) + " showed " + lsn_text(behind) +
                               ", which is behind it on its connection");
    if (!too_early.is_none() && value != nullptr)
      return court.violate(kName, kClause,
                           "a read of " + key_text(request) + " showed " + lsn_text(too_early) +
                               " before it was on a quorum");
    if (value != nullptr)
      court.violate(kName, kClause,
                    "a read of " + key_text(request) + " showed a value that nobody has written");
  }

  // Does the leader's log, up to there, add up to that state? False where it may be so, too: what
  // damage took out of the log and gave back is not known any more.
  bool adds_up_to(const Kv::Entries& state, Lsn up_to) const {
    std::size_t keys = 0;
    for (std::uint32_t number = 0; number < versions_.size(); ++number) {
      const Versions& versions = versions_[number];
      auto last = versions.rbegin();
      while (last != versions.rend() && last->lsn > up_to) ++last;
      if (last == versions.rend() || !last->is_set) continue;
      const auto entry = state.find(HeadedView(keys_.text(number)));
      if (entry == state.end() || crc32(as_bytes(entry->second)) != last->crc) return false;
      ++keys;
    }
    return keys == state.size();
  }

  void removed(Court& court, const OpenRequest& request, std::int64_t count) {
    const Versions& versions = versions_of(request.view.key);
    std::int64_t expected = 0;
    for (std::size_t i = versions.size(); i-- > 0;) {
      if (versions[i].lsn >= request.lsn) continue;
      expected = versions[i].is_set ? 1 : 0;
      break;
    }
    if (count != expected)
      court.violate(kName, kClause,
                    "the del of " + lsn_text(request.lsn) + " was answered " +
                        std::to_string(count) + ", but removed " +
                        reports::counted(static_cast<std::uint64_t>(expected), "key"));
  }

 private:
  static void not_shown(Court& court, const OpenRequest& request, Lsn lsn) {
    const std::string what = "a read of " + key_text(request) + " did not show " + lsn_text(lsn);
    if (lsn <= request.ok_before)
      return court.violate(kName, kClause, what + ", which was answered OK before the read began");
    court.violate(AlwaysAnswersInOrder::kName, AlwaysAnswersInOrder::kClause,
                  what + ", which is in front of it on its connection and was answered OK");
  }
  static std::string key_text(const OpenRequest& request) {
    return "\"" + std::string(request.view.key) + "\"";
  }

  struct Version {
    Lsn lsn;
    bool is_set = false;
    std::uint32_t crc = 0;
  };
  using Versions = std::vector<Version>;  // in the order of the leader's log

  Versions& versions_of(std::string_view key) {
    const std::uint32_t number = keys_.number(key);
    if (number >= versions_.size()) versions_.resize(number + 1);
    return versions_[number];
  }

  TextNumbers keys_;
  std::vector<Versions> versions_;  // by the key's number; their storage is kept
};

}  // namespace quorate::sim
