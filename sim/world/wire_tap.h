// What does this node say on the wire? A reading of frames by their published layout alone.
//
// A second, independent reading beside core/wire/frame.cc: the checks judge what was said by what
// the format says the bytes mean, not by what the code under test makes of them. It follows the
// bytes as they are written, so it needs no CRC.
#pragma once

#include <cstdint>
#include <iterator>

#include "core/base/bytes.h"
#include "core/base/ids.h"

namespace quorate::sim {

enum class TappedKind : std::uint8_t {
  hello = 1,
  ship = 2,
  ack = 3,
  heartbeat = 4,
  fetch = 5,
  give = 6,
  vote_request = 7,
  vote = 8,
  confirm = 9,
  confirmed = 10,
  forward = 11,
  forwarded = 12,
  chunk = 13,
  want = 14
};

struct TappedFrame {
  TappedKind kind = TappedKind::hello;
  Generation generation;
  NodeId from;
  Lsn lsn;               // of a ship or give: the one before the first record; of an ack: the LSN;
                         // of a chunk: the snapshot's
  Lsn mark;              // of a ship, heartbeat or confirm: the high-water mark
  Generation proposed;   // of a vote, and a request for one
  bool is_pre = false;   // likewise: only whether it would be given
  bool granted = false;  // of a vote
  std::uint8_t status = 0;    // of an ack
  std::uint32_t records = 0;  // of a ship; of a chunk: 1, or 0 for an offer
  std::size_t head_bytes = 0;
  ByteSpan bytes;  // all of it
};

// Where the head of each kind ends, by the layout in core/wire/frame.h.
inline constexpr std::size_t kTappedBody = 21;
inline constexpr std::size_t kTappedHeads[] = {0,
                                               kTappedBody + 25,
                                               kTappedBody + 44,
                                               kTappedBody + 9,
                                               kTappedBody + 8,
                                               kTappedBody + 16,
                                               kTappedBody + 29,
                                               kTappedBody + 25,
                                               kTappedBody + 26,
                                               kTappedBody + 16,
                                               kTappedBody + 8,
                                               kTappedBody + 9,
                                               kTappedBody + 17,
                                               kTappedBody + 38,
                                               kTappedBody + 44};

// The length of the frame that begins here; 0 if not enough is there to tell or to hold it whole,
// or if these bytes are no frame (a node with a mistake may lose its place in its own stream).
inline std::size_t tapped_size(ByteSpan from) {
  if (from.size() < kTappedBody || from[8] < 1 || from[8] >= std::size(kTappedHeads)) return 0;
  const std::size_t size = std::size_t{load_be32(from.data())} + 4;
  return size < kTappedHeads[from[8]] || from.size() < size ? 0 : size;
}

// Requires a whole frame.
inline TappedFrame tap_frame(ByteSpan frame) {
  constexpr std::size_t kBody = kTappedBody;
  TappedFrame tapped;
  tapped.kind = static_cast<TappedKind>(frame[8]);
  tapped.generation = Generation(load_le<std::uint64_t>(frame.data() + 9));
  tapped.from = NodeId(load_le<std::uint32_t>(frame.data() + 17));
  tapped.head_bytes = kTappedHeads[frame[8]];
  if (tapped.kind == TappedKind::ship || tapped.kind == TappedKind::ack ||
      tapped.kind == TappedKind::give || tapped.kind == TappedKind::chunk)
    tapped.lsn = Lsn(load_le<std::uint64_t>(frame.data() + kBody));
  if (tapped.kind == TappedKind::ack) tapped.status = frame[kBody + 8];
  if (tapped.kind == TappedKind::ship)
    tapped.records = load_le<std::uint32_t>(frame.data() + kBody + 40);
  const Byte* body = frame.data() + kBody;
  if (tapped.kind == TappedKind::chunk) tapped.records = body[37];
  if (tapped.kind == TappedKind::ship) tapped.mark = Lsn(load_le<std::uint64_t>(body + 24));
  if (tapped.kind == TappedKind::heartbeat) tapped.mark = Lsn(load_le<std::uint64_t>(body));
  if (tapped.kind == TappedKind::confirm) tapped.mark = Lsn(load_le<std::uint64_t>(body + 8));
  if (tapped.kind == TappedKind::vote || tapped.kind == TappedKind::vote_request) {
    tapped.proposed = Generation(load_le<std::uint64_t>(body));
    tapped.is_pre = body[24] != 0;
  }
  if (tapped.kind == TappedKind::vote) tapped.granted = body[25] != 0;
  tapped.bytes = frame;
  return tapped;
}

}  // namespace quorate::sim
