// What has happened in the real world since the loop looked last? Plain data, for the driver.
#pragma once

#include <cstdint>
#include <vector>

#include "core/env/env.h"

namespace quorate {

struct Happening {
  enum class Kind : std::uint8_t {
    peer_accepted,
    client_accepted,
    established,  // a dial has led to a connection
    dial_failed,
    readable,
    writable,
    synced,
    sync_failed,
  };
  Kind kind = Kind::readable;
  SocketId socket;  // none where a sync is meant
};

using Happenings = std::vector<Happening>;

}  // namespace quorate
