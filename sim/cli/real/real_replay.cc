#include "sim/cli/real/real_replay.h"

#include <algorithm>

#include "sim/cli/real/real_error.h"
#include "sim/search/for_real.h"
#include "sim/search/run.h"
#include "sim/world/node_names.h"

namespace quorate::cli {

namespace {

const char* word_of(sim::DecidedKind kind) {
  switch (kind) {
    case sim::DecidedKind::record: return "record";
    case sim::DecidedKind::answer: return "answer";
    case sim::DecidedKind::ack: return "ack";
  }
  return "?";
}

// Fills in what keeps it from being played. False: it can be played.
bool is_not_for_real(const sim::Scenario& scenario, const sim::Course& course,
                     reports::RealReplayResult& result) {
  for (const sim::PlannedFault& fault : course.faults) {
    const auto& names = scenario.cluster.names;
    const std::string why_not = sim::with_names(sim::why_not_for_real(fault, course), names);
    result.faults.push_back({sim::with_names(sim::told_of(fault, scenario.profile), names),
                             why_not.empty() ? sim::made_by(fault) : std::string(), why_not});
  }
  result.why_not = sim::why_not_for_real(scenario, result.seed, course);
  return !result.why_not.empty() ||
         std::any_of(result.faults.begin(), result.faults.end(),
                     [](const auto& fault) { return !fault.why_not.empty(); });
}

void count(const sim::Course& course, reports::RealReplayResult& result) {
  for (const sim::Decided& decided : course.decided) {
    result.records += decided.kind == sim::DecidedKind::record ? 1 : 0;
    result.answers += decided.kind == sim::DecidedKind::answer ? 1 : 0;
    result.acks += decided.kind == sim::DecidedKind::ack ? 1 : 0;
  }
}

std::vector<std::string> owed() {
  return {"all nodes that run hold the same log, byte for byte (L1)",
          "each write that was told OK is in it (S1)",
          "what the clients were told is linearizable (S15)"};
}

// Compares what was played. Where nodes elect their leader, another course is no difference: what
// is owed has been judged.
void compare(const sim::Course& course, const RealPlayed& played, const RealPlayOptions& options,
             reports::RealReplayResult& result) {
  const bool elects = course.node.elects();
  result.late_us = played.late.us();
  result.waited_for = played.waited_for;
  result.broken = played.broken;
  if (const auto parts = sim::first_difference(course.decided, played.decided))
    result.parting = {word_of(parts->kind), parts->about, parts->simulated, parts->real};
  else if (!played.waited_for.empty() && !elects)
    result.parting = {"process", "how far the world came", played.waited_for,
                      "not within " + std::to_string(options.patience.us() / 1000) + " ms"};
  result.outcome = !result.broken.empty() ? "broken"
                   : !result.parting      ? "agrees"
                   : elects               ? "holds"
                                          : "differs";
}

// Plays the real world once.
void play(const sim::Course& course, const RealPlayOptions& options,
          reports::RealReplayResult& result) {
  ++result.plays;
  result.parting.reset();
  result.waited_for.clear();
  result.broken.clear();
  result.late_us = 0;
  try {
    compare(course, play_for_real(course, options), options, result);
  } catch (const RealError& error) {
    result.parting = {"process", "what became of the processes", "they ran as the faults had it",
                      error.what()};
    result.outcome = "differs";
  }
}

}  // namespace

reports::RealReplayResult replay_for_real(const sim::Scenario& scenario, std::uint64_t seed,
                                          const RealPlayOptions& options) {
  reports::RealReplayResult result;
  result.scenario = scenario.file;
  result.about = scenario.about;
  result.seed = seed;
  result.simulated = sim::repro_command(scenario, seed, "");
  const sim::Course course = sim::course_of(scenario, seed);
  result.cluster = course.cluster;
  if (course.violated) {
    result.outcome = "differs";
    result.parting = {"process", "what the simulated world owes",
                      course.violated->check + ": " + course.violated->sentence, "not played"};
    return result;
  }
  if (is_not_for_real(scenario, course, result)) {
    result.outcome = "not_for_real";
    return result;
  }
  count(course, result);
  if (course.node.elects()) result.owed = owed();
  for (;;) {
    play(course, options, result);
    // What is owed doesn't rest on speed.
    if (!result.broken.empty() || !result.parting || result.plays == kMostPlays ||
        result.late_us < kTooLate.us())
      return result;
    result.notes.push_back(
        "Play " + std::to_string(result.plays) + " does not count: this machine was " +
        std::to_string(result.late_us / 1000) + " ms late (" + result.parting->about + ": " +
        result.parting->simulated + "; for real: " + result.parting->real + ").");
  }
}

}  // namespace quorate::cli
