#include "core/protocol/deadlines.h"

#include <doctest/doctest.h>

using namespace quorate;

TEST_CASE("deadlines: with none set, the least is never") {
  Deadlines deadlines;
  CHECK((deadlines.least() == Time::never()));
  CHECK_FALSE(deadlines.due(DeadlineName::heartbeat, Time(1'000'000)));
}

TEST_CASE("deadlines: several set, the least is the first of them") {
  Deadlines deadlines;
  deadlines.set(DeadlineName::heartbeat, Time(30));
  deadlines.set(DeadlineName::quorum_wait, Time(20));
  deadlines.set(DeadlineName::redial, Time(40));
  CHECK(deadlines.least().us() == 20);
  deadlines.clear(DeadlineName::quorum_wait);
  CHECK(deadlines.least().us() == 30);
}

TEST_CASE("deadlines: one is due, at its own time and not a microsecond before") {
  Deadlines deadlines;
  deadlines.set(DeadlineName::redial, Time(20));
  CHECK_FALSE(deadlines.due(DeadlineName::redial, Time(19)));
  CHECK(deadlines.due(DeadlineName::redial, Time(20)));
  CHECK_FALSE(deadlines.due(DeadlineName::no_space, Time(20)));
}

TEST_CASE("deadlines: one brought forward, never moves back") {
  Deadlines deadlines;
  deadlines.bring_forward(DeadlineName::no_space, Time(20));
  deadlines.bring_forward(DeadlineName::no_space, Time(30));
  CHECK(deadlines.get(DeadlineName::no_space).us() == 20);
  deadlines.bring_forward(DeadlineName::no_space, Time(10));
  CHECK(deadlines.get(DeadlineName::no_space).us() == 10);
}

TEST_CASE("deadlines: before the clock's zero, are times like others") {
  Deadlines deadlines;
  deadlines.set(DeadlineName::heartbeat, Time(-5));
  CHECK(deadlines.due(DeadlineName::heartbeat, Time(-5)));
  CHECK_FALSE(deadlines.due(DeadlineName::heartbeat, Time(-6)));
}
