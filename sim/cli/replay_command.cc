// quorate replay FILE [--seed N] [--mistake NAME] [--trace] [--history OUT]
// quorate replay --real FILE [--seed N]
#include <memory>
#include <optional>

#include "core/posix/posix_error.h"
#include "sim/cli/cli.h"
#include "sim/cli/out_file.h"
#include "sim/cli/print_result.h"
#include "sim/cli/real/real_error.h"
#include "sim/cli/real/real_replay.h"
#include "sim/search/run.h"

namespace quorate::cli {

namespace {

struct Options {
  std::string file;
  std::string seed;
  std::string mistake;
  bool trace = false;
  bool json = false;
  bool real = false;
  std::string history;
};

constexpr int kInterrupted = 130;

int run_for_real(const sim::Scenario& scenario, std::uint64_t seed, bool json) {
  // Once is enough: it cleans up and ends at once. A second one must not keep it from that.
  catch_interrupts(SecondInterrupt::is_nothing);
  try {
    RealPlayOptions how;
    how.interrupted = &interrupted();
    const reports::RealReplayResult result = replay_for_real(scenario, seed, how);
    const bool is_fine = result.outcome != "differs" && result.outcome != "broken";
    return exit_code(is_fine ? kFine : kViolated, print_result(result, json));
  } catch (const Interrupted&) {
    return kInterrupted;
  } catch (const PosixError& error) {
    throw BadInput("replay --real: " + std::string(error.what()));
  }
}

int run(const Options& options) {
  const Rules& rules = rules_of(options.mistake);
  const sim::Scenario scenario = read_scenarios({options.file}).front();
  check_it_can_show("--mistake", options.mistake, {scenario});
  const std::uint64_t seed =
      options.seed.empty() ? scenario.seed : parse_seed("--seed", options.seed);
  if (options.real) return run_for_real(scenario, seed, options.json);
  std::optional<OutFile> history;
  if (!options.history.empty())
    history.emplace("--history", options.history, std::vector{options.file});
  reports::ReplayResult result =
      sim::replay(scenario, seed, rules, options.mistake,
                  {.trace = options.trace, .history = history.has_value()});
  bool is_written = true;
  if (history) {
    history->stream() << result.history_lines;
    is_written = history->close();
    if (is_written) result.history = options.history;
  }
  is_written = print_result(result, options.json) && is_written;
  return exit_code(result.violations.empty() ? kFine : kViolated, is_written);
}

}  // namespace

Command add_replay(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("replay", "Play one scenario with one seed, and tell its story");
  const auto options = std::make_shared<Options>();
  command->add_option("FILE", options->file, "the scenario")->required();
  command->add_option("--seed", options->seed,
                      "which schedule to play (default: the scenario's own)");
  CLI::Option* mistake =
      command->add_option("--mistake", options->mistake, "play it with this mistake in the core");
  CLI::Option* trace = command->add_flag("--trace", options->trace, "print every fact as one line");
  CLI::Option* history =
      command->add_option("--history", options->history,
                          "write what the clients asked and were told to this file, for "
                          "`quorate check`");
  command
      ->add_flag("--real", options->real,
                 "play it with real processes, too, and compare what both worlds decide")
      ->excludes(mistake)
      ->excludes(trace)
      ->excludes(history);
  command->add_flag("--json", options->json, "print one JSON object and nothing else");
  return [options] { return run(*options); };
}

}  // namespace quorate::cli
