#include "sim/world/choice.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <vector>

using namespace quorate::sim;

namespace {

constexpr std::uint64_t kMost = UINT64_MAX;

constexpr Purpose purpose(std::uint64_t number) { return static_cast<Purpose>(number); }
constexpr Purpose kA = purpose(1), kB = purpose(2), kC = purpose(30);

// What `draw(nth)` says for nth = 0, 1, ...: "3 0 7".
template <class Draw>
std::string first(int count, Draw draw) {
  std::string said;
  for (int nth = 0; nth < count; ++nth)
    said += (nth == 0 ? "" : " ") + std::to_string(draw(static_cast<std::uint64_t>(nth)));
  return said;
}

// How often each of 0 .. bound - 1 comes up in `draws` draws; `vary` makes the arguments of each.
template <class Draw>
std::vector<int> counts(int bound, int draws, Draw draw) {
  std::vector<int> found(static_cast<std::size_t>(bound));
  for (int n = 0; n < draws; ++n) ++found[draw(static_cast<std::uint64_t>(n))];
  return found;
}

// Chi squared, in hundredths: beyond 5000 for 16 cells a fair die would come once in 80,000 times.
std::int64_t unevenness(const std::vector<int>& found, std::int64_t draws) {
  const std::int64_t cells = static_cast<std::int64_t>(found.size());
  std::int64_t sum = 0;
  for (const int count : found) {
    const std::int64_t off = count * cells - draws;
    sum += off * off * 100 / (draws * cells);
  }
  return sum;
}

constexpr Delay kLong{{80, 3000}, Distribution::long_tail};

}  // namespace

// From another implementation (Python). They are part of every digest.
TEST_CASE("choice: known draws, are the same with every compiler and on every machine") {
  CHECK(Choice(0).draw(purpose(1), 0, 0) == 0x8657229d0b5f148d);
  CHECK(Choice(1).draw(purpose(1), 0, 0) == 0x2de44664da2f80cb);
  CHECK(Choice(0).draw(purpose(2), 0, 0) == 0x7fe77685142c7507);
  CHECK(Choice(0).draw(purpose(1), 1, 0) == 0xe42d4ed24ee6f86a);
  CHECK(Choice(0).draw(purpose(1), 0, 1) == 0xad5a39caaeaf3e97);
  CHECK(Choice(12345).draw(purpose(17), 7, 3) == 0xa19a8e1df2cf0657);
  CHECK(Choice(kMost).draw(purpose(36), kMost, kMost) == 0xc9edae992c1a47d5);
}

TEST_CASE("choice: known decisions, are the same with every compiler and on every machine") {
  const Choice choice(1);
  CHECK(first(8, [&](auto n) { return choice.below(100, purpose(1), 7, n); }) ==
        "0 92 43 3 61 80 48 1");
  CHECK(first(8, [&](auto n) {
          return choice.in(Range{-20, 20}, purpose(8), 3, n);
        }) == "-19 12 -16 0 2 8 9 -14");
  CHECK(first(12, [&](auto n) { return choice.in(kLong, purpose(1), 7, n); }) ==
        "108 81 82 90 81 80 80 92 80 80 81 80");
  CHECK(first(16, [&](auto n) { return int{choice.percent(25, purpose(2), 7, n)}; }) ==
        "0 0 0 0 0 0 0 0 1 0 0 1 0 1 1 0");
}

// A number that is inserted, and not appended, would move every purpose behind it and every digest.
TEST_CASE("choice: the purposes, keep their numbers") {
  CHECK(Purpose::delay == purpose(1));
  CHECK(Purpose::client_key == purpose(30));
  CHECK(Purpose::client_start == purpose(33));
  CHECK(Purpose::plan_max_sessions == purpose(66));
  CHECK(Purpose::fault_room == purpose(67));
}

TEST_CASE("choice: asked again, before or after anything else, says the same") {
  const Choice choice(42);
  const std::uint64_t once = choice.draw(kA, 3, 5);
  for (std::uint64_t n = 0; n < 1000; ++n) choice.below(n + 1, kB, n, n);
  CHECK(choice.draw(kA, 3, 5) == once);
  CHECK(Choice(42).draw(kA, 3, 5) == once);
}

TEST_CASE("choice: another seed, purpose, party or count, is another draw") {
  std::vector<std::uint64_t> draws;
  for (std::uint64_t seed = 0; seed < 10; ++seed)
    for (const Purpose purpose : {kA, kB, kC})
      for (std::uint64_t whom = 0; whom < 10; ++whom)
        for (std::uint64_t nth = 0; nth < 30; ++nth)
          draws.push_back(Choice(seed).draw(purpose, whom << 32 | (9 - whom), nth));
  std::sort(draws.begin(), draws.end());
  CHECK(std::adjacent_find(draws.begin(), draws.end()) == draws.end());
}

TEST_CASE("choice: below a bound, reaches the least and the greatest and nothing beyond") {
  const Choice choice(7);
  for (const int bound : {1, 2, 3, 8, 41, 100}) {
    const std::vector<int> found = counts(bound, 4000, [&](auto n) {
      return choice.below(static_cast<std::uint64_t>(bound), kC, 1, n);
    });
    CHECK_MESSAGE(*std::min_element(found.begin(), found.end()) > 0, bound);
  }
}

