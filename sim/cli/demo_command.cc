// quorate demo [--writes N] [--followers N] [--delay-ack NAME=TIME] [--kill N] [--quorum RULE]
//              [--corrupt] [--rejoin]
// quorate demo --failover
#include <iostream>
#include <memory>
#include <sstream>

#include "core/posix/posix_error.h"
#include "core/protocol/facts.h"
#include "reports/json_report.h"
#include "sim/cli/cli.h"
#include "sim/cli/real/demo.h"
#include "sim/cli/real/failover.h"
#include "sim/cli/real/real_error.h"
#include "sim/scenario/scenario_names.h"
#include "sim/scenario/wording.h"

namespace quorate::cli {

namespace {

constexpr int kInterrupted = 130;
constexpr std::uint32_t kRejoinFollowers = 4;  // so that there is a quorum without the one

struct Options {
  std::uint32_t writes = 5;
  std::uint32_t followers = 2;
  CLI::Option* followers_given = nullptr;
  std::string delay_ack;
  std::uint32_t kill = 0;
  std::string quorum = "followers_majority";
  bool corrupt = false;
  bool rejoin = false;
  bool failover = false;
  bool json = false;
};

// The output has come to nobody; the reason has been said.
struct NotPrinted {};

QuorumRule quorum_of(const std::string& word) {
  if (const auto rule = sim::from_text<QuorumRule>(word)) return *rule;
  const auto words = sim::words_of<QuorumRule>();
  throw BadInput("--quorum: there is no rule " + sim::reading::quoted(word) +
                 sim::reading::did_you_mean(word, words) +
                 " (rules: " + sim::reading::joined(words) + ")");
}

// "follower-2=500ms"
void read_delay(const std::string& text, DemoPlan& plan) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos)
    throw BadInput("--delay-ack: " + sim::reading::quoted(text) +
                   " is nothing like follower-2=500ms");
  const std::string name = text.substr(0, equals);
  for (std::uint32_t n = 2; n <= plan.followers + 1; ++n)
    if (node_name(NodeId(n)) == name) plan.delayed = NodeId(n);
  if (plan.delayed.is_none())
    throw BadInput("--delay-ack: there is no " + sim::reading::quoted(name) +
                   " (follower-1 to follower-" + std::to_string(plan.followers) + ")");
  plan.delay = Duration(parse_duration_us(text.substr(equals + 1), "--delay-ack"));
  if (plan.delay > milliseconds(60'000)) throw BadInput("--delay-ack: a minute at most");
  if (plan.delayed.value() > plan.followers + 1 - plan.kill)
    throw BadInput("--delay-ack: " + name + " is one of those that --kill kills");
}

DemoPlan plan_of(const Options& options) {
  DemoPlan plan;
  plan.writes = options.writes;
  plan.followers =
      options.rejoin && options.followers_given->empty() ? kRejoinFollowers : options.followers;
  plan.quorum = quorum_of(options.quorum);
  plan.kill = options.kill;
  plan.corrupt = options.corrupt;
  plan.rejoin = options.rejoin;
  plan.interrupted = &interrupted();
  if (plan.kill > plan.followers)
    throw BadInput("--kill: there are only " + std::to_string(plan.followers) + " followers");
  if (plan.corrupt && plan.kill == plan.followers)
    throw BadInput("--corrupt: there is nobody left to ship a record to");
  if (!options.delay_ack.empty()) read_delay(options.delay_ack, plan);
  return plan;
}

std::string last_lines(const reports::DemoResult& result) {
  const std::string end = result.failover ? end_of_failover(result)
                                          : std::to_string(result.committed) + "/" +
                                                std::to_string(result.writes.size()) +
                                                " records committed with quorum";
  return end + (result.failover ? "\n\nthe like, simulated: " : "\n\nthe same, simulated: ") +
         result.simulated + "\n";
}

using Tell = std::function<void(const std::string&)>;

reports::DemoResult play(const Options& options, const DemoPlan& plan, const Tell& say) {
  for (const std::string& line : options.failover ? about_failover() : about(plan)) say(line);
  say("");
  return options.failover ? play_failover(plan.interrupted, say) : play(plan, say);
}

int run(const Options& options) {
  const DemoPlan plan = plan_of(options);
  // Once is enough: it cleans up and ends at once. The second of an impatient shell must not keep
  // it from that.
  catch_interrupts(SecondInterrupt::is_nothing);
  const auto say = [&options](const std::string& text) {
    if (!options.json && !print(text + '\n')) throw NotPrinted();
  };
  try {
    const reports::DemoResult result = play(options, plan, say);
    bool is_written = true;
    if (options.json) {
      std::ostringstream out;
      reports::write_json(out, result);
      is_written = print(out.str());
    }
    if (!result.failure.empty()) {
      std::cerr << "quorate: demo: " << result.failure << '\n';
      return kViolated;
    }
    if (!options.json) is_written = print(last_lines(result));
    return exit_code(kFine, is_written);
  } catch (const Interrupted&) {
    return kInterrupted;
  } catch (const NotPrinted&) {
    return kNotWritten;
  } catch (const PosixError& error) {  // the machine refuses: no folder, no process, no port
    throw BadInput(std::string("demo: ") + error.what());
  }
}

}  // namespace

Command add_demo(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("demo", "Play the lesson of the quorum with real processes on loopback");
  const auto options = std::make_shared<Options>();
  command->add_option("--writes", options->writes, "how many records are written (default: 5)")
      ->check(CLI::Range(1, 10'000));
  options->followers_given =
      command
          ->add_option("--followers", options->followers,
                       "how many followers there are (default: 2; 4 with --rejoin)")
          ->check(CLI::Range(1, 31));
  command->add_option("--delay-ack", options->delay_ack,
                      "follower-2=500ms: its acks come so much later");
  CLI::Option* kill = command->add_option("--kill", options->kill,
                                          "kill so many of the followers before the first write");
  kill->check(CLI::Range(0, 31));
  command->add_option("--quorum", options->quorum,
                      "followers_majority (the default): F / 2 + 1 of the F followers; "
                      "majority_of_all: of all nodes, the leader counted");
  command->add_flag("--corrupt", options->corrupt,
                    "flip a bit of one record on its way to follower-1");
  command
      ->add_flag("--rejoin", options->rejoin,
                 "stop the last follower, write on, and start it again")
      ->excludes(kill);
  const std::vector<CLI::Option*> of_the_lesson =
      command->get_options([](const CLI::Option* option) { return !option->check_name("--help"); });
  CLI::Option* failover =
      command->add_flag("--failover", options->failover,
                        "nodes that elect their leader: it is killed in the middle of a write");
  for (CLI::Option* option : of_the_lesson) failover->excludes(option);
  command->add_flag("--json", options->json, "print one JSON object and nothing else");
  command->footer(
      "A write waits 1000 ms for its quorum. Nothing is left behind: no process, file or port.\n"
      "Exit codes: 0 all came out as it must; 1 it did not; 2 bad input; 130 interrupted.");
  return [options] { return run(*options); };
}

}  // namespace quorate::cli
