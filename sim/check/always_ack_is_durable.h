// An ack on the wire means: durable on that follower, and equal to the leader's record.
//
// Fault model: holds under every fault; a node whose log was damaged at rest acknowledges nothing
// before it has it back.
#pragma once

#include "sim/check/court.h"

namespace quorate::sim {

class AlwaysAckIsDurable {
 public:
  static constexpr const char* kName = "always_ack_is_durable";
  static constexpr const char* kClause = "S2";

  // Requires a frame that is an ack.
  static void said(Court& court, NodeId node, const TappedFrame& frame, bool leader_is_intact) {
    if (frame.status != 0 || frame.lsn.is_none()) return;
    const NodeTruth& truth = court.truth(node);
    const auto what = [node, &frame] {
      return node_name(node) + " acknowledged " + lsn_text(frame.lsn);
    };
    if (truth.is_broken())
      return court.violate(kName, kClause,
                           [=] { return what() + " before it had its damaged log back"; });
    if (frame.lsn > truth.durable_lsn())
      return court.violate(kName, kClause, [=, &truth] {
        return what() + ", but only " + lsn_text(truth.durable_lsn()) + " is durable there";
      });
    // What a leader of an earlier generation wrote, or one that has crashed since, can't be
    // compared.
    const NodeTruth& leader = court.leader();
    if (!leader_is_intact || leader.is_broken() || frame.generation != leader.generation()) return;
    if (frame.lsn > leader.last() ||
        leader.record(frame.lsn).chain != truth.record(frame.lsn).chain)
      court.violate(kName, kClause,
                    [=] { return what() + ", but its log is not the leader's up to there"; });
  }
};

}  // namespace quorate::sim
