// What has come in on a connection, and what is still to go out?
//
// Data of the driver. A connection belongs to a client, or to a peer: a peer's is pending until it
// has said hello, and only then has a name.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/buffer.h"
#include "core/base/ids.h"
#include "core/env/env.h"

namespace quorate {

enum class ConnectionKind : std::uint8_t {
  unused,
  client,
  dialing,  // to `peer`; not established yet
  pending,  // established; its first frame must be a hello, from `peer` if that is set
  peer,
};

struct Connection {
  SocketId socket;
  ConnectionKind kind = ConnectionKind::unused;
  NodeId peer;
  bool dirty = false;  // `out` is to be flushed at the end of the turn
  bool ends = false;   // closed as soon as `out` is flushed
  bool held = false;   // a client's, not read from although there may be more, or its end
  Buffer in;
  Buffer out;
  // A client's requests that have come and wait for those before them: when had so many bytes of
  // the connection come?
  struct Arrival {
    std::uint64_t up_to = 0;
    Time at;
  };
  std::vector<Arrival> arrivals;
  bool waits = false;            // one that has come whole has to wait for its turn
  std::uint64_t taken = 0;       // bytes of requests that have not, or no more
  std::uint64_t requests = 0;    // a client's, so far
  std::uint32_t unanswered = 0;  // those of them that wait for their answer
  struct Answer {
    std::uint64_t request = 0;
    Bytes bytes;
  };
  std::vector<Answer>
      early;  // answers whose turn has not come: they leave in the order of the requests
};

}  // namespace quorate
