// A write that timed out is never OK'd afterwards, and its record stays in the leader's log, to be
// shipped still: "fate unknown" is neither a yes nor a no.
//
// Fault model: holds until the leader loses power; what it had not synced may be lost then.
#pragma once

#include <vector>

#include "sim/check/court.h"

namespace quorate::sim {

class AlwaysTimeoutKeepsRecord {
 public:
  static constexpr const char* kName = "always_timeout_keeps_record";
  static constexpr const char* kClause = "S5";

  void begin() { timed_out_ = {}; }

  void answered_timeout(const OpenRequest& request) {
    if (request.lsn > timed_out_.lsn) timed_out_ = {request.lsn, request.chain};
  }
  void leader_crashed(const Court& court) {
    const NodeTruth& leader = court.leader();
    if (timed_out_.lsn > leader.last()) timed_out_ = {};
  }
  void leader_log_shrank(Court& court) const {
    const NodeTruth& leader = court.leader();
    if (timed_out_.lsn.is_none() || leader.is_broken()) return;
    if (timed_out_.lsn > leader.last() || leader.record(timed_out_.lsn).chain != timed_out_.chain)
      court.violate(kName, kClause,
                    "the leader took " + lsn_text(timed_out_.lsn) +
                        " out of its log, whose client was told that its fate is unknown");
  }

 private:
  struct {
    Lsn lsn;
    std::uint64_t chain = 0;
  } timed_out_;  // the last one
};

}  // namespace quorate::sim
