#include "reports/progress.h"

#include <algorithm>
#include <cmath>

#include "reports/words.h"

namespace quorate::reports {
namespace {

std::uint64_t percent(std::uint64_t runs, std::uint64_t total) {
  if (runs >= total) return 100;
  const double share = static_cast<double>(runs) / static_cast<double>(total);
  return std::min<std::uint64_t>(static_cast<std::uint64_t>(share * 100.0), 99);
}

// Requires a finite speed above 0.
std::string time_left(std::uint64_t runs, std::uint64_t total, double speed) {
  if (runs >= total) return {};
  // Rounded up to whole seconds: a live line that shows hundredths flickers.
  const std::string left = wall_time(std::ceil(static_cast<double>(total - runs) / speed));
  if (left == "-") return {};
  const std::size_t point = left.find('.');
  const std::string calm = point == std::string::npos ? left : left.substr(0, point) + " s";
  return ", " + calm + " left";
}

}  // namespace

std::string progress_line(std::uint64_t runs, std::uint64_t total, double seconds,
                          std::uint64_t violations, int columns) {
  const double speed = per_second(runs, seconds);
  const std::string done = counted(runs, "run");
  const std::string done_of = total == 0 ? done
                                         : grouped(runs) + " of " + counted(total, "run") + " (" +
                                               std::to_string(percent(runs, total)) + "%)";
  const bool timed = speed > 0 && std::isfinite(speed);
  const std::string rate = timed ? ", " + grouped(speed, 0) + " seeds/s" : "";
  const std::string found = violations == 0 ? "no violation" : counted(violations, "violation");
  const std::string left = timed ? time_left(runs, total, speed) : "";

  const auto room = static_cast<std::size_t>(std::max(columns, 0));
  for (const std::string& line :
       {done_of + rate + ", " + found + left, done_of + rate + ", " + found, done_of + ", " + found,
        done + ", " + found})
    if (line.size() <= room) return line;
  return found.substr(0, room);
}

}  // namespace quorate::reports
