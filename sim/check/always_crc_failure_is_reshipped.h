// A leader that hears of a CRC failure ships that record to that follower again, at once: as soon
// as the socket takes it. Or the follower has it by then, from a ship that was on its way already.
//
// Fault model: holds for as long as that connection stands and the leader runs. A follower that has
// said that its disk is full gets it when the leader tries again: nothing is owed before that.
#pragma once

#include <algorithm>
#include <vector>

#include "sim/check/court.h"

namespace quorate::sim {

class AlwaysCrcFailureIsReshipped {
 public:
  static constexpr const char* kName = "always_crc_failure_is_reshipped";
  static constexpr const char* kClause = "S8";
  // A full socket may hold the ship back, but not for longer than this.
  static constexpr Duration kAtOnce = milliseconds(10);

  void begin() {
    owed_.clear();
    shipped_.clear();
    gone_.clear();
    full_.clear();
  }
  void leader_is_gone() { begin(); }
  // That follower has gone down: the connection may be over although the leader doesn't know it
  // yet.
  void follower_is_gone(NodeId node, Time now) {
    gone_.push_back({node, now});
    std::erase_if(owed_, [&](const Owed& owed) { return owed.to == node; });
  }

  // The leader ships so much to that follower.
  void ships(NodeId to, const TappedFrame& frame) {
    if (frame.records == 0) return;
    shipped_.push_back({to, frame.lsn.next(), Lsn(frame.lsn.value() + frame.records)});
    if (!full_.empty()) std::erase(full_, to);
    if (owed_.empty()) return;
    std::erase_if(owed_, [this](const Owed& owed) { return shipped_.back().has(owed); });
  }

  void crc_failure_heard(const Court& court, NodeId follower, Lsn lsn) {
    if (std::find(full_.begin(), full_.end(), follower) == full_.end())
      owed_.push_back({follower, lsn, court.now()});
  }
  void no_space_heard(NodeId follower) {
    connection_changed(follower);
    full_.push_back(follower);
  }
  void connection_changed(NodeId follower) {
    std::erase_if(owed_, [&](const Owed& owed) { return owed.to == follower; });
    std::erase(full_, follower);
  }

  // The leader's turn is over. What it has shipped in it comes later on the wire, if the socket is
  // full.
  void turn_over(Court& court) {
    if (!owed_.empty()) look_for_owed(court);
    shipped_.clear();
  }

 private:
  void look_for_owed(Court& court) {
    for (const Shipped& shipped : shipped_)
      std::erase_if(owed_, [&](const Owed& owed) {
        return shipped.has(owed) && owed.heard_at == court.now();
      });
    for (const Owed& owed : owed_) {
      if (court.now() <= owed.heard_at + kAtOnce || was_gone_before(owed) ||
          court.world->paused_until(NodeId(1)) > owed.heard_at || has_come(court, owed))
        continue;
      court.violate(kName, kClause,
                    "the leader heard that " + lsn_text(owed.lsn) + " reached " +
                        node_name(owed.to) + " damaged, and has not shipped it again");
    }
  }

  struct Owed {
    NodeId to;
    Lsn lsn;
    Time heard_at;
  };
  struct Shipped {
    NodeId to;
    Lsn first;
    Lsn last;
    bool has(const Owed& owed) const {
      return to == owed.to && first <= owed.lsn && owed.lsn <= last;
    }
  };
  struct Gone {
    NodeId node;
    Time at;
  };
  // Its connection may have been over when the leader heard of the failure.
  bool was_gone_before(const Owed& owed) const {
    for (const Gone& gone : gone_)
      if (gone.node == owed.to && gone.at + kHalfOpen >= owed.heard_at) return true;
    return false;
  }
  static bool has_come(const Court& court, const Owed& owed) {
    const NodeTruth& leader = court.leader();
    return owed.lsn <= leader.last() &&
           court.truth(owed.to).holds(owed.lsn, leader.record(owed.lsn).chain);
  }
  static constexpr Duration kHalfOpen = milliseconds(1000);

  std::vector<Owed> owed_;
  std::vector<Gone> gone_;
  std::vector<Shipped> shipped_;  // in this turn
  std::vector<NodeId> full_;      // their disks are, and nothing was shipped to them since
};

}  // namespace quorate::sim
