#include "core/base/bytes.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <functional>
#include <string>

using namespace quorate;

TEST_CASE("bytes: a number stored little-endian, has its lowest byte first") {
  std::array<Byte, 8> at{};
  store_le(at.data(), std::uint64_t{0x0102030405060708});
  CHECK(at == std::array<Byte, 8>{8, 7, 6, 5, 4, 3, 2, 1});
}

TEST_CASE("bytes: a length stored big-endian, has its highest byte first") {
  std::array<Byte, 4> at{};
  store_be32(at.data(), 0x01020304);
  CHECK(at == std::array<Byte, 4>{1, 2, 3, 4});
}

TEST_CASE_TEMPLATE("bytes: what was stored, is loaded again", Unsigned, std::uint8_t, std::uint16_t,
                   std::uint32_t, std::uint64_t) {
  const auto all_ones = static_cast<Unsigned>(-1);
  const auto high_bit = static_cast<Unsigned>(all_ones ^ (all_ones >> 1));
  for (const Unsigned number : {Unsigned{0}, Unsigned{0x5a}, high_bit, all_ones}) {
    std::array<Byte, sizeof(Unsigned)> at{};
    store_le(at.data(), number);
    CHECK(load_le<Unsigned>(at.data()) == number);
  }
}

TEST_CASE("bytes: a big-endian length with all bits set, is loaded again") {
  std::array<Byte, 4> at{};
  for (const std::uint32_t number : {0u, 0x80000001u, 0xffffffffu}) {
    store_be32(at.data(), number);
    CHECK(load_be32(at.data()) == number);
  }
}

TEST_CASE("bytes: eight bytes big-endian, begin with the greatest") {
  const std::array<Byte, 8> at{1, 2, 3, 4, 5, 6, 7, 0xff};
  CHECK(load_be64(at.data()) == 0x01020304050607ffu);
}

TEST_CASE("bytes: a number at an odd address, touches its own bytes only") {
  std::array<Byte, 7> at{};
  at.fill(0xee);
  store_le(at.data() + 1, std::uint32_t{0});
  CHECK(at == std::array<Byte, 7>{0xee, 0, 0, 0, 0, 0xee, 0xee});
}

TEST_CASE("bytes: text with a zero in it, comes back whole") {
  const std::string_view text("a\0\xff", 3);
  Bytes bytes{'>'};
  append_bytes(bytes, as_bytes(text));
  CHECK(bytes == Bytes{'>', 'a', 0, 0xff});
  CHECK(as_text(bytes).substr(1) == text);
}
