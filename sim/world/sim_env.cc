#include "sim/world/sim_env.h"

#include <algorithm>

#include "core/base/check.h"

namespace quorate::sim {

Result<SocketId> SimEnv::dial(NodeId peer) {
  if (node_.doomed) return ErrorKind::refused;
  const std::uint32_t pipe = world_.open_pipe(id_.value(), peer.value());
  const SocketId socket = world_.new_socket(node_, pipe, 0);
  world_.pipes_[pipe].sockets[0] = socket;
  return socket;
}

Result<Taken> SimEnv::read(SocketId socket, std::span<Byte> to) {
  if (node_.doomed) return ErrorKind::would_block;
  const std::uint32_t held = node_.sockets[slot_of(socket)] - 1;
  const std::uint32_t end = held % 2;
  Stream& stream = world_.pipes_[held / 2].to[end];
  const std::size_t there = stream.readable();
  if (there == 0) return stream.ended ? ErrorKind::closed : ErrorKind::would_block;
  const std::size_t count = std::min(there, to.size());
  stream.take(count, to.data());
  if (stream.writer_waits) world_.tell_writer(held / 2, end);
  return Taken{count, count == there && !stream.ended};
}

Result<std::size_t> SimEnv::write(SocketId socket, ByteSpan bytes) {
  if (node_.doomed) return bytes.size();
  const std::uint32_t held = node_.sockets[slot_of(socket)] - 1;
  const std::size_t taken = world_.write(held / 2, held % 2, bytes, true, &observer_);
  if (taken == 0) return ErrorKind::would_block;
  return taken;
}

void SimEnv::close(SocketId socket) {
  if (node_.doomed) return;
  const std::uint32_t held = node_.sockets[slot_of(socket)] - 1;
  node_.sockets[slot_of(socket)] = 0;
  world_.close_end(held / 2, held % 2);
}

Result<Bytes> SimEnv::read() { return node_.disk.read(); }

Status SimEnv::append(ByteSpan bytes) {
  if (node_.doomed) return Done{};
  if (!node_.disk.has_room(world_.now_, bytes.size())) return ErrorKind::disk_full;
  node_.disk.append(bytes);
  observer_.appended(id_, bytes);
  if (!world_.moments_.empty()) world_.moment(id_, Moment::append, bytes);
  return Done{};
}

Status SimEnv::cut(ByteCount size) {
  if (node_.doomed) return Done{};
  node_.disk.cut(size);
  observer_.cut(id_, size);
  return Done{};
}

void SimEnv::drop(ByteCount before) {
  observer_.dropped(id_, before);
  node_.disk.drop(before);
}

void SimEnv::start_sync() {
  if (node_.doomed) return;
  QUORATE_CHECK(!node_.disk.syncing, "one sync at a time");
  node_.disk.begin_sync();
  std::int64_t takes = world_.choice_.in(world_.settings_.disk.sync, Purpose::sync_delay,
                                         id_.value(), node_.syncs++);
  if (world_.now_ < node_.disk.slow_until) takes += node_.disk.slow_us;
  world_.queue_.push(world_.now_ + microseconds(takes), EventKind::sync_done, id_.value(),
                     node_.life);
}

}  // namespace quorate::sim
