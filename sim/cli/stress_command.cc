// quorate stress [--kills N] [--followers N] [--clients N] [--leader-too] [--seed N]
//                [--allowance TIME] [--value-bytes N] [--redis-benchmark]
//                [--elected [--election RULE] [--snapshot-bytes N]]
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <memory>

#include "core/posix/posix_error.h"
#include "sim/cli/cli.h"
#include "sim/cli/print_result.h"
#include "sim/cli/real/real_error.h"
#include "sim/cli/real/stress.h"

namespace quorate::cli {

namespace {

constexpr int kInterrupted = 130;

struct Options {
  std::uint32_t kills = 100;
  std::uint32_t followers = 2;
  int clients = 16;
  std::size_t value_bytes = 0;
  bool leader_too = false;
  bool elected = false;
  std::string election = "most_up_to_date";
  std::int64_t snapshot_bytes = static_cast<std::int64_t>(NodeConfig().snapshot_bytes.value());
  std::string seed = "1";
  std::string allowance = "500ms";
  bool redis_benchmark = false;
  bool json = false;
};

// The file of that program, as a shell would find it. Throws BadInput.
std::string on_the_path(const std::string& program) {
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');)
    if (const std::string file = folder + "/" + program; ::access(file.c_str(), X_OK) == 0)
      return file;
  throw BadInput("--" + program + ": there is no " + program +
                 " on the PATH (Debian has it in redis-tools)");
}

StressPlan plan_of(const Options& options) {
  StressPlan plan;
  plan.kills = options.kills;
  plan.followers = options.followers;
  plan.clients = options.clients;
  plan.value_bytes = options.value_bytes;
  plan.leader_too = options.leader_too;
  plan.elects = options.elected;
  if (options.election == to_text(ElectionRule::adopt)) plan.election = ElectionRule::adopt;
  plan.snapshot_bytes = ByteCount(static_cast<std::uint64_t>(options.snapshot_bytes));
  if (options.elected && options.redis_benchmark)
    throw BadInput("--redis-benchmark: writes to the leader of `ack_quorum`, not with --elected");
  plan.seed = parse_seed("--seed", options.seed);
  plan.allowance = Duration(parse_duration_us(options.allowance, "--allowance"));
  if (plan.allowance > milliseconds(60'000)) throw BadInput("--allowance: a minute at most");
  if (options.redis_benchmark) plan.redis_benchmark = on_the_path("redis-benchmark");
  plan.interrupted = &interrupted();
  plan.progress = show_progress;
  return plan;
}

int show(const Options& options, const reports::StressResult& result) {
  const bool is_written = print_result(result, options.json);
  if (!result.failure.empty()) return kViolated;
  return exit_code(result.interrupted ? kInterrupted : kFine, is_written);
}

int run(const Options& options) {
  const StressPlan plan = plan_of(options);
  catch_interrupts(SecondInterrupt::is_nothing);  // the first one cleans up
  try {
    const reports::StressResult result = run(plan);
    end_progress();
    return show(options, result);
  } catch (const Interrupted&) {
    end_progress();
    std::cerr << "quorate: stress: interrupted before anything was written\n";
    return kInterrupted;
  } catch (const RealError& error) {
    end_progress();
    std::cerr << "quorate: stress: " << error.what() << '\n';
    return kViolated;
  } catch (const PosixError& error) {  // the machine refuses: no folder, no process, no port
    end_progress();
    throw BadInput(std::string("stress: ") + error.what());
  }
}

}  // namespace

Command add_stress(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "stress", "Kill the members of a real cluster under load, and judge what its logs hold");
  const auto options = std::make_shared<Options>();
  command->add_option("--kills", options->kills, "how many SIGKILLs (default: 100)")
      ->check(CLI::Range(0, 100'000));
  command->add_option("--followers", options->followers, "how many there are (default: 2)")
      ->check(CLI::Range(1, 31));
  command
      ->add_option("--clients", options->clients,
                   "connections, one write in flight on each (default: 16)")
      ->check(CLI::Range(1, 1000));
  command
      ->add_option("--value-bytes", options->value_bytes,
                   "how long a value is, at least: 300 keys of them are a snapshot")
      ->check(CLI::Range(0, 10'000));
  command->add_flag("--leader-too", options->leader_too, "each fourth kill hits the leader");
  CLI::Option* elected = command->add_flag(
      "--elected", options->elected,
      "one node more than --followers, which elect their leader; any may be killed");
  command
      ->add_option("--election", options->election,
                   "by which rule: most_up_to_date (default) or adopt")
      ->check(CLI::IsMember({"most_up_to_date", "adopt"}))
      ->needs(elected);
  command
      ->add_option("--snapshot-bytes", options->snapshot_bytes,
                   "a node takes a snapshot when its log has grown by so much, and keeps a quarter "
                   "of it (default: 4194304; 0: never)")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000'000}))
      ->needs(elected);
  command->add_option("--seed", options->seed,
                      "who is killed, when, and for how long (default: 1)");
  command->add_option(
      "--allowance", options->allowance,
      "how much later than its deadline of 1000 ms an answer may come, since a busy "
      "machine lets a process wait (default: 500ms)");
  command->add_flag("--redis-benchmark", options->redis_benchmark,
                    "run redis-benchmark beside our own clients");
  command->add_flag("--json", options->json, "print one JSON object and nothing else");
  command->footer(
      "Ctrl-C ends the kills, and what was written until then is judged.\n"
      "Nothing is left behind, but after a failure the folder with the logs, which is named.\n"
      "Exit codes: 0 all was as it must be; 1 something was broken, and is named; 2 bad input;\n"
      "130 interrupted, nothing broken so far.");
  return [options] { return run(*options); };
}

}  // namespace quorate::cli
