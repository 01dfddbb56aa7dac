// Which words do the checks of the profile replicated_log share? Their names, and those of nodes.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/ids.h"

namespace quorate::sim {

constexpr const char* kOneLeader = "always_one_leader";
constexpr const char* kOneVote = "always_one_vote";
constexpr const char* kLogsMatch = "always_logs_agree";
constexpr const char* kCommittedStays = "always_committed_stays";
constexpr const char* kLeaderIsComplete = "always_leader_is_complete";
constexpr const char* kAckIsDurable = "always_ack_is_durable";
constexpr const char* kMarkIsBacked = "always_mark_is_backed";
constexpr const char* kAppliedInOrder = "always_applied_in_order";
constexpr const char* kSnapshotIsTrue = "always_snapshot_is_true";
constexpr const char* kAsksFirst = "always_asks_first";
constexpr const char* kHasMajority = "always_has_majority";
constexpr const char* kOkIsCommitted = "always_ok_is_committed";
constexpr const char* kBuffersBounded = "always_buffers_bounded";
constexpr const char* kWaitEnds = "always_wait_ends_in_time";
constexpr const char* kWritesSucceed = "eventually_writes_succeed";

inline std::string name_of(NodeId node) { return "node-" + std::to_string(node.value()); }
inline std::string text_of(Lsn lsn) { return "LSN=" + std::to_string(lsn.value()); }
inline std::string text_of(Generation generation) {
  return "generation " + std::to_string(generation.value());
}
constexpr std::uint32_t bit(NodeId node) { return std::uint32_t{1} << (node.value() - 1); }

}  // namespace quorate::sim
