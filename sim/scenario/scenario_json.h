// What does this file tell to play? The only reader of scenario JSON.
//
// A scenario is read whole or not at all: whatever is unknown, misspelt, out of its limits or
// without a meaning is an error and is named, so that no key is ever ignored in silence. What is
// not given has the defaults of scenario.h; only `about` must be given. The keys and limits stand
// in scenario_keys.cc and fault_keys.cc, and scenarios/README.md tells them to people.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sim/scenario/scenario.h"
#include "sim/scenario/scenario_error.h"

namespace quorate::sim {

// Both throw ScenarioError, whose what() is one line: file, place, cause, and what was meant. The
// place is a JSON pointer, or line and column where the text is no JSON; a file that can't be read
// has none. No other exception leaves them, whatever the bytes are (memory aside).
//
// expect.reached may name only `known_probes`; when that is empty the names are not checked.
Scenario read_scenario_file(const std::string& path,
                            std::span<const std::string_view> known_probes = {});

// `name` stands for the file in messages and in Scenario::file.
Scenario read_scenario_text(std::string_view text, const std::string& name,
                            std::span<const std::string_view> known_probes = {});

}  // namespace quorate::sim
