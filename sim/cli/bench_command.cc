// quorate bench
#include <memory>
#include <sstream>

#include <unistd.h>

#include "reports/json_report.h"
#include "reports/text_report.h"
#include "sim/cli/cli.h"
#include "sim/search/bench.h"

namespace quorate::cli {

Command add_bench(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("bench", "Measure what a simulated write costs, beside its floor");
  const auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "print one JSON object and nothing else");
  return [json] {
    const reports::BenchResult result = sim::bench();
    std::ostringstream out;
    if (*json)
      reports::write_json(out, result);
    else
      reports::write_text(out, result, {is_terminal(STDOUT_FILENO)});
    return print(out.str()) ? kFine : kOurBug;
  };
}

}  // namespace quorate::cli
