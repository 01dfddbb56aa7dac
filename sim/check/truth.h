// What is really on the disks? The ground truth that the checks judge by.
//
// It reads the bytes that reach each node's file, by the published format alone, and never asks the
// code under test what it believes. Per node it keeps the log that these bytes amount to, what of
// it is durable, and up to where it is sound. A record is told by its chain: a number made of its
// content and of the chain before it, so two nodes whose chains agree at an LSN agree in all before
// it. Every append costs the same, however long the log is; only a crash makes it look at the whole
// file.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/log/record_format.h"
#include "core/log/snapshot_format.h"

namespace quorate::sim {

struct TrueRecord {
  Lsn lsn;
  Generation generation;
  std::uint64_t chain = 0;
  ByteCount end;  // in the file
  ClientId client;
  std::uint64_t sequence = 0;
  bool sound = true;  // its CRC fits its content
};

class NodeTruth {
 public:
  void clear();

  // A record that was appended. Good until the next one is.
  struct Added {
    Op op = Op::set;
    const TrueRecord* record = nullptr;  // of a cut: the LSN kept
    std::string_view key;                // views into the bytes appended
    std::string_view value;
    // Only of what is no data:
    Lsn restore_until;              // of a cut
    Lsn cut_last;                   // of a cut or an install: the last LSN before it ...
    std::uint64_t first_taken = 0;  // ... and the chain of the first record that it took back
    SnapshotId snapshot;            // of a snapshot's note
    bool installs = false;          // likewise: it takes the place of a log that lacks its record
    bool is_whole = true;           // likewise: its chunks are there, and have its size and CRC
  };
  // Takes the first record of what was appended, and moves on to the next. Null: there was none.
  const Added* append_next(ByteSpan& bytes) {
    return bytes.empty() ? nullptr : append_first(bytes);
  }
  void append(ByteSpan bytes) {
    while (append_next(bytes) != nullptr) {
    }
  }
  // What stands at the LSN of the snapshot that was installed just now. Makes the chains behind it
  // what they should be.
  void installed(std::uint64_t chain);
  void cut_file(ByteCount size);
  // What is before that place can't be read.
  void dropped(ByteCount before) { dropped_ = before; }
  ByteCount dropped() const { return dropped_; }
  void durable(ByteCount up_to);
  void crashed(ByteSpan file, ByteCount durable);
  // The file was changed behind the node's back.
  void damaged(ByteSpan file);

  // A snapshot stands for the records up to there.
  Lsn base() const { return base_.lsn; }
  Lsn last() const { return Lsn(base_.lsn.value() + log_.size()); }
  // Requires base() <= lsn <= last(), and lsn > 0.
  const TrueRecord& record(Lsn lsn) const {
    return lsn <= base_.lsn ? base_ : entries_[log_[lsn.value() - base_.lsn.value() - 1]].record;
  }
  // Up to there both hold the same; what snapshots stand for is judged when they come.
  bool agrees_with(const NodeTruth& other, Lsn lsn) const {
    if (lsn > last() || lsn > other.last()) return false;
    return lsn <= std::max(base(), other.base()) || record(lsn).chain == other.record(lsn).chain;
  }
  // The newest snapshot that is whole.
  Lsn snapshot() const { return in_force_ == 0 ? Lsn() : in_force().id.lsn; }
  // From there on the file is needed, by whoever will read what is durable of it.
  ByteCount needed_from() const;
  Lsn durable_lsn() const { return durable_lsn_; }
  // The same; or, while an installed snapshot is not durable, that of the log before it, which is
  // what a crash would leave.
  Lsn left_by_crash() const { return std::max(durable_lsn_, replaced_lsn_); }
  ByteCount durable_bytes() const { return durable_bytes_; }
  ByteCount whole_end() const { return entries_.empty() ? ByteCount() : entries_.back().end(); }
  Generation generation() const { return generation_; }
  // Is that, and its vote there, durable?
  bool generation_is_durable() const { return generation_end_ <= durable_bytes_; }
  // Holds that record, durably; or held it before its disk was damaged at rest, and is to get it
  // back.
  bool holds(Lsn lsn, std::uint64_t chain) const {
    if (lsn <= durable_lsn_ && (lsn < base() || record(lsn).chain == chain)) return true;
    return is_broken() && lsn <= restore_until_;
  }
  // Records were damaged at rest, and the log is not durable again up to where it was.
  bool is_broken() const { return broken_ || !restore_until_.is_none(); }
  bool bytes_are_malformed() const { return malformed_; }

 private:
  struct Entry {  // everything in the file, in its order
    TrueRecord record;
    Lsn restore_until;
    ByteCount begin;
    std::uint32_t content = 0;  // its CRC, as computed anew
    Op op = Op::set;
    bool is_damaged = false;
    ByteCount end() const { return record.end; }
  };

  // A snapshot's note in the file.
  struct Note {
    std::uint32_t index = 0;            // of its entry ...
    std::vector<std::uint32_t> chunks;  // ... and those of its chunks
    SnapshotId id;
    TrueRecord base;    // the last record that went with it ...
    TrueRecord last;    // ... and that it stands for
    Lsn log_last;       // the log's when it was written ...
    Lsn restore_until;  // ... and up to where it was to be given back
    ByteCount starts_at;
    ByteCount follows_at;
  };

  static std::uint64_t chained(std::uint64_t before, std::uint64_t content);
  static bool sound(ByteSpan file, const Entry& entry);
  const Added* append_first(ByteSpan& bytes);
  void join(std::uint32_t index, Entry& entry);
  void append_other(std::uint32_t index);
  bool is_lost(const Entry& entry) const { return entry.is_damaged || entry.begin < dropped_; }
  void take(std::uint32_t index);
  void drop_last();
  void forget_chunks(std::uint64_t from);
  void read_partial(ByteSpan file);
  void read_chunk(std::uint32_t index);
  void read_note(std::uint32_t index);
  bool is_usable(const Note& note) const;
  const Note& in_force() const { return notes_[in_force_ - 1]; }
  // Begins with the newest snapshot that can be read. Returns the entry of its note; 0: there is
  // none.
  std::uint32_t begin_with_snapshot();
  // Something is broken that the snapshot in force stands for: the log begins behind that. Returns
  // the first entry that follows it.
  std::uint32_t begin_behind_snapshot();
  bool keeps_ours(const TrueRecord& cut) const;
  void rebuild();
  void advance_durable();

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> log_;  // by LSN, behind the base: which of them
  TrueRecord base_;                 // where the log begins; its end is where that is said
  std::vector<Note> notes_;
  std::size_t in_force_ = 0;  // the how manyeth of them the log begins with; 0: none
  // The chunks that no note has followed yet: which entries, and their bytes.
  SnapshotId partial_;
  std::vector<std::uint32_t> partial_chunks_;
  Bytes partial_bytes_;
  Added added_;
  ByteCount size_;
  ByteCount durable_bytes_;
  ByteCount dropped_;
  Lsn durable_lsn_;
  Lsn replaced_lsn_;  // of the log before an installed snapshot, until that is durable
  Generation generation_;
  ByteCount generation_end_;  // of the last note that says it
  Lsn restore_until_;
  bool broken_ = false;
  bool malformed_ = false;
};

}  // namespace quorate::sim
