// Whom does a fault strike that is meant for the leader?
#include <algorithm>

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

bool Faults::waits_for_next_leader(World& world, std::uint32_t index) {
  PlannedFault& fault = faults_[index];
  if (!fault.of_next_leader) return false;
  constexpr Duration kLooksEvery = milliseconds(3);
  const NodeId leader = world.who_leads();
  const Generation newest =
      leader.is_none() ? Generation() : world.driver(leader)->node()->log().generation();
  Generation& before = led_before_[index];
  if (before == Generation()) {
    before = std::max(newest, Generation(1));
  } else if (newest > before) {
    fault.node = leader;
    fault.of_next_leader = false;
    fault.lasts = Duration();
    world.set_alarm(world.now() + fault.by, alarm_of(index, kStrike));
    return true;
  }
  if (world.now() < fault.at + fault.lasts)
    world.set_alarm(world.now() + kLooksEvery, alarm_of(index, kStrike));
  return true;
}

}  // namespace quorate::sim
