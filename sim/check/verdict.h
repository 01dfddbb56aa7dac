// Is this run still sound? The first property that was broken, if any.
//
// A run is over with its first violation: what comes after it may be its mere consequence.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "core/base/time.h"

namespace quorate::sim {

struct Violated {
  std::string check;     // always_..., eventually_..., expect_..., or invariant
  std::string clause;    // of the fault model, on which that rests; empty for the last two
  std::string sentence;  // what was broken, for a person
  Time at;
};

class Verdict {
 public:
  void violate(const char* check, const char* clause, std::string sentence, Time at) {
    if (!violated_) violated_ = Violated{check, clause, std::move(sentence), at};
  }
  bool sound() const { return !violated_; }
  const std::optional<Violated>& violated() const { return violated_; }
  void clear() { violated_.reset(); }

 private:
  std::optional<Violated> violated_;
};

}  // namespace quorate::sim
