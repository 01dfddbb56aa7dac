// What does one event of a client's history look like in a file? The one writer of the lines that
// `quorate check` reads; sim/linear/README.md tells the format.
//
// Keys and values are bytes, and a line is UTF-8: what is not, and what begins with "bytes:", is
// written as "bytes:" and hexadecimal digits. So different bytes stay different.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quorate::reports {

enum class HistoryType : std::uint8_t { invoke, ok, fail, info };
enum class HistoryF : std::uint8_t { read, write, cas };

struct HistoryEvent {
  std::uint64_t process = 0;
  HistoryType type = HistoryType::invoke;
  HistoryF f = HistoryF::read;
  std::string_view key;
  std::optional<std::string_view> value;  // read, or to be written; none: null
  std::string_view from;                  // of a cas
  std::optional<bool> swapped;            // of an ok cas
  std::optional<bool> found;              // of an ok delete, a write of null
  std::int64_t time_us = 0;
};

// Appends the line, with its line feed.
void append_history_line(std::string& to, const HistoryEvent& event);

}  // namespace quorate::reports
