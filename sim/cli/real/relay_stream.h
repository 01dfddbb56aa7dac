// What of one direction of a relayed connection may go on, and when? Bytes in, frames, bytes out.
//
// Bytes are let go a whole frame at a time, in their order: one that waits holds up all behind it.
// What is no frame (a damaged head: the place is lost for good) goes on as it comes.
// Invariant: bytes leave exactly as they came, but for the bits that RelayFaults has changed.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "core/base/buffer.h"
#include "core/base/time.h"
#include "sim/cli/real/relay_faults.h"

namespace quorate::cli {

enum class StreamEnd { none, closed, reset };

class RelayStream {
 public:
  // It is not read from while it holds so much: more than any frame.
  static constexpr std::size_t kMost = std::size_t{4} << 20;

  explicit RelayStream(sim::Direction direction) : direction_(direction) {}

  sim::Direction direction() const { return direction_; }
  bool has_room() const { return end_ == StreamEnd::none && buffer_.size() < kMost; }
  std::size_t size() const { return buffer_.size(); }

  // Bytes have come.
  void add(ByteSpan bytes, Time now, RelayFaults& faults);
  // No more will come; what has come still leaves.
  void end(StreamEnd how) {
    if (end_ == StreamEnd::none) end_ = how;
  }
  // Nobody takes its bytes any more: it loses what it has and what comes.
  void lose_all();

  // What may leave now.
  ByteSpan ready(Time now);
  // So many of those have left; the frames that are gone with them are appended to `passed`.
  void left(std::size_t count, std::vector<RelayedFrame>& passed);
  // When more may leave; never: nothing waits for its time.
  Time next_at() const { return waiting_.empty() ? Time::never() : waiting_.front().at; }
  // How it has ended, once all has left.
  StreamEnd ended() const { return buffer_.empty() ? end_ : StreamEnd::none; }

 private:
  struct Waiting {
    std::size_t size = 0;
    Time at;
    std::optional<RelayedFrame> frame;  // none: bytes that are no frame
  };
  void wait(std::size_t size, Time at, std::optional<RelayedFrame> frame);

  sim::Direction direction_;
  Buffer buffer_;            // ready, then waiting, then the beginning of a frame
  std::size_t ready_ = 0;    // bytes
  std::size_t scanned_ = 0;  // bytes that are ready or waiting
  std::deque<Waiting> waiting_;
  std::deque<Waiting> leaving_;  // their bytes are ready and have not all left
  Time last_at_;
  bool place_lost_ = false;
  bool lost_ = false;
  StreamEnd end_ = StreamEnd::none;
};

}  // namespace quorate::cli
