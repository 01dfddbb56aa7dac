// A write that was OK'd is durable on a quorum at that moment, is what the client asked for, and
// stays.
//
// Fault model: holds under every fault. A follower whose disk was damaged at rest is counted among
// those that hold it until it has its log back: no protocol can keep a byte from rotting.
#pragma once

#include "sim/check/court.h"

namespace quorate::sim {

class AlwaysOkIsOnQuorum {
 public:
  static constexpr const char* kName = "always_ok_is_on_quorum";
  static constexpr const char* kClause = "S1";

  static void answered_ok(Court& court, const OpenRequest& request) {
    if (request.lsn.is_none())
      return court.violate(kName, kClause,
                           [] { return "a write was answered OK that the leader never appended"; });
    const NodeTruth& leader = court.leader();
    if (request.lsn > leader.durable_lsn())
      return court.violate(kName, kClause, [&request] {
        return "the write of " + lsn_text(request.lsn) +
               " was answered OK before the leader's own copy was durable";
      });
    const int holders = court.holders(request.lsn, request.chain);
    if (holders < court.needed)
      return court.violate(kName, kClause, [&court, &request, holders] {
        return "the write of " + lsn_text(request.lsn) + " was answered OK while " +
               followers_text(holders) + " held it durably; a quorum is " +
               std::to_string(court.needed);
      });
    if (request.lsn > court.ok_lsn) {
      court.ok_lsn = request.lsn;
      court.ok_chain = request.chain;
    }
  }

  // Some node's log has become shorter.
  static void log_shrank(Court& court, NodeId node) {
    if (court.ok_lsn.is_none()) return;
    const NodeTruth& leader = court.leader();
    const bool leader_has =
        court.ok_lsn <= leader.last() && leader.record(court.ok_lsn).chain == court.ok_chain;
    if (!leader_has && !leader.is_broken())
      return court.violate(
          kName, kClause,
          "the leader no longer has " + lsn_text(court.ok_lsn) + ", which was answered OK");
    const int holders = court.holders(court.ok_lsn, court.ok_chain);
    if (holders < court.needed)
      court.violate(kName, kClause,
                    lsn_text(court.ok_lsn) + " was answered OK, but after " + node_name(node) +
                        " lost it only " + followers_text(holders) + " held it; a quorum is " +
                        std::to_string(court.needed));
  }
};

}  // namespace quorate::sim
