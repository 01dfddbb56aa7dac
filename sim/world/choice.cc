#include "sim/world/choice.h"

#include <algorithm>
#include <bit>

namespace quorate::sim {

std::int64_t Choice::in(const Delay& delay, Purpose purpose, std::uint64_t whom,
                        std::uint64_t nth) const {
  if (delay.distribution == Distribution::uniform) return in(delay.us, purpose, whom, nth);
  if (delay.us.min >= delay.us.max) return delay.us.min;
  // Each doubling of the distance to min is half as likely: the count of leading zeros of a draw
  // picks how often the range is halved, and the rest of it picks the place therein.
  const std::uint64_t bits = draw(purpose, whom, nth);
  const auto width = static_cast<std::uint64_t>(delay.us.max - delay.us.min);
  const int doublings = static_cast<int>(std::bit_width(width));
  const int zeros = std::countl_zero(bits | 1);
  const int halvings = std::max(0, doublings - 1 - zeros);
  const std::uint64_t reach = (width >> halvings) + 1;
  return delay.us.min + static_cast<std::int64_t>(((bits & 0xFFFFFFFFu) * reach) >> 32);
}

}  // namespace quorate::sim
