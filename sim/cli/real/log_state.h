// What does a log add up to? For who compares logs of which one has a snapshot where another has
// records.
#pragma once

#include <optional>

#include "core/log/wal.h"
#include "core/protocol/state_machine.h"

namespace quorate::cli {

// The state after the record at that LSN, of a node that elects its leader. Nothing: that LSN isn't
// in the log, or is before its snapshot's, or what the snapshot holds is no state.
std::optional<StateMachine> state_at(const Wal& log, Lsn lsn);

// Equal states are equal bytes.
bool are_alike(const StateMachine& one, const StateMachine& other);

}  // namespace quorate::cli