// Whichever of the arguments varies, the draws must be even: each is the only one somewhere.
TEST_CASE("choice: many draws, are about even whatever varies") {
  constexpr int kDraws = 16'000;
  const auto die = [](std::uint64_t seed, std::uint64_t whom, std::uint64_t nth) {
    return Choice(seed).below(16, kA, whom, nth);
  };
  CHECK(unevenness(counts(16, kDraws, [&](auto n) { return die(n, 0, 0); }), kDraws) < 5000);
  CHECK(unevenness(counts(16, kDraws, [&](auto n) { return die(1, n, 0); }), kDraws) < 5000);
  CHECK(unevenness(counts(16, kDraws, [&](auto n) { return die(1, 0, n); }), kDraws) < 5000);
  CHECK(unevenness(counts(16, kDraws, [&](auto n) { return die(n % 100, n / 100, 3); }), kDraws) <
        5000);
}

// One party's draws must not tell another's: the same count of two parties, and of two purposes.
TEST_CASE("choice: draws beside each other, have nothing in common") {
  constexpr int kDraws = 16'000;
  const Choice choice(3);
  const auto pair = [&](Purpose a, std::uint64_t x, Purpose b, std::uint64_t y, std::uint64_t n) {
    const std::uint64_t one = choice.below(4, a, x, n);
    return one * 4 + choice.below(4, b, y, n);
  };
  CHECK(unevenness(counts(16, kDraws, [&](auto n) { return pair(kA, 1, kA, 2, n); }), kDraws) <
        5000);
  CHECK(unevenness(counts(16, kDraws, [&](auto n) { return pair(kB, 1, kC, 1, n); }), kDraws) <
        5000);
  CHECK(unevenness(counts(16, kDraws,
                          [&](auto n) {
                            return choice.below(4, kA, 1, n) * 4 + choice.below(4, kA, 1, n + 1);
                          }),
                   kDraws) < 5000);
}

TEST_CASE("choice: a chance, comes up as often as it says; never and always are certain") {
  const Choice choice(5);
  const auto hits = [&](std::int64_t chance) {
    return counts(2, 10'000,
                  [&](auto n) { return std::size_t{choice.percent(chance, kB, 2, n)}; })[1];
  };
  CHECK((hits(0) == 0 && hits(-1) == 0));
  CHECK((hits(100) == 10'000 && hits(101) == 10'000));
  CHECK(std::abs(hits(2) - 200) < 60);
  CHECK(std::abs(hits(50) - 5000) < 250);
}

TEST_CASE("choice: a range, has both its ends and all between them") {
  const Choice choice(11);
  const std::vector<int> found = counts(7, 7000, [&](auto n) {
    return static_cast<std::size_t>(choice.in(Range{-3, 3}, kC, 1, n) + 3);
  });
  CHECK(unevenness(found, 7000) < 4000);
}

TEST_CASE("choice: a range of one value or turned round, is its least") {
  CHECK(Choice(1).in(Range{5, 5}, kC, 0, 0) == 5);
  CHECK(Choice(1).in(Range{5, 4}, kC, 0, 0) == 5);
  CHECK(Choice(1).in(Delay{{9, 9}, Distribution::long_tail}, kA, 0, 0) == 9);
  CHECK(Choice(1).in(Delay{{9, 8}, Distribution::uniform}, kA, 0, 0) == 9);
}

// An hour in microseconds is the widest that a scenario can write.
TEST_CASE("choice: the widest range, is drawn from whole") {
  const Choice choice(2);
  const Range hour{0, 3'600'000'000};
  std::vector<int> tenths(10);
  for (std::uint64_t n = 0; n < 5000; ++n) {
    const std::int64_t drawn = choice.in(hour, kC, 0, n);
    REQUIRE((drawn >= hour.min && drawn <= hour.max));
    ++tenths[static_cast<std::size_t>(std::min<std::int64_t>(drawn / 360'000'000, 9))];
  }
  CHECK(unevenness(tenths, 5000) < 4000);
}

TEST_CASE("choice: a uniform delay, is drawn as its range is") {
  const Choice choice(4);
  const Delay delay{{100, 400}, Distribution::uniform};
  for (std::uint64_t n = 0; n < 100; ++n)
    CHECK(choice.in(delay, kA, 1, n) == choice.in(delay.us, kA, 1, n));
}

// The range is halved so often that half of the draws are next to min, a quarter twice as far, ...
TEST_CASE("choice: a long tail, is mostly near its least and now and then far out") {
  constexpr int kDraws = 40'000;
  const Choice choice(6);
  std::array<int, 12> beyond{};  // how many draws are 2^i or more above min
  std::int64_t greatest = 0;
  for (std::uint64_t n = 0; n < kDraws; ++n) {
    const std::int64_t distance = choice.in(kLong, kA, 1, n) - kLong.us.min;
    REQUIRE((distance >= 0 && distance <= kLong.us.max - kLong.us.min));
    greatest = std::max(greatest, distance);
    for (std::size_t i = 0; i < beyond.size(); ++i) beyond[i] += distance >= std::int64_t{1} << i;
  }
  for (std::size_t i = 3; i < 10; ++i) {
    const int percent = beyond[i] * 100 / beyond[i - 1];  // each doubling: half as many
    CHECK_MESSAGE((percent > 35 && percent < 65), i, ": ", percent);
  }
  CHECK(beyond[3] < kDraws / 4);
  CHECK(greatest > 2500);
}

TEST_CASE("choice: a long tail over two values, has both") {
  const Choice choice(8);
  const Delay delay{{10, 11}, Distribution::long_tail};
  const std::vector<int> found = counts(
      2, 1000, [&](auto n) { return static_cast<std::size_t>(choice.in(delay, kA, 1, n) - 10); });
  CHECK((found[0] > 100 && found[1] > 100));
}
