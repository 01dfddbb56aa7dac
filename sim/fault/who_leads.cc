// Whom does a fault strike that is meant for the leader?
#include "sim/fault/fault.h"
#include "sim/world/node_names.h"

namespace quorate::sim {

// Who is meant by "whoever leads" is decided when the fault's time has come: the one that leads in
// the newest generation, or if nobody does, the first node that is up.
void Faults::find_leader(const World& world, PlannedFault& fault) {
  if (fault.peer.is_none() && fault.kind == FaultKind::inject_ack)
    fault.peer = world.elects() ? kWhoLeads : NodeId(1);  // whom else would one acknowledge to
  if (fault.node != kWhoLeads && fault.peer != kWhoLeads) return;
  NodeId found;
  Generation newest;
  for (std::uint32_t n = 1; n <= world.node_count(); ++n) {
    const Driver* driver = world.driver(NodeId(n));
    if (driver == nullptr || driver->node() == nullptr) continue;
    if (found.is_none()) found = NodeId(n);
    if (!driver->node()->leads() || driver->node()->log().generation() < newest) continue;
    found = NodeId(n);
    newest = driver->node()->log().generation();
  }
  if (found.is_none()) found = NodeId(1);
  NodeId& other = fault.node == kWhoLeads ? fault.peer : fault.node;
  (fault.node == kWhoLeads ? fault.node : fault.peer) = found;
  if (other == found) other = NodeId(found.value() % world.node_count() + 1);
}

}  // namespace quorate::sim
