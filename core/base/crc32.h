// Are these the bytes that were written? CRC-32 as in IEEE 802.3 (polynomial 0xEDB88320, reflected).
//
// Computed by libdeflate; sim/cli's bench command prints what it costs beside zlib's and ISA-L's
// where those are installed. crc32({}) is 0; crc32("123456789") is 0xCBF43926.
#pragma once

#include <cstdint>

#include "core/base/bytes.h"

namespace quorate {

std::uint32_t crc32(ByteSpan bytes);

}  // namespace quorate
