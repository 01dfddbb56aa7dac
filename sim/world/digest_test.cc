#include "sim/world/digest.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <initializer_list>
#include <vector>

using namespace quorate::sim;

namespace {

std::uint64_t digest_of(std::initializer_list<std::uint64_t> words) {
  Digest digest;
  for (const std::uint64_t word : words) digest.add(word);
  return digest.value();
}

}  // namespace

// From another implementation (Python). Scenarios have digests pinned in them.
TEST_CASE("digest: known words, give the same everywhere") {
  CHECK(digest_of({}) == 0xcbf29ce484222325);
  CHECK(digest_of({0}) == 0xf8bb92ce26585846);
  CHECK(digest_of({1, 2, 3}) == 0x1538bbb23f267e07);
  CHECK(digest_of({UINT64_MAX}) == 0x690cf37fd5572e06);
}

TEST_CASE("digest: the same words in another order, are another history") {
  CHECK(digest_of({1, 2}) != digest_of({2, 1}));
  CHECK(digest_of({1}) != digest_of({1, 0}));
  CHECK(digest_of({}) != digest_of({0}));
}

TEST_CASE("digest: histories that differ in one bit, all differ") {
  std::vector<std::uint64_t> digests;
  for (int bit = 0; bit < 64; ++bit) {
    digests.push_back(digest_of({std::uint64_t{1} << bit, 7}));
    digests.push_back(digest_of({7, std::uint64_t{1} << bit}));
  }
  std::sort(digests.begin(), digests.end());
  CHECK(std::adjacent_find(digests.begin(), digests.end()) == digests.end());
}
