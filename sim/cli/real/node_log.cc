#include "sim/cli/real/node_log.h"

#include <utility>

namespace quorate::cli {

bool is_change_of_state(FactKind kind) {
  switch (kind) {
    case FactKind::started:
    case FactKind::torn_tail_cut:
    case FactKind::damage_found:
    case FactKind::generation_entered:
    case FactKind::serving:
    case FactKind::peer_connected:
    case FactKind::peer_gone:
    case FactKind::peer_silent:
    case FactKind::foreign_cluster:
    case FactKind::log_cut:
    case FactKind::state_rebuilt:
    case FactKind::sync_failed:
    case FactKind::restore_begun:
    case FactKind::restored:
    case FactKind::elected:
    case FactKind::adopted:
    case FactKind::leader_found:
    case FactKind::snapshot_taken:
    case FactKind::snapshot_installed:
    case FactKind::stepped_down: return true;
    default: return false;
  }
}

std::string NodeLog::sentence(const Fact& fact) {
  if (shows_ == Shows::every_fact || is_change_of_state(fact.kind)) return narrate(fact, profile_);
  const std::uint32_t peer =
      fact.peer.is_none() ? 0U : std::uint32_t{1} << ((fact.peer.value() - 1) % 32);
  switch (fact.kind) {
    case FactKind::disk_refused:
      return std::exchange(refused_, fact.lsn).is_none() ? narrate(fact, profile_) : "";
    case FactKind::synced:
      if (refused_.is_none() || fact.lsn < refused_) return "";  // what came before it
      refused_ = Lsn();
      return "the disk has room again";
    case FactKind::no_space_heard:
      return (std::exchange(full_peers_, full_peers_ | peer) & peer) != 0 ? ""
                                                                          : narrate(fact, profile_);
    case FactKind::ack_counted:
      return (std::exchange(full_peers_, full_peers_ & ~peer) & peer) != 0
                 ? "the disk of " + node_name(fact.peer, profile_) + " has room again"
                 : "";
    case FactKind::frame_damaged: return fact.peer.is_none() ? "" : narrate(fact, profile_);
    default: return "";
  }
}

}  // namespace quorate::cli
