#include "sim/world/network.h"

namespace quorate::sim {

void Stream::clear() {
  bytes.clear();
  written = arrived = 0;
  drop_arrivals();
  last_at = Time();
  ended = writer_waits = false;
  tap.clear();
}

}  // namespace quorate::sim
