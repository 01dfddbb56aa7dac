// Does any seed break it? Many scenarios times many seeds, on as many threads as wanted.
//
// Runs share nothing, so threads only hand out work: blocks of seeds, of all scenarios in turn.
// What a sweep finds does not depend on the number of threads: its digest adds up, and when it
// stops at a violation, every block before that one is finished first, so it is always the first
// that is shown.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/protocol/rules.h"
#include "reports/result.h"
#include "sim/scenario/scenario.h"

namespace quorate::sim {

struct SweepOptions {
  std::uint64_t first_seed = 0;
  std::uint64_t last_seed = 999;         // inclusive, at most 2^64 - 2; unused with `lasts_us`
  std::optional<std::int64_t> lasts_us;  // sweep for so long instead
  int jobs = 1;
  bool keep_going = false;    // otherwise it stops at the first violation
  bool with_history = false;  // of the runs that are shown
  const Rules* rules = nullptr;
  std::string mistake;                    // its name, for the report
  std::function<std::int64_t()> wall_us;  // this machine's clock; from any thread
  // Called by one thread now and then.
  std::function<void(std::uint64_t runs, std::uint64_t violations)> progress;
  const std::atomic<bool>* interrupted = nullptr;
};

reports::SweepResult sweep(const std::vector<Scenario>& scenarios, const SweepOptions& options);

}  // namespace quorate::sim
