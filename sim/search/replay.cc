// A run as a result for the reports.
#include <algorithm>

#include "sim/check/clauses.h"
#include "sim/client/client_recorder.h"
#include "sim/search/run.h"

namespace quorate::sim {

namespace {

constexpr std::size_t kLastLines = 24;

// A word for a shell: in quotes where it needs them.
std::string shell_word(const std::string& word) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./+:@%,=";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

std::string cluster_text(const Scenario& scenario, std::uint32_t followers) {
  if (scenario.profile == Profile::replicated_log)
    return reports::counted(followers + std::uint64_t{1}, "node") +
           ", a majority of all, election by " + std::string(to_text(scenario.cluster.election));
  const int count = static_cast<int>(followers);
  const bool of_all = scenario.cluster.quorum == QuorumRule::majority_of_all;
  return "1 leader, " + std::to_string(count) + (count == 1 ? " follower, " : " followers, ") +
         "Q = " + std::to_string(of_all ? (count + 1) / 2 + 1 : (count == 0 ? 0 : count / 2 + 1)) +
         (of_all ? " of all nodes, the leader counted" : " of the followers alone");
}

std::string repro_command(const Scenario& scenario, std::uint64_t seed,
                          const std::string& mistake) {
  std::string command =
      "quorate replay " + shell_word(scenario.file) + " --seed " + std::to_string(seed);
  if (!mistake.empty()) command += " --mistake " + shell_word(mistake);
  return command + " --trace";
}

reports::ReplayResult replay(const Scenario& scenario, std::uint64_t seed, const Rules& rules,
                             const std::string& mistake, ReplayExtras extras) {
  Runner runner;
  ClientRecorder recorder(runner.world());
  if (extras.history) runner.set_ear(&recorder, &recorder);
  std::vector<std::string> lines;
  const RunOutcome outcome = runner.run(scenario, seed, rules, &lines);
  reports::ReplayResult result;
  result.scenario = scenario.file;
  result.about = scenario.about;
  result.seed = seed;
  result.mistake = mistake;
  result.digest = outcome.digest;
  result.virtual_us = outcome.ended_at.us();
  result.happenings = outcome.happenings;
  result.faults = outcome.faults;
  result.committed = outcome.committed.value();
  result.cluster = cluster_text(scenario, outcome.followers);
  result.answers = {outcome.answers.ok, outcome.answers.timeout, outcome.answers.error,
                    outcome.answers.lost};
  for (std::size_t i = 0; i < kProbes; ++i) {
    const auto probe = static_cast<ProbeId>(i);
    if (runner.probes().count(probe) > 0)
      result.probes.push_back({std::string(probe_name(probe)), runner.probes().count(probe)});
  }
  result.repro = repro_command(scenario, seed, mistake);
  if (outcome.violated) {
    reports::Violation violation;
    violation.check = outcome.violated->check;
    violation.clause = outcome.violated->clause;
    violation.clause_says = clause_says(violation.clause);
    violation.sentence = outcome.violated->sentence;
    violation.at_us = outcome.violated->at.us();
    const std::size_t skip = lines.size() > kLastLines ? lines.size() - kLastLines : 0;
    violation.last_lines.assign(lines.begin() + static_cast<std::ptrdiff_t>(skip), lines.end());
    result.violations.push_back(std::move(violation));
  }
  result.history_lines = recorder.lines();
  if (extras.trace) result.trace = std::move(lines);
  return result;
}

}  // namespace quorate::sim
