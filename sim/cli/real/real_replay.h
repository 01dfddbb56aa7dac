// Do a simulated and a real world decide the same? One scenario played in both, and compared.
//
// Compared are the records of all logs, the answers to all clients and the acks of all followers,
// without their times (sim/search/decided.h). Where a machine came so late that its own pauses may
// have decided something, a difference proves nothing: it is noted, and played again.
// Where nodes elect their leader acks are not compared, and a difference is no failure: a machine
// that is a little slower may elect another one. What is owed then is judged (real_owed.h).
#pragma once

#include "reports/result.h"
#include "sim/cli/real/real_play.h"
#include "sim/scenario/scenario.h"

namespace quorate::cli {

// A machine that is later than this is not fit to say that the worlds differ.
inline constexpr Duration kTooLate = milliseconds(30);
inline constexpr std::uint64_t kMostPlays = 3;

// Throws what play_for_real throws, but not for a member that ends by itself: that is a difference.
reports::RealReplayResult replay_for_real(const sim::Scenario& scenario, std::uint64_t seed,
                                          const RealPlayOptions& options);

}  // namespace quorate::cli
