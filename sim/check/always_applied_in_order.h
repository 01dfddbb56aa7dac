// Records are applied once, in LSN order; by a follower when they are durable, by the leader when
// they are on a quorum. A state that is built anew begins at the first record again.
//
// Fault model: holds under every fault.
#pragma once

#include <vector>

#include "sim/check/court.h"

namespace quorate::sim {

class AlwaysAppliedInOrder {
 public:
  static constexpr const char* kName = "always_applied_in_order";
  static constexpr const char* kClause = "S3";

  void begin(std::size_t nodes) { applied_.assign(nodes, Lsn()); }

  void decided(Court& court, NodeId node, const Fact& fact) {
    Lsn& applied = applied_[node.value() - 1];
    switch (fact.kind) {
      case FactKind::started: applied = Lsn(); break;
      case FactKind::state_rebuilt: applied = fact.lsn; break;
      // Until the state is built anew (state_rebuilt), what was applied of the cut part stays in
      // it; the final comparison of states sees a node that never does so.
      case FactKind::log_cut: applied = std::min(applied, fact.lsn); break;
      case FactKind::applied: apply(court, node, fact.lsn, applied); break;
      default: break;
    }
  }

 private:
  static void apply(Court& court, NodeId node, Lsn lsn, Lsn& applied) {
    if (lsn != applied.next())
      return court.violate(
          kName, kClause,
          node_name(node) + " applied " + lsn_text(lsn) + " after " + lsn_text(applied));
    applied = lsn;
    if (node == NodeId(1) ? !court.is_on_quorum(lsn) : lsn > court.truth(node).durable_lsn())
      court.violate(kName, kClause,
                    node_name(node) + " applied " + lsn_text(lsn) + " before it was " +
                        (node == NodeId(1) ? "on a quorum" : "durable"));
  }

  std::vector<Lsn> applied_;
};

}  // namespace quorate::sim
