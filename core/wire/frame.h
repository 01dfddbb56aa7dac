// How does a message travel over a byte stream, and what if a byte changes on the way?
//
//   frame := length:4 head_crc32:4 kind:1 head record*
//
// `length` (network byte order) counts what follows it. The head has a fixed size per kind; the
// head's CRC covers length, kind and head. All other numbers are little-endian. Every head begins
// with generation:8 from:4; what follows is
//
//   hello      cluster:8 last_lsn:8 last_generation:8 restoring:1
//   ship       prev_lsn:8 prev_generation:8 generation_start:8 high_water_mark:8 last_lsn:8
//              records:4
//   ack        lsn:8 status:1
//   heartbeat  high_water_mark:8
//   fetch      prev_lsn:8 prev_generation:8
//   give       prev_lsn:8 prev_generation:8 last_lsn:8 agrees:1 records:4
//   vote_request  proposed:8 last_lsn:8 last_generation:8 is_pre:1
//   vote       proposed:8 last_lsn:8 last_generation:8 is_pre:1 granted:1
//   confirm    round:8 high_water_mark:8
//   confirmed  round:8
//   forward    ticket:8 is_read:1
//   forwarded  ticket:8 reply:1 number:8
//   chunk      snapshot at:8 for_adoption:1 has_record:1
//   want       snapshot at:8 to:8
//   snapshot := lsn:8 generation:8 size:8 crc32:4
//
// Records carry their own CRC and are not covered here, so the two damages stay apart: a damaged
// record under a sound head can be named and shipped again; under a damaged head the stream has
// lost its place, and nothing but a new connection helps (B76 of the field's lore: never look for
// the next frame inside a broken one). The head is checked before its length is believed, so a
// damaged length can neither make a reader wait for gigabytes nor swallow the frames behind it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/buffer.h"
#include "core/base/bytes.h"
#include "core/wire/message.h"

namespace quorate {

enum class FrameKind : std::uint8_t {
  hello = 1,
  ship,
  ack,
  heartbeat,
  fetch,
  give,
  vote_request,
  vote,
  confirm,
  confirmed,
  forward,
  forwarded,
  chunk,
  want
};

namespace frame_format {

inline constexpr std::size_t kLength = 0;
inline constexpr std::size_t kHeadCrc = 4;
inline constexpr std::size_t kKind = 8;
inline constexpr std::size_t kHead = 9;
inline constexpr std::size_t kCommon = 12;  // generation and from
inline constexpr std::size_t kMaxHead = kCommon + 44;
inline constexpr std::size_t kMinFrame = kHead + kCommon + 8;
// What may travel in one frame: one record of the largest size, or many small ones.
inline constexpr std::size_t kMaxRecordBytes = (1 << 20) + (128 << 10);
inline constexpr std::size_t kMaxFrame = kHead + kMaxHead + kMaxRecordBytes;

}  // namespace frame_format

enum class FrameStatus {
  whole,       // `message`, `records` and `size` are set
  incomplete,  // more bytes are needed
  damaged,     // close the connection
};

struct FrameScan {
  FrameStatus status = FrameStatus::incomplete;
  const char* cause = "";     // when damaged
  std::size_t size = 0;       // of the frame, in bytes, when whole
  std::size_t head_size = 0;  // up to where the records begin
  Message message;
  ByteSpan records;  // view into the bytes scanned; not checked here
};

// Appends a frame. Requires records.size() <= kMaxRecordBytes, and records only beside ship, give,
// forward, forwarded and chunk.
void encode_frame(const Message& message, ByteSpan records, Bytes& to);
void encode_frame(const Message& message, ByteSpan records, Buffer& to);

// Looks at the beginning of `from`. Never reads past it, and says `damaged` as early as that can be
// known: at once for a bad head, whether or not the rest of the frame has come.
FrameScan scan_frame(ByteSpan from);

}  // namespace quorate
