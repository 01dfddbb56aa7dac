// How nodes of the world come up and go down, and what clients do to it.
#include <algorithm>

#include "core/base/check.h"
#include "sim/world/sim_env.h"
#include "sim/world/world.h"

namespace quorate::sim {

void World::start(NodeId id, Observer& observer) {
  SimNode& node = at(id);
  QUORATE_CHECK(!node.driver, "a node that is up can't be started");
  ++node.life;
  node.doomed = node.halted = false;
  node.timer_at = node.timer_for = Time::never();
  node.sockets.clear();
  node.driver.emplace(node.config, *rules_);
  // Whoever still holds a connection to its earlier life learns now that it is gone.
  for (std::uint32_t index = 0; index < pipes_.size(); ++index) {
    Pipe& pipe = pipes_[index];
    if (!pipe.in_use) continue;
    for (const std::uint32_t end : {0u, 1u}) {
      if (pipe.ends[end] != id.value() || !pipe.vanished[end]) continue;
      pipe.vanished[end] = false;
      if (pipe.open[1 - end]) {
        Link& out = link(pipe.ends[end], pipe.ends[1 - end]);
        const std::int64_t takes =
            delay_us(out, both(pipe.ends[end], pipe.ends[1 - end]), out.messages++);
        const Time at = std::max(std::max(now_, out.blocked_until) + microseconds(takes),
                                 pipe.to[1 - end].last_at);
        queue_.push(at, EventKind::reset, index, pipe.use, static_cast<std::uint8_t>(1 - end));
      }
      free_if_done(index);
    }
  }
  observer.started(id);
  SimEnv sim_env(*this, id, observer);
  Env env{sim_env, sim_env, sim_env};
  node.driver->start(env);
  after_turn(node, observer);
  turned_.push_back(id);
}

// The node is gone, its disk stays. `silent`: nobody is told.
void World::power_off(NodeId id, bool silent) {
  SimNode& node = at(id);
  node.driver.reset();
  node.doomed = false;
  node.disk.syncing = false;
  node.paused_until = Time();
  for (std::uint32_t index = 0; index < pipes_.size(); ++index) {
    Pipe& pipe = pipes_[index];
    if (!pipe.in_use) continue;
    for (const std::uint32_t end : {0u, 1u}) {
      if (pipe.ends[end] != id.value() || !pipe.open[end]) continue;
      pipe.open[end] = false;
      pipe.to[end].drop_arrivals();
      const bool told = pipe.open[1 - end] && !pipe.broken;
      if (told && silent) pipe.vanished[end] = true;
      if (told && !silent) {
        Link& out = link(pipe.ends[end], pipe.ends[1 - end]);
        const Time at = std::max({now_, out.blocked_until, pipe.to[1 - end].last_at});
        queue_.push(at, EventKind::reset, index, pipe.use, static_cast<std::uint8_t>(1 - end));
      }
      free_if_done(index);
    }
  }
}

void World::lose_power(NodeId id, ByteCount keep, std::size_t torn, std::uint64_t noise,
                       Observer& observer) {
  power_off(id, true);
  SimDisk& disk = at(id).disk;
  disk.crash(keep, torn, noise);
  observer.dropped(id, disk.dropped);
  observer.crashed(id, disk.file, disk.durable);
}

void World::kill(NodeId id, Observer& observer) {
  power_off(id, false);
  SimDisk& disk = at(id).disk;
  disk.kill();
  observer.crashed(id, disk.file, disk.durable);
}

void World::end_halted(NodeId id, Observer& observer) {
  power_off(id, false);
  observer.halted(id);
}

void World::pause(NodeId id, Time until) {
  SimNode& node = at(id);
  node.paused_until = std::max(node.paused_until, until);
  queue_.push(until, EventKind::resume, id.value());
}

void World::wake(NodeId id, Observer& observer) {
  SimNode& node = at(id);
  if (!node.driver || now_ < node.paused_until) return;
  SimEnv sim_env(*this, id, observer);
  Env env{sim_env, sim_env, sim_env};
  node.driver->woken(env);
  after_turn(node, observer);
  turned_.push_back(id);
}

void World::damage(NodeId id, std::size_t byte, std::uint8_t bits, Observer& observer) {
  Bytes& file = at(id).disk.file;
  if (byte >= file.size()) return;
  file[byte] = static_cast<Byte>(file[byte] ^ bits);
  observer.damaged(id, file);
}

// ---- clients

std::uint32_t World::client_dial(Party client, NodeId node) {
  return open_pipe(client, node.value());
}

std::size_t World::client_write(std::uint32_t index, ByteSpan bytes) {
  return bytes.empty() ? 0 : write(index, 0, bytes, false, nullptr);
}

bool World::client_read(std::uint32_t index, Buffer& to) {
  Stream& stream = pipes_[index].to[0];
  if (const std::size_t there = stream.readable(); there > 0) {
    stream.take(there, to.room(there).data());
    to.added(there);
    if (stream.writer_waits) tell_writer(index, 0);
  }
  return !stream.ended;
}

void World::client_close(std::uint32_t index) { close_end(index, 0); }

}  // namespace quorate::sim
