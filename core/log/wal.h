// What does this node's log hold? The write-ahead log as a value: a mirror of the file, and an
// index.
//
// The mirror holds the file's bytes from its beginning; whoever owns the Wal appends to the file
// what grew at the mirror's end. The log proper is what the file's records say when they are taken
// in order: a data record adds one LSN, a cut record takes back all after its LSN, a generation
// record sets the generation. Invariants:
// - LSNs run 1, 2, 3, ... without a hole, and their generations never fall;
// - a record with a higher LSN lies at a higher offset;
// - the mirror is never shortened but by forget_unwritten(), for bytes that no file has taken.
// Offsets are ByteCounts from the file's beginning.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/log/record_codec.h"

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

  // Reads a whole file. A torn tail (damage with no sound record behind it) is dropped from the
  // mirror. Damage with sound records behind it ends the log before it, and restore_until() says up
  // to where this node may have vouched for it.
  // Source: Protocol-Aware Recovery (FAST '18): a crash and a corruption are different things.
  static Wal recover(Bytes file, WalRecovery& found);

  Lsn last_lsn() const { return Lsn(index_.size()); }
  Generation last_generation() const { return generation_at(last_lsn()); }
  // Of the record at that LSN; none for LSN 0. Requires lsn <= last_lsn().
  Generation generation_at(Lsn lsn) const {
    return lsn.is_none() ? Generation() : entry(lsn).generation;
  }
  // The greatest LSN up to `at_most` whose generation is not above `generation`; 0 if there is
  // none.
  Lsn last_of_generation(Generation generation, Lsn at_most) const;

  // The generation this node lives in: the greatest one that the log has a record of.
  Generation generation() const { return generation_; }
  // To whom this node gave its vote in generation(); none: to nobody.
  NodeId voted_for() const { return voted_for_; }
  // Up to this LSN the node must get its log back before it may vouch for it; none if all is well.
  Lsn restore_until() const { return restore_until_; }

  // Records were found damaged, and no cut has drawn a line under it yet.
  bool is_damaged() const { return damaged_; }

  ByteCount end() const { return ByteCount(bytes_.size()); }
  // Where the record ends in the file. Requires 1 <= lsn <= last_lsn().
  ByteCount end_of(Lsn lsn) const { return entry(lsn).offset + ByteCount(entry(lsn).size); }
  ByteSpan bytes(ByteCount from, ByteCount to) const {
    return ByteSpan(bytes_).subspan(from.value(), to.value() - from.value());
  }
  // Views into the mirror: good until the log changes. Requires 1 <= lsn <= last_lsn().
  RecordView record(Lsn lsn) const { return read_record(record_bytes(lsn)); }
  ByteSpan record_bytes(Lsn lsn) const {
    return ByteSpan(bytes_).subspan(entry(lsn).offset.value(), entry(lsn).size);
  }
  // Records from `first` on that lie side by side, up to `at_most` bytes but at least one record:
  // the last one's LSN. Requires 1 <= first <= last_lsn().
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
  void cut(Lsn keep, Lsn restore_until);

  // The file took the mirror only up to `end`: the log becomes what it was there.
  void forget_unwritten(ByteCount end);

 private:
  struct Entry {
    ByteCount offset;
    Generation generation;
    std::uint32_t size = 0;
  };

  const Entry& entry(Lsn lsn) const { return index_[lsn.value() - 1]; }
  void append_note(Op op, Lsn lsn, std::uint64_t sequence, std::string_view value);
  // Takes the next sound record of a file into the index. False: it doesn't follow the one before.
  bool replay(const RecordView& record, ByteCount offset, std::size_t size);
  void replay_behind_damage(const RecordView& record);
  void live_in(Generation generation, NodeId vote);

  Bytes bytes_;
  std::vector<Entry> index_;  // of the data record with LSN i + 1
  Generation generation_;
  NodeId voted_for_;
  Lsn restore_until_;
  bool damaged_ = false;  // the index ends before the file does
};

}  // namespace quorate
