// Has the quorum come, or the deadline? The lesson's repl_wait_quorum() as a small value.
//
// It knows its LSN and when it began; who has acknowledged is in the followers' progress, and up to
// where that makes a quorum is the high-water mark. The deadline is a fixed point in time, computed
// from the beginning: time already spent is never granted again, whoever wakes the waiter and why
// (capnproto #580, ClickHouse #109602: waits that began anew at each wake-up).
// At the deadline itself the quorum still counts: what has arrived is looked at before the clock.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/ids.h"
#include "core/base/time.h"
#include "core/protocol/effects.h"

namespace quorate {

enum class WaitState : std::uint8_t { waiting, reached, timed_out };

struct QuorumWait {
  Lsn lsn;
  Time began;
  ClientId client;
  std::uint64_t sequence = 0;              // of the request on its connection
  bool counts = false;                     // answered with a number, not with OK
  std::optional<WriteResult> result = {};  // since its record was applied

  WaitState state(Lsn high_water_mark, Time now, Time deadline) const {
    if (high_water_mark >= lsn) return WaitState::reached;
    return now >= deadline ? WaitState::timed_out : WaitState::waiting;
  }
};

}  // namespace quorate
