#include "sim/cli/cli.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstring>
#include <iostream>
#include <thread>

#include "sim/check/probes.h"
#include "sim/mistakes/mistakes.h"
#include "sim/scenario/scenario_json.h"
#include "sim/scenario/wording.h"

namespace quorate::cli {

namespace {

std::atomic<bool> interrupted_flag{false};

void on_interrupt(int) {
  if (interrupted_flag.exchange(true)) _exit(128 + SIGINT);
}

void on_interrupt_that_waits(int) { interrupted_flag.store(true); }

// nohup, or a shell that runs us in the background, has had it ignored: so it stays.
void handle_unless_ignored(int signal, void (*handler)(int)) {
  struct sigaction action = {};
  sigaction(signal, nullptr, &action);
  if (action.sa_handler == SIG_IGN) return;
  action = {};
  action.sa_handler = handler;
  sigaction(signal, &action, nullptr);
}

bool parse_number(std::string_view text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

}  // namespace

const std::atomic<bool>& interrupted() { return interrupted_flag; }

void catch_interrupts(SecondInterrupt second) {
  const auto handler =
      second == SecondInterrupt::ends_at_once ? on_interrupt : on_interrupt_that_waits;
  handle_unless_ignored(SIGINT, handler);
  handle_unless_ignored(SIGTERM, handler);
  // Who has something to clean up does so, too, when the terminal is closed.
  if (second == SecondInterrupt::is_nothing) handle_unless_ignored(SIGHUP, handler);
}

const Rules& rules_of(const std::string& name) {
  if (name.empty()) return sound_rules();
  if (const sim::Mistake* mistake = sim::find_mistake(name)) return *mistake->rules;
  std::vector<std::string_view> names;
  for (const sim::Mistake& mistake : sim::mistakes()) names.push_back(mistake.name);
  throw BadInput("--mistake: there is no mistake " + sim::reading::quoted(name) +
                 sim::reading::did_you_mean(name, names) + " (`quorate mistakes` lists them)");
}

void check_it_can_show(const std::string& option, const std::string& name,
                       const std::vector<sim::Scenario>& scenarios) {
  const sim::Mistake* mistake = sim::find_mistake(name);
  if (mistake == nullptr || sim::profile_of(*mistake) == Profile::ack_quorum) return;
  const bool shows = std::any_of(
      scenarios.begin(), scenarios.end(),
      [](const sim::Scenario& scenario) { return scenario.profile == Profile::replicated_log; });
  if (!shows)
    throw BadInput(option + ": " + name + " is a mistake of the profile replicated_log, and " +
                   (scenarios.size() == 1 ? scenarios.front().file + " is not of it"
                                          : "no scenario here is of it"));
}

std::vector<sim::Scenario> read_scenarios(const std::vector<std::string>& files) {
  std::vector<sim::Scenario> scenarios;
  for (const std::string& file : files)
    scenarios.push_back(sim::read_scenario_file(file, sim::probe_names()));
  return scenarios;
}

std::uint64_t parse_seed(const std::string& option, const std::string& text) {
  std::uint64_t seed = 0;
  if (!parse_number(text, seed))
    throw BadInput(option + ": " + sim::reading::quoted(text) +
                   " is no seed: a whole number from 0 to 18446744073709551615");
  return seed;
}

SeedRange parse_seeds(const std::string& text) {
  SeedRange range;
  const std::size_t dots = text.find("..");
  const bool is_range = dots != std::string::npos;
  const bool sound = is_range
                         ? parse_number(std::string_view(text).substr(0, dots), range.first) &&
                               parse_number(std::string_view(text).substr(dots + 2), range.last)
                         : parse_number(text, range.last);
  if (!sound)
    throw BadInput("--seeds: \"" + text +
                   "\" is neither a count like 1000 nor a range like 0..999");
  if (is_range) {
    if (range.first > range.last)
      throw BadInput("--seeds: the range " + text + " ends before it begins");
    if (range.last == UINT64_MAX) throw BadInput("--seeds: " + text + " goes too far");
    return range;
  }
  if (range.last == 0) throw BadInput("--seeds: 0 seeds are nothing to sweep");
  return {0, range.last - 1};
}

std::int64_t parse_duration_us(const std::string& text, const std::string& option) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  std::uint64_t number = 0;
  const std::string unit = text.substr(digits);
  const std::int64_t scale = unit == "ms"  ? 1'000
                             : unit == "s" ? 1'000'000
                             : unit == "m" ? 60'000'000
                             : unit == "h" ? 3'600'000'000
                                           : 0;
  constexpr std::uint64_t kMost = 1'000'000;
  if (!parse_number(std::string_view(text).substr(0, digits), number) || scale == 0 ||
      number == 0 || number > kMost)
    throw BadInput(option + ": \"" + text + "\" is not a time like 30s, 500ms, 10m or 2h");
  return static_cast<std::int64_t>(number) * scale;
}

int default_jobs() { return static_cast<int>(std::max(1u, std::thread::hardware_concurrency())); }

std::int64_t wall_us() {
  using std::chrono::steady_clock;
  return std::chrono::duration_cast<std::chrono::microseconds>(
             steady_clock::now().time_since_epoch())
      .count();
}

bool is_terminal(int descriptor) { return isatty(descriptor) == 1; }

int terminal_columns() {
  winsize size = {};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return 80;
  return size.ws_col;
}

void show_progress(const std::string& line) {
  if (is_terminal(STDERR_FILENO)) std::cerr << '\r' << line << "\x1b[K" << std::flush;
}

void end_progress() { show_progress(""); }

bool print(const std::string& text) {
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t count = write(STDOUT_FILENO, text.data() + written, text.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) {  // whoever has it beside us made it non-blocking
      pollfd one{STDOUT_FILENO, POLLOUT, 0};
      ::poll(&one, 1, -1);
      continue;
    }
    if (count < 0) {
      if (errno != EPIPE) std::cerr << "quorate: standard output: " << std::strerror(errno) << '\n';
      return false;
    }
    written += static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace quorate::cli
