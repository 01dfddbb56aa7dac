// quorate sweep FILE... [--seeds A..B | --for 30s] [--jobs N] [--mistake NAME] [--keep-going]
//               [--junit FILE] [--history FOLDER]
#include <memory>
#include <optional>

#include "reports/junit_report.h"
#include "reports/progress.h"
#include "sim/cli/cli.h"
#include "sim/cli/history_folder.h"
#include "sim/cli/out_file.h"
#include "sim/cli/print_result.h"
#include "sim/search/sweep.h"

namespace quorate::cli {

namespace {

struct Options {
  std::vector<std::string> files;
  std::string seeds = "0..999";
  std::string lasts;
  int jobs = default_jobs();
  std::string mistake;
  bool keep_going = false;
  bool json = false;
  std::string junit;
  std::string history;
};

sim::SweepOptions plan(const Options& options, std::size_t files) {
  sim::SweepOptions plan;
  const SeedRange seeds = parse_seeds(options.seeds);
  plan.first_seed = seeds.first;
  plan.last_seed = seeds.last;
  if (!options.lasts.empty()) plan.lasts_us = parse_duration_us(options.lasts);
  plan.jobs = options.jobs;
  plan.keep_going = options.keep_going;
  plan.with_history = !options.history.empty();
  plan.rules = &rules_of(options.mistake);
  plan.mistake = options.mistake;
  plan.wall_us = wall_us;
  plan.interrupted = &interrupted();
  const std::uint64_t each = seeds.last - seeds.first + 1;
  const bool is_known = !plan.lasts_us && files > 0 && each <= UINT64_MAX / files;
  const std::uint64_t total = is_known ? each * files : 0;
  const std::int64_t began = wall_us();
  auto shown_at = std::make_shared<std::int64_t>(0);
  plan.progress = [total, began, shown_at](std::uint64_t runs, std::uint64_t violations) {
    const std::int64_t now = wall_us();
    if (now - *shown_at < 100'000) return;
    *shown_at = now;
    show_progress(reports::progress_line(runs, total, static_cast<double>(now - began) / 1e6,
                                         violations, terminal_columns() - 1));
  };
  return plan;
}

int run(const Options& options) {
  catch_interrupts();
  const std::vector<sim::Scenario> scenarios = read_scenarios(options.files);
  const sim::SweepOptions swept = plan(options, scenarios.size());
  check_it_can_show("--mistake", options.mistake, scenarios);
  std::optional<OutFile> junit;
  if (!options.junit.empty()) junit.emplace("--junit", options.junit, options.files);
  const HistoryFolder histories(options.history);
  reports::SweepResult result = sim::sweep(scenarios, swept);
  end_progress();
  bool is_written = histories.write(result);
  is_written = print_result(result, options.json) && is_written;
  if (junit) {
    reports::write_junit(junit->stream(), result);
    is_written = junit->close() && is_written;
  }
  return exit_code(result.violations > 0 ? kViolated : kFine, is_written);
}

}  // namespace

Command add_sweep(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("sweep", "Play scenarios with many seeds, and give a verdict");
  const auto options = std::make_shared<Options>();
  command->add_option("FILE", options->files, "the scenarios")->required();
  CLI::Option* seeds = command->add_option("--seeds", options->seeds,
                                           "a range like 0..9999, or a count (default: 0..999)");
  command->add_option("--for", options->lasts, "sweep for so long instead: 30s, 10m, 2h")
      ->excludes(seeds);
  command->add_option("--jobs", options->jobs, "threads (default: one a core)")
      ->check(CLI::Range(1, 1024));
  command->add_option("--mistake", options->mistake, "play it with this mistake in the core");
  command->add_flag("--keep-going", options->keep_going, "don't stop at the first violation");
  command->add_flag("--json", options->json, "print one JSON object and nothing else");
  command->add_option("--junit", options->junit, "write JUnit XML to this file, too");
  command->add_option("--history", options->history,
                      "write what the clients saw to this folder, one file for each run that is "
                      "shown as broken: SCENARIO-SEED.jsonl, for `quorate check`");
  return [options] { return run(*options); };
}

}  // namespace quorate::cli
