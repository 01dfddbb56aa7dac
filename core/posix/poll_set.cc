#include "core/posix/poll_set.h"

#include <cerrno>

#include "core/posix/monotonic_clock.h"
#include "core/posix/posix_error.h"

namespace quorate {

int poll_timeout_ms(Time now, Time until) {
  if (until == Time::never()) return -1;
  if (until <= now) return 0;
  // A longer wait than this ends early and is begun again.
  constexpr std::int64_t kMost = 60'000;
  // Unsigned, so that a far time less an early one can't overflow.
  const std::uint64_t left =
      static_cast<std::uint64_t>(until.us()) - static_cast<std::uint64_t>(now.us());
  const std::uint64_t ms = left / 1000 + (left % 1000 != 0 ? 1 : 0);
  return static_cast<int>(std::min<std::uint64_t>(ms, kMost));
}

int PollSet::wait(Time until) {
  for (;;) {
    const int timeout = poll_timeout_ms(MonotonicClock::at_this_moment(), until);
    const int count = ::poll(all_.data(), used_, timeout);
    if (count >= 0) return count;
    if (errno != EINTR) throw_errno("poll of " + std::to_string(used_) + " descriptors");
  }
}

}  // namespace quorate
