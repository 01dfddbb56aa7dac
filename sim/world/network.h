// What is under way between two parties? Byte streams, and the links that carry them.
//
// Data of the world; world.cc moves it. Parties are nodes (by their id) and clients. A pipe is one
// connection with two ends, 0 dialed and 1 was dialed; a stream is one direction of it, named by
// the end that reads it. A link is one direction between two parties, whichever pipe carries the
// bytes. Streams behave like TCP's: bytes come in order or the pipe ends; what a partition holds up
// arrives when it is over.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "core/base/buffer.h"
#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/base/time.h"
#include "core/env/env.h"
#include "sim/scenario/scenario.h"
#include "sim/world/wire_tap.h"

namespace quorate::sim {

// 1 .. kMaxNodes are nodes, kFirstClient + n is client n (counted from 0).
using Party = std::uint32_t;
inline constexpr Party kMaxNodes = 7;
inline constexpr Party kFirstClient = 8;
constexpr bool is_client(Party party) { return party >= kFirstClient; }

// What a socket takes before it says that there is no room.
inline constexpr std::size_t kSocketBuffer = 256 << 10;

struct Arrival {
  Time at;
  std::uint64_t up_to = 0;  // bytes of the stream, counted from its beginning
};

// Arrivals under way, by time. Most of the time there are none or a handful: what has arrived is
// left where it lies until all have, or until its place is needed.
class Arrivals {
 public:
  bool empty() const { return first_ == end_; }
  // Require !empty().
  const Arrival& front() const { return places_[first_]; }
  Arrival& back() { return places_[end_ - 1]; }
  void push(const Arrival& arrival) {
    if (end_ == places_.size()) make_room();
    places_[end_++] = arrival;
  }
  void pop() {
    if (++first_ == end_) clear();
  }
  void clear() { first_ = end_ = 0; }
  // None of them comes before that.
  void hold_until(Time at) {
    for (std::size_t i = first_; i < end_; ++i) places_[i].at = std::max(places_[i].at, at);
  }

 private:
  void make_room();

  std::vector<Arrival> places_;  // those from first_ to end_ are under way
  std::uint32_t first_ = 0;
  std::uint32_t end_ = 0;
};

struct Stream {
  Buffer bytes;               // written and not read yet
  std::uint64_t written = 0;  // offset behind the last byte written, from the beginning
  std::uint64_t arrived = 0;  // offset up to which the reader may read
  Arrivals arrivals;
  Time last_at;               // of the last arrival scheduled: nothing overtakes it
  bool ends = false;          // the writer has closed: the last arrival is the end
  bool ended = false;         // the reader gets no more than what has arrived
  bool writer_waits = false;  // it was told that there is no room
  Bytes tap;                  // the beginning of a frame that is not written whole yet

  void clear();
  std::uint64_t read() const { return written - bytes.size(); }  // offset up to which it was read
  std::size_t readable() const { return static_cast<std::size_t>(arrived - read()); }
  // Reads so many bytes. Requires count <= readable().
  void take(std::size_t count, Byte* to) {
    std::memcpy(to, bytes.bytes().data(), count);
    bytes.consume(count);
  }
  void drop_arrivals() {
    arrivals.clear();
    ends = false;
  }
  // Lets arrive what is due.
  void arrive(Time now) {
    while (!arrivals.empty() && arrivals.front().at <= now) {
      arrived = arrivals.front().up_to;
      arrivals.pop();
    }
    if (ends && arrivals.empty()) ended = true;
  }
};

struct Pipe {
  bool in_use = false;
  std::uint32_t use = 0;  // counts its uses: what speaks of an earlier one is stale
  Party ends[2] = {0, 0};
  SocketId sockets[2];  // of ends that are nodes
  bool open[2] = {false, false};
  bool vanished[2] = {false, false};  // that end lost power and told nobody
  bool refused = false;
  bool broken = false;  // cut: what is written goes nowhere
  Stream to[2];         // to[e] is read by end e
};

// The bytes of an ack, or none.
class AckFrame {
 public:
  void keep(ByteSpan frame) {
    std::memcpy(bytes_.data(), frame.data(), bytes_.size());
    is_kept_ = true;
  }
  ByteSpan bytes() const { return is_kept_ ? ByteSpan(bytes_) : ByteSpan(); }

 private:
  std::array<Byte, kTappedHeads[static_cast<std::size_t>(TappedKind::ack)]> bytes_{};
  bool is_kept_ = false;
};

struct Link {
  std::uint64_t messages = 0;  // writes so far: each draws its own fate
  Time blocked_until;          // a partition
  Time slow_until;
  std::int64_t slow_us = 0;
  std::int64_t hold_us = 0;  // the next message is held so long
  AckFrame newest_ack;       // the last one that went this way, as written ...
  Generation newest_ack_generation;
  bool acked_on_connection = false;  // ... on the present connection
  AckFrame older_ack;                // the last one of the generation before

  void acknowledged(const TappedFrame& ack) {
    if (newest_ack_generation < ack.generation) older_ack = newest_ack;
    newest_ack.keep(ack.bytes);
    newest_ack_generation = ack.generation;
    acked_on_connection = true;
  }
  // The last ack frame on the present connection; empty if there was none.
  ByteSpan last_ack() const { return acked_on_connection ? newest_ack.bytes() : ByteSpan(); }
};

// How likely is what may become of a message? So many of the 65,536 values that 16 bits have.
struct Odds {
  Odds() = default;
  explicit Odds(const NetworkSpec& network)
      : shorten(of(network.short_write_percent)),
        join(of(network.join_percent)),
        split(of(network.split_percent)) {}

  std::uint32_t shorten = 0;
  std::uint32_t join = 0;
  std::uint32_t split = 0;

 private:
  static std::uint32_t of(std::int64_t percent) {
    return static_cast<std::uint32_t>(((percent << 16) + 99) / 100);
  }
};

// What becomes of one message, all from one draw: 16 bits for each question.
class Fate {
 public:
  explicit Fate(std::uint64_t bits) : bits_(bits) {}
  bool shorten(const Odds& odds) const { return (bits_ & 0xFFFF) < odds.shorten; }
  bool join(const Odds& odds) const { return ((bits_ >> 16) & 0xFFFF) < odds.join; }
  bool split(const Odds& odds) const { return ((bits_ >> 32) & 0xFFFF) < odds.split; }

 private:
  std::uint64_t bits_;
};

// A byte that is to be changed when a frame that fits goes by.
struct ArmedCorruption {
  NodeId from;
  NodeId to;
  CorruptPart part = CorruptPart::record;
  Lsn lsn;  // none: any
  std::int64_t left = 1;
};

// A message that is to be held when it goes by.
struct ArmedHold {
  NodeId from;
  NodeId to;
  Lsn lsn;  // a ship that carries it; of a follower: an ack that speaks for it
  std::int64_t us = 0;
  std::uint32_t what = 0;
};

}  // namespace quorate::sim
