#include "sim/search/bench.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <new>
#include <tuple>
#include <utility>
#include <vector>

#include "core/base/check.h"
#include "core/base/crc32.h"
#include "core/log/record_codec.h"
#include "sim/scenario/general_swarm.h"
#include "sim/search/kept_memory.h"
#include "sim/search/run.h"
#include "sim/world/event_queue.h"

namespace {

thread_local std::uint64_t allocations = 0;

void* counted_malloc(std::size_t size) {
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}

void* counted_new(std::size_t size) {
  if (void* memory = counted_malloc(size)) return memory;
  throw std::bad_alloc();
}

}  // namespace

// Every allocation of the process is counted, so that a run's can be told. The cost is one
// increment. All forms stand here: a library's own would not fit the delete (std::stable_sort asks
// for memory with nothrow).
void* operator new(std::size_t size) { return counted_new(size); }
void* operator new[](std::size_t size) { return counted_new(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return counted_malloc(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return counted_malloc(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }

namespace quorate::sim {

namespace {

using Clock = std::chrono::steady_clock;

double us_since(Clock::time_point began) {
  return std::chrono::duration<double, std::micro>(Clock::now() - began).count();
}

double median(std::vector<double> figures) {
  std::sort(figures.begin(), figures.end());
  return figures[figures.size() / 2];
}

constexpr int kRounds = 7;            // each figure is the median of so many
constexpr std::size_t kRecord = 128;  // bytes, about a record with a value of 64

// One leader, two followers, one write at a time, nothing goes wrong.
Scenario calm(std::int64_t writes) {
  Scenario scenario;
  scenario.file = "bench";
  scenario.about = "One leader, two followers, one client, one write at a time.";
  scenario.workload.writes = {writes, writes};
  scenario.workload.keys = {8, 8};
  scenario.workload.value_bytes = {64, 64};
  return scenario;
}

// The same size, 50 writes, in the general swarm's worlds, with its faults of every kind thinned
// out to so many of a hundred.
Scenario stormy(const Scenario& swarm, std::int64_t percent) {
  Scenario scenario = swarm;
  scenario.file = "bench";
  scenario.cluster.followers = {2, 2};
  scenario.workload = calm(50).workload;
  for (RandomFault& fault : scenario.random_faults.faults)
    fault.chance_percent = fault.chance_percent * percent / 100;
  return scenario;
}

// What a write costs at the least: as many happenings pushed and popped as a run has, with a copy
// of a few hundred bytes and a CRC over a record for each.
double floor_us(double happenings_per_write) {
  constexpr int kWrites = 100'000;
  const auto happenings = static_cast<std::int64_t>(happenings_per_write * kWrites);
  EventQueue queue;
  std::array<Byte, 256> from{};
  std::array<Byte, 256> to{};
  for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<Byte>(i * 7);
  for (int i = 0; i < 12; ++i) queue.push(Time(i * 100), EventKind::arrival, 0);
  std::uint64_t sum = 0;
  const Clock::time_point began = Clock::now();
  for (std::int64_t i = 0; i < happenings; ++i) {
    const Event event = queue.pop();
    std::memcpy(to.data(), from.data(), to.size());
    to[static_cast<std::size_t>(i) % to.size()] ^= static_cast<Byte>(event.at.us());
    sum += crc32(ByteSpan(to).first(kRecord));
    queue.push(event.at + microseconds(100 + static_cast<std::int64_t>(sum % 512)),
               EventKind::arrival, 0);
  }
  const double us = us_since(began);
  QUORATE_CHECK(sum != 1, "the floor's work is looked at, so that it is done");
  return us / kWrites;
}

// Three nodes that elect their leader, one client with a session that asks whoever leads, or any
// node, which may have to pass on what it is asked; its history is judged at the end.
enum class Asks { leader, any };

Scenario elected(Scenario scenario, Asks asks) {
  scenario.profile = Profile::replicated_log;
  scenario.workload.asks_leader_percent = asks == Asks::leader ? 100 : 0;
  return scenario;
}

// The faults strike while there is something to write, and the cluster is set up as usual.
Scenario elected_storm() {
  Scenario scenario = stormy(elected_swarm(ElectionRule::most_up_to_date), 40);
  scenario.cluster = ClusterSpec();
  scenario.random_faults.window_ms = {100, 600};
  return elected(scenario, Asks::leader);
}

struct WriteCost {
  double us = 0;
  double allocations = 0;
  double happenings = 0;
};

constexpr std::int64_t kWrites = 20'000;

WriteCost cost_of_a_write(const Scenario& few, const Scenario& many) {
  Runner runner;
  WriteCost cost;
  std::vector<double> costs;
  runner.run(many, 1, sound_rules());
  for (int round = 0; round < kRounds; ++round) {
    // The start of a cluster is no part of a write: take the difference.
    const Clock::time_point began = Clock::now();
    const RunOutcome short_run = runner.run(few, 1, sound_rules());
    const double short_us = us_since(began);
    const Clock::time_point began_again = Clock::now();
    const std::uint64_t allocated = allocations;
    const RunOutcome long_run = runner.run(many, 1, sound_rules());
    const double long_us = us_since(began_again);
    QUORATE_CHECK(!long_run.violated && long_run.answers.ok == kWrites + 100,
                  "a calm run is sound");
    costs.push_back((long_us - short_us) / kWrites);
    cost.allocations =
        static_cast<double>(allocations - allocated) / static_cast<double>(kWrites + 100);
    cost.happenings = static_cast<double>(long_run.happenings - short_run.happenings) / kWrites;
  }
  cost.us = median(costs);
  return cost;
}

void measure_writes(reports::BenchResult& result) {
  const WriteCost cost = cost_of_a_write(calm(100), calm(kWrites + 100));
  result.us_per_committed_write = cost.us;
  result.allocations_per_committed_write = cost.allocations;
  result.happenings_per_committed_write = cost.happenings;
  result.writes = kWrites;
  const auto elected_cost = [](Asks asks) {
    return cost_of_a_write(elected(calm(100), asks), elected(calm(kWrites + 100), asks));
  };
  const WriteCost direct = elected_cost(Asks::leader);
  const WriteCost forwarded = elected_cost(Asks::any);
  QUORATE_CHECK(forwarded.happenings > direct.happenings + 2,
                "with the bench's seed, the node that is asked by chance is a follower");
  result.elected_us_per_committed_write = direct.us;
  result.forwarded_us_per_committed_write = forwarded.us;
}

constexpr std::uint64_t kSeeds = 2'000;

// Seeds a second, and faults a seed.
std::pair<double, double> seeds_of(const Scenario& scenario) {
  Runner runner;
  std::vector<double> rates;
  double faults = 0;
  for (int round = 0; round < kRounds; ++round) {
    const Clock::time_point began = Clock::now();
    std::uint64_t struck = 0;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed)
      struck += runner.run(scenario, seed, sound_rules()).faults;
    rates.push_back(kSeeds / (us_since(began) / 1e6));
    faults = static_cast<double>(struck) / kSeeds;
  }
  return {median(rates), faults};
}

void measure_seeds(reports::BenchResult& result) {
  std::tie(result.seeds_per_second_per_core, result.faults_per_seed) =
      seeds_of(stormy(general_swarm(), 60));
  std::tie(result.elected_seeds_per_second_per_core, result.elected_faults_per_seed) =
      seeds_of(elected_storm());
  result.seeds = kSeeds;
}

void measure_snapshot(reports::BenchResult& result) {
  constexpr int kCopies = 200;
  const Scenario scenario = calm(50);
  Runner runner;
  runner.run(scenario, 1, sound_rules());
  std::uint64_t sum = 0;
  const Clock::time_point began = Clock::now();
  for (int i = 0; i < kCopies; ++i) {
    const World copy = runner.world();
    sum += copy.happenings();
  }
  QUORATE_CHECK(sum > 0, "the copies are looked at");
  result.snapshot_us = us_since(began) / kCopies;
}

void measure_crc(reports::BenchResult& result) {
  constexpr int kTimes = 1'000'000;
  std::array<Byte, kRecord> record{};
  std::uint64_t sum = 0;
  const Clock::time_point began = Clock::now();
  for (int i = 0; i < kTimes; ++i) {
    record[static_cast<std::size_t>(i) % kRecord] ^= static_cast<Byte>(sum);
    sum += crc32(record);
  }
  QUORATE_CHECK(sum != 1, "the CRCs are looked at");
  result.crc_ns_per_record = us_since(began) * 1000 / kTimes;
  result.record_bytes = kRecord;
}

}  // namespace

reports::BenchResult bench() {
  keep_freed_memory();
  reports::BenchResult result;
  measure_writes(result);
  std::vector<double> floors;
  for (int round = 0; round < kRounds; ++round)
    floors.push_back(floor_us(result.happenings_per_committed_write));
  result.floor_us_per_committed_write = median(floors);
  result.ratio_to_floor = result.us_per_committed_write / result.floor_us_per_committed_write;
  measure_seeds(result);
  measure_snapshot(result);
  measure_crc(result);
  return result;
}

}  // namespace quorate::sim
