// What happened, according to a file? The reader of stored histories: JSON Lines, one event a line.
//
// sim/linear/README.md tells the format to people. A history is read whole or not at all: whatever
// is unknown, misspelt, missing or without a meaning is an error that names file, line and cause.
#pragma once

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <vector>

#include "sim/linear/history.h"
#include "sim/scenario/scenario_error.h"

namespace quorate::cli {

inline constexpr std::size_t kLongestLine = std::size_t{1} << 20;  // bytes
inline constexpr std::size_t kMostOperations = 10'000'000;

// Of one operation what does not matter for the judgement.
struct ToldOperation {
  std::uint64_t process = 0;
  std::uint64_t begin_line = 0;
  std::uint64_t end_line = 0;  // 0: it has none
  std::optional<std::int64_t> begin_time, end_time;
};

struct HistoryFile {
  std::string name;
  sim::linear::History history;
  std::vector<ToldOperation> told;  // one for each of the history's operations
  // As JSON texts, by their numbers in the history: 3, "abc", null.
  std::vector<std::string> keys;
  std::vector<std::string> values;
};

// Both throw ScenarioError, one line: file, line, cause. `name` stands for the file in messages.
HistoryFile read_history(std::istream& in, const std::string& name);
// "-" is standard input.
HistoryFile read_history_file(const std::string& path);

}  // namespace quorate::cli
