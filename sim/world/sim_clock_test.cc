#include "sim/world/sim_clock.h"

#include <doctest/doctest.h>

#include "sim/world/choice.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

constexpr std::int64_t kDrifts[] = {-200'000, -300, -1, 0, 1, 300, 200'000};  // the README's limits
constexpr std::int64_t kHour = 3'600'000'000;

// The first moment at which the clock shows so much, found by looking at each.
Time looked_for(const SimClock& clock, Time local, Time from) {
  while (clock.shows(from) < local) from = from + microseconds(1);
  return from;
}

}  // namespace

TEST_CASE("sim_clock: without drift, shows the world's time and where it began") {
  const SimClock clock(500, 0);
  CHECK(clock.shows(Time(0)) == Time(500));
  CHECK(clock.shows(Time(kHour)) == Time(kHour + 500));
  CHECK(clock.when(Time(kHour + 500)) == Time(kHour));
}

TEST_CASE("sim_clock: one that runs fast, gains as many microseconds a second as it drifts") {
  const SimClock clock(0, 300);
  CHECK(clock.shows(Time(1'000'000)) == Time(1'000'300));
  CHECK(clock.shows(Time(kHour)) == Time(kHour + 1'080'000));
  CHECK(clock.when(Time(1'000'300)) == Time(1'000'000));
}

TEST_CASE("sim_clock: one that runs slow, loses as many") {
  const SimClock clock(0, -300);
  CHECK(clock.shows(Time(1'000'000)) == Time(999'700));
  CHECK(clock.shows(Time(kHour)) == Time(kHour - 1'080'000));
  CHECK(clock.shows(clock.when(Time(999'700))) == Time(999'700));
}

TEST_CASE("sim_clock: any drift, never goes back") {
  for (const std::int64_t drift : kDrifts) {
    const SimClock clock(123, drift);
    for (std::int64_t us = 0; us < 20'000; ++us)
      REQUIRE(clock.shows(Time(us)) <= clock.shows(Time(us + 1)));
  }
}

// A slow clock shows some microsecond twice: when() is the first of the two. A fast one leaves some
// out: when() is the first moment at which it is past them.
TEST_CASE("sim_clock: when, is the first moment at which it shows so much") {
  for (const std::int64_t drift : kDrifts) {
    const SimClock clock(1000, drift);
    Time from(0);
    for (std::int64_t local = 1000; local < 8000; ++local) {
      from = looked_for(clock, Time(local), from);
      REQUIRE_MESSAGE(clock.when(Time(local)) == from, drift, " ppm, ", local, " us");
    }
  }
}

TEST_CASE("sim_clock: far from the start and at random drifts, when and shows fit together") {
  const Choice choice(1);
  for (std::uint64_t n = 0; n < 2000; ++n) {
    const auto offset =
        static_cast<std::int64_t>(choice.below(1'000'000'000, Purpose::clock_offset, 0, n));
    const SimClock clock(offset, choice.in(Range{-200'000, 200'000}, Purpose::clock_drift, 0, n));
    const Time world(choice.in(Range{1, kHour}, Purpose::fault_at, 0, n));
    const Time shown = clock.shows(world);
    const Time when = clock.when(shown);
    REQUIRE((when <= world && clock.shows(when) == shown));
    REQUIRE(clock.shows(Time(when.us() - 1)) < shown);
  }
}

TEST_CASE("sim_clock: what never comes, never comes on any clock") {
  for (const std::int64_t drift : kDrifts)
    CHECK(SimClock(77, drift).when(Time::never()) == Time::never());
}

TEST_CASE("sim_clock: a moment before the world began, is over at its beginning") {
  for (const std::int64_t drift : kDrifts)
    CHECK(SimClock(1'000'000, drift).when(Time(5)) <= Time(0));
}
