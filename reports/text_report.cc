#include "reports/text_report.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "reports/mistakes_text.h"
#include "reports/table.h"
#include "reports/utf8.h"
#include "reports/violation_text.h"
#include "reports/words.h"

namespace quorate::reports {
namespace {

std::string range_of_seeds(const SweepResult& sweep) {
  return std::to_string(sweep.first_seed) + ".." + std::to_string(sweep.last_seed);
}

std::string figures_of(const ReplayResult& run) {
  Table table({Align::left, Align::left}, false);
  if (!run.cluster.empty()) table.row({{"cluster"}, {run.cluster}});
  if (!run.mistake.empty()) table.row({{"mistake"}, {run.mistake + ", switched on"}});
  table.row({{"virtual time"}, {virtual_time(run.virtual_us)}});
  table.row({{"happenings"}, {grouped(run.happenings)}});
  table.row({{"faults"}, {grouped(run.faults)}});
  table.row({{"committed"}, {counted(run.committed, "record")}});
  table.row({{"answers"},
             {grouped(run.answers.ok) + " ok, " + grouped(run.answers.timeout) + " timeout, " +
              grouped(run.answers.error) + " error, " + grouped(run.answers.lost) + " lost"}});
  table.row({{"digest"}, {hex16(run.digest)}});
  if (!run.history.empty()) table.row({{"history"}, {run.history}});
  return table.text(2);
}

std::string reached_by(const ReplayResult& run) {
  if (run.probes.empty()) return {};
  Table table({Align::left, Align::right}, false);
  for (const Probe& probe : run.probes) table.row({{probe.name}, {grouped(probe.count)}});
  return "\nReached, and how often:\n" + table.text(2);
}

bool is_unfinished(const SweepResult& sweep, const SweptScenario& scenario) {
  if (!sweep.interrupted && !sweep.stopped_early) return false;
  return scenario.runs == 0 || scenario.runs - 1 < sweep.last_seed - sweep.first_seed;
}

Cell verdict_on(const SweepResult& sweep, const SweptScenario& scenario) {
  if (scenario.violations > 0)
    return {"VIOLATED in " + counted(scenario.violations, "run"), Paint::bad};
  if (scenario.runs == 0) return {"not run"};
  return {is_unfinished(sweep, scenario) ? "passed so far" : "passed", Paint::good};
}

std::string rows_of(const SweepResult& sweep, bool colour) {
  if (sweep.scenarios.empty()) return {};
  Table table({Align::left, Align::right, Align::left, Align::left}, colour);
  table.row({{"scenario"}, {"runs"}, {"verdict"}, {"digest"}});
  for (const SweptScenario& scenario : sweep.scenarios)
    table.row({{scenario.file},
               {grouped(scenario.runs)},
               verdict_on(sweep, scenario),
               {scenario.runs == 0 ? "" : hex16(scenario.digest)}});
  return table.text(0) + '\n';
}

std::string headline_of(const SweepResult& sweep, bool colour) {
  const std::string scenarios = counted(sweep.scenarios.size(), "scenario");
  if (sweep.runs == 0) return "nothing run: " + scenarios + '\n';
  if (sweep.violations == 0) {
    const bool cut_short = sweep.interrupted || sweep.stopped_early;
    return painted("passed", Paint::good, colour) + (cut_short ? " so far: " : ": ") +
           counted(sweep.runs, "run") + " of " + scenarios + ", no violation\n";
  }
  const auto violated = static_cast<std::uint64_t>(
      std::count_if(sweep.scenarios.begin(), sweep.scenarios.end(),
                    [](const SweptScenario& scenario) { return scenario.violations > 0; }));
  return painted("VIOLATED", Paint::bad, colour) + ": " + grouped(sweep.violations) + " of " +
         counted(sweep.runs, "run") + ", in " + grouped(violated) + " of " + scenarios + '\n';
}

std::string totals_of(const SweepResult& sweep) {
  const auto reached =
      static_cast<std::uint64_t>(std::count_if(sweep.probes.begin(), sweep.probes.end(),
                                               [](const Probe& probe) { return probe.count > 0; }));
  Table table({Align::left, Align::left}, false);
  if (sweep.interrupted) table.row({{"interrupted"}, {"this is the verdict so far"}});
  if (sweep.stopped_early)
    table.row({{"stopped"}, {"at the first violation; --keep-going plays the rest"}});
  table.row({{"seeds"}, {range_of_seeds(sweep)}});
  if (!sweep.mistake.empty()) table.row({{"mistake"}, {sweep.mistake + ", switched on"}});
  table.row({{"time"},
             {wall_time(sweep.seconds) + " with " +
              counted(static_cast<std::uint64_t>(std::max(sweep.jobs, 0)), "job")}});
  if (sweep.runs > 0 && sweep.seconds > 0)
    table.row(
        {{"speed"}, {grouped(per_second(sweep.runs, sweep.seconds), 0) + " seeds per second"}});
  if (sweep.runs > 0) table.row({{"digest"}, {hex16(sweep.digest)}});
  if (!sweep.probes.empty())
    table.row(
        {{"probes"}, {grouped(reached) + " of " + grouped(sweep.probes.size()) + " reached"}});
  return table.text(2);
}

// One that stopped at its first violation had no time to reach them: that says nothing.
std::string never_reached_by(const SweepResult& sweep) {
  std::string names;
  if (sweep.stopped_early) return names;
  for (const Probe& probe : sweep.probes)
    if (probe.count == 0) names += "  " + printable(probe.name) + '\n';
  return names.empty() ? names : "\nNever reached:\n" + names;
}

std::string violations_of(const SweepResult& sweep, bool colour) {
  std::string out;
  for (const SweptScenario& scenario : sweep.scenarios) {
    if (!scenario.first) continue;
    out += '\n' + painted("VIOLATED", Paint::bad, colour) + ": " + printable(scenario.file) +
           ", seed " + std::to_string(scenario.first->seed) + "\n\n" +
           violation_text(*scenario.first);
  }
  return out;
}

// With two decimals, but never as 0.00 what is not nothing.
std::string measured(double number) {
  return number > 0 && number < 0.005 ? "< 0.01" : grouped(number, 2);
}

// In one piece, so that a width or a flag left on the stream can't garble it.
void put(std::ostream& out, const std::string& text) {
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
}

}  // namespace

void write_text(std::ostream& out, const ReplayResult& run, TextOptions options) {
  std::string text;
  for (const std::string& line : run.trace) text += printable(line) + '\n';
  if (!text.empty()) text += '\n';

  text += run.violations.empty() ? painted("passed", Paint::good, options.colour)
                                 : painted("VIOLATED", Paint::bad, options.colour);
  text += ": " + printable(run.scenario) + ", seed " + std::to_string(run.seed) + '\n';
  text += wrapped(printable(run.about), 2, kTextColumns) + '\n' + figures_of(run) + reached_by(run);
  if (!run.violations.empty()) text += '\n' + violation_text(run);
  put(out, text);
}

void write_text(std::ostream& out, const SweepResult& sweep, TextOptions options) {
  put(out, rows_of(sweep, options.colour) + headline_of(sweep, options.colour) + totals_of(sweep) +
               never_reached_by(sweep) + violations_of(sweep, options.colour));
}

void write_text(std::ostream& out, const MistakesResult& mistakes, TextOptions options) {
  put(out, mistakes_text(mistakes, options.colour));
}

void write_text(std::ostream& out, const BenchResult& bench, TextOptions /*no verdict*/) {
  Table table({Align::left, Align::right, Align::left}, false);
  table.row({{"a committed write"},
             {measured(bench.us_per_committed_write)},
             {"us, mean of " + counted(bench.writes, "write")}});
  table.row({{"the bare floor of this machine"},
             {measured(bench.floor_us_per_committed_write)},
             {"us a write: queue, copy and CRC alone"}});
  table.row({{"ratio to the floor"}, {measured(bench.ratio_to_floor)}});
  table.row({{"allocations a write"}, {measured(bench.allocations_per_committed_write)}});
  table.row({{"happenings a write"}, {measured(bench.happenings_per_committed_write)}});
  table.note("\n");
  table.row({{"seeds a second, on one core"},
             {grouped(bench.seeds_per_second_per_core, 0)},
             {"over " + counted(bench.seeds, "seed")}});
  table.row({{"faults a seed"}, {measured(bench.faults_per_seed)}});
  table.note("\n");
  table.row(
      {{"a write, its leader elected"}, {measured(bench.elected_us_per_committed_write)}, {"us"}});
  table.row({{"the same, through a follower"},
             {measured(bench.forwarded_us_per_committed_write)},
             {"us"}});
  table.row({{"seeds a second"}, {grouped(bench.elected_seeds_per_second_per_core, 0)}});
  table.row({{"faults a seed"}, {measured(bench.elected_faults_per_seed)}});
  table.note("\n");
  table.row({{"a copy of a running world"}, {measured(bench.snapshot_us)}, {"us"}});
  if (bench.record_bytes > 0)
    table.row({{"a CRC-32 of " + counted(bench.record_bytes, "byte")},
               {measured(bench.crc_ns_per_record)},
               {"ns"}});
  put(out, table.text(0));
}

void write_text(std::ostream& out, const RealBenchResult& bench, TextOptions /*no verdict*/) {
  constexpr Align kRight = Align::right;
  Table table({Align::left, kRight, kRight, kRight, kRight, kRight, kRight, kRight}, false);
  table.row(
      {{""}, {"commits/s"}, {"floor"}, {"share"}, {"p50 us"}, {"floor"}, {"p99 us"}, {"floor"}});
  for (const RealBenchCase& one : bench.cases)
    table.row({{counted(one.clients, "client") + (one.synced ? ", synced" : ", unsynced")},
               {grouped(one.ours.commits_per_second, 0)},
               {grouped(one.floor.commits_per_second, 0)},
               {grouped(one.share_of_floor, 2)},
               {grouped(one.ours.p50_us, 0)},
               {grouped(one.floor.p50_us, 0)},
               {grouped(one.ours.p99_us, 0)},
               {grouped(one.floor.p99_us, 0)}});
  const std::string system = bench.file_system.empty() ? "" : " (" + bench.file_system + ")";
  const std::string about =
      "A leader and " + counted(bench.followers, "follower") + ", values of " +
      counted(bench.value_bytes, "byte") + ", logs in " + bench.folder + system +
      ". The floor: bare processes that pass as many bytes the same way, with no protocol. " +
      "Medians of " + counted(bench.rounds, "round") + " of " + wall_time(bench.seconds_per_round) +
      " each, in turn with the floor's" +
      (bench.interrupted ? "; interrupted, the rest is missing." : ".");
  put(out, table.text(0) + "\n" + wrapped(about, 0, kTextColumns));
}

namespace {

std::string cluster_of(const StressResult& stress) {
  const std::string seed = ", seed " + std::to_string(stress.seed);
  if (stress.election.empty())
    return "a leader and " + counted(stress.followers, "follower") +
           " (Q = " + std::to_string(stress.acks_needed) + ")" + seed;
  return counted(stress.followers + 1, "node") + " that elect their leader (" + stress.election +
         "; a majority is " + std::to_string(stress.acks_needed + 1) + ")" + seed;
}

}  // namespace

void write_text(std::ostream& out, const StressResult& stress, TextOptions options) {
  const bool failed = !stress.failure.empty();
  const std::string verdict = stress.interrupted ? "passed so far" : "passed";
  const auto ms = [](std::int64_t us) {
    return grouped(static_cast<double>(us) / 1000, us % 1000 == 0 ? 0 : 1) + " ms";
  };
  Table table({Align::left, Align::left}, false);
  table.row({{"cluster"}, {cluster_of(stress)}});
  table.row(
      {{"load"},
       {counted(stress.clients, "client") + (stress.redis_benchmark ? " and redis-benchmark" : "") +
        ", " + wall_time(stress.seconds)}});
  table.row({{"kills"},
             {grouped(stress.kills) + ", the leader " + grouped(stress.leader_kills) +
              " of them; " + counted(stress.restarts, "restart")}});
  table.row({{"rejoined"},
             {grouped(stress.rejoined) + (stress.election.empty() ? " followers, " : " nodes, ") +
              grouped(stress.never_rejoined) + " more were ended again before; " +
              counted(stress.torn_tails, "torn tail") + " cut at a start"}});
  if (stress.snapshot_bytes > 0)
    table.row({{"snapshots"},
               {grouped(stress.snapshots_taken) + " taken, each " + grouped(stress.snapshot_bytes) +
                " bytes of log or more; " + grouped(stress.snapshots_installed) +
                " given to a node that was behind"}});
  table.row({{"writes"},
             {grouped(stress.answers.ok) + " OK, " + grouped(stress.answers.timeout) +
              (stress.election.empty() ? " timed out, " : " timed out or deposed, ") +
              grouped(stress.answers.error) + " refused, " + grouped(stress.answers.lost) +
              " lost with their connection"}});
  table.row({{"slowest answer"},
             {ms(stress.slowest_us) + " (deadline " + ms(stress.deadline_us) + ", allowance " +
              ms(stress.allowance_us) + ")"}});
  table.row({{"in each log"},
             {counted(stress.records, "record") +
              (stress.redis_benchmark
                   ? ", " + grouped(stress.foreign_records) + " of them redis-benchmark's"
                   : "")}});
  std::string text = failed ? painted("BROKEN", Paint::bad, options.colour)
                            : painted(verdict, Paint::good, options.colour);
  text += ": " + counted(stress.kills, "kill") + " under load\n" + table.text(2) + "\n";
  if (failed)
    text += wrapped(printable(stress.failure), 2, kTextColumns) + "\n  logs and outputs are in " +
            printable(stress.folder) + "\n";
  else
    for (const std::string& line : stress.checked)
      text += wrapped("checked: " + printable(line), 2, kTextColumns);
  put(out, text);
}

}  // namespace quorate::reports
