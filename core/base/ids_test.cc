#include "core/base/ids.h"

#include <doctest/doctest.h>

#include <concepts>
#include <cstdint>
#include <limits>

using namespace quorate;

TEST_CASE("ids: one made of nothing, is none") {
  CHECK(Lsn().is_none());
  CHECK(Lsn() == Lsn(0));
  CHECK_FALSE(Lsn(1).is_none());
}

TEST_CASE("ids: the neighbours of 7, are 8 and 6") {
  CHECK(Lsn(7).next() == Lsn(8));
  CHECK(Lsn(7).prev() == Lsn(6));
  CHECK(Lsn().next() == Lsn(1));
}

TEST_CASE("ids: a larger number, is the greater id") {
  CHECK(Generation(2) < Generation(3));
  CHECK(Generation(3) >= Generation(3));
  CHECK(Generation(std::numeric_limits<std::uint64_t>::max()) > Generation(1));
}

TEST_CASE("ids: places in a file, add up and differ") {
  CHECK(ByteCount(40) + ByteCount(2) == ByteCount(42));
  CHECK(ByteCount(40) - ByteCount(40) == ByteCount(0));
}

TEST_CASE("ids: two kinds, never mix, and no number becomes an id by itself") {
  static_assert(!std::convertible_to<std::uint64_t, Lsn>);
  static_assert(!std::convertible_to<Lsn, std::uint64_t>);
  static_assert(!std::constructible_from<Lsn, Generation>);
  static_assert(!std::equality_comparable_with<Lsn, Generation>);
  static_assert(sizeof(Lsn) == 8 && sizeof(NodeId) == 4);
}
