// Which node is meant by that name in a scenario?
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/base/ids.h"

namespace quorate::sim {

// Whoever leads when it comes to it. A name of the profile replicated_log, for faults only.
inline constexpr NodeId kWhoLeads{1000};

// Of the profile ack_quorum: "leader" is node 1, "follower-1" node 2, and so on. Of the profile
// replicated_log: "node-1" is node 1, and "leader" is whoever leads. None for any other name.
NodeId node_by_name(std::string_view name, bool elects);

// The same text with each "node-1", "node-2", ... called by its name, where it has one.
std::string with_names(std::string text, std::span<const std::string> names);

}  // namespace quorate::sim
