// After a start a node's log is what its file really holds: everything sound up to the first
// damage, nothing torn, nothing invented; and nothing sound is cut from the file.
//
// Fault model: holds under every fault but damage to the file's very last record, which nobody can
// tell from a torn tail.
#pragma once

#include "sim/check/court.h"

namespace quorate::sim {

class AlwaysRecoveryIsHonest {
 public:
  static constexpr const char* kName = "always_recovery_is_honest";
  static constexpr const char* kClause = "S7";

  static void started(Court& court, NodeId node, Lsn last) {
    const NodeTruth& truth = court.truth(node);
    if (last != truth.last())
      court.violate(kName, kClause,
                    node_name(node) + " started with a log up to " + lsn_text(last) +
                        ", but its file holds it up to " + lsn_text(truth.last()));
  }

  static void cut(Court& court, NodeId node, ByteCount size) {
    const NodeTruth& truth = court.truth(node);
    if (size < truth.whole_end())
      court.violate(kName, kClause,
                    node_name(node) + " cut its file to " + std::to_string(size.value()) +
                        " bytes, though sound records reach to " +
                        std::to_string(truth.whole_end().value()));
  }
};

}  // namespace quorate::sim
