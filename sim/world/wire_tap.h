// What does this node say on the wire? A reading of frames by their published layout alone.
//
// A second, independent reading beside core/wire/frame.cc: the checks judge what was said by what
// the format says the bytes mean, not by what the code under test makes of them. It follows the
// bytes as they are written, so it needs no CRC.
#pragma once

#include <cstdint>

#include "core/base/bytes.h"
#include "core/base/ids.h"

namespace quorate::sim {

enum class TappedKind : std::uint8_t {
  hello = 1,
  ship = 2,
  ack = 3,
  heartbeat = 4,
  fetch = 5,
  give = 6
};

struct TappedFrame {
  TappedKind kind = TappedKind::hello;
  Generation generation;
  NodeId from;
  Lsn lsn;  // of a ship or give: the one before the first record; of an ack: the LSN
  std::uint8_t status = 0;    // of an ack
  std::uint32_t records = 0;  // of a ship
  std::size_t head_bytes = 0;
  ByteSpan bytes;  // all of it
};

// The length of the frame that begins here, or 0 if not enough is there to tell or to hold it
// whole.
inline std::size_t tapped_size(ByteSpan from) {
  if (from.size() < 21) return 0;
  const std::size_t size = std::size_t{load_be32(from.data())} + 4;
  return from.size() < size ? 0 : size;
}

// Requires a whole frame.
inline TappedFrame tap_frame(ByteSpan frame) {
  constexpr std::size_t kBody = 21;
  constexpr std::size_t kHeads[] = {0,         kBody + 25, kBody + 44, kBody + 9,
                                    kBody + 8, kBody + 16, kBody + 29};
  TappedFrame tapped;
  tapped.kind = static_cast<TappedKind>(frame[8]);
  tapped.generation = Generation(load_le<std::uint64_t>(frame.data() + 9));
  tapped.from = NodeId(load_le<std::uint32_t>(frame.data() + 17));
  tapped.head_bytes = frame[8] < 7 ? kHeads[frame[8]] : frame.size();
  if (tapped.kind == TappedKind::ship || tapped.kind == TappedKind::ack ||
      tapped.kind == TappedKind::give)
    tapped.lsn = Lsn(load_le<std::uint64_t>(frame.data() + kBody));
  if (tapped.kind == TappedKind::ack) tapped.status = frame[kBody + 8];
  if (tapped.kind == TappedKind::ship)
    tapped.records = load_le<std::uint32_t>(frame.data() + kBody + 40);
  tapped.bytes = frame;
  return tapped;
}

}  // namespace quorate::sim
