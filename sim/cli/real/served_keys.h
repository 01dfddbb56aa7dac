// What does the leader answer when it is asked for each key of the stress? Held against what its
// log adds up to: so a node that has lost what its snapshot holds is found, too, though its file
// has it.
#pragma once

#include <map>
#include <string>

#include "sim/cli/real/real_cluster.h"

namespace quorate::cli {

using ServedKeys = std::map<std::string, std::string>;  // "" where there is no value

// All keys of the stress, asked of who leads. Throws RealError where one has no answer by then.
ServedKeys keys_served(const RealCluster& cluster, Time until);

// The first that isn't what the log of node 1 adds up to, in a sentence; empty: there is none.
std::string wrongly_served(const ServedKeys& served, const RealCluster& cluster);

}  // namespace quorate::cli
