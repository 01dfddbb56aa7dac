// What has a node decided, and why? Typed facts: the trace, the probes and the demo are made of
// them.
//
// A fact is plain numbers, cheap enough to be noted always; words are made of it only when somebody
// reads them (narrate). What peer, lsn, a and b mean stands beside each kind.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/protocol/config.h"

namespace quorate {

enum class FactKind : std::uint8_t {
  started,             // lsn: last, a: generation
  torn_tail_cut,       // lsn: last, a: bytes
  damage_found,        // lsn: last sound, a: bytes, b: restore until
  generation_entered,  // lsn: last, a: generation
  serving,             // lsn: all up to here is on a quorum again
  peer_connected,      // peer, lsn: its last, a: that record's generation
  peer_gone,           // peer
  peer_silent,         // peer, a: microseconds
  appended,            // lsn, a: generation
  shipped,      // peer, lsn: first, a: last (below lsn when the ship is empty), b: needed acks
  reshipped,    // peer, lsn: first, a: last
  synced,       // lsn: durable
  ack_sent,     // peer, lsn, a: AckStatus
  ack_counted,  // peer, lsn
  ack_refused,  // peer, lsn, a: AckRefusal
  crc_failure_heard,   // peer, lsn
  mismatch_heard,      // peer, lsn: try after
  no_space_heard,      // peer, lsn
  quorum_reached,      // lsn, a: acks, b: needed
  applied,             // lsn
  write_answered,      // lsn, b: client
  wait_timed_out,      // lsn, a: acks, b: needed
  request_refused,     // a: ReplyKind, b: client
  record_damaged,      // peer, lsn: it came so
  ship_mismatched,     // peer, lsn: prev
  ship_repeated,       // peer, lsn: it was here before
  stale_refused,       // peer, a: its generation, b: ours
  log_cut,             // lsn: kept, a: the last before
  state_rebuilt,       // lsn: up to
  disk_refused,        // lsn: first record that found no room
  sync_failed,         // lsn: durable before
  restore_begun,       // lsn: last sound, a: restore until
  restored,            // lsn: last
  frame_damaged,       // peer (none: not known yet)
  answer_kept,         // a: of which request on its connection, b: client
  stood,               // a: generation it would lead, b: 1 asks first whether it would be voted for
  vote_given,          // peer, a: generation, b: 1 it would be given
  vote_refused,        // peer, a: generation, b: VoteRefusal
  vote_counted,        // peer, a: generation, b: votes so far
  elected,             // lsn: last, a: generation, b: votes
  adoption_begun,      // peer, lsn: its last, a: that record's generation
  adopted,             // peer, lsn: last
  leader_found,        // peer, a: generation
  stepped_down,        // a: generation, b: StepDown
  mark_learned,        // lsn: high-water mark
  reads_confirmed,     // lsn: as of, b: reads answered
  had_no_effect,       // lsn, a: OnceVerdict
  answered_again,      // lsn: of its first time, b: client
  forwarded,           // peer, a: ticket, b: client
  forward_ended,       // peer, a: ReplyKind, b: client
  snapshot_taken,      // lsn: up to there, a: bytes, b: low-water mark
  log_dropped,         // lsn: low-water mark, a: bytes of the file
  snapshot_offered,    // peer, lsn, a: bytes
  snapshot_wanted,     // peer, lsn, a: held already, b: bytes
  snapshot_resumed,    // the same, of one that was begun before
  snapshot_given,      // peer, lsn, a: from, b: to
  snapshot_installed,  // peer, lsn, a: bytes, b: the last LSN of the log before
  snapshot_put_off,    // lsn: the refused one's, a: its bytes, b: us until the next
  foreign_cluster,     // peer, a: the cluster that it says it is of, b: ours
  kind_count,          // not a fact: how many there are
};

enum class AckRefusal : std::uint8_t {
  duplicate,         // that follower had acknowledged as much before
  stale_generation,  // it speaks of an earlier generation's log
  foreign,           // its sender isn't the one this connection belongs to
  never_shipped,     // nobody has shipped it that far
};

enum class VoteRefusal : std::uint8_t {
  older_log,     // the candidate's log is older than the voter's
  voted,         // the vote went to another
  leader_lives,  // a leader was heard a moment ago, or is the voter itself
  restoring,     // the voter doesn't know what its own log has lost
};

enum class StepDown : std::uint8_t {
  newer_generation,  // somebody lives in one
  no_majority,       // none was heard in time
  no_log,            // the best log could not be had in time
  disk_full,         // there is no room for the first entry of its generation
};

struct Fact {
  FactKind kind = FactKind::started;
  NodeId peer;
  Lsn lsn;
  std::uint64_t a = 0;
  std::uint64_t b = 0;
};

using Facts = std::vector<Fact>;

std::string_view to_text(FactKind kind);
std::string_view to_text(AckRefusal refusal);
std::string_view to_text(VoteRefusal refusal);
std::string_view to_text(StepDown why);

// In the profile ack_quorum "leader", or "follower-1" for node 2, and so on; in replicated_log,
// where any may lead, "node-1" and so on.
std::string node_name(NodeId id, Profile profile = Profile::ack_quorum);

// One sentence without an end: what happened and why.
std::string narrate(const Fact& fact, Profile profile = Profile::ack_quorum);

}  // namespace quorate
