// What broke, and how does one see it again? The words about a violated run that a terminal and a
// CI report share.
#pragma once

#include <string>

#include "reports/result.h"

namespace quorate::reports {

// The first violation of the run: its sentence, check and virtual time, the last narrated lines;
// then the further ones in a line each; last the command that plays the run again, on a line of its
// own. Each line is printable and ends in a line feed. Nothing for a run without a violation.
//
// So that the command stays exact, who builds `repro` quotes file names for the shell, those with
// control characters as $'...': here they would become '?'.
std::string violation_text(const ReplayResult& run);

}  // namespace quorate::reports
