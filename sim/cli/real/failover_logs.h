// What is on the disks of a real cluster? Its logs, read as they lie there.
#pragma once

#include <string>
#include <string_view>

#include "core/log/wal.h"
#include "sim/cli/real/real_cluster.h"

namespace quorate::cli {

// Also of a node that runs: then its last record may be torn. Throws RealError if it can't be read.
Wal log_of(const RealCluster& cluster, NodeId node);
// Where the first write of that key stands, of those that the log still has; none: nowhere.
Lsn place_of(std::string_view key, const Wal& log);
// At each LSN that both still have, and up to the same one? Where a snapshot has taken the place of
// records, what all adds up to must be the same.
bool hold_the_same(const Wal& one, const Wal& other);
// "LSN=3  generation 1  record-2 = value-2"
std::string entry_text(const Wal& log, Lsn lsn);

}  // namespace quorate::cli
