// After the last fault, within the stated time: every follower that is up holds and has applied
// what the leader holds, the leader serves, and writes succeed again.
//
// Fault model: liveness is owed within the budget only: a follower that is down for good is not
// waited for, and writes are owed only while enough followers are up for a quorum.
#pragma once

#include <string>

#include "sim/check/court.h"

namespace quorate::sim {

class EventuallyConverges {
 public:
  static constexpr const char* kName = "eventually_converges";

  // Empty: converged. Else what is still waited for. `down_for_good`: bit n is node n + 1.
  static std::string waits_for(const Court& court, std::uint32_t down_for_good);
  // The same as waits_for().empty(), without the words.
  static bool has_converged(const Court& court, std::uint32_t down_for_good);
  // Compares the states of all nodes that are up, key by key, with the leader's log. Empty: all
  // equal.
  static std::string differing_state(const Court& court, std::uint32_t down_for_good);

  static bool is_down(std::uint32_t down_for_good, NodeId node) {
    return (down_for_good & (1u << (node.value() - 1))) != 0;
  }
  static bool quorum_is_possible(const Court& court, std::uint32_t down_for_good);
};

}  // namespace quorate::sim
