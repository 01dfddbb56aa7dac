// The protocol on one page: each decision as a small function, the sound answer as its default.
//
// A mistake is a subclass, in sim, that overrides one of them; production never builds one. The
// functions are asked with all that the decision may rest on and change nothing. Each has its
// source; "lesson" is Ack & Quorum Lite, "book" is Patterns of Distributed Systems.
#pragma once

#include <algorithm>
#include <optional>

#include "core/base/ids.h"
#include "core/base/time.h"
#include "core/log/record_codec.h"
#include "core/protocol/config.h"
#include "core/protocol/effects.h"
#include "core/protocol/progress.h"
#include "core/protocol/quorum.h"
#include "core/wire/message.h"

namespace quorate {

// An ack on its arrival at the leader.
struct AckCase {
  const Ack& ack;
  NodeId from;            // what its frame says
  Generation generation;  // likewise
  NodeId connection;      // whose connection it came by
  Generation our_generation;
  const Progress& progress;  // of the connection's follower
};

enum class AckVerdict : std::uint8_t {
  counts,
  crc_failure,
  mismatch,
  no_space,
  duplicate,
  stale_generation,
  foreign,
  never_shipped,  // as in AckRefusal, in its order
};

// A node asks for a vote, or whether it would be given one.
struct VoteCase {
  const VoteRequest& request;
  NodeId candidate;
  ElectionRule rule;
  NodeId voted_for;  // whom the voter has voted for in its generation
  Lsn last;          // of the voter's log, durable
  Generation last_generation;
  bool hears_leader;  // the voter has heard from a leader a moment ago, or leads
  bool restoring;     // the voter's log has lost records to damage
};

// A write of a session, to be applied, or asked for.
struct OnceCase {
  const Once& write;
  bool is_known;           // its client has a session
  std::uint64_t last;      // and this took effect last there
  ClientId dropped_up_to;  // the greatest number of a session that was dropped
};

enum class OnceVerdict : std::uint8_t {
  applies,
  repeats,  // it has taken effect: the first answer is its answer
  older,    // its session has gone on
  unknown,  // its session was dropped, or may have been
};

class Rules {
 public:
  virtual ~Rules() = default;

  // ---- the quorum

  // How many followers must have acknowledged? Lesson: Q = F / 2 + 1 (quorum.h has both rules).
  virtual int acks_needed(QuorumRule rule, int followers, int /*connected*/) const {
    return quorate::acks_needed(rule, followers);
  }
  // Up to which LSN does this follower count? Up to what it acknowledged itself, in this generation
  // (a leader's guess is not a copy: Ratis-2605, Copycat #29). Its acknowledgment outlives its
  // connection: the records are durable there.
  virtual Lsn counted(const Progress& progress) const { return progress.match; }
  // May a write be OK'd that the leader itself could still lose? No (etcd #14370, d-engine #329).
  virtual Lsn limited_by_leader(Lsn on_quorum, Lsn leader_durable) const {
    return std::min(on_quorum, leader_durable);
  }

  // ---- acks

  // Does this ack count? Once per follower and LSN, from the follower itself, about this
  // generation's log, and for what was shipped to it (lesson; KIP-320 for the generation).
  virtual AckVerdict judge_ack(const AckCase& arrived) const;
  // A CRC failure was reported: is that record shipped again? Yes, it and all after it (lesson).
  virtual bool reships_after_crc_failure() const { return true; }

  // ---- the wait

  // When does a wait end at the latest? At a fixed point; when the waiter was woken last is of no
  // account (lesson; capnproto #580).
  virtual Time wait_deadline(Time began, Duration timeout, Time /*woken_last*/) const {
    return began + timeout;
  }
  // What is a client told at the deadline? That the fate is unknown: neither OK (MongoDB 2.4's
  // majority writes) nor that it failed.
  virtual ReplyKind answer_at_deadline() const { return ReplyKind::timeout; }
  // Does a record that timed out stay in the log, to be shipped still? Yes: a follower may hold it,
  // and its LSN is taken.
  virtual bool keeps_after_timeout() const { return true; }
  // May this write be answered now? Only when a quorum holds it (lesson: OK only after the quorum).
  virtual bool may_answer(Lsn lsn, Lsn high_water_mark) const { return lsn <= high_water_mark; }
  // Up to where may the leader apply? Only what is on a quorum, so that no reader sees what may be
  // lost again (MySQL #62174, semi-sync's phantom read).
  virtual Lsn leader_applies(Lsn high_water_mark, Lsn /*last*/) const { return high_water_mark; }

  // ---- several requests on one connection

