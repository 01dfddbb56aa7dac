// How does a command show what came out? As JSON for a machine, or as text for people.
#pragma once

#include <unistd.h>

#include <sstream>

#include "reports/json_report.h"
#include "reports/text_report.h"
#include "sim/cli/cli.h"

namespace quorate::cli {

// On standard output. False: it can't be written any more, see print().
template <class Result>
bool print_result(const Result& result, bool as_json) {
  std::ostringstream out;
  if (as_json)
    reports::write_json(out, result);
  else
    reports::write_text(out, result, {is_terminal(STDOUT_FILENO)});
  return print(out.str());
}

}  // namespace quorate::cli
