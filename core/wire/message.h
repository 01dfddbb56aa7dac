// What do members of a cluster say to each other? The messages, as plain data.
//
// Every message says who sends it and in which generation the sender lives; a receiver in a newer
// one refuses it. Records travel beside a message, in the encoding of the log (record_format.h).
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "core/base/ids.h"

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

using MessageBody =
    std::variant<Hello, Ship, Ack, Heartbeat, Fetch, Give, VoteRequest, Vote, Confirm, Confirmed>;

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
