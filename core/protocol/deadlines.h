// When must this node act although nothing happens? Deadlines by name.
//
// A deadline may be set too early (the node looks, finds nothing due, and sets it anew), never too
// late. Nothing else in core knows of time to come.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/base/time.h"

namespace quorate {

enum class DeadlineName : std::size_t {
  quorum_wait,
  heartbeat,
  peer_silence,
  redial,
  no_space,
  election,    // a leader must have been heard by then
  leadership,  // a majority must have been heard by then
  forwarded,   // the leader must have answered by then
  count
};

class Deadlines {
 public:
  Deadlines() { at_.fill(Time::never()); }

  void set(DeadlineName name, Time at) { at_[static_cast<std::size_t>(name)] = at; }
  void clear(DeadlineName name) { set(name, Time::never()); }
  Time get(DeadlineName name) const { return at_[static_cast<std::size_t>(name)]; }
  // Sets it unless it is earlier already.
  void bring_forward(DeadlineName name, Time at) {
    if (at < get(name)) set(name, at);
  }
  bool due(DeadlineName name, Time now) const { return now >= get(name); }
  Time least() const { return *std::min_element(at_.begin(), at_.end()); }

 private:
  std::array<Time, static_cast<std::size_t>(DeadlineName::count)> at_;
};

}  // namespace quorate
