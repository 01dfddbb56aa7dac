// What came out, for a person at a terminal?
//
// Calm and aligned; plain ASCII except for what users wrote themselves; colours on the verdict
// words alone and only when asked for. A violated run ends with the command that shows it again, so
// that it stands last on the screen. Counts have separators; seeds and digests, which one copies,
// have none. A run plays one seed of one scenario, so runs a second are seeds a second.
#pragma once

#include <ostream>

#include "reports/result.h"

namespace quorate::reports {

struct TextOptions {
  bool colour = false;
};

// The trace if there is one, then the verdict and the figures, then what broke.
void write_text(std::ostream& out, const ReplayResult& run, TextOptions options = {});

// A row a scenario, the verdict and the totals, the probes never reached, then what broke in each.
void write_text(std::ostream& out, const SweepResult& sweep, TextOptions options = {});

// Without a search what there is; with one what was found, by which check, and what is missing.
void write_text(std::ostream& out, const MistakesResult& mistakes, TextOptions options = {});

void write_text(std::ostream& out, const BenchResult& bench, TextOptions options = {});

// A row a case: ours, the floor, and which share of it ours is.
void write_text(std::ostream& out, const RealBenchResult& bench, TextOptions options = {});

// The verdict, the figures, then what was checked, or what was broken first and where to look.
void write_text(std::ostream& out, const StressResult& stress, TextOptions options = {});

// The verdict, then where the worlds part or why nothing was compared, then what was compared.
void write_text(std::ostream& out, const RealReplayResult& replay, TextOptions options = {});

// The verdict, then for each key that is not linearizable the operations that contradict each
// other, with their intervals drawn, and why.
void write_text(std::ostream& out, const CheckResult& check, TextOptions options = {});

}  // namespace quorate::reports
