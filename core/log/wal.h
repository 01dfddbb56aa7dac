// What does this node's log hold? The write-ahead log as a value: a mirror of the file, and an
// index.
//
// The mirror holds the file's bytes, from begin() on; whoever owns the Wal appends to the file what
// grew at the mirror's end. The log proper is what the file's records say when they are taken in
// order: a data record adds one LSN, a cut record takes back all after its LSN, a generation record
// sets the generation, and a snapshot stands for all records up to base() (snapshot_format.h).
// Invariants:
// - LSNs run on from base() without a hole, and their generations never fall;
// - a record with a higher LSN lies at a higher offset;
// - base() <= snapshot().lsn <= last_lsn();
// - the mirror's end is never taken back but by forget_unwritten(), for bytes that no file has
//   taken; its beginning only by drop_head(), for bytes that nobody needs.
// Offsets are ByteCounts from the file's beginning, and stay what they are when its head is
// dropped.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/log/log_index.h"
#include "core/log/record_codec.h"
#include "core/log/snapshot_format.h"

namespace quorate {

// What recovery found. Three answers: whole, torn, corrupt. (Torn and corrupt may come together.)
struct WalRecovery {
  ByteCount torn_bytes;  // behind the last sound record, cut from the mirror: the file must follow
  ByteCount damaged_bytes;  // before a sound record: lost. Never cut, never passed over in silence
  ByteCount damaged_at;     // the first of them
  bool torn() const { return !torn_bytes.is_none(); }
  bool corrupt() const { return !damaged_bytes.is_none(); }
};

class Wal {
 public:
  Wal() = default;

  // Reads a whole file, of which all before `begin` was dropped; what was dropped and is there
  // nevertheless, whole or in part, is passed over. A torn tail (damage with no sound record behind
  // it) is dropped from the mirror. Damage with sound records behind it ends the log before it, as
  // does a snapshot that can't be read although a head was dropped for it; restore_until() says up
  // to where this node may have vouched for the log. Source: Protocol-Aware Recovery (FAST '18): a
  // crash and a corruption are different things.
  static Wal recover(Bytes file, WalRecovery& found, ByteCount begin = {});

  // The low-water mark: of the records up to there only the snapshot is left. 0: all are here.
  Lsn base() const { return index_.base(); }
  Lsn last_lsn() const { return index_.last(); }
  Generation last_generation() const { return generation_at(last_lsn()); }
  // Of the record at that LSN; none for LSN 0, and before base(). Requires lsn <= last_lsn().
  Generation generation_at(Lsn lsn) const {
    if (lsn > base()) return index_.at(lsn).generation;
    return lsn == base() ? base_generation_ : Generation();
  }
  // The greatest LSN up to `at_most` whose generation is not above `generation`; 0 if there is
  // none. Where that is before base(), nobody knows any more: an LSN before it.
  Lsn last_of_generation(Generation generation, Lsn at_most) const;

  // The generation this node lives in: the greatest one that the log has a record of.
  Generation generation() const { return generation_; }
  // To whom this node gave its vote in generation(); none: to nobody.
  NodeId voted_for() const { return voted_for_; }
  // Up to this LSN the node must get its log back before it may vouch for it; none if all is well.
  Lsn restore_until() const { return restore_until_; }

  // Records were found damaged, and no cut has drawn a line under it yet.
  bool is_damaged() const { return damaged_; }

  ByteCount begin() const { return begin_; }
  ByteCount end() const { return begin_ + ByteCount(bytes_.size()); }
  // Where the record begins and ends in the file. Requires base() < lsn <= last_lsn().
  ByteCount begin_of(Lsn lsn) const { return index_.at(lsn).offset; }
  ByteCount end_of(Lsn lsn) const { return index_.at(lsn).offset + ByteCount(index_.at(lsn).size); }
  // Requires begin() <= from <= to <= end(), or from == to: no bytes.
  ByteSpan bytes(ByteCount from, ByteCount to) const {
    if (from == to) return {};
    return ByteSpan(bytes_).subspan((from - begin_).value(), (to - from).value());
  }
  // Views into the mirror: good until the log changes. Requires base() < lsn <= last_lsn().
  RecordView record(Lsn lsn) const { return read_record(record_bytes(lsn)); }
  ByteSpan record_bytes(Lsn lsn) const {
    return ByteSpan(bytes_).subspan((index_.at(lsn).offset - begin_).value(), index_.at(lsn).size);
  }
  // Records from `first` on that lie side by side, up to `at_most` bytes but at least one record:
  // the last one's LSN. Requires base() < first <= last_lsn().
  Lsn run_from(Lsn first, ByteCount at_most) const;

