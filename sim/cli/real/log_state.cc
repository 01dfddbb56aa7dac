#include "sim/cli/real/log_state.h"

#include "core/protocol/config.h"
#include "core/protocol/rules.h"

namespace quorate::cli {

std::optional<StateMachine> state_at(const Wal& log, Lsn lsn) {
  Lsn at = log.snapshot().lsn;
  if (lsn < at || lsn > log.last_lsn()) return {};
  StateMachine state(sound_rules(), NodeConfig().max_sessions);
  if (!at.is_none()) {
    Bytes bytes;
    log.read_snapshot(bytes);
    if (!state.restore(bytes)) return {};
  }
  while (at < lsn) {
    at = at.next();
    state.apply(log.record(at));
  }
  return state;
}

bool are_alike(const StateMachine& one, const StateMachine& other) {
  Bytes first, second;
  one.encode(first);
  other.encode(second);
  return first == second;
}

}  // namespace quorate::cli
