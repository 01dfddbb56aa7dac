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

  // Takes what was appended. Returns the data records and cuts among it, good until the next call.
  struct Added {
    Op op = Op::set;
    TrueRecord record;     // of a cut: the LSN kept
    std::string_view key;  // views into the bytes appended
    std::string_view value;
    Lsn restore_until;              // of a cut
    Lsn cut_last;                   // of a cut: the last LSN before it ...
    std::uint64_t first_taken = 0;  // ... and the chain of the first record that it took back
  };
  const std::vector<Added>& append(ByteSpan bytes);
  void cut_file(ByteCount size);
  void durable(ByteCount up_to);
  void crashed(ByteSpan file, ByteCount durable);
  // The file was changed behind the node's back.
  void damaged(ByteSpan file);

  Lsn last() const { return Lsn(log_.size()); }
  const TrueRecord& record(Lsn lsn) const { return entries_[log_[lsn.value() - 1]].record; }
  Lsn durable_lsn() const { return durable_lsn_; }
  ByteCount durable_bytes() const { return durable_bytes_; }
  ByteCount whole_end() const { return entries_.empty() ? ByteCount() : entries_.back().end(); }
  Generation generation() const { return generation_; }
  // Is that, and its vote there, durable?
  bool generation_is_durable() const { return generation_end_ <= durable_bytes_; }
  // Holds that record, durably; or held it before its disk was damaged at rest, and is to get it
  // back.
  bool holds(Lsn lsn, std::uint64_t chain) const {
    if (lsn <= durable_lsn_ && record(lsn).chain == chain) return true;
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

  static bool sound(ByteSpan file, const Entry& entry);
  void take(std::uint32_t index);
  bool keeps_ours(const TrueRecord& cut) const;
  void rebuild();
  void advance_durable();

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> log_;  // by LSN: which of them
  std::vector<Added> added_;
  ByteCount size_;
  ByteCount durable_bytes_;
  Lsn durable_lsn_;
  Generation generation_;
  ByteCount generation_end_;  // of the last note that says it
  Lsn restore_until_;
  bool broken_ = false;
  bool malformed_ = false;
};

}  // namespace quorate::sim
