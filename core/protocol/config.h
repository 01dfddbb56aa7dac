// What does a node know of its cluster before anybody speaks?
//
// Nodes are numbered 1 to `members`. In the profile ack_quorum node 1 is the leader for good and
// the others are its followers; each of those dials the leader. In the profile replicated_log any
// node may be elected, all are connected with all, and a majority of all is the quorum.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/time.h"
#include "core/protocol/quorum.h"

namespace quorate {

enum class Profile : std::uint8_t { ack_quorum, replicated_log };

// Whom does a voter give its vote?
enum class ElectionRule : std::uint8_t {
  most_up_to_date,  // only to one whose log is at least as up to date as its own (Raft, 5.4.1)
  adopt,  // to anyone; who has won takes over the best log of its majority, and then leads (the
          // book, "Leader and Followers"; Viewstamped Replication does likewise)
};

std::string_view to_text(Profile profile);
std::string_view to_text(ElectionRule rule);

struct NodeConfig {
  Profile profile = Profile::ack_quorum;
  NodeId id{1};
  std::uint32_t members = 3;                           // 1 to 32, the leader included
  std::uint64_t cluster = 1;                           // the same number on all members
  QuorumRule quorum = QuorumRule::followers_majority;  // of the profile ack_quorum

  Duration write_timeout = milliseconds(1000);  // from a request's arrival to its answer
  Duration heartbeat = milliseconds(100);     // a connection on which nothing was sent for so long
  Duration peer_silence = milliseconds(500);  // one on which nothing was heard for so long is over
  Duration redial_least = milliseconds(10);   // the pause before dialing again, doubled each time
  Duration redial_most = milliseconds(500);
  Duration no_space_pause =
      milliseconds(50);  // before shipping again to a follower with a full disk

  // A frame carries so much, or one record that is larger; one of a snapshot no more than that. At
  // least 1, at most kMaxValue (record_format.h).
  ByteCount ship_bytes{64 << 10};
  ByteCount window_bytes{512 << 10};  // shipped to a follower and not yet acknowledged, at most
  std::size_t max_waits = 4096;       // writes that wait for their quorum; more are refused as busy

  // Of the profile replicated_log. When its log has grown by so many bytes, or by its last
  // snapshot's size if that is more, a node takes a snapshot and cuts the log before it, but for
  // the last `log_kept_bytes`, so that one who is a little behind needs no snapshot. Zero: never.
  ByteCount snapshot_bytes{4 << 20};
  ByteCount log_kept_bytes{1 << 20};
  ElectionRule election = ElectionRule::most_up_to_date;
  // Who has heard from no leader for so long, and up to as long again, stands for election. A
  // leader that hears from no majority for so long steps down.
  Duration election_timeout = milliseconds(300);
  Duration stands_after;  // of this node alone, instead of what is drawn; zero: drawn
  // The table of sessions (sessions.h) has room for so many. The same number on all members: the
  // table is a part of the replicated state.
  std::size_t max_sessions = 1024;
  std::uint64_t election_seed = 0;  // from which "up to as long again" is drawn

  bool elects() const { return profile == Profile::replicated_log; }
  int majority() const { return static_cast<int>(members) / 2 + 1; }
  int followers() const { return static_cast<int>(members) - 1; }

  // Of the profile ack_quorum.
  static constexpr NodeId leader() { return NodeId(1); }
  bool is_leader() const { return !elects() && id == leader(); }
};

inline constexpr std::uint32_t kMaxMembers = 32;

}  // namespace quorate
