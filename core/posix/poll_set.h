// Which descriptors does the loop wait on, and what for? The array that poll(2) takes.
//
// Each descriptor has a place, a small number that its owner chooses; a place without one is
// skipped by poll(2). So the array changes only where something changes, and is never built anew.
#pragma once

#include <poll.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "core/base/time.h"

namespace quorate {

// What poll(2) is to wait for, in whole milliseconds: what is left until then, rounded up so that
// it never wakes before its time, 0 when that is over, and -1 for never.
int poll_timeout_ms(Time now, Time until);

class PollSet {
 public:
  // Waits at that place for `events`, from now on for that descriptor.
  void watch(std::size_t place, int fd, short events) {
    if (place >= all_.size()) all_.resize(place + 1, {-1, 0, 0});
    all_[place] = {fd, events, 0};
    used_ = std::max(used_, place + 1);
  }
  // Requires that the place is watched.
  void wait_for(std::size_t place, short events) { all_[place].events = events; }
  void forget(std::size_t place) {
    if (place >= all_.size()) return;
    all_[place] = {-1, 0, 0};
    while (used_ > 0 && all_[used_ - 1].fd < 0) --used_;
  }

  // poll(2): how many are ready. Until then waits at most until that time; a signal that comes in
  // between grants no time anew.
  int wait(Time until);

  // Calls found(place, revents) for each that the last wait() found ready; it may watch and forget.
  template <class Found>
  void each_ready(int count, Found found) {
    for (std::size_t place = 0; count > 0 && place < used_; ++place) {
      const short revents = all_[place].revents;
      if (revents == 0) continue;
      all_[place].revents = 0;
      --count;
      found(place, revents);
    }
  }

 private:
  std::vector<pollfd> all_;
  std::size_t used_ = 0;  // no place from here on is watched
};

}  // namespace quorate