  // May an answer leave before those of the requests in front of it? No: a client takes the n-th
  // answer for its n-th request (redis-node #8, envoy PR #1351).
  virtual bool answers_in_order() const { return true; }
  // A read is behind writes that are not answered yet: does it wait for them? Yes, it has to see
  // them, and none behind it (memcached PR #1011, StackExchange.Redis #1440).
  virtual bool reads_wait_for_writes() const { return true; }
  // A request had to wait for its turn: is that time a part of its own wait? Yes, which counts from
  // its arrival (XcodeMCPKit #202, envoy PR #1773).
  virtual Duration counts_as_waited(Duration for_its_turn) const { return for_its_turn; }
  // A write has timed out: do those behind it stay? Yes, each has a deadline of its own
  // (StackExchange.Redis #1418).
  virtual bool times_out_alone() const { return true; }
  // Several requests came in one piece: are those behind the first kept? Yes (cpp-httplib #1271,
  // libwebsockets #638).
  virtual bool keeps_requests_behind() const { return true; }

  // ---- the follower

  // May this record be taken? Only with a sound CRC (lesson; kuduraft #110).
  virtual CrcCheck checks_record() const { return CrcCheck::yes; }
  // May records be appended behind our prev? Only if it is there, with the leader's generation
  // (log matching; adsharma/raft #11, c5 #43).
  virtual bool prev_matches(bool there, bool same_generation) const {
    return there && same_generation;
  }
  // The log holds another record where the leader's belongs: is everything from there cut? Yes.
  virtual bool cuts_conflict() const { return true; }
  // What an older generation left behind the leader's start is not the leader's: is it cut? Yes
  // (KIP-101, Redis #2694: positions mean nothing without the history they belong to).
  virtual bool cuts_older_tail() const { return true; }
  // Is the state machine built anew after a cut? Yes (ZOOKEEPER-2845).
  virtual bool rebuilds_after_cut() const { return true; }
  // Up to where may a follower acknowledge? What is durable here and equal to the leader's
  // (NATS #7564, ZOOKEEPER-4646: acknowledged before fsync).
  virtual Lsn may_ack(Lsn verified, Lsn durable, Lsn /*appended*/) const {
    return std::min(verified, durable);
  }
  // A record that is here already comes again: is it applied again? No.
  virtual bool applies_repeated() const { return false; }

  // ---- catching up

  // From where on is a follower shipped to that connects? After what it says it holds and we hold
  // too (lesson: it says its last LSN; KIP-101: up to the end of that generation in our log).
  virtual Lsn ship_after(Lsn agreed, const Progress&, Lsn /*our_last*/) const { return agreed; }

  // ---- start and recovery

  // Does a leader take a new generation at its start? Yes: what it lost unsynced must not be taken
  // for what it writes next at the same LSN.
  virtual bool takes_new_generation() const { return true; }
  // May anything leave before that generation is durable? No (Raft, figure 2; valkey #3887).
  virtual bool waits_for_durable_generation() const { return true; }
  // Does a leader serve before its log is on a quorum again? No (redisraft #18).
  virtual bool waits_for_quorum_at_start() const { return true; }
  // Damage with sound records behind it: does the node hold back until it has them again? Yes,
  // never a silent cut (Protocol-Aware Recovery, FAST '18).
  virtual bool restores_after_damage() const { return true; }
  // Is what the log holds beyond the known high-water mark kept at a start? Yes: it may be
  // committed, and whoever leads next will say (KIP-101, first case).
  virtual bool keeps_beyond_mark_at_start() const { return true; }
  // Is a torn tail cut from the file before anything is appended behind it? Yes (amelie #17).
  virtual bool cuts_torn_tail() const { return true; }

  // ---- the generation and the election (profile replicated_log)

  // How many votes make a leader? A majority of all members (book: Majority Quorum).
  virtual int votes_needed(int members) const { return members / 2 + 1; }
  // May this vote be given? Once a generation (Raft 5.2); under most_up_to_date to no log that is
  // older than ours (Raft 5.4.1); never by one who doesn't know what its own log has lost
  // (Protocol-Aware Recovery). Would it be given? Not while a leader is heard (Raft thesis 9.6).
  virtual std::optional<VoteRefusal> judge_vote(const VoteCase& asked) const;
  // Does a vote leave only when it is durable? Yes (Raft, figure 2; valkey #3887).
  virtual bool waits_for_durable_vote() const { return true; }
  // Is what an older generation says refused? Yes (book: Generation Clock).
  virtual bool refuses_older_generation() const { return true; }
  // Does a node ask whether it would be elected before it takes a new generation? Yes, or one that
  // is cut off deposes leaders for ever (Raft thesis 9.6; Cloudflare, November 2020).
  virtual bool asks_before_standing() const { return true; }
  // Does a leader that hears from no majority step down? Yes (Raft thesis 6.2; openraft #2080).
  virtual bool steps_down_without_majority() const { return true; }
  // Does a winner under `adopt` take over the best log of its majority first? Yes: nothing else
  // saves what was committed before.
  virtual bool adopts_best_log() const { return true; }

