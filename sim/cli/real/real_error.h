// What went wrong with real processes? Nothing that the user typed, and no bug of theirs for sure.
#pragma once

#include <stdexcept>

namespace quorate::cli {

// What was waited for did not come, or somebody was not there. what() is one line.
class RealError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Ctrl-C came meanwhile: give up, clean up, and end.
class Interrupted : public std::runtime_error {
 public:
  Interrupted() : std::runtime_error("interrupted") {}
};

}  // namespace quorate::cli
