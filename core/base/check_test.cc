#include "core/base/check.h"

#include <doctest/doctest.h>

#include <string>

using namespace quorate;

TEST_CASE("check: a condition that holds, is asked once and nothing happens") {
  int asked = 0;
  CHECK_NOTHROW(QUORATE_CHECK(++asked == 1, "asked once"));
  CHECK(asked == 1);
}

TEST_CASE("check: a broken invariant, names sentence, condition, file and line") {
  std::string what;
  int line = 0;
  try {
    line = __LINE__ + 1;
    QUORATE_CHECK(1 + 1 == 3, "one and one are three");
  } catch (const InvariantBroken& broken) {
    what = broken.what();
  }
  CHECK(what.find("one and one are three [1 + 1 == 3, ") == 0);
  CHECK(what.find("check_test.cc:" + std::to_string(line) + "]") != std::string::npos);
}

TEST_CASE("check: in an if without braces, leaves the else to its if") {
  bool other = false;
  if (other)
    QUORATE_CHECK(true, "not reached");
  else
    other = true;
  CHECK(other);
}
