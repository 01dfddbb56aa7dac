// What happens in the lesson? Records written by a real cluster, with what a variant adds to it.
//
// The lines are told as they come, causes before effects (story.h). What must come out is known
// beforehand, from the rule and from who is there: a write that came out otherwise is a failure,
// and is said so.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "core/protocol/config.h"
#include "reports/result.h"

namespace quorate::cli {

struct DemoPlan {
  std::uint32_t followers = 2;
  std::uint32_t writes = 5;
  QuorumRule quorum = QuorumRule::followers_majority;
  std::uint32_t kill = 0;  // so many of the last followers, before the first write
  NodeId delayed;          // whose acks come late; none
  Duration delay;
  bool corrupt = false;  // one record on its way to follower-1
  bool rejoin = false;   // the last follower is away for all writes but the first
  const std::atomic<bool>* interrupted = nullptr;

  int acks_needed() const { return quorate::acks_needed(quorum, static_cast<int>(followers)); }
};

// How long a write waits for its quorum in the demo.
inline constexpr Duration kDemoWriteTimeout = milliseconds(1000);

// What it is about to show, a sentence each, with an end.
std::vector<std::string> about(const DemoPlan& plan);
// Which scenario shows the same? "five_records"; a test sees to it that scenarios/ has it.
std::string simulated_by(const DemoPlan& plan);

// Plays it; `tell` is called with each line when it comes. Nothing is left when it returns or
// throws (Interrupted, PosixError when the machine refuses, and what `tell` throws).
reports::DemoResult play(const DemoPlan& plan, const std::function<void(const std::string&)>& tell);

}  // namespace quorate::cli
