#include "sim/search/find_mistakes.h"

#include <algorithm>
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

void search(Runner& runner, const Scenario& scenario, const FindOptions& options,
            const Mistake& mistake, reports::MistakeResult& result) {
  for (std::uint64_t n = 0; n < options.max_seeds; ++n) {
    if (options.interrupted != nullptr && *options.interrupted) return;
    const std::uint64_t seed = options.first_seed + n;
    const RunOutcome outcome = runner.run(scenario, seed, *mistake.rules);
    if (!outcome.violated) continue;
    result.is_searched = true;
    result.found_after_seeds = n + 1;
    result.check = outcome.violated->check;
    result.sentence = outcome.violated->sentence;
    result.seed = seed;
    result.repro = repro_command(scenario, seed, result.name);
    return;
  }
  result.is_searched = true;
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
    const bool elects = mistake.swarm != Swarm::fixed_leader;
    const bool is_of_it = elects == (scenario.profile == Profile::replicated_log);
    if (options.only.empty() ? is_of_it : mistake.name == options.only)
      wanted.push_back({&mistake, &scenario});
  }
  return find_all(wanted, options);
}

namespace {

reports::MistakesResult find_all(const std::vector<Wanted>& wanted, const FindOptions& options) {
  const std::int64_t began = options.wall_us();
  reports::MistakesResult result;
  result.searched = true;
  result.max_seeds = options.max_seeds;
  result.first_seed = options.first_seed;
  for (const Wanted& one : wanted) {
    result.mistakes.push_back(described(*one.mistake));
    if (result.scenario.find(one.scenario->file) != std::string::npos) continue;
    result.scenario += (result.scenario.empty() ? "" : ", ") + one.scenario->file;
  }

  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> done{0};
  const auto work = [&](bool reports_progress) {
    Runner runner;
    for (std::size_t i = next++; i < wanted.size(); i = next++) {
      search(runner, *wanted[i].scenario, options, *wanted[i].mistake, result.mistakes[i]);
      ++done;
      if (reports_progress && options.progress) options.progress(done, wanted.size());
    }
  };
  std::vector<std::thread> threads;
  for (int i = 1; i < options.jobs; ++i) threads.emplace_back(work, false);
  work(true);
  for (std::thread& thread : threads) thread.join();
  result.interrupted = options.interrupted != nullptr && *options.interrupted;
  result.seconds = static_cast<decltype(result.seconds)>(options.wall_us() - began) / 1'000'000;
  return result;
}

}  // namespace

}  // namespace quorate::sim
