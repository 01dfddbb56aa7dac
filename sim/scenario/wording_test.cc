#include "sim/scenario/wording.h"

#include <doctest/doctest.h>

#include <array>

using namespace quorate::sim::reading;

namespace {

constexpr std::array<std::string_view, 4> kKnown{"crash", "corrupt", "cut", "split_percent"};

std::string_view meant(std::string_view word) { return nearest(word, kKnown); }

}  // namespace

TEST_CASE("wording: a letter missing, too many or wrong, the near word is meant") {
  CHECK(meant("crsh") == "crash");
  CHECK(meant("crasch") == "crash");
  CHECK(meant("crush") == "crash");
  CHECK(meant("split_procent") == "split_percent");
}

TEST_CASE("wording: two letters exchanged or capitals, cost one or nothing") {
  CHECK(meant("ctu") == "cut");
  CHECK(meant("CUT") == "cut");
}

TEST_CASE("wording: only the beginning of a word, is completed") {
  CHECK(meant("split") == "split_percent");
  CHECK(meant("cor") == "corrupt");
}

TEST_CASE("wording: nothing near, nothing is meant") {
  CHECK(meant("partition").empty());
  CHECK(meant("").empty());
  CHECK(meant("xyz").empty());
  CHECK(meant(std::string(100'000, 'c')).empty());
  CHECK(did_you_mean("partition", kKnown).empty());
}

TEST_CASE("wording: a text with control characters, is shown on one line") {
  CHECK(quoted("a\nb\t\x01\x7f") == R"("a\nb\t\u0001\u007f")");
}

TEST_CASE("wording: a long text, is cut between two characters") {
  CHECK(shown("abcdef", 6) == "abcdef");
  CHECK(shown("abcdefg", 6) == "abcdef...");
  CHECK(shown("abcde\xC3\xA9g", 6) == "abcde...");
}
