#include "sim/search/sweep.h"

#include <algorithm>
#include <limits>
#include <thread>

#include "sim/check/probes.h"
#include "sim/search/kept_memory.h"
#include "sim/search/run.h"
#include "sim/world/digest.h"

namespace quorate::sim {

namespace {

constexpr std::uint64_t kBlock = 64;  // seeds
constexpr std::uint64_t kNone = std::numeric_limits<std::uint64_t>::max();

// What one thread has found about one scenario.
struct Tally {
  std::uint64_t runs = 0;
  std::uint64_t violations = 0;
  std::uint64_t digest = 0;
  std::uint64_t last_seed = 0;
  std::uint64_t first_broken = kNone;
  std::int64_t us = 0;
};

struct Sweep {
  const std::vector<Scenario>& scenarios;
  const SweepOptions& options;
  std::int64_t began_us = 0;
  std::uint64_t blocks = kNone;
  std::atomic<std::uint64_t> next{0};
  std::atomic<std::uint64_t> stop_behind{kNone};  // blocks after this one need not be run
  std::atomic<std::uint64_t> runs{0};
  std::atomic<std::uint64_t> violations{0};

  bool is_over() const {
    if (options.interrupted != nullptr && *options.interrupted) return true;
    return options.lasts_us && options.wall_us() - began_us >= *options.lasts_us;
  }
};

// Of all files together. kNone when that is beyond the greatest number: nobody gets so far.
std::uint64_t blocks_of(const SweepOptions& options, std::uint64_t files) {
  if (files == 0) return 0;
  if (options.lasts_us) return kNone;
  const std::uint64_t of_one = (options.last_seed - options.first_seed) / kBlock + 1;
  return of_one > kNone / files ? kNone : of_one * files;
}

std::uint64_t seed_digest(std::uint64_t seed, std::uint64_t run) {
  Digest digest;
  digest.add(seed);
  digest.add(run);
  return digest.value();
}

// Runs blocks until there are none left. `probes` and `tallies` are this thread's own.
void work(Sweep& sweep, std::vector<Tally>& tallies, Probes& probes, bool reports_progress) {
  const SweepOptions& options = sweep.options;
  const std::uint64_t files = sweep.scenarios.size();
  Runner runner;
  for (;;) {
    const std::uint64_t block = sweep.next.fetch_add(1);
    if (block >= sweep.blocks || block > sweep.stop_behind || sweep.is_over()) return;
    const std::size_t file = block % files;
    Tally& tally = tallies[file];
    const std::int64_t began = options.wall_us();
    const std::uint64_t first = options.first_seed + block / files * kBlock;
    // Counted, and not compared with an end, which may lie beyond the greatest number.
    const std::uint64_t count =
        options.lasts_us ? kBlock : std::min(kBlock - 1, options.last_seed - first) + 1;
    for (std::uint64_t n = 0; n < count; ++n) {
      const std::uint64_t seed = first + n;
      if (options.interrupted != nullptr && *options.interrupted) break;
      const RunOutcome outcome = runner.run(sweep.scenarios[file], seed, *options.rules);
      probes.add(runner.probes());
      ++tally.runs;
      ++sweep.runs;
      tally.digest += seed_digest(seed, outcome.digest);
      tally.last_seed = std::max(tally.last_seed, seed);
      if (!outcome.violated) continue;
      ++tally.violations;
      ++sweep.violations;
      tally.first_broken = std::min(tally.first_broken, seed);
      if (options.keep_going) continue;
      std::uint64_t seen = sweep.stop_behind;
      while (block < seen && !sweep.stop_behind.compare_exchange_weak(seen, block)) {
      }
      break;
    }
    tally.us += options.wall_us() - began;
    if (reports_progress && options.progress) options.progress(sweep.runs, sweep.violations);
  }
}

void add(Tally& to, const Tally& from) {
  to.runs += from.runs;
  to.violations += from.violations;
  to.digest += from.digest;
  to.last_seed = std::max(to.last_seed, from.last_seed);
  to.first_broken = std::min(to.first_broken, from.first_broken);
  to.us += from.us;
}

reports::SweptScenario report(const Scenario& scenario, const Tally& tally,
                              const SweepOptions& options) {
  reports::SweptScenario swept;
  swept.file = scenario.file;
  swept.about = scenario.about;
  swept.runs = tally.runs;
  swept.violations = tally.violations;
  swept.digest = tally.digest;
  swept.seconds = static_cast<decltype(swept.seconds)>(tally.us) / 1'000'000;
  if (tally.first_broken != kNone)
    swept.first = replay(scenario, tally.first_broken, *options.rules, options.mistake,
                         {.trace = false, .history = options.with_history});
  return swept;
}

}  // namespace

reports::SweepResult sweep(const std::vector<Scenario>& scenarios, const SweepOptions& options) {
  keep_freed_memory();
  Sweep shared{scenarios, options};
  shared.began_us = options.wall_us();
  shared.blocks = blocks_of(options, scenarios.size());
  const auto jobs = static_cast<std::size_t>(std::max(options.jobs, 1));
  std::vector<std::vector<Tally>> tallies(jobs, std::vector<Tally>(scenarios.size()));
  std::vector<Probes> probes(jobs);
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < jobs; ++i)
    threads.emplace_back([&, i] { work(shared, tallies[i], probes[i], false); });
  work(shared, tallies[0], probes[0], true);
  for (std::thread& thread : threads) thread.join();

  reports::SweepResult result;
  result.first_seed = options.first_seed;
  result.mistake = options.mistake;
  result.jobs = static_cast<int>(jobs);
  result.interrupted = options.interrupted != nullptr && *options.interrupted;
  result.stopped_early = shared.stop_behind != kNone;
  for (std::size_t file = 0; file < scenarios.size(); ++file) {
    for (std::size_t i = 1; i < jobs; ++i) add(tallies[0][file], tallies[i][file]);
    const Tally& tally = tallies[0][file];
    result.scenarios.push_back(report(scenarios[file], tally, options));
    result.runs += tally.runs;
    result.violations += tally.violations;
    result.digest += tally.digest;
    result.last_seed = std::max(result.last_seed, tally.last_seed);
  }
  if (!options.lasts_us) result.last_seed = options.last_seed;
  for (std::size_t i = 1; i < jobs; ++i) probes[0].add(probes[i]);
  for (std::size_t i = 0; i < kProbes; ++i) {
    const auto probe = static_cast<ProbeId>(i);
    const bool can_come_up =
        std::any_of(scenarios.begin(), scenarios.end(),
                    [probe](const Scenario& scenario) { return is_of(probe, scenario.profile); });
    if (!can_come_up) continue;
    result.probes.push_back({std::string(probe_name(probe)), probes[0].count(probe)});
  }
  result.seconds =
      static_cast<decltype(result.seconds)>(options.wall_us() - shared.began_us) / 1'000'000;
  return result;
}

}  // namespace quorate::sim
