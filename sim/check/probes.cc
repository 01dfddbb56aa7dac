#include "sim/check/probes.h"

#include "core/protocol/rules.h"

namespace quorate::sim {

namespace {

constexpr std::string_view kNames[] = {"sometimes_write_ok",
                                       "sometimes_write_timed_out",
                                       "sometimes_write_ok_after_timeout",
                                       "sometimes_request_refused_while_loading",
                                       "sometimes_read_answered",
                                       "sometimes_reship_after_crc_failure",
                                       "sometimes_frame_head_damaged",
                                       "sometimes_ack_damaged",
                                       "sometimes_ack_duplicate_refused",
                                       "sometimes_ack_stale_generation_refused",
                                       "sometimes_ack_foreign_refused",
                                       "sometimes_ack_never_shipped_refused",
                                       "sometimes_quorum_with_follower_down",
                                       "sometimes_several_records_in_a_ship",
                                       "sometimes_ship_repeated",
                                       "sometimes_follower_tail_cut",
                                       "sometimes_state_rebuilt",
                                       "sometimes_torn_tail_recovered",
                                       "sometimes_follower_restored",
                                       "sometimes_leader_restored",
                                       "sometimes_leader_restarted_and_served",
                                       "sometimes_peer_silent",
                                       "sometimes_follower_disk_full",
                                       "sometimes_leader_disk_full",
                                       "sometimes_sync_failed",
                                       "sometimes_unsynced_bytes_survived",
                                       "sometimes_node_paused_over_deadline",
                                       "sometimes_ack_at_the_deadline",
                                       "sometimes_request_lost",
                                       "sometimes_timeout_while_others_wait",
                                       "sometimes_write_ok_right_behind_a_timeout",
                                       "sometimes_read_waited_for_its_turn",
                                       "sometimes_answer_kept_for_an_earlier_one",
                                       "sometimes_several_requests_lost",
                                       "sometimes_several_elections",
                                       "sometimes_two_leaders_at_once",
                                       "sometimes_entry_overwritten",
                                       "sometimes_vote_refused_for_older_log",
                                       "sometimes_vote_refused_as_given",
                                       "sometimes_vote_refused_while_leader_lives",
                                       "sometimes_vote_given_again",
                                       "sometimes_leader_without_majority",
                                       "sometimes_leader_deposed",
                                       "sometimes_log_adopted",
                                       "sometimes_adopted_log_committed",
                                       "sometimes_write_deposed",
                                       "sometimes_read_confirmed",
                                       "sometimes_stale_peer_told",
                                       "sometimes_conflict_found",
                                       "sometimes_request_forwarded",
                                       "sometimes_repeat_had_no_effect",
                                       "sometimes_repeat_answered_from_table",
                                       "sometimes_dropped_session_refused",

                                       "sometimes_snapshot_taken",
                                       "sometimes_snapshot_installed",
                                       "sometimes_snapshot_resumed",
                                       "sometimes_log_dropped",
                                       "sometimes_snapshot_put_off"};
static_assert(std::size(kNames) == kProbes);

}  // namespace

bool is_of(ProbeId probe, Profile profile) {
  switch (probe) {
    case ProbeId::write_ok:
    case ProbeId::reship_after_crc_failure:
    case ProbeId::several_records_in_a_ship:
    case ProbeId::ship_repeated:
    case ProbeId::torn_tail_recovered:
    case ProbeId::follower_restored:
    case ProbeId::peer_silent:
    case ProbeId::sync_failed:
    case ProbeId::request_refused_while_loading: return true;
    default: break;
  }
  return (probe >= ProbeId::several_elections) == (profile == Profile::replicated_log);
}

std::string_view probe_name(ProbeId probe) { return kNames[static_cast<std::size_t>(probe)]; }

std::span<const std::string_view> probe_names() { return kNames; }

void Probes::refused(AckRefusal why) {
  switch (why) {
    case AckRefusal::duplicate: return saw(ProbeId::ack_duplicate_refused);
    case AckRefusal::stale_generation: return saw(ProbeId::ack_stale_generation_refused);
    case AckRefusal::foreign: return saw(ProbeId::ack_foreign_refused);
    case AckRefusal::never_shipped: return saw(ProbeId::ack_never_shipped_refused);
  }
}

void Probes::decided_elected(const Fact& fact) {
  switch (fact.kind) {
    case FactKind::vote_refused:
      switch (static_cast<VoteRefusal>(fact.b)) {
        case VoteRefusal::older_log: return saw(ProbeId::vote_refused_for_older_log);
        case VoteRefusal::voted: return saw(ProbeId::vote_refused_as_given);
        case VoteRefusal::leader_lives: return saw(ProbeId::vote_refused_while_leader_lives);
        case VoteRefusal::restoring: return;
      }
      return;
    case FactKind::stepped_down:
      return saw(static_cast<StepDown>(fact.b) == StepDown::newer_generation
                     ? ProbeId::leader_deposed
                     : ProbeId::leader_without_majority);
    case FactKind::adopted: return saw(ProbeId::log_adopted);
    case FactKind::reads_confirmed: return saw(ProbeId::read_confirmed);
    case FactKind::stale_refused: return saw(ProbeId::stale_peer_told);
    case FactKind::forwarded: return saw(ProbeId::request_forwarded);
    case FactKind::had_no_effect:
      if (static_cast<OnceVerdict>(fact.a) == OnceVerdict::repeats)
        saw(ProbeId::repeat_had_no_effect);
      return;
    case FactKind::answered_again: return saw(ProbeId::repeat_answered_from_table);
    case FactKind::mismatch_heard: return saw(ProbeId::conflict_found);
    case FactKind::snapshot_resumed: return saw(ProbeId::snapshot_resumed);
    case FactKind::log_dropped: return saw(ProbeId::log_dropped);
    case FactKind::snapshot_put_off: return saw(ProbeId::snapshot_put_off);
    case FactKind::request_refused:
      if (static_cast<ReplyKind>(fact.a) == ReplyKind::deposed) saw(ProbeId::write_deposed);
      if (static_cast<ReplyKind>(fact.a) == ReplyKind::no_session)
        saw(ProbeId::dropped_session_refused);
      if (static_cast<ReplyKind>(fact.a) == ReplyKind::loading)
        saw(ProbeId::request_refused_while_loading);
      return;
    case FactKind::reshipped:
    case FactKind::shipped:
    case FactKind::ship_repeated:
    case FactKind::state_rebuilt:
    case FactKind::torn_tail_cut:
    case FactKind::peer_silent:
    case FactKind::sync_failed: return decided(NodeId(2), fact);
    default: return;
  }
}

void Probes::decided(NodeId node, const Fact& fact) {
  const bool is_leader = node == NodeId(1);
  switch (fact.kind) {
    case FactKind::ack_refused: refused(static_cast<AckRefusal>(fact.a)); break;
    case FactKind::reshipped: saw(ProbeId::reship_after_crc_failure); break;
    case FactKind::frame_damaged:
      saw(is_leader ? ProbeId::ack_damaged : ProbeId::frame_head_damaged);
      break;
    case FactKind::shipped: shipped(fact); break;
    case FactKind::ship_repeated: saw(ProbeId::ship_repeated); break;
    case FactKind::log_cut:
      if (!is_leader && fact.a > fact.lsn.value()) saw(ProbeId::follower_tail_cut);
      break;
    case FactKind::state_rebuilt: saw(ProbeId::state_rebuilt); break;
    case FactKind::torn_tail_cut: saw(ProbeId::torn_tail_recovered); break;
    case FactKind::restored:
      if (is_leader) saw(ProbeId::leader_restored);
      break;
    case FactKind::serving:
      if (!fact.lsn.is_none()) saw(ProbeId::leader_restarted_and_served);
      break;
    case FactKind::peer_silent: saw(ProbeId::peer_silent); break;
    case FactKind::disk_refused:
      saw(is_leader ? ProbeId::leader_disk_full : ProbeId::follower_disk_full);
      break;
    case FactKind::sync_failed: saw(ProbeId::sync_failed); break;
    case FactKind::request_refused:
      if (static_cast<ReplyKind>(fact.a) == ReplyKind::loading)
        saw(ProbeId::request_refused_while_loading);
      break;
    case FactKind::answer_kept: saw(ProbeId::answer_kept); break;
    default: break;
  }
}

}  // namespace quorate::sim
