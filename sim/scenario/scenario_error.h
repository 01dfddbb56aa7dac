// What is wrong with a scenario? The one exception of its reader.
//
// what() is one line: file, place (a JSON pointer, or line and column), cause, and what was perhaps
// meant. It reaches the user as it is, so it never holds a library's own words.
#pragma once

#include <stdexcept>

namespace quorate::sim {

class ScenarioError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace quorate::sim
