// What does a sweep play when nobody says? The general swarm: every fault, every size of cluster.
//
// The same as scenarios/general_swarm.json, which is the copy for people; a test keeps the two
// equal. `quorate mistakes --find` and `quorate bench` rest on it without needing a file.
#pragma once

#include "sim/scenario/scenario.h"

namespace quorate::sim {

// `file` is set to "scenarios/general_swarm.json".
Scenario general_swarm();
// Likewise, of the profile replicated_log: scenarios/elected_swarm.json, or
// elected_swarm_adopt.json.
Scenario elected_swarm(ElectionRule rule);

}  // namespace quorate::sim
