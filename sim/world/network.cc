#include "sim/world/network.h"

#include <algorithm>

namespace quorate::sim {

// What has arrived gives up its place; if that is not much, there are more places.
void Arrivals::make_room() {
  constexpr std::size_t kFirst = 4;
  if (first_ <= end_ / 2) places_.resize(places_.size() * 2 + kFirst);
  std::copy(places_.begin() + first_, places_.begin() + end_, places_.begin());
  end_ -= first_;
  first_ = 0;
}

void Stream::clear() {
  bytes.clear();
  written = arrived = 0;
  drop_arrivals();
  last_at = Time();
  ended = writer_waits = false;
  tap.clear();
}

}  // namespace quorate::sim
