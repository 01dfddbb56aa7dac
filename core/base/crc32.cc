#include "core/base/crc32.h"

#include <libdeflate.h>

namespace quorate {

std::uint32_t crc32(ByteSpan bytes) { return libdeflate_crc32(0, bytes.data(), bytes.size()); }

std::uint32_t crc32(ByteSpan bytes, std::uint32_t before) {
  return libdeflate_crc32(before, bytes.data(), bytes.size());
}

}  // namespace quorate
