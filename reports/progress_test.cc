#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

#include "reports/progress.h"

using namespace quorate::reports;

TEST_CASE("reports: progress on a wide terminal, all is said") {
  CHECK(progress_line(12345, 100000, 1.04, 0, 80) ==
        "12,345 of 100,000 runs (12%), 11,870 seeds/s, no violation, 8 s left");
  CHECK(progress_line(12345, 100000, 1.04, 3, 80) ==
        "12,345 of 100,000 runs (12%), 11,870 seeds/s, 3 violations, 8 s left");
}

TEST_CASE("reports: progress on a narrow terminal, what matters least goes first") {
  const auto line = [](int columns) { return progress_line(12345, 100000, 1, 1, columns); };
  CHECK(line(67) == "12,345 of 100,000 runs (12%), 12,345 seeds/s, 1 violation, 8 s left");
  CHECK(line(66) == "12,345 of 100,000 runs (12%), 12,345 seeds/s, 1 violation");
  CHECK(line(56) == "12,345 of 100,000 runs (12%), 1 violation");
  CHECK(line(40) == "12,345 runs, 1 violation");
  CHECK(line(23) == "1 violation");
  CHECK(line(5) == "1 vio");
  CHECK(line(0) == "");
  CHECK(line(-1) == "");
}

TEST_CASE("reports: progress with an unknown total, no share and no time left") {
  CHECK(progress_line(1, 0, 0.5, 0, 80) == "1 run, 2 seeds/s, no violation");
}

TEST_CASE("reports: progress before the first run, no rate") {
  CHECK(progress_line(0, 0, 0, 0, 80) == "0 runs, no violation");
  CHECK(progress_line(0, 10, 0, 0, 80) == "0 of 10 runs (0%), no violation");
}

TEST_CASE("reports: progress at the end, 100% and not before") {
  CHECK(progress_line(999999, 1000000, 1000, 0, 80) ==
        "999,999 of 1,000,000 runs (99%), 1,000 seeds/s, no violation, 1 s left");
  CHECK(progress_line(1, 1, 1, 0, 80) == "1 of 1 run (100%), 1 seeds/s, no violation");
  CHECK(progress_line(12, 10, 1, 0, 80) == "12 of 10 runs (100%), 12 seeds/s, no violation");
}

TEST_CASE("reports: progress of a very long sweep, minutes and hours") {
  CHECK(progress_line(1000, 100000, 1, 0, 99) ==
        "1,000 of 100,000 runs (1%), 1,000 seeds/s, no violation, 1 min 39 s left");
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  CHECK(progress_line(most - 1, most, 1e-300, most, 200) ==
        "18,446,744,073,709,551,614 of 18,446,744,073,709,551,615 runs (99%), "
        "18,446,744,073,709,551,615 violations");
  for (int columns = 0; columns < 200; ++columns)
    CHECK(progress_line(most, most, 3, most, columns).size() <= static_cast<std::size_t>(columns));
}
