// What happens next? Happenings ordered by their time, and at one instant by the order in which
// they were pushed: a value, ordered by nothing else.
//
// A sorted array, the next one last. Most of what is pushed comes within a few places of the end
// (what lies far ahead, such as faults and deadlines, stays where it is), so a push moves a handful
// of neighbours and a pop none: half the instructions of a heap at the sizes that a cluster has. At
// worst a push costs as many moves as happenings come before it.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/time.h"

namespace quorate::sim {

enum class EventKind : std::uint8_t {
  arrival,    // a: connection, b: its use, side: the receiving end
  dial_in,    // a, b: a dial reaches the other end
  dial_out,   // a, b: and what came of it reaches the dialer
  reset,      // a, b, side: this end learns that the connection is gone
  writable,   // a, b, side: there is room again
  sync_done,  // a: node, b: its life
  timer,      // a: node, b: its life
  resume,     // a: node: its pause is over
  alarm,      // a: whatever who set it makes of it
};

struct Event {
  Time at;
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  EventKind kind = EventKind::alarm;
  std::uint8_t side = 0;
};

class EventQueue {
 public:
  void push(Time at, EventKind kind, std::uint32_t a, std::uint32_t b = 0, std::uint8_t side = 0) {
    if (count_ == room_) make_room();
    // Behind all that comes at that time or before.
    Event* place = places_.data() + count_++;
    for (; place != places_.data() && place[-1].at <= at; --place) *place = place[-1];
    *place = {at, a, b, kind, side};
  }
  bool empty() const { return count_ == 0; }
  // Requires !empty().
  const Event& top() const { return places_[count_ - 1]; }
  Event pop() { return places_[--count_]; }
  void clear() { count_ = 0; }

 private:
  void make_room();

  std::vector<Event> places_;  // the first count_ of them are taken, the next one to happen last
  std::size_t count_ = 0;
  std::size_t room_ = 0;  // so many there are
};

}  // namespace quorate::sim
