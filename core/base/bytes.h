// How do numbers become bytes? Little-endian loads and stores, and the one big-endian length.
//
// Each takes a pointer to at least as many bytes as the number has; the caller has checked that.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace quorate {

using Byte = std::uint8_t;
using ByteSpan = std::span<const Byte>;
using Bytes = std::vector<Byte>;

// A copy, so that it becomes one instruction: g++ 12 makes no single load of a loop over the bytes.
static_assert(std::endian::native == std::endian::little,
              "the formats are little-endian, as is this");

template <class Unsigned>
inline Unsigned load_le(const Byte* from) {
  Unsigned number;
  std::memcpy(&number, from, sizeof(number));
  return number;
}

template <class Unsigned>
inline void store_le(Byte* to, Unsigned number) {
  std::memcpy(to, &number, sizeof(number));
}

inline std::uint32_t load_be32(const Byte* from) {
  return (std::uint32_t{from[0]} << 24) | (std::uint32_t{from[1]} << 16) |
         (std::uint32_t{from[2]} << 8) | std::uint32_t{from[3]};
}

// Texts are in order as these numbers of theirs are.
inline std::uint64_t load_be64(const Byte* from) {
  return (std::uint64_t{load_be32(from)} << 32) | load_be32(from + 4);
}

inline void store_be32(Byte* to, std::uint32_t number) {
  to[0] = static_cast<Byte>(number >> 24);
  to[1] = static_cast<Byte>(number >> 16);
  to[2] = static_cast<Byte>(number >> 8);
  to[3] = static_cast<Byte>(number);
}

inline std::string_view as_text(ByteSpan bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline ByteSpan as_bytes(std::string_view text) {
  return {reinterpret_cast<const Byte*>(text.data()), text.size()};
}

inline void append_bytes(Bytes& to, ByteSpan from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace quorate
