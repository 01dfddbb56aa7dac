// Has a real cluster that elects its leader kept its word? What is judged when a play is over,
// whoever has led.
//
// L1: all that run hold the same log. S1: each write that was told OK is in it. S15: what the
// clients were told has an order that explains it. Each returns a sentence without an end, or
// nothing.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "sim/cli/real/real_cluster.h"
#include "sim/cli/real/real_sessions.h"

namespace quorate::cli {

// Of those that run, as their files are now.
std::string differing_logs(const RealCluster& cluster);
// `log` is the file of one of them, when they are alike.
std::string lost_write(const LogFile& log, std::span<const DoneWrite> done);
std::string contradiction_in(const std::string& history);

}  // namespace quorate::cli
