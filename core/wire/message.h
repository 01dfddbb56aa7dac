// What do members of a cluster say to each other? The messages, as plain data.
//
// Every message says who sends it and in which generation the sender lives; a receiver in a newer
// one refuses it. Records travel beside a message, in the encoding of the log (record_format.h).
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "core/base/ids.h"
#include "core/log/snapshot_format.h"

namespace quorate {

// The first message each way on every connection: who I am, and what my log holds.
struct Hello {
  std::uint64_t cluster = 0;   // members of another cluster are turned away
  Lsn last_lsn;                // of what is durable here
  Generation last_generation;  // of that record
  bool restoring = false;      // my log lost records to damage; I vouch for nothing yet
};

// Leader to follower: records that follow prev_lsn; without records, a question: do we agree so
// far?
struct Ship {
  Lsn prev_lsn;
  Generation prev_generation;
  Lsn generation_start;  // the last LSN of the leader's log when its generation began: what a
                         // follower holds behind it from an older generation is not the leader's
  Lsn high_water_mark;
  Lsn last_lsn;               // of the leader's log: nobody can ask it for more
  std::uint32_t records = 0;  // how many travel with it
};

enum class AckStatus : std::uint8_t {
  success = 0,      // all records up to lsn are durable here and equal to the leader's
  crc_failure = 1,  // the record lsn came damaged: ship it again
  mismatch = 2,     // my log doesn't agree with what the ship says comes before; try after lsn
  no_space = 3,     // my disk took nothing from lsn on: ship it again later
};

// Follower to leader.
struct Ack {
  Lsn lsn;
  AckStatus status = AckStatus::success;
};

// Both ways: I am here. From a leader it carries the high-water mark.
struct Heartbeat {
  Lsn high_water_mark;
};

// A leader whose own log was damaged asks a follower for what comes after prev_lsn.
struct Fetch {
  Lsn prev_lsn;
  Generation prev_generation;
};

// The answer: records that follow prev_lsn, when the follower agrees so far; otherwise none, and
// prev_lsn says where to try next.
struct Give {
  Lsn prev_lsn;
  Generation prev_generation;
  Lsn last_lsn;  // of the giver's log
  bool agrees = false;
  std::uint32_t records = 0;
};

// Would you vote for me in that generation, which is above ours both (is_pre), or: do so, in mine?
struct VoteRequest {
  Generation proposed;
  Lsn last_lsn;  // of what is durable here
  Generation last_generation;
  bool is_pre = false;
};

// The answer. With a grant it says what the voter's log holds.
struct Vote {
  Generation proposed;
  Lsn last_lsn;
  Generation last_generation;
  bool is_pre = false;
  bool granted = false;
};

// Leader to follower: am I still your leader? Also its heartbeat. Rounds count up in a generation.
struct Confirm {
  std::uint64_t round = 0;
  Lsn high_water_mark;
};

// The answer: when this was asked, you were.
struct Confirmed {
  std::uint64_t round = 0;
};

// How is a client's request answered?
enum class ReplyKind : std::uint8_t {
  ok,            // the write is durable here and on a quorum
  count,         // the same, for a del: how many keys it removed; for a cas: how many it wrote
  value,         // of a get
  nil,           // of a get: no such key
  timeout,       // no quorum in time: the write's fate is unknown
  loading,       // not serving yet: nothing has happened
  not_leader,    // ask the leader: nothing has happened
  deposed,       // who led leads no longer, or isn't reached: the write's fate is unknown
  busy,          // too many writes wait: nothing has happened
  disk_full,     // nothing has happened
  old_sequence,  // the session has gone on to a later request: nothing has happened now
  no_session,    // the session was dropped, or may have been: nothing has happened now
  damaged,  // the request came damaged to the leader, or the value from it: nothing has happened
};

// Any node to the leader it knows: a client has asked me that. One record travels with it, with the
// key, the value and the session of a write; a read is a set without a value.
struct Forward {
  std::uint64_t ticket = 0;  // of the asking node, each another
  bool is_read = false;
};

// The answer, with a record that holds the value where it is one.
struct Forwarded {
  std::uint64_t ticket = 0;
  ReplyKind reply = ReplyKind::ok;
  std::uint64_t number = 0;  // as Reply::count has it
};

// A part of a snapshot: one record travels with it, whose value begins at `at` in the snapshot's
// bytes; without it, an offer. From a leader to a follower that lacks what is in the leader's log
// no more, or to the winner of an election who takes over a log.
struct Chunk {
  SnapshotId id;
  std::uint64_t at = 0;
  bool for_adoption = false;
  bool has_record = false;
};

// The answer: give me that one's bytes [at, to), in chunks.
struct Want {
  SnapshotId id;
  std::uint64_t at = 0;
  std::uint64_t to = 0;
};

using MessageBody = std::variant<Hello, Ship, Ack, Heartbeat, Fetch, Give, VoteRequest, Vote,
                                 Confirm, Confirmed, Forward, Forwarded, Chunk, Want>;

struct Message {
  NodeId from;
  Generation generation;
  MessageBody body;
};

constexpr std::string_view to_text(AckStatus status) {
  switch (status) {
    case AckStatus::success: return "success";
    case AckStatus::crc_failure: return "crc_failure";
    case AckStatus::mismatch: return "mismatch";
    case AckStatus::no_space: return "no_space";
  }
  return "?";
}

}  // namespace quorate
