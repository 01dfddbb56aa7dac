// Would we notice? Sweeps for each mistake until a check catches it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include "reports/result.h"
#include "sim/scenario/scenario.h"

namespace quorate::sim {

struct FindOptions {
  std::uint64_t first_seed = 0;
  std::uint64_t max_seeds = 10'000;  // for each mistake
  int jobs = 1;
  std::string only;  // one mistake; empty: all
  std::function<std::int64_t()> wall_us;
  // Called by one thread now and then: how many of the mistakes are done.
  std::function<void(std::uint64_t done, std::uint64_t of)> progress;
  const std::atomic<bool>* interrupted = nullptr;
};

// The list alone.
reports::MistakesResult list_mistakes();

// Plays the general swarm in which a mistake may show, with each mistake, seed after seed, until
// something breaks.
reports::MistakesResult find_mistakes(const FindOptions& options);
// The same with this scenario alone, for the mistakes of its profile.
reports::MistakesResult find_mistakes(const Scenario& scenario, const FindOptions& options);

}  // namespace quorate::sim
