#include "sim/world/event_queue.h"

namespace quorate::sim {

void EventQueue::make_room() {
  constexpr std::size_t kFirst = 16;
  room_ = room_ * 2 + kFirst;
  places_.resize(room_);
}

}  // namespace quorate::sim
