// What do real processes decide when they are led through a course?
//
// The steps are taken at the scenario's times, in real milliseconds, but never before the real
// world has come as far as the simulated one had by then: a machine that is late plays the rest
// that much later, and in the same order. What the simulated world had decided by a step and the
// real one never does is waited for only so long; then the rest is played without waiting, and the
// comparison says what is missing.
//
// Nodes that elect their leader are started at the scenario's zero, each stands for election when
// the scenario says, and when all is over it is judged what they owe (real_owed.h).
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "sim/cli/real/child.h"
#include "sim/search/course.h"

namespace quorate::cli {

struct RealPlayOptions {
  std::string program = kThisProgram;
  const std::atomic<bool>* interrupted = nullptr;
  Duration patience = milliseconds(4000);  // with each step, beyond the write timeout
};

struct RealPlayed {
  std::vector<sim::Decided> decided;
  std::string waited_for;  // the first thing that did not come in time; empty: all came
  std::string broken;      // what nodes that elect their leader owed in the end, and have not kept
  Duration late;           // how late this machine was, at the most, when it had to do something
};

// Nothing is left when it returns or throws (RealError when a member ends by itself; Interrupted;
// PosixError). Requires that all faults of the course can be made for real.
RealPlayed play_for_real(const sim::Course& course, const RealPlayOptions& options);

}  // namespace quorate::cli
