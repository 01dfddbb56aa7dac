// What is committed, whoever knows it? Kept from what is on the disks alone.
//
// A record is committed when a majority holds it, and all before it, durably, each since it lived
// in the record's own generation: then whoever is elected later has it (Raft 5.4). So it is noted,
// for each record, who has held it so. A copy that came under a later leader doesn't count (figure
// 8). Records are told by their chains (truth.h): equal chains at an LSN, equal logs up to there.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/ids.h"
#include "sim/check/truth.h"

namespace quorate::sim {

class Committed {
 public:
  void clear(std::uint32_t members);

  Lsn last() const { return last_; }
  // Requires 1 <= lsn <= last().
  std::uint64_t chain(Lsn lsn) const { return records_[lsn.value() - 1].chain; }
  bool has(Lsn lsn, std::uint64_t chain_there) const {
    return lsn <= last() && !lsn.is_none() && chain(lsn) == chain_there;
  }
  Generation generation(Lsn lsn) const { return records_[lsn.value() - 1].generation; }
  // The last one that was committed in an earlier generation than that.
  Lsn last_before(Generation generation) const;
  // Does that log hold all that is committed, up to there?
  bool all_in(const NodeTruth& log, Lsn up_to) const {
    return up_to <= log.base() || (log.last() >= up_to && log.record(up_to).chain == chain(up_to));
  }

  // A node has written that record. `contradicts`: another one has the same LSN and generation.
  enum class Writing : std::uint8_t { first, again, contradicts };
  Writing written(const TrueRecord& record);
  // A node's log has become durable behind `before`. Returns false when that commits what
  // contradicts something committed before.
  bool durable(NodeId node, const NodeTruth& log, Lsn before);

 private:
  struct Seen {  // a record at an LSN
    Generation generation;
    std::uint64_t chain = 0;
    std::uint32_t holders = 0;  // bit n: node n + 1
    std::uint16_t count = 0;    // of them
    bool is_there = false;      // false: nothing was seen there
  };
  struct Other {
    Lsn lsn;
    Seen seen;
  };
  // Null: it was not seen yet.
  Seen* find(const TrueRecord& record) {
    const std::size_t place = record.lsn.value() - 1;
    if (place >= seen_.size()) return nullptr;
    Seen& newest = seen_[place];
    if (newest.generation == record.generation && newest.is_there) return &newest;
    return find_older(record);
  }
  Seen* find_older(const TrueRecord& record);
  Seen& add(const TrueRecord& record);
  bool commit(const NodeTruth& log, Lsn up_to);  // requires last() < up_to

  std::uint32_t majority_ = 0;
  std::vector<Seen> seen_;    // by LSN: the newest that was seen there
  std::vector<Other> older_;  // those before
  struct Record {
    std::uint64_t chain = 0;
    Generation generation;
    Generation committed_in;  // its own, or that of the later record with which it was committed
  };
  std::vector<Record> records_;
  Lsn last_;
};

}  // namespace quorate::sim
