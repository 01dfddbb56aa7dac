// How does a record lie in the log and on the wire?
//
//   record := crc32:4 length:4 generation:8 lsn:8 client:8 sequence:8 op:1 key_len:2 key
//   value_len:4 value
//
// Little-endian. `length` counts what follows it; the CRC covers everything after itself, the
// length included, so a length that was damaged is never believed (influxdb_iox #6222, milvus talon
// #425). The same bytes lie on disk and travel in ship frames: a record is encoded once in its
// life.
//
// Data records (set, del, cas, noop) take the next LSN; a noop is the first entry of a leader's
// generation and changes no key. The value of a cas (compare and set) holds two values,
//
//   cas value := expects:1 from_len:4 from to
//
// to write `to` where the key has the value `from`; with expects 0, where the key is not there at
// all, and then from_len is 0.
// Client and sequence of a data record: in the profile replicated_log those of the client's session
// (sessions.h), or 0 and 0 for a write without one; in the profile ack_quorum the connection by
// which the request came, and its number there.
// The others say what became of the log as a whole. Two of them carry the LSN that is the last one
// while they are written:
// - generation: from here on this node lives in that generation, and its vote there went to the
//   node that its sequence names (0: to nobody yet);
// - cut: only records up to `lsn` count any longer. Its sequence is the generation of the record at
//   `lsn`, so that it can't be taken for a cut of another log, should an earlier cut be lost to
//   damage. Its value, if not empty, is an LSN of 8 bytes: the node held records up to there, lost
//   some to damage, and may not vouch for its log before it holds that LSN again.
// And two the LSN up to which a snapshot reaches (snapshot_format.h):
// - chunk: a part of a snapshot, which begins at its sequence; its key says which snapshot;
// - snapshot: the chunks before it are the whole of it, and what it stands for is no longer needed.
// All carry their own place in the file where a data record names its client: so bytes that look
// like a note, inside some client's value, are never taken for one. The file only ever grows, also
// by a cut: so an offset means one thing for ever, a sync that completes late can't vouch for other
// bytes than it wrote (Redpanda #3114, etcd #1690), and no crash can separate a cut from the reason
// for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/ids.h"

namespace quorate {

enum class Op : std::uint8_t {
  set = 1,
  del = 2,
  generation = 3,
  cut = 4,
  noop = 5,
  cas = 6,
  chunk = 7,
  snapshot = 8
};

// Does it take an LSN?
constexpr bool is_data(Op op) {
  return op == Op::set || op == Op::del || op == Op::noop || op == Op::cas;
}

constexpr std::string_view to_text(Op op) {
  switch (op) {
    case Op::set: return "set";
    case Op::del: return "del";
    case Op::generation: return "generation";
    case Op::cut: return "cut";
    case Op::noop: return "noop";
    case Op::cas: return "cas";
    case Op::chunk: return "chunk";
    case Op::snapshot: return "snapshot";
  }
  return "?";
}

namespace record_format {

inline constexpr std::size_t kCrc = 0;
inline constexpr std::size_t kLength = 4;
inline constexpr std::size_t kGeneration = 8;
inline constexpr std::size_t kLsn = 16;
inline constexpr std::size_t kClient = 24;
inline constexpr std::size_t kSequence = 32;
inline constexpr std::size_t kOp = 40;
inline constexpr std::size_t kKeyLength = 41;
inline constexpr std::size_t kKey = 43;         // then the key, then the value's length, the value
inline constexpr std::size_t kValueLength = 4;  // the size of that field

inline constexpr std::size_t kFixed = kKey + kValueLength;  // a record with neither key nor value
inline constexpr std::size_t kPrefix = 8;                   // crc and length, not counted by length

inline constexpr std::size_t kMaxKey = 65'535;
inline constexpr std::size_t kMaxValue = 1 << 20;
inline constexpr std::size_t kCasFixed = 1 + 4;  // of a cas value, before `from`
inline constexpr std::size_t kMaxRecord = kFixed + kMaxKey + kMaxValue;

static_assert(kFixed == 4 + 4 + 8 + 8 + 8 + 8 + 1 + 2 + 4);
static_assert(kMaxKey == UINT16_MAX, "the key's length has two bytes");

}  // namespace record_format
}  // namespace quorate
