// How does a number read? Counts, times and rates as words for people.
//
// Independent of any locale and of the state of any stream: the same number gives the same text
// everywhere. Seeds are names and not counts, so they carry no separators and can be copied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace quorate::reports {

// 1234567 -> "1,234,567".
std::string grouped(std::uint64_t number);

// (1234.5, 2) -> "1,234.50"; rounded. "-" for what is not a finite number.
std::string grouped(double number, int decimals);

// (1234.5, 3) -> "1234.500": for machines. "0.000" for what is not a finite number.
std::string fixed(double number, int decimals);

// (1, "run") -> "1 run", (2000, "run") -> "2,000 runs". Only for words that take an s.
std::string counted(std::uint64_t number, std::string_view thing);

// A digest: 16 lower-case hexadecimal digits.
std::string hex16(std::uint64_t number);

// Virtual microseconds as "1,234.567 ms", the unit in which scenarios are written.
std::string virtual_time(std::int64_t us);

// Seconds of this machine, as exact as a person wants: "0.04 s", "12.3 s", "2 min 5 s",
// "1 h 3 min". "-" for what is negative, not finite or beyond all sense.
std::string wall_time(double seconds);

// How many a second; 0 when no time has passed.
double per_second(std::uint64_t count, double seconds);

inline constexpr std::size_t kTextColumns = 80;  // to which the writers fill a long sentence

// Words filled into lines of at most `columns`, each begun with `indent` blanks and ended with a
// line feed. A longer word gets a line of its own. An empty text gives nothing.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t columns);

}  // namespace quorate::reports
