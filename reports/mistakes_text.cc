#include "reports/mistakes_text.h"

#include <algorithm>
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

// From how many of its starting seeds was it found?
std::size_t found_from(const MistakeResult& mistake) {
  std::size_t count = 0;
  for (const auto& seeds : mistake.seeds_by_start) count += seeds ? 1 : 0;
  return count;
}

// The most seeds that it took from any start; "-" where one of them found nothing.
std::string slowest(const MistakeResult& mistake) {
  std::uint64_t most = 0;
  for (const auto& seeds : mistake.seeds_by_start) {
    if (!seeds) return "-";
    most = std::max(most, *seeds);
  }
  return grouped(most);
}

std::string rows_of(const MistakesResult& mistakes, bool colour) {
  if (mistakes.mistakes.empty()) return {};
  const bool one = mistakes.starts == 1;
  const Cell missing("NOT FOUND within " + counted(mistakes.max_seeds, "seed"), Paint::bad);
  const Cell unsearched("not found before the interruption");
  Table table(one ? std::vector{Align::left, Align::right, Align::left}
                  : std::vector{Align::left, Align::right, Align::right, Align::left},
              colour);
  const auto row = [&](const std::string& name, const std::string& seeds, const std::string& most,
                       const Cell& caught) {
    if (one)
      table.row({{name}, {seeds}, caught});
    else
      table.row({{name}, {seeds}, {most}, caught});
  };
  row("mistake", one ? "seeds" : "median", "slowest", {"caught by"});
  for (const MistakeResult& mistake : mistakes.mistakes) {
    if (mistake.median_seeds)
      row(mistake.name, grouped(*mistake.median_seeds), slowest(mistake), {mistake.check});
    else
      row(mistake.name, "-", "-",
          mistakes.interrupted && !mistake.is_searched ? unsearched : missing);
  }
  return table.text(0) + '\n';
}

// The names of those, as words in a line of their own; nothing if there are none.
std::string line_of(const std::string& title, const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names)
    out += (out.empty() ? title + ": " : ", ") + printable(name);
  return out.empty() ? out : out + '\n';
}

std::string verdict_on(const MistakesResult& mistakes, bool colour) {
  std::vector<std::string> missing;
  std::vector<std::string> now_and_then;
  for (const MistakeResult& mistake : mistakes.mistakes) {
    const std::size_t from = found_from(mistake);
    if (!mistake.median_seeds)
      missing.push_back(mistake.name);
    else if (from < mistake.seeds_by_start.size())
      now_and_then.push_back(mistake.name + " (" + grouped(from) + ")");
  }
  const std::size_t all = mistakes.mistakes.size();
  const bool good = missing.empty() && all > 0;
  return painted("found", good ? Paint::good : Paint::plain, colour) + ": " +
         grouped(all - missing.size()) + " of " + counted(all, "mistake") + '\n' +
         line_of("not from each of the " + grouped(mistakes.starts) + " starting seeds",
                 now_and_then) +
         line_of(
             mistakes.interrupted ? "not found so far" : painted("NOT FOUND", Paint::bad, colour),
             missing);
}

std::string search_of(const MistakesResult& mistakes) {
  Table table({Align::left, Align::left}, false);
  if (mistakes.interrupted) table.row({{"interrupted"}, {"this is the verdict so far"}});
  if (!mistakes.scenario.empty()) table.row({{"scenario"}, {mistakes.scenario}});
  table.row({{"seeds"},
             {"at most " + grouped(mistakes.max_seeds) + " for each, from seed " +
              std::to_string(mistakes.first_seed)}});
  if (mistakes.starts > 1)
    table.row(
        {{"median"}, {"of " + grouped(mistakes.starts) + " searches, begun at seeds far apart"}});
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

std::string mistakes_markdown(const MistakesResult& mistakes) {
  std::string out = mistakes.starts == 1 ? "| mistake | seeds | caught by |\n"
                                         : "| mistake | median seeds | caught by |\n";
  out += "|---|---:|---|\n";
  for (const MistakeResult& mistake : mistakes.mistakes)
    out += "| `" + printable(mistake.name) + "` | " +
           (mistake.median_seeds
                ? grouped(*mistake.median_seeds) + " | `" + printable(mistake.check) + '`'
                : "- | not found") +
           " |\n";
  return out;
}

}  // namespace quorate::reports
