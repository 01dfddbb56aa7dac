// What does a node know of its cluster before anybody speaks?
//
// Nodes are numbered 1 to `members`. In the profile ack_quorum node 1 is the leader for good and
// the others are its followers; each of those dials the leader.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/ids.h"
#include "core/base/time.h"
#include "core/protocol/quorum.h"

namespace quorate {

struct NodeConfig {
  NodeId id{1};
  std::uint32_t members = 3;  // 1 to 32, the leader included
  std::uint64_t cluster = 1;  // the same number on all members
  QuorumRule quorum = QuorumRule::followers_majority;

  Duration write_timeout = milliseconds(1000);  // from a request's arrival to its answer
  Duration heartbeat = milliseconds(100);     // a connection on which nothing was sent for so long
  Duration peer_silence = milliseconds(500);  // one on which nothing was heard for so long is over
  Duration redial_least = milliseconds(10);   // the pause before dialing again, doubled each time
  Duration redial_most = milliseconds(500);
  Duration no_space_pause =
      milliseconds(50);  // before shipping again to a follower with a full disk

  ByteCount ship_bytes{64 << 10};     // a frame carries so much, or one record that is larger
  ByteCount window_bytes{512 << 10};  // shipped to a follower and not yet acknowledged, at most
  std::size_t max_waits = 4096;       // writes that wait for their quorum; more are refused as busy

  static constexpr NodeId leader() { return NodeId(1); }
  bool is_leader() const { return id == leader(); }
  int followers() const { return static_cast<int>(members) - 1; }
};

inline constexpr std::uint32_t kMaxMembers = 32;

}  // namespace quorate
