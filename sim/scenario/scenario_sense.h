// Does a scenario make sense as a whole? What no single key can say: that the nodes exist, that a
// link has two ends, that the probes are known.
#pragma once

#include <span>
#include <string_view>

#include "sim/scenario/place.h"
#include "sim/scenario/scenario.h"

namespace quorate::sim::reading {

// Complains (ScenarioError) about the first thing that makes none; `whole` is the scenario's place.
// Names in expect.reached must be among known_probes, unless that is empty.
void check_sense(const Scenario& scenario, const Place& whole,
                 std::span<const std::string_view> known_probes);

}  // namespace quorate::sim::reading
