// An essay on majorities, in cases: what each follower holds ("-": nothing yet), and up to where
// the log is then on a quorum by each of the two rules. The leader is assumed to hold everything.
#include "core/protocol/quorum.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "core/base/check.h"

using namespace quorate;

namespace {

constexpr auto kLesson = QuorumRule::followers_majority;
constexpr auto kBook = QuorumRule::majority_of_all;
constexpr Lsn kLast{100};  // the end of the leader's log

std::vector<Lsn> held_in(const std::string& text) {
  std::vector<Lsn> held;
  std::istringstream words(text);
  for (std::string word; words >> word;)
    held.push_back(word == "-" ? Lsn() : Lsn(std::stoull(word)));
  return held;
}

Lsn held_by(const std::vector<Lsn>& held, int needed, Lsn otherwise) {
  HeldLsns all;
  for (const Lsn lsn : held) all.add(lsn);
  return all.by(needed, otherwise);
}

// The dumb second way: try each LSN, count who holds it, and keep the greatest that enough hold.
Lsn counted_by_hand(const std::vector<Lsn>& held, int needed) {
  if (needed == 0) return kLast;
  Lsn best;
  for (const Lsn candidate : held) {
    int holders = 0;
    for (const Lsn lsn : held) holders += lsn >= candidate ? 1 : 0;
    if (holders >= needed && candidate > best) best = candidate;
  }
  return best;
}

std::uint64_t mark(QuorumRule rule, const std::string& text) {
  const std::vector<Lsn> held = held_in(text);
  const int needed = acks_needed(rule, static_cast<int>(held.size()));
  const Lsn found = held_by(held, needed, kLast);
  REQUIRE(found == counted_by_hand(held, needed));
  return found.value();
}

struct Case {
  const char* followers;
  std::uint64_t lesson;
  std::uint64_t book;
};

void read(const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    CAPTURE(one.followers);
    CHECK(mark(kLesson, one.followers) == one.lesson);
    CHECK(mark(kBook, one.followers) == one.book);
  }
}

struct Lcg {
  std::uint64_t state = 1;
  std::uint64_t below(std::uint64_t bound) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % bound;
  }
};

}  // namespace

TEST_CASE(
    "quorum: the number of acks, by the lesson is F / 2 + 1 and by the book one less or "
    "as many") {
  const std::vector<std::pair<int, int>> expected{{0, 0}, {1, 1}, {2, 1}, {2, 2}, {3, 2},
                                                  {3, 3}, {4, 3}, {4, 4}, {5, 4}, {5, 5}};
  for (int followers = 0; followers < 10; ++followers) {
    CAPTURE(followers);
    CHECK(acks_needed(kLesson, followers) == expected[static_cast<std::size_t>(followers)].first);
    CHECK(acks_needed(kBook, followers) == expected[static_cast<std::size_t>(followers)].second);
  }
}

TEST_CASE("quorum: no followers, the leader's own log is all there is") { read({{"", 100, 100}}); }

TEST_CASE("quorum: 1 follower, it must hold what is on a quorum by either rule") {
  read({{"-", 0, 0}, {"1", 1, 1}, {"7", 7, 7}});
}

TEST_CASE("quorum: 2 followers, the lesson waits for both and the book for one") {
  read({{"- -", 0, 0},
        {"5 -", 0, 5},  // one is down: the lesson's writes stop, the book's go on
        {"5 5", 5, 5},
        {"5 7", 5, 7},  // the slower one sets the pace of the lesson
        {"7 5", 5, 7},  // whoever it is
        {"1 100", 1, 100}});
}

TEST_CASE("quorum: 3 followers, any two of them by either rule") {
  read({{"- - 9", 0, 0}, {"- 4 9", 4, 4}, {"9 4 -", 4, 4}, {"9 9 -", 9, 9}, {"3 3 3", 3, 3}});
}

TEST_CASE("quorum: 4 followers, the lesson goes on with one down and the book with two") {
  read({{"8 8 8 -", 8, 8},  // one is down for good
        {"8 8 - -", 0, 8},  // two are down: by the lesson nothing reaches its quorum any more
        {"8 - - -", 0, 0},  // three are down: by neither
        {"8 8 6 -", 6, 8},  // the third comes back and catches up: so does the lesson
        {"8 8 8 6", 8, 8},
        {"1 2 3 4", 2, 3}});
}

TEST_CASE("quorum: 5 and 6 followers, an odd number has one rule and an even number two") {
  read({{"1 2 3 4 5", 3, 3},
        {"5 5 - - 5", 5, 5},
        {"5 5 - - -", 0, 0},
        {"1 2 3 4 5 6", 3, 4},
        {"9 9 9 - - -", 0, 9}});
}

TEST_CASE("quorum: two quorums by the lesson, always share a follower") {
  for (int followers = 1; followers <= 31; ++followers)
    CHECK(2 * acks_needed(kLesson, followers) > followers);
}

TEST_CASE("quorum: two quorums by the book, always share a node when the leaders are counted") {
  for (int followers = 0; followers <= 31; ++followers)
    CHECK(2 * (acks_needed(kBook, followers) + 1) > followers + 1);
}

TEST_CASE("quorum: 20,000 random clusters, are on a quorum up to where counting by hand says") {
  Lcg lcg;
  for (int round = 0; round < 20'000; ++round) {
    const std::size_t followers = 1 + lcg.below(round % 10 == 0 ? 31 : 7);
    const std::uint64_t spread = lcg.below(4) == 0 ? ~std::uint64_t{0} >> 31 : 1 + lcg.below(9);
    std::vector<Lsn> held;
    while (held.size() < followers) held.push_back(Lsn(lcg.below(spread)));
    const int needed = static_cast<int>(lcg.below(followers + 1));
    REQUIRE(held_by(held, needed, kLast).value() == counted_by_hand(held, needed).value());
  }
}

TEST_CASE("quorum: the same followers in another order, hold the same") {
  std::vector<Lsn> held{Lsn(1), Lsn(2), Lsn(2), Lsn(5), Lsn(9)};
  do {
    CHECK(held_by(held, 3, kLast) == Lsn(2));
  } while (std::next_permutation(held.begin(), held.end()));
}

TEST_CASE("quorum: an impossible count, is a broken invariant") {
  const std::vector<Lsn> two{Lsn(1), Lsn(2)};
  CHECK_THROWS_AS(acks_needed(kLesson, -1), InvariantBroken);
  CHECK_THROWS_AS(held_by(two, 3, kLast), InvariantBroken);
  CHECK_THROWS_AS(held_by(two, -1, kLast), InvariantBroken);
  CHECK_THROWS_AS(held_by(std::vector<Lsn>(256), 1, kLast), InvariantBroken);
}

TEST_CASE("quorum: the rules, are named as in JSON") {
  CHECK(to_text(kLesson) == "followers_majority");
  CHECK(to_text(kBook) == "majority_of_all");
}
