#include "core/env/connections.h"

#include <algorithm>

#include "core/base/check.h"

namespace quorate {

Connection& Connections::open(SocketId socket, ConnectionKind kind, NodeId peer) {
  const std::uint32_t slot = slot_of(socket);
  if (slot >= by_slot_.size()) by_slot_.resize(slot + 1);
  Connection& connection = by_slot_[slot];
  QUORATE_CHECK(connection.kind == ConnectionKind::unused, "a socket's slot is in use");
  connection.socket = socket;
  connection.kind = kind;
  connection.peer = peer;
  connection.dirty = connection.ends = connection.held = connection.waits = false;
  connection.in.clear();  // the buffers keep their storage
  connection.out.clear();
  connection.arrivals.clear();
  connection.taken = 0;
  connection.requests = 0;
  connection.unanswered = 0;
  connection.early.clear();
  if (kind == ConnectionKind::peer) name(connection, peer);
  return connection;
}

void Connections::name(Connection& connection, NodeId peer) {
  connection.kind = ConnectionKind::peer;
  connection.peer = peer;
  if (peer.value() >= slot_of_peer_.size()) slot_of_peer_.resize(peer.value() + 1);
  slot_of_peer_[peer.value()] = slot_of(connection.socket);
}

Connection* Connections::to_peer(NodeId peer) {
  if (Connection* connection = of_peer(peer)) return connection;
  for (Connection& connection : by_slot_) {
    const bool is_dial =
        connection.kind == ConnectionKind::dialing || connection.kind == ConnectionKind::pending;
    if (is_dial && connection.peer == peer) return &connection;
  }
  return nullptr;
}

Connection* Connections::oldest_pending(std::size_t limit) {
  std::size_t pending = 0;
  Connection* oldest = nullptr;
  for (Connection& connection : by_slot_) {
    if (connection.kind != ConnectionKind::pending || !connection.peer.is_none()) continue;
    ++pending;
    if (oldest == nullptr || connection.socket < oldest->socket) oldest = &connection;
  }
  return pending >= limit ? oldest : nullptr;
}

}  // namespace quorate
