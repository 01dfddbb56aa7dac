#include "reports/violation_text.h"

#include "reports/table.h"
#include "reports/utf8.h"
#include "reports/words.h"

namespace quorate::reports {

std::string violation_text(const ReplayResult& run) {
  if (run.violations.empty()) return {};
  const Violation& first = run.violations.front();

  std::string out = printable(first.sentence) + '\n';
  Table facts({Align::left, Align::left}, false);
  facts.row({{"check"}, {first.check}});
  if (!first.clause.empty())
    facts.row({{"breaks"}, {first.clause + " of the fault model: " + first.clause_says}});
  facts.row({{"virtual time"}, {virtual_time(first.at_us)}});
  out += facts.text(2);

  if (!first.last_lines.empty()) {
    out += "\nThe last lines up to it:\n";
    for (const std::string& line : first.last_lines) out += "  " + printable(line) + '\n';
  }
  if (run.violations.size() > 1) {
    out += "\nAlso broken in this run:\n";
    for (std::size_t i = 1; i < run.violations.size(); ++i) {
      const Violation& also = run.violations[i];
      out += "  " + printable(also.check) + (also.clause.empty() ? "" : " (" + also.clause + ")") +
             " at " + virtual_time(also.at_us) + ": " + printable(also.sentence) + '\n';
    }
  }
  if (!run.repro.empty()) out += "\nTo see it again:\n  " + printable(run.repro) + '\n';
  if (!run.history.empty())
    out += "\nWhat its clients saw, judged by itself:\n  quorate check " + printable(run.history) +
           '\n';
  return out;
}

}  // namespace quorate::reports
