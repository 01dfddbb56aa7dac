// What is under way between two parties? Byte streams, and the links that carry them.
//
// Data of the world; world.cc moves it. Parties are nodes (by their id) and clients. A pipe is one
// connection with two ends, 0 dialed and 1 was dialed; a stream is one direction of it, named by
// the end that reads it. A link is one direction between two parties, whichever pipe carries the
// bytes. Streams behave like TCP's: bytes come in order or the pipe ends; what a partition holds up
// arrives when it is over.
#pragma once

#include <algorithm>
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
  bool fin = false;
};

// Arrivals under way, by time. Most of the time there are none or a handful: what has arrived is
// left where it lies until all have, or until it is too many.
class Arrivals {
 public:
  bool empty() const { return all_.empty(); }
  // Require !empty().
  const Arrival& front() const { return all_[first_]; }
  Arrival& back() { return all_.back(); }
  void push(const Arrival& arrival) { all_.push_back(arrival); }
  void pop() {
    if (&all_[first_++] == &all_.back()) {
      clear();
    } else if (first_ == kMostLeft) {
      all_.erase(all_.begin(), all_.begin() + kMostLeft);
      first_ = 0;
    }
  }
  void clear() {
    all_.clear();
    first_ = 0;
  }
  // None of them comes before that.
  void hold_until(Time at) {
    for (std::size_t i = first_; i < all_.size(); ++i) all_[i].at = std::max(all_[i].at, at);
  }

 private:
  static constexpr std::size_t kMostLeft = 64;

  std::vector<Arrival> all_;
  std::size_t first_ = 0;
};

struct Stream {
  Buffer bytes;               // written and not read yet
  std::uint64_t written = 0;  // offset behind the last byte written, from the beginning
  std::uint64_t arrived = 0;  // offset up to which the reader may read
  Arrivals arrivals;
  Time last_at;               // of the last arrival scheduled: nothing overtakes it
  bool ended = false;         // the reader gets no more than what has arrived
  bool writer_waits = false;  // it was told that there is no room
  Bytes tap;                  // the beginning of a frame that is not written whole yet

  void clear();
  std::uint64_t read() const { return written - bytes.size(); }  // offset up to which it was read
  std::size_t readable() const { return static_cast<std::size_t>(arrived - read()); }
  // Reads what there is, as far as it fits. Returns how much that was.
  std::size_t take(std::span<Byte> to) {
    const std::size_t count = std::min(readable(), to.size());
    std::memcpy(to.data(), bytes.bytes().data(), count);
    bytes.consume(count);
    return count;
  }
  void drop_arrivals() { arrivals.clear(); }
  // Lets arrive what is due.
  void arrive(Time now) {
    while (!arrivals.empty() && arrivals.front().at <= now) {
      arrived = arrivals.front().up_to;
      ended = ended || arrivals.front().fin;
      arrivals.pop();
    }
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

struct Link {
  std::uint64_t messages = 0;  // writes so far: each draws its own fate
  Time blocked_until;          // a partition
  Time slow_until;
  std::int64_t slow_us = 0;
  std::int64_t hold_us = 0;  // the next message is held so long
  Bytes newest_ack;          // the last ack frame that went this way, as written ...
  Generation newest_ack_generation;
  bool acked_on_connection = false;  // ... on the present connection
  Bytes older_ack;                   // the last one of the generation before

  // The last ack frame on the present connection; empty if there was none.
  ByteSpan last_ack() const { return acked_on_connection ? ByteSpan(newest_ack) : ByteSpan(); }
};

// What becomes of one message, all from one draw: 16 bits for each question.
class Fate {
 public:
  explicit Fate(std::uint64_t bits) : bits_(bits) {}
  bool shorten(std::int64_t percent) const { return below(bits_, percent); }
  bool join(std::int64_t percent) const { return below(bits_ >> 16, percent); }
  bool split(std::int64_t percent) const { return below(bits_ >> 32, percent); }

 private:
  static bool below(std::uint64_t bits, std::int64_t percent) {
    return ((bits & 0xFFFF) * 100) >> 16 < static_cast<std::uint64_t>(percent);
  }
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
