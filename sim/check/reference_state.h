// What do the committed records add up to? The state as the judge has it, to hold snapshots
// against.
//
// It keeps what was written in any node's log, told by its chain (truth.h), and applies what turns
// out to be committed by the sound rules, as far as somebody asks. That snapshots are asked about
// in the order of their LSNs is the rule; one that comes late is answered from the beginning. Only
// where snapshots are taken: elsewhere nothing is kept.
#pragma once

#include <cstdint>
#include <vector>

#include "core/protocol/config.h"
#include "core/protocol/state_machine.h"
#include "sim/check/committed.h"
#include "sim/check/truth.h"

namespace quorate::sim {

class ReferenceState {
 public:
  void begin(const NodeConfig& config);
  void written(const TrueRecord& record, const NodeTruth::Added& added);

  // Good until the next call. Requires that all up to there is committed.
  const StateMachine& at(Lsn lsn, const Committed& committed);
  // The snapshot that should be there. Likewise.
  SnapshotId snapshot(Lsn lsn, const Committed& committed);

 private:
  struct Content {
    std::uint64_t chain = 0;
    std::uint32_t record = 0;  // where it begins in bytes_
    std::uint32_t next = 0;    // another one at the same LSN; 0: none
  };

  std::size_t max_sessions_ = 1;
  bool keeps_ = false;
  std::vector<std::uint32_t> first_;  // by LSN: the first content seen there, or 0
  std::vector<Content> contents_;
  Bytes bytes_;
  StateMachine machine_;
  Lsn applied_;
  std::vector<SnapshotId> snapshots_;  // those that were asked for
};

}  // namespace quorate::sim
