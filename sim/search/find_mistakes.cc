#include "sim/search/find_mistakes.h"

#include <algorithm>
#include <span>
#include <thread>

#include "sim/mistakes/mistakes.h"
#include "sim/scenario/general_swarm.h"
#include "sim/search/run.h"

namespace quorate::sim {

namespace {

reports::MistakeResult described(const Mistake& mistake) {
  reports::MistakeResult result;
  result.name = mistake.name;
  result.rule = mistake.rule;
  result.about = mistake.about;
  result.source = mistake.source;
  return result;
}

// What came of one search: one mistake, from one starting seed.
struct Search {
  bool is_done = false;  // it was found, or all seeds were played
  std::optional<std::uint64_t> seeds;
  std::uint64_t seed = 0;  // that broke something
  std::string check;
  std::string sentence;
};

Search search(Runner& runner, const Scenario& scenario, const FindOptions& options,
              const Mistake& mistake, std::uint64_t start) {
  Search result;
  for (std::uint64_t n = 0; n < options.max_seeds; ++n) {
    if (options.interrupted != nullptr && *options.interrupted) return result;
    const RunOutcome outcome = runner.run(scenario, start + n, *mistake.rules);
    if (!outcome.violated) continue;
    result.is_done = true;
    result.seeds = n + 1;
    result.seed = start + n;
    result.check = outcome.violated->check;
    result.sentence = outcome.violated->sentence;
    return result;
  }
  result.is_done = true;
  return result;
}

// All searches for one mistake together.
void gather(std::span<const Search> searches, const Scenario& scenario,
            reports::MistakeResult& result) {
  result.is_searched =
      std::all_of(searches.begin(), searches.end(), [](const Search& one) { return one.is_done; });
  for (const Search& one : searches) {
    if (one.is_done) result.seeds_by_start.push_back(one.seeds);
    if (!one.seeds || result.found_after_seeds) continue;
    result.found_after_seeds = one.seeds;
    result.check = one.check;
    result.sentence = one.sentence;
    result.seed = one.seed;
    result.repro = repro_command(scenario, one.seed, result.name);
  }
  if (result.is_searched) result.median_seeds = median_of(result.seeds_by_start);
}

Scenario swarm_of(const Mistake& mistake) {
  switch (mistake.swarm) {
    case Swarm::fixed_leader: break;
    case Swarm::elected: return elected_swarm(ElectionRule::most_up_to_date);
    case Swarm::elected_adopt: return elected_swarm(ElectionRule::adopt);
  }
  return general_swarm();
}

struct Wanted {
  const Mistake* mistake = nullptr;
  const Scenario* scenario = nullptr;
};

reports::MistakesResult find_all(const std::vector<Wanted>& wanted, const FindOptions& options);

}  // namespace

std::uint64_t start_seed(std::uint64_t first_seed, std::uint64_t nth) {
  return first_seed + nth * kStartsApart;
}

std::optional<std::uint64_t> median_of(std::vector<std::optional<std::uint64_t>> seeds) {
  if (seeds.empty()) return {};
  std::sort(seeds.begin(), seeds.end(), [](const auto& a, const auto& b) {
    return a.has_value() && (!b.has_value() || *a < *b);
  });
  return seeds[seeds.size() / 2];
}

reports::MistakesResult list_mistakes() {
  reports::MistakesResult result;
  for (const Mistake& mistake : mistakes()) result.mistakes.push_back(described(mistake));
  return result;
}

reports::MistakesResult find_mistakes(const FindOptions& options) {
  std::vector<Scenario> swarms(mistakes().size());
  std::vector<Wanted> wanted;
  for (const Mistake& mistake : mistakes()) {
    if (!options.only.empty() && mistake.name != options.only) continue;
    swarms[wanted.size()] = swarm_of(mistake);
    wanted.push_back({&mistake, &swarms[wanted.size()]});
  }
  return find_all(wanted, options);
}

reports::MistakesResult find_mistakes(const Scenario& scenario, const FindOptions& options) {
  std::vector<Wanted> wanted;
  for (const Mistake& mistake : mistakes()) {
    const bool is_of_it = profile_of(mistake) == scenario.profile;
    if (options.only.empty() ? is_of_it : mistake.name == options.only)
      wanted.push_back({&mistake, &scenario});
  }
  return find_all(wanted, options);
}

namespace {

reports::MistakesResult find_all(const std::vector<Wanted>& wanted, const FindOptions& options) {
  const std::int64_t began = options.wall_us();
  const std::size_t starts = options.starts;
  reports::MistakesResult result;
  result.starts = starts;
  result.searched = true;
  result.max_seeds = options.max_seeds;
  result.first_seed = options.first_seed;
  for (const Wanted& one : wanted) {
    result.mistakes.push_back(described(*one.mistake));
    if (result.scenario.find(one.scenario->file) != std::string::npos) continue;
    result.scenario += (result.scenario.empty() ? "" : ", ") + one.scenario->file;
  }

  std::vector<Search> searches(wanted.size() * starts);
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> done{0};
  const auto work = [&](bool reports_progress) {
    Runner runner;
    for (std::size_t i = next++; i < searches.size(); i = next++) {
      const Wanted& one = wanted[i / starts];
      searches[i] = search(runner, *one.scenario, options, *one.mistake,
                           start_seed(options.first_seed, i % starts));
      ++done;
      if (reports_progress && options.progress) options.progress(done, searches.size());
    }
  };
  std::vector<std::thread> threads;
  for (int i = 1; i < options.jobs; ++i) threads.emplace_back(work, false);
  work(true);
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < wanted.size(); ++i)
    gather(std::span(searches).subspan(i * starts, starts), *wanted[i].scenario,
           result.mistakes[i]);
  result.interrupted = options.interrupted != nullptr && *options.interrupted;
  result.seconds = static_cast<decltype(result.seconds)>(options.wall_us() - began) / 1'000'000;
  return result;
}

}  // namespace

}  // namespace quorate::sim
