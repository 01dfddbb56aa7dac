// A fault in words, for the trace.
#include "sim/fault/fault.h"

namespace quorate::sim {

std::string describe(const PlannedFault& fault, Profile profile) {
  const std::string node = node_name(fault.node, profile);
  const std::string peer = fault.peer.is_none() ? "everybody" : node_name(fault.peer, profile);
  const std::string lasts = std::to_string(fault.lasts.us() / 1000) + " ms";
  const std::string by = std::to_string(fault.by.us()) + " us";
  switch (fault.kind) {
    case FaultKind::delay:
      return "messages of " + node + " to " + peer + " take " + by + " more for " + lasts;
    case FaultKind::hold:
      return (fault.lsn.is_none()
                  ? "the next message of "
                  : "the message with LSN=" + std::to_string(fault.lsn.value()) + " of ") +
             node + " to " + peer + " is held for " + by;
    case FaultKind::cut: return "the connection of " + node + " and " + peer + " is cut";
    case FaultKind::partition:
      return "nothing gets through from " +
             (fault.direction == Direction::from_peer ? peer + " to " + node
                                                      : node + " to " + peer) +
             (fault.direction == Direction::both ? " or back" : "") + " for " + lasts;
    case FaultKind::corrupt:
      return "a byte of the next " +
             std::string(fault.part == CorruptPart::record ? "record"
                         : fault.part == CorruptPart::head ? "frame head"
                                                           : "ack") +
             " from " + node + " to " + peer + " will change";
    case FaultKind::inject_ack:
      return "an ack that nobody should count appears on its way from " + node + " to " + peer;
    case FaultKind::crash:
      return node + (fault.kills ? " is killed" : " loses power") +
             (fault.restart_after
                  ? ", back in " + std::to_string(fault.restart_after->us() / 1000) + " ms"
                  : " for good");
    case FaultKind::pause: return node + " stands still for " + lasts;
    case FaultKind::slow_disk: return "syncs of " + node + " take " + by + " more for " + lasts;
    case FaultKind::disk_full:
      return "the disk of " + node +
             (fault.room.is_none() ? " is full for "
                                   : " has room for no more than " +
                                         std::to_string(fault.room.value()) + " bytes for ") +
             lasts;
    case FaultKind::fail_sync: return "the next sync of " + node + " will fail";
    case FaultKind::damage_disk:
      return "a record on the disk of " + node + " will be damaged when it starts next";
    case FaultKind::wake_up: return node + " is woken for nothing every " + by + " for " + lasts;
  }
  return "?";
}

}  // namespace quorate::sim
