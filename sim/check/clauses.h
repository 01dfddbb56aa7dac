// What does the clause say that a verdict rests on? The titles of sim/fault/README.md, where all of
// it stands.
//
// Only what is owed has a place here (S and L): the other clauses say what may fail, and who is
// judged. A test compares them with the README, word by word.
#pragma once

#include <span>
#include <string_view>

namespace quorate::sim {

struct Clause {
  std::string_view number;  // "S1"
  std::string_view says;
};

std::span<const Clause> clauses_owed();

// Empty for what is none of them.
std::string_view clause_says(std::string_view number);

}  // namespace quorate::sim
