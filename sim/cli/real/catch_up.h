// Has every follower all that the leader has? Asked of the nodes themselves, with INFO.
#pragma once

#include <string>

#include "sim/cli/real/real_cluster.h"

namespace quorate::cli {

// In the greatest generation that anybody leads; none: nobody does. Throws RealError.
NodeId who_leads(const RealCluster& cluster, Time until);

// Who lacks something, in a sentence; empty: all logs end at the same LSN, durable, and the leader
// knows that they do. Requires that all run. A node that can't be asked until then is late, too.
std::string who_is_late(const RealCluster& cluster, Time until);

}  // namespace quorate::cli
