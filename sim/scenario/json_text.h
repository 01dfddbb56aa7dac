// How does a JSON text become a tree of values? Strictly, and with words for a person when it
// doesn't.
//
// nlohmann::json reads the text, through its SAX interface; this folder includes it here alone.
// What it does not refuse is refused here: a key given twice, nesting beyond kDeepestNesting, texts
// above kLargestText, control characters, a byte order mark. What it does refuse is explained anew
// in json_syntax, because a library's own words are no help to somebody who writes a scenario.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "sim/scenario/json_value.h"

namespace quorate::sim::reading {

inline constexpr std::size_t kLargestText = std::size_t{4} << 20;  // bytes
inline constexpr std::size_t kDeepestNesting = 16;  // lists and objects, the outermost counted

// Throws ScenarioError "name: place: cause"; the place is a line and a column for what is no JSON,
// and a JSON pointer for a key given twice and for nesting that is too deep.
JsonValue parse_json(std::string_view text, const std::string& name);

// The same for one line of a file of such: the place is "line 7, column 3", or "line 7: " and a
// pointer. Requires line > 0.
JsonValue parse_json_line(std::string_view text, const std::string& name, std::size_t line);

// The file's bytes, or one more than may be read. Throws ScenarioError "path: cause".
std::string bytes_of_json_file(const std::string& path);

}  // namespace quorate::sim::reading
