// The world reads along: frames as they leave, bytes that change on their way, what is held.
#include <algorithm>

#include "core/log/record_format.h"
#include "sim/world/world.h"

namespace quorate::sim {

inline void World::tapped(Pipe& pipe, std::uint32_t end, ByteSpan bytes, std::uint64_t offset,
                          Observer& observer) {
  const NodeId from(pipe.ends[end]);
  const NodeId to(pipe.ends[1 - end]);
  const TappedFrame frame = tap_frame(bytes);
  observer.said(from, to, frame);
  if (frame.kind == TappedKind::ack && frame.status == 0)
    link(from.value(), to.value()).acknowledged(frame);
  if (!corruptions_.empty()) corrupt(pipe, end, frame, offset, observer);
  if (!holds_.empty()) hold(from, to, frame);
  if (moments_matter()) moment_of(from, to, frame);
}

void World::tap(Pipe& pipe, std::uint32_t end, ByteSpan written, Observer& observer) {
  const Stream& stream = pipe.to[1 - end];
  if (!stream.tap.empty() || tapped_size(written) != written.size())
    return tap_pieces(pipe, end, written, observer);
  tapped(pipe, end, written, stream.written - written.size(), observer);
}

// What is not one whole frame.
void World::tap_pieces(Pipe& pipe, std::uint32_t end, ByteSpan written, Observer& observer) {
  Stream& stream = pipe.to[1 - end];
  std::uint64_t offset = stream.written - written.size();
  if (!stream.tap.empty()) {
    offset -= stream.tap.size();
    append_bytes(stream.tap, written);
    written = stream.tap;
  }
  while (const std::size_t size = tapped_size(written)) {
    tapped(pipe, end, written.first(size), offset, observer);
    written = written.subspan(size);
    offset += size;
  }
  if (stream.tap.empty())
    stream.tap.assign(written.begin(), written.end());
  else  // what is left is its own end
    stream.tap.erase(stream.tap.begin(), stream.tap.end() - std::ssize(written));
}

// What is said on a connection whose other end is gone was said all the same.
void World::tap_unheard(const Pipe& pipe, std::uint32_t end, ByteSpan written, Observer& observer) {
  if (!pipe.to[1 - end].tap.empty()) return;  // it begins in the middle of a frame
  while (const std::size_t size = tapped_size(written)) {
    const TappedFrame frame = tap_frame(written.first(size));
    observer.said(NodeId(pipe.ends[end]), NodeId(pipe.ends[1 - end]), frame);
    if (moments_matter()) moment_of(NodeId(pipe.ends[end]), NodeId(pipe.ends[1 - end]), frame);
    written = written.subspan(size);
  }
}

// The message that this frame is a part of has no time to arrive yet: it is drawn after the tap.
void World::hold(NodeId from, NodeId to, const TappedFrame& frame) {
  for (std::size_t i = 0; i < holds_.size();) {
    const ArmedHold armed = holds_[i];
    const bool ships = frame.kind == TappedKind::ship && armed.lsn > frame.lsn &&
                       armed.lsn.value() <= frame.lsn.value() + frame.records;
    const bool acknowledges =
        frame.kind == TappedKind::ack && frame.status == 0 && armed.lsn <= frame.lsn;
    if (armed.from != from || armed.to != to || (!ships && !acknowledges)) {
      ++i;
      continue;
    }
    link(from.value(), to.value()).hold_us = armed.us;
    holds_.erase(holds_.begin() + static_cast<std::ptrdiff_t>(i));
    if (fired_.empty() || fired_.back() != armed.what) fired_.push_back(armed.what);
  }
}

void World::corrupt(Pipe& pipe, std::uint32_t end, const TappedFrame& frame, std::uint64_t offset,
                    Observer& observer) {
  const NodeId from(pipe.ends[end]);
  const NodeId to(pipe.ends[1 - end]);
  for (std::size_t i = 0; i < corruptions_.size(); ++i) {
    ArmedCorruption& armed = corruptions_[i];
    if (armed.from != from || (!armed.to.is_none() && armed.to != to)) continue;
    std::size_t begin = 0;
    std::size_t size = frame.head_bytes;
    Lsn lsn;
    if (armed.part == CorruptPart::record) {
      const bool is_chunk = frame.kind == TappedKind::chunk && armed.lsn.is_none();
      if ((frame.kind != TappedKind::ship && !is_chunk) || frame.records == 0) continue;
      const Lsn last(frame.lsn.value() + frame.records);
      lsn = armed.lsn.is_none() ? frame.lsn.next() : armed.lsn;
      if (lsn <= frame.lsn || lsn > last) continue;
      begin = frame.head_bytes;
      for (Lsn at = frame.lsn.next(); at < lsn && !is_chunk; at = at.next())
        begin += load_le<std::uint32_t>(frame.bytes.data() + begin + record_format::kLength) +
                 record_format::kPrefix;
      size = load_le<std::uint32_t>(frame.bytes.data() + begin + record_format::kLength) +
             record_format::kPrefix;
    } else if (armed.part == CorruptPart::ack) {
      if (frame.kind != TappedKind::ack) continue;
      if (!armed.lsn.is_none() && armed.lsn != frame.lsn) continue;
    }
    Stream& stream = pipe.to[1 - end];
    const std::size_t byte =
        begin + choice_.below(size, Purpose::corrupt_at, from.value(), corrupted_);
    const std::uint64_t bit = choice_.below(8, Purpose::corrupt_bit, from.value(), corrupted_);
    ++corrupted_;
    if (offset + byte < stream.read()) return;  // that part has been read already
    Byte& changed = stream.bytes.bytes()[offset + byte - stream.read()];
    changed = static_cast<Byte>(changed ^ (1u << bit));
    observer.corrupted(from, to, lsn);
    if (--armed.left == 0)
      corruptions_.erase(corruptions_.begin() + static_cast<std::ptrdiff_t>(i));
    return;
  }
}

}  // namespace quorate::sim
