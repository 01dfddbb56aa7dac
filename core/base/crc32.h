// Are these the bytes that were written? CRC-32 as in IEEE 802.3 (polynomial 0xEDB88320,
// reflected).
//
// Computed by libdeflate: 14 ns for 64 bytes and 16 ns for 128, where zlib takes 180 and 149 and
// ISA-L 17 and 26 (crc32_compare.cc measures it anew). crc32({}) is 0; crc32("123456789") is
// 0xCBF43926.
#pragma once

#include <libdeflate.h>

#include <cstdint>

#include "core/base/bytes.h"

namespace quorate {

inline std::uint32_t crc32(ByteSpan bytes) {
  return libdeflate_crc32(0, bytes.data(), bytes.size());
}
// Of the bytes behind those that `before` is the CRC of: crc32(b, crc32(a)) is that of a and b.
inline std::uint32_t crc32(ByteSpan bytes, std::uint32_t before) {
  // The library takes a null pointer for the question with which value to begin.
  return bytes.empty() ? before : libdeflate_crc32(before, bytes.data(), bytes.size());
}

}  // namespace quorate
