#include "core/base/crc32.h"

#include <doctest/doctest.h>

#include <cstdint>

using namespace quorate;

namespace {

// The definition, one bit at a time: the second way against which the library is held.
std::uint32_t crc32_bit_by_bit(ByteSpan bytes) {
  std::uint32_t rest = 0xffffffff;
  for (const Byte byte : bytes) {
    rest ^= byte;
    for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1) ^ ((rest & 1) != 0 ? 0xedb88320 : 0);
  }
  return ~rest;
}

}  // namespace

TEST_CASE("crc32: no bytes, is zero") { CHECK(crc32({}) == 0); }

TEST_CASE("crc32: the standard's check value, is right") {
  CHECK(crc32(as_bytes("123456789")) == 0xCBF43926);
}

TEST_CASE("crc32: any length and any alignment, agrees with the definition") {
  Bytes bytes(600);
  std::uint32_t state = 1;
  for (Byte& byte : bytes) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<Byte>(state >> 24);
  }
  for (std::size_t length = 0; length + 16 <= bytes.size(); ++length) {
    const ByteSpan part(bytes.data() + length % 16, length);
    REQUIRE(crc32(part) == crc32_bit_by_bit(part));
  }
}

TEST_CASE("crc32: any one bit that changes, is noticed") {
  Bytes bytes(40, 0);
  const std::uint32_t sound = crc32(bytes);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] = static_cast<Byte>(1u << (bit % 8));
    REQUIRE(crc32(bytes) != sound);
    bytes[bit / 8] = 0;
  }
}

TEST_CASE("crc32: in two parts, is that of the whole, though a part may be empty") {
  const Bytes bytes = {'1', '2', '3', '4', '5', '6', '7', '8', '9'};
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut)
    CHECK(crc32(ByteSpan(bytes).subspan(cut), crc32(ByteSpan(bytes).first(cut))) == 0xCBF43926);
  CHECK(crc32(ByteSpan(), crc32(bytes)) == 0xCBF43926);
}
