#include "sim/world/choice.h"

#include <algorithm>
#include <bit>

namespace quorate::sim {

std::int64_t Choice::in_long_tail(const Range& range, Purpose purpose, std::uint64_t whom,
                                  std::uint64_t nth) const {
  if (range.min >= range.max) return range.min;
  // Each doubling of the distance to min is half as likely: the count of leading zeros of a draw
  // picks how often the range is halved, and the rest of it picks the place therein.
  const std::uint64_t bits = draw(purpose, whom, nth);
  const auto width = static_cast<std::uint64_t>(range.max - range.min);
  const int doublings = static_cast<int>(std::bit_width(width));
  const int zeros = std::countl_zero(bits | 1);
  const int halvings = std::max(0, doublings - 1 - zeros);
  const std::uint64_t reach = (width >> halvings) + 1;
  return range.min + static_cast<std::int64_t>(((bits & 0xFFFFFFFFu) * reach) >> 32);
}

}  // namespace quorate::sim
