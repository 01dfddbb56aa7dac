// What will this seed play? All that a scenario leaves to chance, drawn before the run begins.
//
// A plan depends on (scenario, seed) alone. Each draw has its own purpose, so pinning one thing in
// the scenario leaves the others as they were.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/fault/fault.h"
#include "sim/scenario/scenario.h"
#include "sim/world/world.h"

namespace quorate::sim {

struct Plan {
  WorldSettings world;
  std::uint32_t clients = 1;
  std::uint32_t keys = 1;
  std::uint32_t writes = 0;  // of all clients together (reads, where there is nothing else)
  std::size_t value_bytes = 16;
  Duration think;
  std::uint32_t pipeline = 1;
  std::vector<PlannedFault> faults;
};

// Fills in `plan`, in its own storage. Requires a scenario that scenario_json would accept.
void draw_plan(const Scenario& scenario, std::uint64_t seed, Plan& plan);

}  // namespace quorate::sim
