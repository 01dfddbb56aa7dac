// Which words do the checks of the profile replicated_log share? Their names, each with the clause
// of the fault model on which it rests, and those of nodes.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/ids.h"

namespace quorate::sim {

struct CheckName {
  const char* name;
  const char* clause;
};

constexpr CheckName kOneLeader{"always_one_leader", "S12"};
constexpr CheckName kOneVote{"always_one_vote", "S12"};
constexpr CheckName kLogsMatch{"always_logs_agree", "S3"};
constexpr CheckName kCommittedStays{"always_committed_stays", "S13"};
constexpr CheckName kLeaderIsComplete{"always_leader_is_complete", "S13"};
constexpr CheckName kAckIsDurable{"always_ack_is_durable", "S2"};
constexpr CheckName kMarkIsBacked{"always_mark_is_backed", "S14"};
constexpr CheckName kAppliedInOrder{"always_applied_in_order", "S3"};
constexpr CheckName kSnapshotIsTrue{"always_snapshot_is_true", "S18"};
constexpr CheckName kAsksFirst{"always_asks_first", "S16"};
constexpr CheckName kHasMajority{"always_has_majority", "S17"};
constexpr CheckName kOkIsCommitted{"always_ok_is_committed", "S1"};
constexpr CheckName kAnswersInOrder{"always_answers_in_order", "S11"};
constexpr CheckName kBuffersBounded{"always_buffers_bounded", "S9"};
constexpr CheckName kRecoveryIsHonest{"always_recovery_is_honest", "S7"};
constexpr CheckName kWaitEnds{"always_wait_ends_in_time", "S6"};
constexpr CheckName kWritesSucceed{"eventually_writes_succeed", "L2"};

inline std::string name_of(NodeId node) { return "node-" + std::to_string(node.value()); }
inline std::string text_of(Lsn lsn) { return "LSN=" + std::to_string(lsn.value()); }
inline std::string text_of(Generation generation) {
  return "generation " + std::to_string(generation.value());
}
constexpr std::uint32_t bit(NodeId node) { return std::uint32_t{1} << (node.value() - 1); }

}  // namespace quorate::sim
