// How does a snapshot lie in the log?
//
// A snapshot is what the records up to an LSN add up to, as bytes that this floor doesn't read. It
// lies in the log's own file, among the records:
//
//   snapshot := chunk+ note
//   chunk    := a record; key = id, sequence = where its value begins in the snapshot's bytes
//   note     := a record; key = id, value = starts_at:8 follows_at:8 base:8 base_generation:8
//               last:8 restore_until:8 vote:4
//   id       := generation:8 size:8 crc32:4                    (and the record's own lsn)
//
// The LSN and generation are those of the last record that the snapshot stands for; size and CRC
// are of its bytes. A snapshot counts from its note on, which is durable after all its chunks: so a
// crash leaves it whole or leaves nothing of it. The note says what remains of the log: the records
// after `base`, whose generation was base_generation, replayed from the file's offset starts_at on.
// One's own snapshot keeps what follows it, from the offset follows_at on, and maybe some records
// before, which are no loss should they be damaged; one that a leader gave keeps nothing, and both
// offsets are the note's own place. The note restates generation (as every
// record does), vote, and up to where a damaged log is to be given back: what is before may then be
// dropped from the file (Disk::drop), and an offset still means one thing for ever.
// Source: the book's "Low-Water Mark"; Raft section 7.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/ids.h"

namespace quorate {

// Equal ids, equal bytes: the state is a pure function of the log.
struct SnapshotId {
  Lsn lsn;  // none: there is no snapshot
  Generation generation;
  std::uint64_t size = 0;
  std::uint32_t crc = 0;

  bool is_none() const { return lsn.is_none(); }
  friend bool operator==(const SnapshotId&, const SnapshotId&) = default;
};

// A snapshot in a file, or the part of it that is there.
struct StoredSnapshot {
  struct Chunk {
    ByteCount offset;      // of its record
    std::uint64_t at = 0;  // where its value begins in the snapshot
  };
  SnapshotId id;
  std::vector<Chunk> chunks;
  std::uint64_t held = 0;  // bytes, from the snapshot's beginning
  ByteCount note_end;      // none: it has no note yet

  bool is_whole() const { return held == id.size; }
};

namespace snapshot_format {

inline constexpr std::size_t kKey = 8 + 8 + 4;
inline constexpr std::size_t kNote = 8 + 8 + 8 + 8 + 8 + 8 + 4;

struct Note {
  ByteCount starts_at;
  ByteCount follows_at;
  Lsn base;
  Generation base_generation;
  Lsn last;  // of the log when it was written
  Lsn restore_until;
  NodeId vote;
};

inline void encode_key(const SnapshotId& id, Byte (&key)[kKey]) {
  store_le(key, id.generation.value());
  store_le(key + 8, id.size);
  store_le(key + 16, id.crc);
}

inline std::optional<SnapshotId> read_id(Lsn lsn, std::string_view key) {
  if (key.size() != kKey || lsn.is_none()) return {};
  const Byte* at = as_bytes(key).data();
  const SnapshotId id{lsn, Generation(load_le<std::uint64_t>(at)), load_le<std::uint64_t>(at + 8),
                      load_le<std::uint32_t>(at + 16)};
  if (id.size == 0) return {};  // a state has a head at least
  return id;
}

inline void encode_note(const Note& note, Byte (&value)[kNote]) {
  store_le(value, note.starts_at.value());
  store_le(value + 8, note.follows_at.value());
  store_le(value + 16, note.base.value());
  store_le(value + 24, note.base_generation.value());
  store_le(value + 32, note.last.value());
  store_le(value + 40, note.restore_until.value());
  store_le(value + 48, note.vote.value());
}

inline std::optional<Note> read_note(std::string_view value) {
  if (value.size() != kNote) return {};
  const Byte* at = as_bytes(value).data();
  return Note{ByteCount(load_le<std::uint64_t>(at)),  ByteCount(load_le<std::uint64_t>(at + 8)),
              Lsn(load_le<std::uint64_t>(at + 16)),   Generation(load_le<std::uint64_t>(at + 24)),
              Lsn(load_le<std::uint64_t>(at + 32)),   Lsn(load_le<std::uint64_t>(at + 40)),
              NodeId(load_le<std::uint32_t>(at + 48))};
}

}  // namespace snapshot_format
}  // namespace quorate
