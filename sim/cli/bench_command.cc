// quorate bench
#include <cmath>
#include <filesystem>
#include <memory>
#include <system_error>

#include "core/posix/posix_error.h"
#include "sim/cli/cli.h"
#include "sim/cli/print_result.h"
#include "sim/cli/real/real_bench.h"
#include "sim/search/bench.h"

namespace quorate::cli {

namespace {

struct Options {
  bool json = false;
  bool real = false;
  double seconds = 1;
  int rounds = 5;
  std::vector<int> clients{1, 64};
  std::string folder;
};

template <class Result>
int show(const Options& options, const Result& result) {
  return exit_code(kFine, print_result(result, options.json));
}

int bench_real(const Options& options) {
  if (std::isnan(options.seconds)) throw BadInput("--seconds: nan is no time");  // Range lets it by
  catch_interrupts(SecondInterrupt::is_nothing);  // the first one cleans up
  RealBench bench;
  bench.clients = options.clients;
  bench.rounds = options.rounds;
  bench.round = Duration(static_cast<std::int64_t>(options.seconds * 1e6));
  namespace fs = std::filesystem;
  std::error_code refused;
  const fs::path folder =
      options.folder.empty() ? fs::temp_directory_path(refused) : fs::path(options.folder);
  if (refused) throw BadInput("bench --real: a folder for temporary files: " + refused.message());
  bench.folder = fs::absolute(folder).lexically_normal().string();
  bench.gives_up = [] { return interrupted().load(); };
  bench.progress = show_progress;
  try {
    const reports::RealBenchResult result = run(bench);
    end_progress();
    return show(options, result);
  } catch (const PosixError& error) {
    end_progress();
    throw BadInput(std::string("bench --real: ") + error.what());
  }
}

}  // namespace

Command add_bench(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "bench", "Measure what a simulated write costs, or a real one, beside its floor");
  const auto options = std::make_shared<Options>();
  command->add_flag("--json", options->json, "print one JSON object and nothing else");
  CLI::Option* real = command->add_flag(
      "--real", options->real,
      "measure a real cluster of processes on loopback, beside bare ones without a protocol");
  command->add_option("--seconds", options->seconds, "how long each round measures (default: 1)")
      ->check(CLI::Range(0.01, 3600.0))
      ->needs(real);
  command->add_option("--rounds", options->rounds, "how many of each (default: 5)")
      ->check(CLI::Range(1, 1000))
      ->needs(real);
  command->add_option("--clients", options->clients, "how many at once (default: 1,64)")
      ->delimiter(',')
      ->check(CLI::Range(1, 1000))
      ->needs(real);
  command
      ->add_option("--folder", options->folder,
                   "on which disk the logs are for the time (default: $TMPDIR or /tmp)")
      ->needs(real);
  return [options] { return options->real ? bench_real(*options) : show(*options, sim::bench()); };
}

}  // namespace quorate::cli
