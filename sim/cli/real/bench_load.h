// How fast is it, as its clients see it? One process with many connections, one request in flight
// on each, in one poll loop.
//
// The same for the cluster and for the floor; only the bytes differ. What happens in the warm-up is
// not counted, and a request counts when its answer comes within the time.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/bytes.h"
#include "core/base/time.h"
#include "core/posix/address.h"

namespace quorate::cli {

struct Load {
  std::string where;  // "host:port"
  int clients = 1;
  Duration warm_up;
  Duration measured;  // and longer, if nothing was committed in it
  Bytes request;
  std::size_t key_at = 0;  // in the request, kKeyDigits digits that change each time; 0: none
  std::string answer;      // any other is a failure

  static constexpr std::size_t kKeyDigits = 4;
};

struct LoadFigures {
  std::uint64_t commits = 0;
  std::int64_t elapsed_us = 0;
  std::int64_t p50_us = 0;
  std::int64_t p99_us = 0;
};

// Waits until a first request was answered so, at most 20 s. Throws PosixError: it can't be loaded,
// or answers something else.
LoadFigures measure(const Load& load);

}  // namespace quorate::cli
