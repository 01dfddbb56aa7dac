// Which connection is that? The table of a driver's connections, by their sockets' slots.
//
// A reference into it is good until the next open().
#pragma once

#include <cstddef>
#include <vector>

#include "core/env/connection.h"

namespace quorate {

class Connections {
 public:
  // Requires that the socket's slot is not in use.
  Connection& open(SocketId socket, ConnectionKind kind, NodeId peer);
  // It has said hello as that peer, and is the one by which the peer is spoken to from now on.
  // Requires that there is no other.
  void name(Connection& connection, NodeId peer);

  // Null where there is none (any more).
  Connection* find(SocketId socket) {
    const std::uint32_t slot = slot_of(socket);
    if (slot >= by_slot_.size()) return nullptr;
    Connection& connection = by_slot_[slot];
    const bool is_open = connection.kind != ConnectionKind::unused && connection.socket == socket;
    return is_open ? &connection : nullptr;
  }
  Connection* of_peer(NodeId peer) {
    if (peer.value() >= slot_of_peer_.size()) return nullptr;
    Connection& connection = by_slot_[slot_of_peer_[peer.value()]];
    const bool is_its = connection.kind == ConnectionKind::peer && connection.peer == peer;
    return is_its ? &connection : nullptr;
  }
  // The same, or else the one by which it is being dialed.
  Connection* to_peer(NodeId peer);
  // Of those that wait for their first hello from nobody in particular: the oldest, if there are at
  // least `limit`.
  Connection* oldest_pending(std::size_t limit);

  Connection& at_slot(std::uint32_t slot) { return by_slot_[slot]; }
  std::size_t slots() const { return by_slot_.size(); }

 private:
  std::vector<Connection> by_slot_;          // never fewer than there were
  std::vector<std::uint32_t> slot_of_peer_;  // good only if that connection is still the peer's
};

}  // namespace quorate
