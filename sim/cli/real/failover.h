// What becomes of a write whose leader is killed? `quorate demo --failover`: three real nodes elect
// a leader, it is killed while an entry is on its disk alone, the others elect the next one, and
// the entry is cut when the old leader is back.
//
// The lines are told as they come, causes before effects (failover_story.h). Who leads is chance;
// what must come out is not: relays hold back what the leader sends before it is killed, so nobody
// else has the entry, and whoever is elected overwrites it. What came out otherwise is a failure,
// and is said so. Where the machine is so slow that the leader changes by itself, the story tells
// it and goes on.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "reports/result.h"

namespace quorate::cli {

// What it is about to show, a sentence each, with an end.
std::vector<std::string> about_failover();
// The last lines: what is in every log, and what in none. Requires result.failover.
std::string end_of_failover(const reports::DemoResult& result);

// Plays it; `tell` is called with each line when it comes. Nothing is left when it returns or
// throws (Interrupted, PosixError when the machine refuses, and what `tell` throws).
reports::DemoResult play_failover(const std::atomic<bool>* interrupted,
                                  const std::function<void(const std::string&)>& tell);

}  // namespace quorate::cli
