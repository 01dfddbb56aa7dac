// Is a snapshot what the committed log adds up to? The judge of the profile replicated_log, on the
// snapshots that nodes take and install.
#include "sim/check/log_checker.h"
#include "sim/check/log_words.h"

namespace quorate::sim {

void LogChecker::snapshot_added(NodeId node, const NodeTruth::Added& added) {
  const Lsn lsn = added.snapshot.lsn;
  const std::string what = name_of(node) + (added.installs ? " installed" : " took") +
                           " a snapshot up to " + text_of(lsn);
  if (!added.is_whole) return violate(kSnapshotIsTrue, what + ", and does not have all of it");
  if (lsn > committed_.last())
    return violate(kSnapshotIsTrue, what + ", but that is not committed");
  if (added.snapshot != reference_.snapshot(lsn, committed_))
    return violate(kSnapshotIsTrue,
                   what + ", which is not what the committed records up to there add up to");
  probes_.saw(added.installs ? ProbeId::snapshot_installed : ProbeId::snapshot_taken);
  if (!added.installs) return;
  if (lsn.next() <= added.cut_last && committed_.has(lsn.next(), added.first_taken))
    return violate(kCommittedStays, what + " and threw away " + text_of(lsn.next()) +
                                        ", which is committed and was in its log");
  at(node).truth.installed(committed_.chain(lsn));
}

void LogChecker::dropped(NodeId node, ByteCount before) {
  NodeTruth& truth = at(node).truth;
  const ByteCount needed = truth.needed_from();
  const bool is_more = before > truth.dropped();
  truth.dropped(before);
  if (!is_more || before <= needed) return;
  violate(kSnapshotIsTrue,
          name_of(node) + " dropped its log's first " + std::to_string(before.value()) +
              " bytes, though without them what is durable goes back only to byte " +
              std::to_string(needed.value()));
}

}  // namespace quorate::sim
