// What can be typed? The commands of quorate, each in a file of its own.
//
// Each adds its subcommand and, when it was the one, runs and returns the exit code: 0 fine, 1 a
// check was violated, 2 bad input, 3 a bug in quorate itself, 4 undecided (`check` alone). What the
// machine refuses (a folder, a port, room for the output) is of the user's choice, and so bad
// input, too. With --json one JSON object goes to standard output and nothing else does.
#pragma once

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/protocol/rules.h"
#include "sim/cli/bad_input.h"
#include "sim/scenario/scenario.h"

namespace quorate::cli {

inline constexpr int kFine = 0;
inline constexpr int kViolated = 1;
inline constexpr int kBadInput = 2;
inline constexpr int kNotWritten = kBadInput;  // the output was not, and that has been said
inline constexpr int kOurBug = 3;
inline constexpr int kUndecided = 4;  // check alone: its memory did not suffice

// Runs the command when it was chosen.
using Command = std::function<int()>;

Command add_replay(CLI::App& app);
Command add_sweep(CLI::App& app);
Command add_mistakes(CLI::App& app);
Command add_bench(CLI::App& app);
Command add_node(CLI::App& app);
Command add_demo(CLI::App& app);
Command add_stress(CLI::App& app);
Command add_check(CLI::App& app);

// ---- shared by the commands

// Set by Ctrl-C and SIGTERM, for commands that look; they end all the others, as any process. A
// second one ends the process at once, or is nothing more (and then a terminal that is closed is an
// interrupt, too). A signal that was ignored when the process began stays so.
const std::atomic<bool>& interrupted();
enum class SecondInterrupt { ends_at_once, is_nothing };
void catch_interrupts(SecondInterrupt second = SecondInterrupt::ends_at_once);

// The rules of that mistake, or the sound ones for an empty name. Throws BadInput, with what was
// meant.
const Rules& rules_of(const std::string& mistake);
// A mistake of elected leaders shows nowhere else: throws BadInput where none of these elects one.
// `option` is who asked for it.
void check_it_can_show(const std::string& option, const std::string& mistake,
                       const std::vector<sim::Scenario>& scenarios);
// Reads them all before anything is run. Throws ScenarioError.
std::vector<sim::Scenario> read_scenarios(const std::vector<std::string>& files);

// "7", "0..99" (inclusive). Throws BadInput.
struct SeedRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};
// "42", for `option`. Throws BadInput.
std::uint64_t parse_seed(const std::string& option, const std::string& text);
SeedRange parse_seeds(const std::string& text);
// "30s", "500ms", "10m", "2h", in microseconds, for `option`. Throws BadInput.
std::int64_t parse_duration_us(const std::string& text, const std::string& option = "--for");

int default_jobs();
std::int64_t wall_us();
bool is_terminal(int descriptor);
// One line that is written over again and again, on standard error if that is a terminal; else
// nothing.
void show_progress(const std::string& line);
void end_progress();
int terminal_columns();
// The exit code of who has shown that verdict, or could not: what was found goes before that.
inline int exit_code(int verdict, bool is_written) {
  return verdict == kFine && !is_written ? kNotWritten : verdict;
}
// Writes all of it to standard output. False: nobody reads it any more (a closed pipe), or the disk
// is full; the reason has been said on standard error where that makes sense.
bool print(const std::string& text);

}  // namespace quorate::cli
