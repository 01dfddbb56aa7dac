// Would we notice? Sweeps for each mistake until a check catches it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reports/result.h"
#include "sim/scenario/scenario.h"

namespace quorate::sim {

struct FindOptions {
  std::uint64_t first_seed = 0;
  std::uint64_t max_seeds = 10'000;  // for each mistake, from each starting seed
  std::uint64_t starts = 1;          // so many starting seeds, kStartsApart from each other
  int jobs = 1;
  std::string only;  // one mistake; empty: all
  std::function<std::int64_t()> wall_us;
  // Called by one thread now and then: how many of the searches are done, of one mistake from one
  // start each.
  std::function<void(std::uint64_t done, std::uint64_t of)> progress;
  const std::atomic<bool>* interrupted = nullptr;
};

// No search that begins at one of the starts comes to the next: nobody plays so many seeds.
inline constexpr std::uint64_t kStartsApart = 1'000'000'000;
// Where the nth search begins, from 0. Goes on at 0 behind the last seed that there is.
std::uint64_t start_seed(std::uint64_t first_seed, std::uint64_t nth);

// The middle one; of an even number the greater of the two in the middle. Nothing is greater than
// all: a mistake that half of the searches miss has no median.
std::optional<std::uint64_t> median_of(std::vector<std::optional<std::uint64_t>> seeds);

// The list alone.
reports::MistakesResult list_mistakes();

// Plays the general swarm in which a mistake may show, with each mistake, seed after seed, until
// something breaks.
reports::MistakesResult find_mistakes(const FindOptions& options);
// The same with this scenario alone, for the mistakes of its profile, or for the one that is asked
// for.
reports::MistakesResult find_mistakes(const Scenario& scenario, const FindOptions& options);

}  // namespace quorate::sim
