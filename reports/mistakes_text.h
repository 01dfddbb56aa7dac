// Which mistakes are there, and was each one caught? The words for a person.
#pragma once

#include <string>

#include "reports/result.h"

namespace quorate::reports {

// Without a search: name, rule and source of each, and what it does. With one: how many seeds each
// took and which check caught it, then how many of how many were found, with the missing ones by
// name, and a command that shows one of those found. What was searched for from several starting
// seeds shows the median of them, and the most that it took from any.
std::string mistakes_text(const MistakesResult& mistakes, bool colour);

// The table of a search alone, for a page like the README: mistake, seeds, check.
std::string mistakes_markdown(const MistakesResult& mistakes);

}  // namespace quorate::reports
