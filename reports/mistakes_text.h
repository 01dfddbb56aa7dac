// Which mistakes are there, and was each one caught? The words for a person.
#pragma once

#include <string>

#include "reports/result.h"

namespace quorate::reports {

// Without a search: name, rule and source of each, and what it does. With one: how many seeds each
// took and which check caught it, then how many of how many were found, with the missing ones by
// name, and a command that shows one of those found.
std::string mistakes_text(const MistakesResult& mistakes, bool colour);

}  // namespace quorate::reports
