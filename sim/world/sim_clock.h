// What does a node's clock show? It starts anywhere and runs a little too fast or too slow.
//
// The world's time is the true one. A node's clock is monotonic; one that runs slow shows the same
// microsecond more than once, one that runs fast leaves some out.
#pragma once

#include <cstdint>

#include "core/base/time.h"

namespace quorate::sim {

class SimClock {
 public:
  SimClock() = default;
  // Requires drift_ppm > -1,000,000.
  SimClock(std::int64_t offset_us, std::int64_t drift_ppm)
      : offset_us_(offset_us), drift_(drift_ppm) {}

  Time shows(Time world) const {
    if (drift_ == 0) return Time(world.us() + offset_us_);
    return Time(offset_us_ + world.us() + world.us() * drift_ / kMillion);
  }
  // The first point of the world's time at which the clock shows `local` or later.
  Time when(Time local) const {
    if (local == Time::never()) return local;
    if (drift_ == 0) return Time(local.us() - offset_us_);
    const std::int64_t elapsed = local.us() - offset_us_;
    Time at(elapsed * kMillion / (kMillion + drift_));
    while (at.us() > 0 && shows(Time(at.us() - 1)) >= local) at = Time(at.us() - 1);
    while (shows(at) < local) at = Time(at.us() + 1);
    return at;
  }

 private:
  static constexpr std::int64_t kMillion = 1'000'000;
  std::int64_t offset_us_ = 0;
  std::int64_t drift_ = 0;
};

}  // namespace quorate::sim
