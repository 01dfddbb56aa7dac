// What does one line of a history say? An event, checked by itself.
//
// What it means after the lines before it is for history_file to judge.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/linear/history.h"
#include "sim/scenario/json_value.h"
#include "sim/scenario/place.h"

namespace quorate::cli {

enum class LineType { invoke, ok, fail, info };

struct HistoryLine {
  std::uint64_t process = 0;
  LineType type = LineType::invoke;
  std::optional<sim::linear::Kind> f;
  std::optional<std::string> key;    // as JSON text, as are values
  std::optional<std::string> value;  // of a cas what it writes
  std::optional<std::string> from;   // of a cas
  std::optional<bool> swapped;
  std::optional<bool> found;
  std::optional<std::int64_t> time;
};

// Throws ScenarioError. Where f is not said, a list is taken for the value of a cas.
HistoryLine read_history_line(std::string_view text, const std::string& name, std::size_t number);

// "name: line 7"
sim::reading::Place place_of_line(const std::string& name, std::size_t number);

std::string_view word_for(sim::linear::Kind kind);  // read, write, cas

}  // namespace quorate::cli
