// What becomes of a frame on its way? The faults that a relay makes, without its sockets.
//
// The words are those of the scenarios (sim/fault/README.md), and each does here what it does
// there. The direction of a relay is seen from who dialed it: to_peer is from the dialer to the
// target. Not thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/base/time.h"
#include "core/wire/frame.h"
#include "sim/scenario/scenario.h"

namespace quorate::cli {

struct RelayedFrame {
  sim::Direction direction = sim::Direction::to_peer;  // never both
  FrameKind kind = FrameKind::hello;
  NodeId from;
  Generation generation;
  Lsn lsn;  // hello: the sender's last; ship, give: the last one carried, or what they follow;
            // ack: the one meant; heartbeat: the high-water mark; fetch: what it follows
  std::uint32_t records = 0;              // ship, give: how many are carried
  AckStatus status = AckStatus::success;  // of an ack
  bool corrupted = false;                 // a bit of it was changed; what is above is how it came
};

RelayedFrame relayed_frame(sim::Direction direction, const Message& message);

class RelayFaults {
 public:
  void delay_acks(Duration by) { ack_delay_ = by; }
  void delay(sim::Direction direction, Duration by);
  void hold_next(sim::Direction direction, Duration by, Lsn lsn);
  void corrupt_next(sim::CorruptPart part, Lsn lsn, int count, sim::Direction direction);
  void block(sim::Direction direction, bool on);

  // Of to_peer or from_peer.
  bool is_blocked(sim::Direction direction) const { return blocked_[index_of(direction)]; }

  // A whole and sound frame has come, whose head ends after `head_size`. Changes its bytes, when
  // that is due, and says how long it waits at the least.
  Duration meet(RelayedFrame& frame, std::span<Byte> bytes, std::size_t head_size);

 private:
  struct Corruption {
    sim::CorruptPart part = sim::CorruptPart::record;
    Lsn lsn;  // none: any
    int left = 1;
    sim::Direction direction = sim::Direction::both;
  };
  struct Hold {
    sim::Direction direction = sim::Direction::both;
    Duration by;
    Lsn lsn;  // none: any
  };

  static std::size_t index_of(sim::Direction direction) {
    return direction == sim::Direction::to_peer ? 0 : 1;
  }
  void corrupt(RelayedFrame& frame, std::span<Byte> bytes, std::size_t head_size);

  Duration ack_delay_;
  Duration delays_[2];
  bool blocked_[2] = {false, false};
  std::vector<Corruption> corruptions_;
  std::vector<Hold> holds_;
};

}  // namespace quorate::cli
