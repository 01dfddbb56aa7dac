// Whom do we hear, and who should hear from us? The connections of one node to its peers.
//
// A side that has sent nothing for `heartbeat` sends a heartbeat; one that has heard nothing for
// `peer_silence` hangs up. The node with the higher id dials, after a pause that doubles with each
// failure: a connection that doesn't last for a heartbeat is one, or else who is hung up on at once
// would dial again as fast as can be. A dial that has not led to the peer's hello within
// `peer_silence` is hung up, too.
// Sets of peers are bit masks: bit n stands for node n + 1.
#pragma once

#include <array>
#include <cstdint>

#include "core/protocol/config.h"
#include "core/protocol/deadlines.h"
#include "core/protocol/effects.h"

namespace quorate {

class Links {
 public:
  Links() = default;
  explicit Links(const NodeConfig& config);

  bool is_connected(NodeId peer) const { return (connected_ & bit(peer)) != 0; }
  int connected_count() const { return connected_count_; }
  // Its how manyeth connection is that?
  std::uint32_t nth(NodeId peer) const { return links_[peer.value() - 1].nth; }

  void connected(NodeId peer, Time now, Deadlines& deadlines);
  // Also for a dial that failed. Schedules the next dial if it's on us to dial.
  void gone(NodeId peer, Time now, Deadlines& deadlines);
  // Whom we are to have a connection with; dials at once those that it's on us to dial.
  void want(NodeId peer, Time now, Deadlines& deadlines, Effects& out);

  void heard(NodeId peer, Time now) {
    Link& link = at(peer);
    link.heard = now;
    if (now - link.connected_at >= heartbeat_) link.pause = Duration();
  }
  void sent(NodeId peer, Time now) { at(peer).sent = now; }

  // When the deadline has passed: the peers that should hear from us now. Sets the next deadline,
  // as if each of them were sent to.
  std::uint32_t due_for_heartbeat(Time now, Deadlines& deadlines);
  // Hangs up on those that were silent for too long, and notes it.
  void hang_up_silent(Time now, Deadlines& deadlines, Effects& out);
  // Dials those whose pause is over.
  void redial(Time now, Deadlines& deadlines, Effects& out);

  static constexpr std::uint32_t bit(NodeId peer) { return std::uint32_t{1} << (peer.value() - 1); }

 private:
  struct Link {
    Time connected_at;
    Time heard;
    Time sent;
    Time redial_at = Time::never();
    Duration pause;
    std::uint32_t nth = 0;
  };
  Link& at(NodeId peer) { return links_[peer.value() - 1]; }
  void dial(NodeId peer, Time now, Deadlines& deadlines, Effects& out);

  NodeId self_;
  std::uint32_t members_ = 0;
  Duration heartbeat_;
  Duration silence_;
  Duration redial_least_;
  Duration redial_most_;
  std::uint32_t connected_ = 0;
  int connected_count_ = 0;    // bits of it: asked for with every ack
  std::uint32_t dialing_ = 0;  // dialed, and no hello yet
  std::uint32_t wanted_ = 0;
  std::array<Link, kMaxMembers> links_{};
};

}  // namespace quorate
