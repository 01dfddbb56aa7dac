#include "core/base/crc32.h"

#include <libdeflate.h>

namespace quorate {

std::uint32_t crc32(ByteSpan bytes) { return libdeflate_crc32(0, bytes.data(), bytes.size()); }

std::uint32_t crc32(ByteSpan bytes, std::uint32_t before) {
  // The library takes a null pointer for the question with which value to begin.
  return bytes.empty() ? before : libdeflate_crc32(before, bytes.data(), bytes.size());
}

}  // namespace quorate
