#include "reports/mistakes_text.h"

#include <vector>

#include "reports/table.h"
#include "reports/utf8.h"
#include "reports/words.h"

namespace quorate::reports {
namespace {

std::string list_of(const MistakesResult& mistakes) {
  if (mistakes.mistakes.empty()) return "no mistakes\n";
  Table table({Align::left, Align::left, Align::left}, false);
  table.row({{"mistake"}, {"rule"}, {"source"}});
  for (const MistakeResult& mistake : mistakes.mistakes) {
    table.note("\n");
    table.row({{mistake.name}, {mistake.rule}, {mistake.source}});
    table.note(wrapped(printable(mistake.about), 2, kTextColumns));
  }
  return table.text(0) + '\n' + counted(mistakes.mistakes.size(), "mistake") +
         ". Switch one on with --mistake NAME, in a replay or in a sweep.\n";
}

std::string rows_of(const MistakesResult& mistakes, bool colour) {
  if (mistakes.mistakes.empty()) return {};
  const Cell missing("NOT FOUND within " + counted(mistakes.max_seeds, "seed"), Paint::bad);
  const Cell unsearched("not found before the interruption");
  Table table({Align::left, Align::right, Align::left}, colour);
  table.row({{"mistake"}, {"seeds"}, {"caught by"}});
  for (const MistakeResult& mistake : mistakes.mistakes) {
    if (mistake.found_after_seeds)
      table.row({{mistake.name}, {grouped(*mistake.found_after_seeds)}, {mistake.check}});
    else
      table.row({{mistake.name},
                 {"-"},
                 mistakes.interrupted && !mistake.is_searched ? unsearched : missing});
  }
  return table.text(0) + '\n';
}

std::string verdict_on(const MistakesResult& mistakes, bool colour) {
  std::vector<std::string> missing;
  for (const MistakeResult& mistake : mistakes.mistakes)
    if (!mistake.found_after_seeds) missing.push_back(mistake.name);
  const std::size_t all = mistakes.mistakes.size();
  const bool good = missing.empty() && all > 0;

  std::string out = painted("found", good ? Paint::good : Paint::plain, colour) + ": " +
                    grouped(all - missing.size()) + " of " + counted(all, "mistake") + '\n';
  if (missing.empty()) return out;
  out += mistakes.interrupted ? "not found so far" : painted("NOT FOUND", Paint::bad, colour);
  for (std::size_t i = 0; i < missing.size(); ++i)
    out += (i == 0 ? ": " : ", ") + printable(missing[i]);
  return out + '\n';
}

std::string search_of(const MistakesResult& mistakes) {
  Table table({Align::left, Align::left}, false);
  if (mistakes.interrupted) table.row({{"interrupted"}, {"this is the verdict so far"}});
  if (!mistakes.scenario.empty()) table.row({{"scenario"}, {mistakes.scenario}});
  table.row({{"seeds"},
             {"at most " + grouped(mistakes.max_seeds) + " for each, from seed " +
              std::to_string(mistakes.first_seed)}});
  table.row({{"time"}, {wall_time(mistakes.seconds)}});
  return table.text(2);
}

std::string example_of(const MistakesResult& mistakes) {
  for (const MistakeResult& mistake : mistakes.mistakes)
    if (mistake.found_after_seeds && !mistake.repro.empty())
      return "\nTo see one of them, " + printable(mistake.name) + ":\n  " +
             printable(mistake.repro) + '\n';
  return {};
}

}  // namespace

std::string mistakes_text(const MistakesResult& mistakes, bool colour) {
  if (!mistakes.searched) return list_of(mistakes);
  return rows_of(mistakes, colour) + verdict_on(mistakes, colour) + search_of(mistakes) +
         example_of(mistakes);
}

}  // namespace quorate::reports
