#include "core/base/headed_text.h"

#include <doctest/doctest.h>

#include <functional>

using namespace quorate;

namespace {

// A text of a map and one that is looked for, both ways.
bool less(std::string_view a, std::string_view b) {
  const HeadedView view(b);
  const HeadedText text{HeadedView(a)};
  const bool is_less = HeadedLess()(text, view);
  REQUIRE(HeadedLess()(text, HeadedText(view)) == is_less);
  REQUIRE(HeadedLess()(HeadedView(a), HeadedText(view)) == is_less);
  return is_less;
}

}  // namespace

TEST_CASE("headed_text: texts, are ordered as std::less orders them") {
  const std::string long_text(17, 'a');
  const std::string_view texts[] = {"",
                                    "a",
                                    std::string_view("a\0", 2),
                                    "a\x7f",
                                    "a\x80",
                                    "b",
                                    "aaaaaaaa",
                                    "aaaaaaab",
                                    "aaaaaaa\xff",
                                    "aaaaaaaab",
                                    long_text,
                                    "baaaaaaaaaaaaaaaa",
                                    "aaaaaaaaaaaaaaaab"};
  for (const std::string_view a : texts)
    for (const std::string_view b : texts) CHECK(less(a, b) == std::less<>()(a, b));
}

TEST_CASE(
    "headed_text: texts of any length that differ anywhere, are ordered as std::less orders them") {
  constexpr std::size_t kLongest = 20;
  const std::string text(kLongest, 'm');
  for (std::size_t size = 0; size <= kLongest; ++size) {
    const std::string a = text.substr(0, size);
    for (std::size_t other = 0; other <= kLongest; ++other) {
      for (std::size_t at = 0; at < other; ++at) {
        for (const char c : {'a', 'm', 'z', '\xff', '\0'}) {
          std::string b = text.substr(0, other);
          b[at] = c;
          CAPTURE(a);
          CAPTURE(b);
          REQUIRE(less(a, b) == std::less<>()(a, b));
          REQUIRE(less(b, a) == std::less<>()(b, a));
        }
      }
    }
  }
}
