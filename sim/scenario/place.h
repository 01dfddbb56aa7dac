// Where in a scenario? Its file and a JSON pointer (RFC 6901) into it.
//
// The pointer stays on one line and short whatever the keys are: control characters are written as
// \n or \u0001, and a key that is too long is cut.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "sim/scenario/scenario_error.h"

namespace quorate::sim::reading {

class Place {
 public:
  explicit Place(std::string file) : file_(std::move(file)) {}

  Place key(std::string_view key) const;
  Place item(std::size_t index) const;

  // Throws ScenarioError "file: pointer: cause"; the pointer of the whole scenario, which is empty,
  // is written as "/".
  [[noreturn]] void complain(const std::string& cause) const;

 private:
  std::string file_;
  std::string pointer_;
};

}  // namespace quorate::sim::reading
