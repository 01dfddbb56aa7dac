// Whose wait began first, and so ends first? Waits are listed as they came, which is the order in
// which they began, but for requests that had waited for their turn on their connection: those may
// have begun before others that are in front of them.
//
// For lists whose waits all have the same timeout. Looks at them all only where one has come out of
// turn, until the list is empty again.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "core/base/time.h"

namespace quorate {

class BeginOrder {
 public:
  // One that began then is put behind `others`.
  void listed(Time began, std::size_t others) {
    out_of_turn_ = others > 0 && (out_of_turn_ || began < latest_);
    latest_ = others == 0 ? began : std::max(latest_, began);
  }
  // Its place among them. Requires that there are some, each with a time `began`.
  template <class Wait>
  std::size_t first(std::span<const Wait> waits) const {
    if (!out_of_turn_) return 0;
    const auto at = std::min_element(
        waits.begin(), waits.end(), [](const Wait& a, const Wait& b) { return a.began < b.began; });
    return static_cast<std::size_t>(at - waits.begin());
  }

 private:
  Time latest_;  // that any of them began
  bool out_of_turn_ = false;
};

}  // namespace quorate
