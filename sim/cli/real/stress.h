// Does a real cluster keep its word while its members are killed under load? The run of
// `quorate stress`.
//
// Followers, and the leader where that is wanted, are ended by SIGKILL at moments that the seed
// draws, and started again a moment later. Mostly no more followers are away at once than a quorum
// can do without, or one where it can do without none; every fifth is away for longer, up to twice
// as long as a write may wait, so that writes time out. In the end all are killed under load and
// their logs are read (stress_check.h); then they are started, the followers catch up, each node is
// stopped, and the logs are read again.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "core/base/time.h"
#include "reports/result.h"

namespace quorate::cli {

struct StressPlan {
  std::uint32_t kills = 100;
  std::uint32_t followers = 2;
  int clients = 16;
  bool leader_too = false;
  std::uint64_t seed = 1;
  Duration allowance = milliseconds(500);  // how much later than its deadline an answer may come
  std::string redis_benchmark;             // its file; empty: it isn't run
  // Once set, nobody is killed any more; what was written until then is judged.
  const std::atomic<bool>* interrupted = nullptr;
  std::function<void(const std::string&)> progress;  // a line
};

// The result's `failure` says what was broken; then its folder stays. Throws PosixError, and
// Interrupted when nothing was written yet.
reports::StressResult run(const StressPlan& plan);

}  // namespace quorate::cli
