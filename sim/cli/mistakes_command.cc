// quorate mistakes [--find]
#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>

#include "reports/mistakes_text.h"
#include "reports/words.h"
#include "sim/cli/cli.h"
#include "sim/cli/print_result.h"
#include "sim/scenario/general_swarm.h"
#include "sim/search/find_mistakes.h"

namespace quorate::cli {

namespace {

struct Options {
  bool find = false;
  std::string only;
  std::string scenario;
  std::string first_seed = "0";
  std::uint64_t max_seeds = 10'000;
  std::uint64_t starts = 1;
  int jobs = default_jobs();
  bool markdown = false;
  bool json = false;
};

reports::MistakesResult result_of(const Options& options) {
  if (!options.find) return sim::list_mistakes();
  rules_of(options.only);  // says what was meant, if there is no such mistake
  sim::FindOptions find;
  find.first_seed = parse_seed("--first-seed", options.first_seed);
  find.max_seeds = options.max_seeds;
  find.starts = options.starts;
  find.jobs = options.jobs;
  find.only = options.only;
  find.wall_us = wall_us;
  find.interrupted = &interrupted();
  find.progress = [](std::uint64_t done, std::uint64_t of) {
    show_progress("did " + std::to_string(done) + " of " + std::to_string(of) +
                  " searches for mistakes");
  };
  std::optional<sim::Scenario> scenario;
  if (!options.scenario.empty()) scenario = read_scenarios({options.scenario}).front();
  if (scenario) check_it_can_show("--only", options.only, {*scenario});
  reports::MistakesResult result =
      scenario ? sim::find_mistakes(*scenario, find) : sim::find_mistakes(find);
  end_progress();
  return result;
}

bool is_searched(const reports::MistakeResult& mistake) { return mistake.is_searched; }
bool is_missed(const reports::MistakeResult& mistake) {
  return mistake.is_searched && !mistake.median_seeds;
}

auto count(const reports::MistakesResult& result, bool (*which)(const reports::MistakeResult&)) {
  return std::count_if(result.mistakes.begin(), result.mistakes.end(), which);
}

int run(const Options& options) {
  catch_interrupts();
  const reports::MistakesResult result = result_of(options);
  // Neither the array nor the table has a place for it.
  if ((options.json || options.markdown) && result.interrupted)
    std::cerr << "quorate: interrupted: " << count(result, &is_searched) << " of "
              << reports::counted(result.mistakes.size(), "mistake") << " searched for\n";
  const bool is_written = options.markdown ? print(reports::mistakes_markdown(result))
                                           : print_result(result, options.json);
  return exit_code(count(result, &is_missed) > 0 ? kViolated : kFine, is_written);
}

}  // namespace

Command add_mistakes(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("mistakes", "List the known mistakes, or see whether each is caught");
  const auto options = std::make_shared<Options>();
  CLI::Option* find =
      command->add_flag("--find", options->find, "sweep for each until a check catches it");
  command->add_option("--only", options->only, "look for this one alone")->needs(find);
  command->add_option("--scenario", options->scenario, "where to look (default: the general swarm)")
      ->needs(find);
  command->add_option("--first-seed", options->first_seed, "where to begin (default: 0)")
      ->needs(find);
  command->add_option("--max-seeds", options->max_seeds, "when to give one up (default: 10000)")
      ->needs(find)
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}));
  command
      ->add_option("--starts", options->starts,
                   "search from so many starting seeds, 1000000000 apart, and show the median of "
                   "what each takes: the middle one, or the greater of the two in the middle; a "
                   "mistake that half of them miss counts as not found (default: 1)")
      ->needs(find)
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000}));
  command->add_option("--jobs", options->jobs, "threads (default: one a core)")
      ->check(CLI::Range(1, 1024));
  CLI::Option* json =
      command->add_flag("--json", options->json, "print one JSON array and nothing else");
  command->add_flag("--markdown", options->markdown, "print the table alone, as in the README")
      ->needs(find)
      ->excludes(json);
  return [options] { return run(*options); };
}

}  // namespace quorate::cli
