#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

#include "reports/words.h"

using namespace quorate::reports;

TEST_CASE("reports: a count, thousands are set apart") {
  CHECK(grouped(std::uint64_t{0}) == "0");
  CHECK(grouped(std::uint64_t{999}) == "999");
  CHECK(grouped(std::uint64_t{1000}) == "1,000");
  CHECK(grouped(std::uint64_t{123456}) == "123,456");
  CHECK(grouped(std::numeric_limits<std::uint64_t>::max()) == "18,446,744,073,709,551,615");
}

TEST_CASE("reports: a measured number, it is rounded and set apart") {
  CHECK(grouped(0.0, 2) == "0.00");
  CHECK(grouped(1.005, 1) == "1.0");
  CHECK(grouped(11874.96, 0) == "11,875");
  CHECK(grouped(-1234.5, 1) == "-1,234.5");
  CHECK(grouped(-123.0, 0) == "-123");
  CHECK(grouped(1e308, 0).size() == 411);
  CHECK(grouped(std::numeric_limits<double>::quiet_NaN(), 2) == "-");
  CHECK(grouped(std::numeric_limits<double>::infinity(), 2) == "-");
}

TEST_CASE("reports: a number for a machine, it has no separators") {
  CHECK(fixed(1234.5, 3) == "1234.500");
  CHECK(fixed(std::numeric_limits<double>::quiet_NaN(), 3) == "0.000");
}

TEST_CASE("reports: one thing and many, singular and plural") {
  CHECK(counted(0, "run") == "0 runs");
  CHECK(counted(1, "run") == "1 run");
  CHECK(counted(2, "run") == "2 runs");
  CHECK(counted(10000, "seed") == "10,000 seeds");
}

TEST_CASE("reports: a digest, always 16 lower-case digits") {
  CHECK(hex16(0) == "0000000000000000");
  CHECK(hex16(0xC0FFEE) == "0000000000c0ffee");
  CHECK(hex16(std::numeric_limits<std::uint64_t>::max()) == "ffffffffffffffff");
}

TEST_CASE("reports: virtual time, milliseconds with every microsecond") {
  CHECK(virtual_time(0) == "0.000 ms");
  CHECK(virtual_time(7) == "0.007 ms");
  CHECK(virtual_time(1234567) == "1,234.567 ms");
  CHECK(virtual_time(-1050) == "-1.050 ms");
  CHECK(virtual_time(std::numeric_limits<std::int64_t>::min()) == "-9,223,372,036,854,775.808 ms");
}

TEST_CASE("reports: time of this machine, as exact as a person wants") {
  CHECK(wall_time(0) == "0.00 s");
  CHECK(wall_time(0.042) == "0.04 s");
  CHECK(wall_time(9.996) == "10.0 s");
  CHECK(wall_time(12.34) == "12.3 s");
  CHECK(wall_time(59.97) == "1 min 0 s");
  CHECK(wall_time(125) == "2 min 5 s");
  CHECK(wall_time(3600) == "1 h 0 min");
  CHECK(wall_time(3.6e6) == "1,000 h 0 min");
  CHECK(wall_time(-1) == "-");
  CHECK(wall_time(1e300) == "-");
}

TEST_CASE("reports: a rate without any time, it is 0 and not infinite") {
  CHECK(per_second(100, 0) == 0.0);
  CHECK(per_second(100, 4) == 25.0);
}

TEST_CASE("reports: a long sentence, it is filled into lines") {
  CHECK(wrapped("", 2, 20) == "");
  CHECK(wrapped("short", 2, 20) == "  short\n");
  CHECK(wrapped("one two three four five", 2, 12) == "  one two\n  three four\n  five\n");
  CHECK(wrapped("a  b ", 0, 20) == "a b\n");
  CHECK(wrapped("an extraordinarily long word", 2, 10) ==
        "  an\n  extraordinarily\n  long\n  word\n");
}
