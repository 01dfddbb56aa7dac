// When, and for how long? Points and spans of time on a node's own monotonic clock.
//
// Unit: whole microseconds, signed, so that a difference can be negative. The zero of a Time is
// arbitrary and differs from node to node: only differences on one node mean anything, and no code
// may send a Time to another node.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace quorate {

class Duration {
 public:
  constexpr Duration() = default;
  constexpr explicit Duration(std::int64_t microseconds) : us_(microseconds) {}
  constexpr std::int64_t us() const { return us_; }
  friend constexpr auto operator<=>(Duration, Duration) = default;

 private:
  std::int64_t us_ = 0;
};

constexpr Duration microseconds(std::int64_t n) { return Duration(n); }
constexpr Duration milliseconds(std::int64_t n) { return Duration(n * 1000); }

class Time {
 public:
  constexpr Time() = default;
  constexpr explicit Time(std::int64_t microseconds) : us_(microseconds) {}
  constexpr std::int64_t us() const { return us_; }
  // Later than every other Time: the deadline of what has none.
  static constexpr Time never() { return Time(std::numeric_limits<std::int64_t>::max()); }
  friend constexpr auto operator<=>(Time, Time) = default;

 private:
  std::int64_t us_ = 0;
};

// never() stays never, and the sum saturates instead of wrapping.
constexpr Time operator+(Time t, Duration d) {
  if (t == Time::never()) return t;
  if (d.us() > 0 && t.us() > Time::never().us() - d.us()) return Time::never();
  return Time(t.us() + d.us());
}
constexpr Duration operator-(Time a, Time b) { return Duration(a.us() - b.us()); }
constexpr Duration operator+(Duration a, Duration b) { return Duration(a.us() + b.us()); }

}  // namespace quorate
