#include "core/base/tidy/checks.h"

#include <array>
#include <sstream>

namespace quorate::tidy {

namespace {

struct Floor {
  std::string_view folder;
  int rank;
};

// Two of one rank are siblings, and do not include each other.
constexpr std::array kFloors{
    Floor{"core/base/", 0},      // ids, time, checks, bytes
    Floor{"core/log/", 1},       // what lasts
    Floor{"core/wire/", 2},      // what travels
    Floor{"core/protocol/", 3},  // what decides
    Floor{"core/env/", 4},       // Clock, Socket, Disk; the driver
    Floor{"core/posix/", 5},     // the real world; for sim/cli only
    Floor{"reports/", 6},        // the shape of a result; its writers
    Floor{"sim/linear/", 7},     // is a history linearizable
    Floor{"sim/world/", 7},      // a cluster as one value
    Floor{"sim/fault/", 8},      // what goes wrong
    Floor{"sim/client/", 8},     // who writes
    Floor{"sim/check/", 9},      // who judges
    Floor{"sim/mistakes/", 9},   // the core with one decision wrong
    Floor{"sim/scenario/", 10},  // what is played
    Floor{"sim/search/", 11},    // run, sweep, bench
    Floor{"sim/cli/", 12},       // the executable
};

const Floor* floor_of(std::string_view path) {
  for (const Floor& floor : kFloors)
    if (path.starts_with(floor.folder)) return &floor;
  return nullptr;
}

bool may_include(std::string_view from, std::string_view to) {
  const Floor* mine = floor_of(from);
  const Floor* theirs = floor_of(to);
  if (mine == nullptr || theirs == nullptr) return false;
  if (mine == theirs) return true;
  if (theirs->folder == "core/posix/") return mine->folder == "sim/cli/";
  const bool plain_data = to == "sim/scenario/scenario.h";
  if (plain_data && from.starts_with("sim/")) return true;
  return theirs->rank < mine->rank;
}

}  // namespace

Findings include_findings(std::string_view path, const std::string& text) {
  Findings findings;
  std::istringstream lines(code_of(text, Literals::keep));
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    std::erase_if(line, is_space);
    if (!line.starts_with("#include\"")) continue;
    const std::string to = line.substr(9, line.find('"', 9) - 9);
    if (floor_of(to) == nullptr) {
      findings.push_back(place(path, number) + "\"" + to +
                         "\" is not in a known folder; name it from the root: \"core/base/ids.h\"");
    } else if (!may_include(path, to)) {
      findings.push_back(place(path, number) + "includes \"" + to +
                         "\", which is no floor below it; move what is shared to a lower floor");
    }
  }
  return findings;
}

}  // namespace quorate::tidy
