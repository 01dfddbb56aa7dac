// A write whose quorum the leader has heard of is answered with success: it never times out for
// want of acks that are there, because some follower is slow or down for good.
//
// Fault model: holds under every fault. What the leader has heard is taken from its own counting;
// that this counting is right is for always_ok_is_on_quorum to say. An ack is there no longer once
// its follower connects and says that its log ends before it: what it acknowledged has rotted away.
#pragma once

#include <vector>

#include "sim/check/court.h"

namespace quorate::sim {

class AlwaysQuorumAnswers {
 public:
  static constexpr const char* kName = "always_quorum_answers";
  static constexpr const char* kClause = "S10";

  void begin(std::size_t nodes) { counted_.assign(nodes, Lsn()); }
  void leader_is_gone() { begin(counted_.size()); }

  void ack_counted(NodeId follower, Lsn lsn) {
    Lsn& counted = counted_[follower.value() - 1];
    counted = std::max(counted, lsn);
  }

  // It has told the leader where its log ends.
  void connected(NodeId follower, Lsn last) {
    Lsn& counted = counted_[follower.value() - 1];
    counted = std::min(counted, last);
  }

  // Has the leader heard of a quorum for that write?
  bool is_heard(const Court& court, const OpenRequest& request) const {
    if (request.lsn.is_none() || request.lsn > court.leader().durable_lsn()) return false;
    int acks = 0;
    for (const Lsn counted : counted_) acks += counted >= request.lsn ? 1 : 0;
    return acks >= court.needed;
  }

  static void answered_timeout(Court& court, const OpenRequest& request) {
    if (request.quorum_was_heard)
      court.violate(kName, kClause,
                    lsn_text(request.lsn) +
                        " timed out although enough followers for a "
                        "quorum of " +
                        std::to_string(court.needed) + " had acknowledged it");
  }

 private:
  std::vector<Lsn> counted_;  // by node, in this life of the leader
};

}  // namespace quorate::sim
