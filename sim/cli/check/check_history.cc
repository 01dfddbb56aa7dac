#include "sim/cli/check/check_history.h"

#include <algorithm>

#include "sim/cli/check/history_line.h"
#include "sim/cli/check/why.h"
#include "sim/linear/judge.h"

namespace quorate::cli {

namespace {

using namespace sim::linear;

reports::CheckedOperation shown(const HistoryFile& file, OpId id, bool is_needed) {
  const Operation& op = file.history.operations[id];
  const ToldOperation& told = file.told[id];
  reports::CheckedOperation shown;
  shown.process = told.process;
  shown.f = word_for(op.kind);
  shown.value = file.values[op.value];
  if (op.kind == Kind::cas) shown.from = file.values[op.from];
  shown.outcome = op.fate == Fate::unknown           ? "unknown"
                  : op.removed == Removed::something ? "found"
                  : op.removed == Removed::nothing   ? "not_found"
                  : op.kind != Kind::cas             ? "ok"
                  : op.swapped                       ? "swapped"
                                                     : "not_swapped";
  shown.begin_line = told.begin_line;
  shown.end_line = told.end_line;
  shown.begin_time = told.begin_time;
  shown.end_time = told.end_time;
  shown.is_needed = is_needed;
  return shown;
}

reports::CheckedKey shown(const HistoryFile& file, Key key, const Contradiction& contradiction) {
  reports::CheckedKey shown_key;
  shown_key.key = file.keys[key];
  shown_key.is_minimal = contradiction.is_minimal;
  shown_key.sentence = why(file, contradiction);
  std::vector<OpId> both;
  std::merge(contradiction.must.begin(), contradiction.must.end(), contradiction.may.begin(),
             contradiction.may.end(), std::back_inserter(both));
  for (const OpId id : both)
    shown_key.operations.push_back(shown(
        file, id, std::binary_search(contradiction.must.begin(), contradiction.must.end(), id)));
  const auto& operations = file.history.operations;
  const auto all = std::count_if(operations.begin(), operations.end(), [&](const Operation& op) {
    return op.key == key && op.fate != Fate::failed;
  });
  shown_key.others = static_cast<std::uint64_t>(all) - both.size();
  return shown_key;
}

}  // namespace

reports::CheckResult check_history(const HistoryFile& file, std::uint64_t memory_mib) {
  reports::CheckResult result;
  result.file = file.name;
  result.operations = file.told.size();
  result.keys = file.keys.size();
  result.memory_mib = memory_mib;
  for (const Operation& op : file.history.operations) {
    result.unknown += op.fate == Fate::unknown ? 1 : 0;
    result.failed += op.fate == Fate::failed ? 1 : 0;
  }
  Limits limits;
  limits.search_bytes = memory_mib << 20;
  Judge judge(limits);
  judge.take(file.history);
  for (Key key = 0; key < judge.keys(); ++key) {
    const Outcome outcome = judge.judge(key);
    if (outcome == Outcome::undecided) result.undecided.push_back(file.keys[key]);
    if (outcome == Outcome::not_linearizable)
      result.contradictions.push_back(shown(file, key, judge.contradiction(key)));
  }
  return result;
}

}  // namespace quorate::cli
