// Does a real cluster keep its word while its members are killed under load? The run of
// `quorate stress`.
//
// Followers, and the leader where that is wanted, are ended by SIGKILL at moments that the seed
// draws, and started again a moment later. Mostly no more followers are away at once than a quorum
// can do without, or one where it can do without none; every fifth is away for longer, up to twice
// as long as a write may wait, so that writes time out. In the end all are killed under load and
// their logs are read (stress_check.h); then they are started, the followers catch up, each node is
// stopped, and the logs are read again.
// Where nodes elect their leader, all of them are killed alike, clients ask each of them, and who
// is away for longer than the logs of the others reach back is given a snapshot.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "core/base/time.h"
#include "core/protocol/config.h"
#include "reports/result.h"

namespace quorate::cli {

struct StressPlan {
  std::uint32_t kills = 100;
  std::uint32_t followers = 2;
  int clients = 16;
  std::size_t value_bytes = 0;  // of a write, at least
  bool leader_too = false;
  bool elects = false;  // followers + 1 nodes that elect their leader; any may be killed
  ElectionRule election = ElectionRule::most_up_to_date;
  ByteCount snapshot_bytes = NodeConfig().snapshot_bytes;  // of nodes that elect; a quarter is kept
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
