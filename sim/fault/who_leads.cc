// Whom does a fault strike that is meant for the leader?
#include "sim/fault/fault.h"
#include "sim/world/node_names.h"

namespace quorate::sim {

// Who is meant by "whoever leads" is decided when the fault's time has come: the one that leads in
// the newest generation, or if nobody does, the last node that is up.
void Faults::find_leader(const World& world, PlannedFault& fault) {
  if (fault.peer.is_none() && fault.kind == FaultKind::inject_ack)
    fault.peer = world.elects() ? kWhoLeads : NodeId(1);  // whom else would one acknowledge to
  if (fault.node != kWhoLeads && fault.peer != kWhoLeads) return;
  NodeId found = world.who_leads();
  for (std::uint32_t n = world.node_count(); found.is_none() && n > 0; --n)
    if (world.is_up(NodeId(n))) found = NodeId(n);
  if (found.is_none()) found = NodeId(1);
  if (fault.node == kWhoLeads) fault.node = found;
  if (fault.peer == kWhoLeads) fault.peer = found;
  // A link has two ends.
  if (fault.peer == fault.node) fault.peer = NodeId(fault.node.value() % world.node_count() + 1);
}

}  // namespace quorate::sim
