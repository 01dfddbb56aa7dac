#include "sim/search/bench.h"

#include <doctest/doctest.h>

using namespace quorate;

// Some seconds, and a minute in an instrumented build, whose figures would mean nothing.
#if defined(__SANITIZE_ADDRESS__)
#define QUORATE_INSTRUMENTED true
#elif defined(__has_feature)
#define QUORATE_INSTRUMENTED __has_feature(address_sanitizer)
#else
#define QUORATE_INSTRUMENTED false
#endif

TEST_CASE("bench: every figure, is there and can be true" * doctest::skip(QUORATE_INSTRUMENTED)) {
  const reports::BenchResult result = sim::bench();
  CHECK((result.us_per_committed_write > 0 && result.us_per_committed_write < 1000));
  CHECK((result.floor_us_per_committed_write > 0 && result.floor_us_per_committed_write < 100));
  CHECK(result.ratio_to_floor ==
        doctest::Approx(result.us_per_committed_write / result.floor_us_per_committed_write));
  CHECK(result.ratio_to_floor > 1);  // the floor is a part of what a write does
  CHECK((result.happenings_per_committed_write > 5 && result.happenings_per_committed_write < 30));
  CHECK(
      (result.allocations_per_committed_write >= 0 && result.allocations_per_committed_write < 3));
  CHECK((result.seeds_per_second_per_core > 10 && result.faults_per_seed > 1));
  CHECK((result.snapshot_us > 0 && result.crc_ns_per_record > 0 && result.record_bytes == 128));
  CHECK((result.writes == 20'000 && result.seeds == 2'000));
}