  // Who waits for a leader that steps down: is it told so? Yes, or it waits for ever.
  virtual bool answers_at_step_down() const { return true; }

  // ---- the high-water mark (profile replicated_log)

  // Is a record of that generation committed by counting copies? Only one of the leader's own;
  // earlier ones commit with it (Raft 5.4.2, figure 8; LogCabin #44).
  virtual bool commits_by_count(Generation of_record, Generation ours) const {
    return of_record == ours;
  }
  // Up to where is the leader itself one of the majority? What is durable here (etcd #14370,
  // d-engine #329).
  virtual Lsn counts_itself(Lsn durable, Lsn /*last*/) const { return durable; }
  // Up to where does a follower believe the leader's high-water mark? As far as this leader's
  // frames have verified its log (Copycat #265, ScyllaDB #9965).
  virtual Lsn follower_mark(Lsn said, Lsn verified, Lsn /*last*/) const {
    return std::min(said, verified);
  }
  // Up to where does a follower apply? What is committed, and durable here.
  virtual Lsn follower_applies(Lsn high_water_mark, Lsn durable, Lsn /*last*/) const {
    return std::min(high_water_mark, durable);
  }
  // Does a leader make sure that it still leads before it answers a read? Yes (Raft thesis 6.4).
  virtual bool confirms_reads() const { return true; }

  // ---- sessions (profile replicated_log)

  // Does this write of a session take effect? Once, and in the order of the sequences (Raft thesis
  // 6.3; sofa-jraft #1014, rabbitmq/ra #145: a retry after a failover took effect twice).
  virtual OnceVerdict judge_once(const OnceCase& write) const;
  // Is that decided when the record is applied? Yes: when it is appended, the first one may be in
  // the log and not applied yet (redisraft #659).
  virtual bool judges_at_apply() const { return true; }
  // Do followers keep the table, too? Yes: one of them leads next (Curvine #676).
  virtual bool followers_keep_sessions() const { return true; }
  // A write comes again whose record is not committed yet: is it answered at once? No: that record
  // may be lost (the answer was kept before the commit).
  virtual bool answers_uncommitted_repeat() const { return false; }

  // ---- snapshots (profile replicated_log)

  // Up to where does a snapshot of the present state reach? What was applied, and nothing that was
  // only appended (dragonboat #156: an index that the state had not reached).
  virtual Lsn snapshot_up_to(Lsn applied, Lsn /*last*/) const { return applied; }
  // Are the sessions a part of it? Yes, or a retry takes effect again where it is installed (Raft
  // thesis 6.3).
  virtual bool snapshots_sessions() const { return true; }
  // Does the log before a snapshot stay until that is durable? Yes: until then it is all there is.
  virtual bool keeps_log_until_durable() const { return true; }
  // What a follower lacks is in the log no more: is it offered the snapshot? Yes, or it never
  // catches up.
  virtual bool offers_snapshot() const { return true; }
  // Is a snapshot taken over whose last record our log holds? No: it would throw away what follows
  // (Raft section 7).
  virtual bool needs_snapshot(bool is_known) const { return !is_known; }
  // Does one count only when it is durable? Yes, like any record.
  virtual bool waits_for_durable_snapshot() const { return true; }

  // ---- the disk

  // A sync has succeeded: up to where is the file durable? Up to where it reached when the sync
  // began; what came later waits for the next one.
  virtual ByteCount durable_after_sync(ByteCount at_begin, ByteCount /*now*/) const {
    return at_begin;
  }
  // A sync has failed: does the node stop? Yes; trying again would succeed and mean nothing
  // (PostgreSQL's fsyncgate).
  virtual bool stops_after_failed_sync() const { return true; }

  // ---- the stream

  // A frame's head is damaged: is the connection closed? Yes; its place in the stream is lost.
  virtual bool closes_on_damaged_head() const { return true; }
  // A socket took a part: is the rest sent later? Yes (OpenVPN #1094).
  virtual bool keeps_unsent_bytes() const { return true; }
};

// The sound rules: what production runs.
const Rules& sound_rules();

}  // namespace quorate
