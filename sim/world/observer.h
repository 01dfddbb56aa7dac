// Who wants to know what really happens? Ground truth, as it happens, for whoever judges the run.
//
// The world calls these while a node's turn is under way (appends, frames, replies) and between
// turns (syncs, crashes). Spans are good during the call only. An observer changes nothing in the
// world.
#pragma once

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/base/time.h"
#include "core/env/env.h"
#include "core/protocol/facts.h"
#include "sim/world/wire_tap.h"

namespace quorate::sim {

// Bytes of a client that have come to a node's machine.
struct ClientBytes {
  std::uint32_t client = 0;
  std::uint32_t pipe = 0;
  SocketId socket;          // the node's end of it
  std::uint64_t up_to = 0;  // so many bytes of the stream have come by now, from its beginning
};

class Observer {
 public:
  virtual ~Observer() = default;
  // These bytes were added at the end of the node's file.
  virtual void appended(NodeId node, ByteSpan bytes) = 0;
  // The node dropped the end of its file.
  virtual void cut(NodeId node, ByteCount size) = 0;
  // The node's file is durable up to there.
  virtual void durable(NodeId node, ByteCount up_to) = 0;
  // Before that place its file can't be read any more; after a crash it may be an earlier one.
  virtual void dropped(NodeId, ByteCount /*before*/) {}
  // The node is gone; of its file, this is left, and so much of it is on the platter.
  virtual void crashed(NodeId node, ByteSpan file, ByteCount durable) = 0;
  // A byte of the node's file was changed behind its back; the file as it is now.
  virtual void damaged(NodeId node, ByteSpan file) = 0;
  virtual void started(NodeId node) = 0;
  // The node stopped itself: its word is worth nothing any more.
  virtual void halted(NodeId node) = 0;
  // A frame has left the node for that peer, before anything happens to it on its way.
  virtual void said(NodeId node, NodeId peer, const TappedFrame& frame) = 0;
  // A client's bytes have reached the node's machine; and the node has answered some: these, and
  // more if its socket did not take `all` that it was given.
  virtual void reached(NodeId node, const ClientBytes& come, Time at) = 0;
  virtual void answered(NodeId node, std::uint32_t client, ByteSpan bytes, bool all) = 0;
  // A frame's bytes were changed on their way; `record` none when its head was hit.
  virtual void corrupted(NodeId node, NodeId peer, Lsn record) = 0;
  // A turn is over: what was decided.
  virtual void decided(NodeId node, const Facts& facts) = 0;
};

}  // namespace quorate::sim
