// The mistakes in how a log is cut, and in what a node is given that lacks what was cut: snapshots
// of the profile replicated_log.
#include "sim/mistakes/mistakes.h"
#include "sim/mistakes/wrong.h"

namespace quorate::sim {

namespace {

struct SnapshotReachesToTheEnd final : Rules {
  Lsn snapshot_up_to(Lsn, Lsn last) const override { return last; }
};
struct SnapshotForgetsSessions final : Rules {
  bool snapshots_sessions() const override { return false; }
};
struct DropsLogBeforeSnapshotIsDurable final : Rules {
  bool keeps_log_until_durable() const override { return false; }
};
struct ShipsWhatIsLeft final : Rules {
  bool offers_snapshot() const override { return false; }
};
struct InstallsAnOlderSnapshot final : Rules {
  bool needs_snapshot(bool) const override { return true; }
};
struct AcksSnapshotBeforeSync final : Rules {
  bool waits_for_durable_snapshot() const override { return false; }
};

constexpr Swarm kElected = Swarm::elected;

const Mistake kMistakes[] = {
    {"snapshot_reaches_to_the_end", "snapshot_up_to",
     "says of a snapshot that it has all of the log, applied or not", "etcd #8091, dragonboat #156",
     wrong<SnapshotReachesToTheEnd>(), kElected},
    {"snapshot_forgets_sessions", "snapshots_sessions", "leaves the sessions out of a snapshot",
     "redisraft before #568", wrong<SnapshotForgetsSessions>(), kElected},
    {"drops_log_before_snapshot_is_durable", "keeps_log_until_durable",
     "drops the log while the snapshot in its place may still be lost", "NATS #8425",
     wrong<DropsLogBeforeSnapshotIsDurable>(), kElected},
    {"ships_what_is_left", "offers_snapshot",
     "ships what is left of its log to who lacks what was dropped",
     "async-raft #111, akka-entity-replication #105", wrong<ShipsWhatIsLeft>(), kElected},
    {"installs_an_older_snapshot", "needs_snapshot",
     "takes over a snapshot though its log has all of it, and more", "camunda #6092, NuRaft #407",
     wrong<InstallsAnOlderSnapshot>(), kElected},
    {"acks_snapshot_before_sync", "waits_for_durable_snapshot",
     "vouches for an installed snapshot before it is durable", "the family of sofa-jraft #804",
     wrong<AcksSnapshotBeforeSync>(), kElected},
};

}  // namespace

std::span<const Mistake> snapshot_mistakes() { return kMistakes; }

}  // namespace quorate::sim
