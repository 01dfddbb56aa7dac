// Which keys may a fault have? Of each kind only those that mean something for it.
#pragma once

#include "sim/scenario/fields.h"

namespace quorate::sim::reading {

inline constexpr std::int64_t kMostFaults = 10'000;            // entries of `faults`
inline constexpr std::int64_t kMostRandomFaults = 1000;        // of one kind, that a seed may draw
inline constexpr std::int64_t kMostRoomBytes = 1'000'000'000;  // on a disk that is full

// The entries of `faults`: the key "fault" says which kind, and when it strikes is always said by
// either at_ms or after.
Variants<FaultEntry> fault_keys();

// random_faults: window_ms, and one key a fault kind. A kind takes for_ms, by_us and room_bytes as
// it does in `faults`; for those that restart a node, for_ms is how long it stays down.
Fields<RandomFaultsSpec> random_fault_keys();

}  // namespace quorate::sim::reading
