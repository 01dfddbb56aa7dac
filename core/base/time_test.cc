#include "core/base/time.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

using namespace quorate;

namespace {
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
}

TEST_CASE("time: a millisecond, is a thousand microseconds") {
  CHECK(milliseconds(3) == microseconds(3000));
  CHECK(milliseconds(-3).us() == -3000);
}

TEST_CASE("time: a point plus a span, is the point that long after it") {
  CHECK(Time(1000) + microseconds(5) == Time(1005));
  CHECK(Time(1000) + microseconds(-5) == Time(995));
  CHECK(milliseconds(1) + microseconds(1) == microseconds(1001));
}

TEST_CASE("time: two points, differ by a span that may be negative") {
  CHECK(Time(1005) - Time(1000) == microseconds(5));
  CHECK(Time(1000) - Time(1005) == microseconds(-5));
}

TEST_CASE("time: never, is later than all and stays never") {
  CHECK(Time(kMax - 1) < Time::never());
  CHECK(Time::never() + milliseconds(1) == Time::never());
  CHECK(Time::never() + milliseconds(-1) == Time::never());
}

TEST_CASE("time: a sum too large to hold, saturates at never") {
  CHECK(Time(kMax - 4) + microseconds(4) == Time::never());
  CHECK(Time(kMax - 4) + microseconds(5) == Time::never());
  CHECK(Time(kMax - 4) + microseconds(3) == Time(kMax - 1));
  CHECK(Time(1) + Duration(kMax) == Time::never());
}
