// What did the user give that can't be used? The exception that becomes exit code 2.
#pragma once

#include <stdexcept>

namespace quorate::cli {

// Something that the user gave can't be used; what() is one line that says what and why.
class BadInput : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace quorate::cli
