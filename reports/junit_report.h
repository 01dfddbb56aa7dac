// What came out, for a CI server? JUnit XML as Jenkins, GitLab and others read it.
//
// One suite, one case a scenario file: passed, failed (with what broke, the last narrated lines and
// the command that shows it again), or skipped when an interrupted or stopped sweep never came to
// it. Valid under the Jenkins xunit plugin's junit-10.xsd.
// Times are seconds: of a case, processor time; of the suite, by the wall clock. There is no
// timestamp: the same result gives the same bytes, and the writer has no clock.
// What XML can't hold (most control characters, bytes that are not UTF-8) becomes U+FFFD,
// or '?' within the words of violation_text.h.
#pragma once

#include <ostream>

#include "reports/result.h"

namespace quorate::reports {

void write_junit(std::ostream& out, const SweepResult& sweep);

}  // namespace quorate::reports
