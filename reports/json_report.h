// What came out, for a program?
//
// One JSON value and a line feed, in UTF-8. The keys are the members of result.h, in their order;
// a digest is a string of 16 lower-case hexadecimal digits, since not every reader of JSON keeps 64
// bits; what was not found or did not happen is null. Bytes that are not UTF-8 become U+FFFD, and a
// number that is not finite becomes null: a writer never throws for its input.
#pragma once

#include <ostream>

#include "reports/result.h"

namespace quorate::reports {

// An object. `trace` is empty unless it was asked for.
void write_json(std::ostream& out, const ReplayResult& run);

// An object. `first` of a scenario is an object as of a replay, or null when nothing broke.
void write_json(std::ostream& out, const SweepResult& sweep);

// An array, with an object for each mistake: name, rule, about, source; after a search also
// found_after_seeds, check, sentence, seed and repro, all five null where nothing was found; then
// median_seeds, null where it is beyond what was searched, and the array seeds_by_start, with null
// for a starting seed from which nothing was found.
void write_json(std::ostream& out, const MistakesResult& mistakes);

// An object.
void write_json(std::ostream& out, const BenchResult& bench);

// An object, with an array of `cases`.
void write_json(std::ostream& out, const RealBenchResult& bench);

// An object; `failure` is null when all came out as it must.
void write_json(std::ostream& out, const DemoResult& demo);

// An object; `failure` and `folder` are null when nothing was broken.
void write_json(std::ostream& out, const StressResult& stress);

// An object. Of a fault, `made_by` or `why_not` is null; and so are `parting` and `waited_for`
// where there was none.
void write_json(std::ostream& out, const RealReplayResult& replay);

// An object; `linearizable` is true, false, or null when it could not be decided.
void write_json(std::ostream& out, const CheckResult& check);

}  // namespace quorate::reports
