// Where do the wrong rules live, which the tables of mistakes point to?
#pragma once

#include "core/protocol/rules.h"

namespace quorate::sim {

// The one of its kind: it has no state, and lives as long as the process.
template <class Wrong>
const Rules* wrong() {
  static const Wrong rules;
  return &rules;
}

}  // namespace quorate::sim