  // Appends the data record that follows the last. Returns its LSN.
  Lsn append(Generation generation, ClientId client, std::uint64_t sequence, Op op,
             std::string_view key, std::string_view value);
  // Appends a data record as it was shipped. Requires that its CRC was checked, and
  // record.lsn == last_lsn().next().
  void append_shipped(const RecordView& record, ByteSpan encoded);
  // From now on this node lives in `generation`. Requires that it is above generation().
  void enter(Generation generation, NodeId vote = {});
  // In generation() this node's vote goes to that one. Requires that it has given none there.
  void vote(NodeId candidate);
  // Only records up to `keep` count any longer. With `restore_until`, see record_format.h.
  // Requires snapshot().lsn <= keep <= last_lsn().
  void cut(Lsn keep, Lsn restore_until);

  // ---- snapshots (wal_snapshot.cc)

  // The newest that is whole.
  const SnapshotId& snapshot() const { return snapshot_.id; }
  // Where it is whole in the file.
  ByteCount snapshot_end() const { return snapshot_.note_end; }
  // From there on the file is needed, once that is durable.
  ByteCount needed_from() const;
  // What is here of one that is not whole yet.
  const SnapshotId& partial() const { return partial_.id; }
  std::uint64_t partial_held() const { return partial_.held; }
  // The bytes of the newest one from there on, as many as lie side by side. A view into the mirror.
  // Requires at < snapshot().size.
  ByteSpan snapshot_bytes(std::uint64_t at) const;
  void read_snapshot(Bytes& to) const { read(snapshot_, to); }
  void read_partial(Bytes& to) const { read(partial_, to); }

  // Appends the next bytes of that snapshot; at 0 it begins, and another that was begun is given
  // up. Requires that they are not empty, and at == partial_held() if it is not 0.
  void append_chunk(const SnapshotId& id, std::uint64_t at, ByteSpan bytes);
  void give_up_partial() { partial_ = {}; }
  // What is partial is whole and becomes the newest snapshot; its records up to `base` may go.
  // Requires base() <= base <= snapshot <= last_lsn().
  void finish_snapshot(Lsn base);
  // The same, of one that another node gave: no record is kept beside it.
  void install_snapshot(Lsn restore_until);
  // Drops what is before needed_from(). Requires that the file is durable up to snapshot_end().
  void drop_head();

  // The file took the mirror only up to `end`: the log becomes what it was there.
  void forget_unwritten(ByteCount end);

 private:
  // Is it the note of a newer snapshot that is whole? Then begins with that instead.
  bool begin_with(const RecordView& record, ByteCount offset, ByteCount end);
  bool replay_snapshot(const RecordView& record, ByteCount offset);
  // Is this the note of the present one, and is something damaged before it that it stands for?
  // Then begins with what follows it.
  bool begin_behind(const RecordView& record, ByteCount end);
  void replay_chunk(const RecordView& record, ByteCount offset);
  void read(const StoredSnapshot& snapshot, Bytes& to) const;
  void append_snapshot_note(const snapshot_format::Note& note);
  void append_note(Op op, Lsn lsn, std::uint64_t sequence, std::string_view value);
  // Takes the next sound record of a file into the index. False: it doesn't follow the one before.
  bool replay(const RecordView& record, ByteCount offset, std::size_t size);
  void replay_behind_damage(const RecordView& record);
  void live_in(Generation generation, NodeId vote);

  Bytes bytes_;
  ByteCount begin_;  // of its first byte
  LogIndex index_;   // of the data records
  Generation base_generation_;
  StoredSnapshot snapshot_;
  snapshot_format::Note note_;  // of it
  StoredSnapshot partial_;
  Generation generation_;
  NodeId voted_for_;
  Lsn restore_until_;
  bool damaged_ = false;  // the index ends before the file does
};

}  // namespace quorate
