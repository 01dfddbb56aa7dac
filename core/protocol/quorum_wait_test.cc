// A wait for LSN 5 that began at 100 and may last 50.
#include "core/protocol/quorum_wait.h"

#include <doctest/doctest.h>

#include "core/protocol/rules.h"

using namespace quorate;

namespace {

WaitState state(std::uint64_t high_water_mark, std::int64_t now, std::int64_t woken_last = 0) {
  const QuorumWait wait{Lsn(5), Time(100), ClientId(1), 1, false};
  const Time deadline = sound_rules().wait_deadline(wait.began, Duration(50), Time(woken_last));
  return wait.state(Lsn(high_water_mark), Time(now), deadline);
}

}  // namespace

TEST_CASE("quorum_wait: before its deadline and its quorum, waits") {
  CHECK(state(4, 100) == WaitState::waiting);
  CHECK(state(0, 149) == WaitState::waiting);
}

TEST_CASE("quorum_wait: its LSN or a later one on a quorum, is reached") {
  CHECK(state(5, 100) == WaitState::reached);
  CHECK(state(9, 149) == WaitState::reached);
}

TEST_CASE("quorum_wait: at its deadline, has timed out") {
  CHECK(state(4, 150) == WaitState::timed_out);
  CHECK(state(4, 100'000) == WaitState::timed_out);
}

TEST_CASE("quorum_wait: quorum and deadline together, is reached") {
  CHECK(state(5, 150) == WaitState::reached);
  CHECK(state(5, 999) == WaitState::reached);
}

TEST_CASE("quorum_wait: woken at any time, has the same deadline") {
  for (std::int64_t woken = 100; woken < 150; ++woken) {
    CHECK(state(4, 149, woken) == WaitState::waiting);
    CHECK(state(4, 150, woken) == WaitState::timed_out);
  }
}

TEST_CASE("quorum_wait: without a deadline, waits for ever") {
  const QuorumWait wait{Lsn(1), Time(0), ClientId(1), 1, false};
  const Time deadline = sound_rules().wait_deadline(Time(9), Duration(INT64_MAX), Time());
  CHECK((deadline == Time::never()));
  CHECK(wait.state(Lsn(), Time(INT64_MAX - 1), deadline) == WaitState::waiting);
}
