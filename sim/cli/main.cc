// quorate: builds the commands and maps what goes wrong to exit codes.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <iostream>
#include <optional>
#include <sstream>
#include <utility>

#include "sim/cli/cli.h"
#include "sim/scenario/scenario_error.h"
#include "sim/scenario/wording.h"

namespace quorate::cli {

namespace {

// Started with standard input, output or error closed, a process would give that number to the
// first file that it opens, and write its messages into a log. So the numbers are taken; the wrong
// way round, as whoever asked for a closed one shall not hear that all was read or written.
void hold_standard_descriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd)
    if (::fcntl(fd, F_GETFD) < 0 &&
        ::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
      ::_exit(kBadInput);
}

int run(int argc, char** argv) {
  CLI::App app{"quorate finds the bug in a replication protocol before production does."};
  app.name("quorate");
  app.require_subcommand(1);
  app.set_version_flag("--version", QUORATE_VERSION);
  app.get_formatter()->column_width(28);
  const std::pair<const char*, Command> commands[] = {
      {"replay", add_replay(app)}, {"sweep", add_sweep(app)}, {"mistakes", add_mistakes(app)},
      {"bench", add_bench(app)},   {"node", add_node(app)},   {"demo", add_demo(app)},
      {"stress", add_stress(app)}, {"check", add_check(app)}};
  // CLI11 would say that a command is missing, and not which one it doesn't know.
  if (argc > 1 && argv[1][0] != '-') {
    std::vector<std::string_view> names;
    for (const auto& command : commands) names.emplace_back(command.first);
    if (std::find(names.begin(), names.end(), argv[1]) == names.end())
      throw BadInput("there is no command " + sim::reading::quoted(argv[1]) +
                     sim::reading::did_you_mean(argv[1], names) +
                     " (commands: " + sim::reading::joined(names) + ")");
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // --help, --version
      std::ostringstream out;
      app.exit(error, out, std::cerr);
      return exit_code(kFine, print(out.str()));
    }
    std::cerr << "quorate: " << error.what() << "\n(quorate --help tells what can be typed)\n";
    return kBadInput;
  }
  for (const auto& [name, command] : commands)
    if (app.got_subcommand(name)) return command();
  return kBadInput;
}

}  // namespace

}  // namespace quorate::cli

int main(int argc, char** argv) {
  using namespace quorate;
  cli::hold_standard_descriptors();
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return cli::run(argc, argv);
  } catch (const sim::ScenarioError& error) {
    std::cerr << "quorate: " << error.what() << '\n';
    return cli::kBadInput;
  } catch (const cli::BadInput& error) {
    std::cerr << "quorate: " << error.what() << '\n';
    return cli::kBadInput;
  } catch (const std::exception& error) {
    std::cerr << "quorate: a bug in quorate itself: " << error.what() << '\n';
    return cli::kOurBug;
  }
}
