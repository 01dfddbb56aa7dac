// The simulated Env of one node, for one turn: made, handed to the driver, and gone.
#pragma once

#include "core/env/env.h"
#include "sim/world/world.h"

namespace quorate::sim {

class SimEnv final : public Clock, public Sockets, public Disk {
 public:
  SimEnv(World& world, NodeId node, Observer& observer)
      : world_(world),
        node_(world.at(node)),
        id_(node),
        observer_(observer),
        now_(node_.clock.shows(world.now_)) {}

  Time now() const override { return now_; }  // stands still within a turn

  Result<SocketId> dial(NodeId peer) override;
  Result<Taken> read(SocketId socket, std::span<Byte> to) override;
  Result<std::size_t> write(SocketId socket, ByteSpan bytes) override;
  void close(SocketId socket) override;

  ByteCount begin() const override { return node_.disk.begin(); }
  Result<Bytes> read() override;
  Status append(ByteSpan bytes) override;
  Status cut(ByteCount size) override;
  void drop(ByteCount before) override;
  void start_sync() override;

 private:
  World& world_;
  World::SimNode& node_;
  NodeId id_;
  Observer& observer_;
  Time now_;
};

}  // namespace quorate::sim
