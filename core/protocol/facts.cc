#include "core/protocol/facts.h"

#include <iterator>

namespace quorate {

std::string_view to_text(FactKind kind) {
  constexpr std::string_view kNames[] = {"started",
                                         "torn_tail_cut",
                                         "damage_found",
                                         "generation_entered",
                                         "serving",
                                         "peer_connected",
                                         "peer_gone",
                                         "peer_silent",
                                         "appended",
                                         "shipped",
                                         "reshipped",
                                         "synced",
                                         "ack_sent",
                                         "ack_counted",
                                         "ack_refused",
                                         "crc_failure_heard",
                                         "mismatch_heard",
                                         "no_space_heard",
                                         "quorum_reached",
                                         "applied",
                                         "write_answered",
                                         "wait_timed_out",
                                         "request_refused",
                                         "record_damaged",
                                         "ship_mismatched",
                                         "ship_repeated",
                                         "stale_refused",
                                         "log_cut",
                                         "state_rebuilt",
                                         "disk_refused",
                                         "sync_failed",
                                         "restore_begun",
                                         "restored",
                                         "frame_damaged",
                                         "answer_kept",
                                         "stood",
                                         "vote_given",
                                         "vote_refused",
                                         "vote_counted",
                                         "elected",
                                         "adoption_begun",
                                         "adopted",
                                         "leader_found",
                                         "stepped_down",
                                         "mark_learned",
                                         "reads_confirmed",
                                         "had_no_effect",
                                         "answered_again",
                                         "forwarded",
                                         "forward_ended",
                                         "snapshot_taken",
                                         "log_dropped",
                                         "snapshot_offered",
                                         "snapshot_wanted",
                                         "snapshot_resumed",
                                         "snapshot_given",
                                         "snapshot_installed",
                                         "snapshot_put_off",
                                         "foreign_cluster"};
  static_assert(std::size(kNames) == static_cast<std::size_t>(FactKind::kind_count));
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view to_text(AckRefusal refusal) {
  switch (refusal) {
    case AckRefusal::duplicate: return "duplicate";
    case AckRefusal::stale_generation: return "stale_generation";
    case AckRefusal::foreign: return "foreign";
    case AckRefusal::never_shipped: return "never_shipped";
  }
  return "?";
}

std::string_view to_text(VoteRefusal refusal) {
  switch (refusal) {
    case VoteRefusal::older_log: return "older_log";
    case VoteRefusal::voted: return "voted";
    case VoteRefusal::leader_lives: return "leader_lives";
    case VoteRefusal::restoring: return "restoring";
  }
  return "?";
}

std::string_view to_text(StepDown why) {
  switch (why) {
    case StepDown::newer_generation: return "newer_generation";
    case StepDown::no_majority: return "no_majority";
    case StepDown::no_log: return "no_log";
    case StepDown::disk_full: return "disk_full";
  }
  return "?";
}

std::string node_name(NodeId id, Profile profile) {
  if (id.is_none()) return "somebody";
  const std::string number = std::to_string(id.value() - (profile == Profile::ack_quorum ? 1 : 0));
  if (profile == Profile::replicated_log) return "node-" + number;
  return id.value() == 1 ? "leader" : "follower-" + number;
}

}  // namespace quorate
