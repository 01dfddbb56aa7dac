// After the last fault, within the stated time: every follower that is up holds and has applied
// what the leader holds, the leader serves, and writes succeed again.
//
// Fault model: liveness is owed within the budget only: a follower that is down for good is not
// waited for, writes are owed only while enough followers are up for a quorum, and whoever has lost
// more to damage than B3 allows may refuse for ever (N3).
#pragma once

#include <string>

#include "core/protocol/kv.h"
#include "sim/check/court.h"

namespace quorate::sim {

class EventuallyConverges {
 public:
  static constexpr const char* kName = "eventually_converges";
  static constexpr const char* kClause = "L1";

  // Empty: converged. Else what is still waited for. `down_for_good`: bit n is node n + 1.
  static std::string waits_for(const Court& court, std::uint32_t down_for_good);
  // The same as waits_for().empty(), without the words.
  static bool has_converged(const Court& court, std::uint32_t down_for_good);
  // Compares the states of all nodes that are up, key by key, with the leader's log. Empty: all
  // equal.
  static std::string differing_state(const Court& court, std::uint32_t down_for_good);
  // The same, of who knows already what that log adds up to.
  static std::string differing_state(const Court& court, std::uint32_t down_for_good,
                                     const Kv::Entries& expected, Lsn up_to);

  static bool is_down(std::uint32_t down_for_good, NodeId node) {
    return (down_for_good & (1u << (node.value() - 1))) != 0;
  }
  // Is there more damage at rest, and not mended yet, than B3 allows?
  static bool is_damaged_beyond_budget(const Court& court, std::uint32_t down_for_good);
  static bool quorum_is_possible(const Court& court, std::uint32_t down_for_good);
};

}  // namespace quorate::sim
