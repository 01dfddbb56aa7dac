// Has each text one number, and each number its text?
#include "sim/check/text_numbers.h"

#include <doctest/doctest.h>

#include <string>

using namespace quorate::sim;

TEST_CASE("text_numbers: texts, are numbered as they come, and the same one is the same number") {
  TextNumbers numbers;
  CHECK(numbers.number("b") == 0);
  CHECK(numbers.number("a") == 1);
  CHECK(numbers.number("") == 2);
  CHECK(numbers.number("a") == 1);
  CHECK(numbers.number("") == 2);
  CHECK(numbers.number("b") == 0);
  CHECK(numbers.text(1) == "a");
  CHECK(numbers.text(2) == "");
}

TEST_CASE("text_numbers: texts that differ in one byte or in their length, are told apart") {
  TextNumbers numbers;
  const std::string zeros(17, '\0');
  for (std::size_t size = 0; size <= zeros.size(); ++size)
    CHECK(numbers.number(std::string_view(zeros).substr(0, size)) == size);
  for (std::size_t at = 0; at < zeros.size(); ++at) {
    std::string other = zeros;
    other[at] = 1;
    CHECK(numbers.number(other) == zeros.size() + 1 + at);
  }
}

TEST_CASE("text_numbers: thousands of texts, keep their numbers") {
  TextNumbers numbers;
  const auto text = [](std::uint32_t n) { return "c1." + std::to_string(n); };
  for (std::uint32_t n = 0; n < 5000; ++n) REQUIRE(numbers.number(text(n)) == n);
  for (std::uint32_t n = 0; n < 5000; ++n) {
    REQUIRE(numbers.number(text(n)) == n);
    REQUIRE(numbers.text(n) == text(n));
  }
}

TEST_CASE("text_numbers: cleared, begins at 0 and knows nothing") {
  TextNumbers numbers;
  for (std::uint32_t n = 0; n < 1000; ++n) numbers.number(std::to_string(n));
  numbers.clear();
  CHECK(numbers.number("7") == 0);
  CHECK(numbers.number("3") == 1);
  CHECK(numbers.text(0) == "7");
}
