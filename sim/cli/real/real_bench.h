// How many writes a second does a real cluster commit, and how many would this machine at the most?
//
// A leader and two followers, real processes on loopback, and one process that loads them; beside
// them the bare floor (bench_floor.h) under the same load. Rounds of the two alternate, so that
// what else the machine does hits both, and each begins anew with empty logs. The figures are
// medians over the rounds, and so is the share: of the shares of neighbouring rounds.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "reports/result.h"

namespace quorate::cli {

struct RealBench {
  std::vector<int> clients{1, 64};
  int rounds = 5;
  Duration round = milliseconds(1000);  // what is measured of it, after the warm-up
  std::string folder;                   // the members' data lies in a new folder in this one
  std::function<bool()> gives_up;
  std::function<void(const std::string&)> progress;  // a line
};

// Requires a process with one thread. When it gives up, the cases that are done. Throws PosixError.
reports::RealBenchResult run(const RealBench& bench);

}  // namespace quorate::cli
