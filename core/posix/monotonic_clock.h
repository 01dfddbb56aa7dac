// What time is it on this machine, for one turn of the loop?
//
// CLOCK_MONOTONIC in microseconds: it never goes back, and no administrator sets it. now() stands
// still until the loop looks again, once a turn.
#pragma once

#include <ctime>

#include "core/env/env.h"

namespace quorate {

class MonotonicClock final : public Clock {
 public:
  MonotonicClock() { look(); }

  Time now() const override { return now_; }

  // For the loop, at the beginning of a turn.
  void look() { now_ = at_this_moment(); }

  // What the clock on the wall shows, within a turn too.
  static Time at_this_moment() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return Time(std::int64_t{time.tv_sec} * 1'000'000 + time.tv_nsec / 1000);
  }

 private:
  Time now_;
};

}  // namespace quorate
