// What may a stream of any bytes do to the frame codec? Nothing: what is whole is written in the
// one form that it has, and wherever the stream is cut, the same frames come out and the same place
// is found damaged.
//
// The first byte says where the stream is cut and whether heads get a sound CRC first (without
// that, no fuzzer comes past the CRC).
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "core/base/check.h"
#include "core/base/crc32.h"
#include "core/wire/frame.h"

using namespace quorate;
using namespace frame_format;

namespace {

// Behind kHead + kCommon, per kind.
constexpr std::size_t kHeadSizes[] = {25, 44, 9, 8, 16, 29, 25, 26, 16, 8, 9, 17, 38, 44};

// Gives each head of the stream, one frame behind the other, a CRC that is right.
void seal(Bytes& stream) {
  for (std::size_t at = 0; at + kHead <= stream.size();) {
    Byte* frame = stream.data() + at;
    frame[kKind] = static_cast<Byte>(frame[kKind] % std::size(kHeadSizes) + 1);
    const std::size_t head_bytes = kHead + kCommon + kHeadSizes[frame[kKind] - 1];
    if (at + head_bytes > stream.size()) return;
    Bytes covered(frame, frame + 4);
    covered.insert(covered.end(), frame + kKind, frame + head_bytes);
    store_le(frame + kHeadCrc, crc32(covered));
    at += std::size_t{load_be32(frame)} + 4;
  }
}

void check_whole(ByteSpan frame, const FrameScan& scan) {
  QUORATE_CHECK(scan.size <= frame.size() && scan.size <= kMaxFrame, "a frame is within its bytes");
  QUORATE_CHECK(scan.head_size + scan.records.size() == scan.size,
                "head and records are the frame");
  Bytes again;
  encode_frame(scan.message, scan.records, again);
  QUORATE_CHECK(as_text(again) == as_text(frame.first(scan.size)),
                "what is whole is written in the one form that it has");
}

// What a stream comes to: its whole frames, and how it goes on.
struct End {
  std::size_t frames = 0;
  std::size_t bytes = 0;
  FrameStatus status = FrameStatus::incomplete;
};

End read_on(ByteSpan stream, End from) {
  while (true) {
    const ByteSpan rest = stream.subspan(from.bytes);
    const FrameScan scan = scan_frame(rest);
    from.status = scan.status;
    if (scan.status != FrameStatus::whole) {
      const bool is_bounded = scan.status == FrameStatus::damaged || rest.size() < kMaxFrame;
      QUORATE_CHECK(is_bounded, "a frame is not waited for beyond its limit");
      return from;
    }
    check_whole(rest, scan);
    ++from.frames;
    from.bytes += scan.size;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  Bytes stream(data + 1, data + size);
  if ((data[0] & 1) != 0) seal(stream);
  const End whole = read_on(stream, {});
  const std::size_t step = std::size_t{data[0]} / 2 + 1;
  End pieces;
  for (std::size_t at = 0; at < stream.size() && pieces.status != FrameStatus::damaged;) {
    at = at + step < stream.size() ? at + step : stream.size();
    const Bytes come(stream.data(), stream.data() + at);  // of just that size, for the sanitizer
    pieces = read_on(come, pieces);
  }
  QUORATE_CHECK(
      pieces.frames == whole.frames && pieces.bytes == whole.bytes && pieces.status == whole.status,
      "wherever the stream is cut, the same frames come out");
  return 0;
}
