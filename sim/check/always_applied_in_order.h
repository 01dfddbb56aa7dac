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

  // What takes back what was applied.
  void decided(NodeId node, const Fact& fact) {
    Lsn& newest = applied_[node.value() - 1];
    switch (fact.kind) {
      case FactKind::started: newest = Lsn(); break;
      case FactKind::state_rebuilt: newest = fact.lsn; break;
      // Until the state is built anew (state_rebuilt), what was applied of the cut part stays in
      // it; the final comparison of states sees a node that never does so.
      case FactKind::log_cut: newest = std::min(newest, fact.lsn); break;
      default: break;
    }
  }
  void applied(Court& court, NodeId node, Lsn lsn) {
    Lsn& newest = applied_[node.value() - 1];
    const Lsn before = newest;
    if (lsn != before.next())
      return court.violate(kName, kClause, [=] {
        return node_name(node) + " applied " + lsn_text(lsn) + " after " + lsn_text(before);
      });
    newest = lsn;
    if (node == NodeId(1) ? !court.is_on_quorum(lsn) : lsn > court.truth(node).durable_lsn())
      court.violate(kName, kClause, [=] {
        return node_name(node) + " applied " + lsn_text(lsn) + " before it was " +
               (node == NodeId(1) ? "on a quorum" : "durable");
      });
  }

 private:
  std::vector<Lsn> applied_;
};

}  // namespace quorate::sim
