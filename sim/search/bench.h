// What does a simulated write cost, and what would it cost at the least?
#pragma once

#include "reports/result.h"

namespace quorate::sim {

// Measures on one core, the floor in the same run: takes some seconds.
reports::BenchResult bench();

}  // namespace quorate::sim
