#include "core/protocol/links.h"

#include <algorithm>

namespace quorate {

Links::Links(const NodeConfig& config)
    : self_(config.id),
      members_(config.members),
      heartbeat_(config.heartbeat),
      silence_(config.peer_silence),
      redial_least_(config.redial_least),
      redial_most_(config.redial_most) {}

void Links::connected(NodeId peer, Time now, Deadlines& deadlines) {
  if (!is_connected(peer)) ++connected_count_;
  connected_ |= bit(peer);
  dialing_ &= ~bit(peer);
  Link& link = at(peer);
  ++link.nth;
  link.connected_at = link.heard = link.sent = now;
  link.redial_at = Time::never();
  deadlines.bring_forward(DeadlineName::heartbeat, now + heartbeat_);
  deadlines.bring_forward(DeadlineName::peer_silence, now + silence_);
}

void Links::gone(NodeId peer, Time now, Deadlines& deadlines) {
  if (is_connected(peer)) --connected_count_;
  connected_ &= ~bit(peer);
  dialing_ &= ~bit(peer);
  if ((wanted_ & bit(peer)) == 0) return;
  Link& link = at(peer);
  link.pause = Duration(std::clamp(link.pause.us() * 2, redial_least_.us(), redial_most_.us()));
  link.redial_at = now + link.pause;
  deadlines.bring_forward(DeadlineName::redial, link.redial_at);
}

void Links::want(NodeId peer, Time now, Deadlines& deadlines, Effects& out) {
  if (self_ < peer) return;
  wanted_ |= bit(peer);
  dial(peer, now, deadlines, out);
}

void Links::dial(NodeId peer, Time now, Deadlines& deadlines, Effects& out) {
  dialing_ |= bit(peer);
  at(peer).heard = now;
  deadlines.bring_forward(DeadlineName::peer_silence, now + silence_);
  out.dials.push_back(peer);
}

std::uint32_t Links::due_for_heartbeat(Time now, Deadlines& deadlines) {
  std::uint32_t due = 0;
  Time next = Time::never();
  for (std::uint32_t n = 1; n <= members_; ++n) {
    const NodeId peer(n);
    if (!is_connected(peer)) continue;
    if (now >= at(peer).sent + heartbeat_) due |= bit(peer);
    const Time sent = (due & bit(peer)) != 0 ? now : at(peer).sent;
    next = std::min(next, sent + heartbeat_);
  }
  deadlines.set(DeadlineName::heartbeat, next);
  return due;
}

void Links::hang_up_silent(Time now, Deadlines& deadlines, Effects& out) {
  Time next = Time::never();
  for (std::uint32_t n = 1; n <= members_; ++n) {
    const NodeId peer(n);
    if (((connected_ | dialing_) & bit(peer)) == 0) continue;
    const Time over = at(peer).heard + silence_;
    if (now < over) {
      next = std::min(next, over);
      continue;
    }
    out.note(FactKind::peer_silent, peer, Lsn(),
             static_cast<std::uint64_t>((now - at(peer).heard).us()));
    out.hang_ups.push_back(peer);
  }
  deadlines.set(DeadlineName::peer_silence, next);
}

void Links::redial(Time now, Deadlines& deadlines, Effects& out) {
  Time next = Time::never();
  for (std::uint32_t n = 1; n <= members_; ++n) {
    Link& link = links_[n - 1];
    if (now >= link.redial_at) {
      link.redial_at = Time::never();
      dial(NodeId(n), now, deadlines, out);
    }
    next = std::min(next, link.redial_at);
  }
  deadlines.set(DeadlineName::redial, next);
}

}  // namespace quorate
