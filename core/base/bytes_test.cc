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

TEST_CASE("bytes: texts, are ordered as std::less orders them") {
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
    for (const std::string_view b : texts) CHECK(TextLess()(a, b) == std::less<>()(a, b));
}

TEST_CASE("bytes: texts of any length that differ anywhere, are ordered as std::less orders them") {
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
          REQUIRE(TextLess()(a, b) == std::less<>()(a, b));
          REQUIRE(TextLess()(b, a) == std::less<>()(b, a));
        }
      }
    }
  }
}

TEST_CASE("bytes: text with a zero in it, comes back whole") {
  const std::string_view text("a\0\xff", 3);
  Bytes bytes{'>'};
  append_bytes(bytes, as_bytes(text));
  CHECK(bytes == Bytes{'>', 'a', 0, 0xff});
  CHECK(as_text(bytes).substr(1) == text);
}
