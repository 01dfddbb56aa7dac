// What happens next? Happenings keyed by (time, number): a value, ordered by nothing else.
//
// The number counts the pushes, so happenings of one instant come in the order in which they were
// scheduled. A heap of four children a node: shallow, and a node's children share a cache line or
// two.
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
  std::uint64_t number = 0;
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  EventKind kind = EventKind::alarm;
  std::uint8_t side = 0;
};

class EventQueue {
 public:
  void push(Time at, EventKind kind, std::uint32_t a, std::uint32_t b = 0, std::uint8_t side = 0) {
    heap_.push_back({});
    sift_up(heap_.size() - 1, {at, next_number_++, a, b, kind, side});
  }
  bool empty() const { return heap_.empty(); }
  // Requires !empty().
  const Event& top() const { return heap_.front(); }
  Event pop();
  void clear() {
    heap_.clear();
    next_number_ = 0;
  }

 private:
  static bool before(const Event& a, const Event& b) {
    return a.at != b.at ? a.at < b.at : a.number < b.number;
  }
  void sift_up(std::size_t at, const Event& event);

  std::vector<Event> heap_;
  std::uint64_t next_number_ = 0;
};

inline void EventQueue::sift_up(std::size_t at, const Event& event) {
  while (at > 0) {
    const std::size_t parent = (at - 1) / 4;
    if (!before(event, heap_[parent])) break;
    heap_[at] = heap_[parent];
    at = parent;
  }
  heap_[at] = event;
}

inline Event EventQueue::pop() {
  const Event first = heap_.front();
  const Event last = heap_.back();
  heap_.pop_back();
  if (heap_.empty()) return first;
  std::size_t hole = 0;
  for (;;) {
    const std::size_t child = hole * 4 + 1;
    if (child >= heap_.size()) break;
    std::size_t least = child;
    const std::size_t end = child + 4 < heap_.size() ? child + 4 : heap_.size();
    for (std::size_t i = child + 1; i < end; ++i)
      if (before(heap_[i], heap_[least])) least = i;
    if (!before(heap_[least], last)) break;
    heap_[hole] = heap_[least];
    hole = least;
  }
  heap_[hole] = last;
  return first;
}

}  // namespace quorate::sim
