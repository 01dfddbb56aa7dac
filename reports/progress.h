// How far is it? The live line of a sweep, for a terminal.
//
// Pure: the caller owns the clock and the terminal. It writes "\r", the line and "\x1b[K", gives a
// column less than the terminal has (some wrap at the last one), and nothing at all to a pipe.
#pragma once

#include <cstdint>
#include <string>

namespace quorate::reports {

// "12,345 of 100,000 runs (12%), 11,875 seeds/s, no violation, 7.38 s left": plain ASCII, without a
// line feed, at most `columns` wide (empty when that is 0 or less). A run plays one seed of one
// scenario. What matters least is left out first. `total` 0: unknown, as under --for. 100% is said
// only when all is done.
std::string progress_line(std::uint64_t runs, std::uint64_t total, double seconds,
                          std::uint64_t violations, int columns);

}  // namespace quorate::reports
