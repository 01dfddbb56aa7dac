// What has a sweep really reached? sometimes_... : things that are worth nothing if they never
// happen.
//
// A sweep that finds no violation has said little if it never saw a record re-shipped. Each probe
// counts, over all runs, how often its situation came up; a sweep prints those that never did.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/protocol/config.h"
#include "core/protocol/effects.h"
#include "core/protocol/facts.h"

namespace quorate::sim {

enum class ProbeId : std::uint8_t {
  write_ok,
  write_timed_out,
  write_ok_after_timeout,
  request_refused_while_loading,
  read_answered,
  reship_after_crc_failure,
  frame_head_damaged,
  ack_damaged,
  ack_duplicate_refused,
  ack_stale_generation_refused,
  ack_foreign_refused,
  ack_never_shipped_refused,
  quorum_with_follower_down,
  several_records_in_a_ship,
  ship_repeated,
  follower_tail_cut,
  state_rebuilt,
  torn_tail_recovered,
  follower_restored,
  leader_restored,
  leader_restarted_and_served,
  peer_silent,
  follower_disk_full,
  leader_disk_full,
  sync_failed,
  unsynced_bytes_survived,
  node_paused_over_deadline,
  ack_at_the_deadline,
  request_lost,
  timeout_while_others_wait,
  write_ok_right_behind_a_timeout,
  read_waited_for_its_turn,
  answer_kept,
  several_requests_lost,
  // Of the profile replicated_log.
  several_elections,
  two_leaders_at_once,
  entry_overwritten,
  vote_refused_for_older_log,
  vote_refused_as_given,
  vote_refused_while_leader_lives,
  vote_given_again,
  leader_without_majority,
  leader_deposed,
  log_adopted,
  adopted_log_committed,
  write_deposed,
  read_confirmed,
  stale_peer_told,
  conflict_found,
  request_forwarded,
  repeat_had_no_effect,
  repeat_answered_from_table,
  dropped_session_refused,
  snapshot_taken,
  snapshot_installed,
  snapshot_resumed,
  log_dropped,
  snapshot_put_off,
  count,
};

inline constexpr std::size_t kProbes = static_cast<std::size_t>(ProbeId::count);

// Can this come up in that profile?
bool is_of(ProbeId probe, Profile profile);

std::string_view probe_name(ProbeId probe);       // sometimes_...
std::span<const std::string_view> probe_names();  // in the order of the enumerators

class Probes {
 public:
  void saw(ProbeId probe) { ++counts_[static_cast<std::size_t>(probe)]; }
  std::uint64_t count(ProbeId probe) const { return counts_[static_cast<std::size_t>(probe)]; }
  void add(const Probes& others) {
    for (std::size_t i = 0; i < kProbes; ++i) counts_[i] += others.counts_[i];
  }
  void clear() { counts_.fill(0); }

  // What a node has decided.
  void decided(NodeId node, const Fact& fact);
  // The same, of the profile replicated_log.
  void decided_elected(const Fact& fact);
  // The same, of both, of what every write brings about.
  void shipped(const Fact& fact) {
    if (fact.a > fact.lsn.value()) saw(ProbeId::several_records_in_a_ship);
  }

 private:
  void refused(AckRefusal why);

  std::array<std::uint64_t, kProbes> counts_{};
};

}  // namespace quorate::sim
