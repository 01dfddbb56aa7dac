// quorate check FILE [--memory-mib N]
#include <memory>

#include "sim/cli/check/check_history.h"
#include "sim/cli/check/history_file.h"
#include "sim/cli/cli.h"
#include "sim/cli/print_result.h"

namespace quorate::cli {

namespace {

struct Options {
  std::string file;
  std::uint64_t memory_mib = 512;
  bool json = false;
};

int run(const Options& options) {
  const reports::CheckResult result =
      check_history(read_history_file(options.file), options.memory_mib);
  const bool is_written = print_result(result, options.json);
  if (!result.contradictions.empty()) return kViolated;
  return exit_code(result.undecided.empty() ? kFine : kUndecided, is_written);
}

}  // namespace

Command add_check(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("check", "Judge a stored history: is it linearizable, key by key?");
  const auto options = std::make_shared<Options>();
  command->add_option("FILE", options->file, "the history, JSON Lines, or - for standard input")
      ->required();
  command
      ->add_option("--memory-mib", options->memory_mib,
                   "what the search of a key may remember (default: 512)")
      ->check(CLI::Range(1, 1 << 20));
  command->add_flag("--json", options->json, "print one JSON object and nothing else");
  command->footer(
      "One event a line, in the order in which they happened:\n"
      "  {\"process\": 0, \"type\": \"invoke\", \"f\": \"write\", \"key\": \"k1\", \"value\": 3}\n"
      "  {\"process\": 0, \"type\": \"ok\", \"f\": \"write\", \"key\": \"k1\", \"value\": 3}\n"
      "type: invoke, ok, fail (it did not happen), info (nobody knows). f: read, write, cas; the\n"
      "value of a cas is [from, to], and its ok line says \"swapped\": true or false. Every key "
      "is\n"
      "a register that begins as null. sim/linear/README.md tells all of it.\n"
      "Exit codes: 0 linearizable, 1 not, 2 bad input, 4 undecided: the memory did not suffice.");
  return [options] { return run(*options); };
}

}  // namespace quorate::cli
