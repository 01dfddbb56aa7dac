#include <doctest/doctest.h>

#include "sim/linear/history_fixture.h"
#include "sim/linear/judge.h"

using namespace quorate::sim::linear;
TEST_CASE("linear: x") {}
