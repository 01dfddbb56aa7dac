// Who are the members of a real cluster, and what have they agreed on? cluster.json, read strictly.
//
//   {"cluster": 7, "quorum": "followers_majority", "write_timeout_ms": 1000, "synced": true,
//    "members": [
//      {"name": "leader", "peers": "10.0.0.1:7101", "clients": "10.0.0.1:7001", "data": "leader"},
//      {"name": "follower-1", "peers": "10.0.0.2:7101", "clients": "10.0.0.2:7001"}]}
//
// The same reader as a scenario's: whatever is unknown, misspelt or out of its limits is an error
// that names file, place and cause. Only `members` must be given, and of a member all but `data`.
// The first member is the leader and the others are follower-1, follower-2, ...: the names that the
// trace, the reports and the log lines use for them, too. With "profile": "replicated_log" any may
// lead, and they are node-1, node-2, ...; then "election" (most_up_to_date, adopt),
// "election_timeout_ms", "snapshot_bytes" (0: never) and "log_kept_bytes" count, and "quorum" does
// not.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/posix/member.h"

namespace quorate::cli {

struct ClusterMember {
  std::string name;
  std::string peers;    // "host:port", where the other members find it
  std::string clients;  // "host:port"
  std::string data;     // its folder; where it is relative, it is so to the file. data/NAME
};

struct ClusterFile {
  std::string file;
  std::uint64_t cluster = 1;
  Profile profile = Profile::ack_quorum;
  ElectionRule election = ElectionRule::most_up_to_date;
  QuorumRule quorum = QuorumRule::followers_majority;
  std::int64_t write_timeout_ms = 1000;
  std::int64_t heartbeat_ms = 100;
  std::int64_t peer_silence_ms = 500;
  std::int64_t election_timeout_ms = 300;
  std::int64_t snapshot_bytes = std::int64_t{4} << 20;  // NodeConfig, as the next
  std::int64_t log_kept_bytes = std::int64_t{1} << 20;
  bool synced = true;
  std::int64_t max_clients = 10'000;
  std::vector<ClusterMember> members;
};

// Both throw sim::ScenarioError, whose what() is one line: file, JSON pointer, cause.
ClusterFile read_cluster_file(const std::string& path);
// `name` stands for the file in messages, and its folder is where relative data folders begin.
ClusterFile read_cluster_text(std::string_view text, const std::string& name);

// The JSON that reads as that.
std::string text_of(const ClusterFile& cluster);

// What that member needs to know. Throws BadInput for a name that there is not.
MemberConfig member_config(const ClusterFile& cluster, const std::string& name);

}  // namespace quorate::cli
