// The world's pipes: how bytes get from one end to the other.
#include <algorithm>

#include "core/base/check.h"
#include "sim/world/world.h"

namespace quorate::sim {

std::uint32_t World::open_pipe(Party from, Party to) {
  if (free_pipes_.empty()) {
    free_pipes_.push_back(static_cast<std::uint32_t>(pipes_.size()));
    pipes_.emplace_back();
  }
  const std::uint32_t index = free_pipes_.back();
  free_pipes_.pop_back();
  Pipe& pipe = pipes_[index];
  pipe.in_use = true;
  pipe.ends[0] = from;
  pipe.ends[1] = to;
  pipe.sockets[0] = pipe.sockets[1] = SocketId();
  pipe.open[0] = true;
  pipe.open[1] = false;
  pipe.vanished[0] = pipe.vanished[1] = pipe.refused = pipe.broken = false;
  pipe.to[0].clear();
  pipe.to[1].clear();
  Link& out = link(from, to);
  // What was said on an earlier connection is never heard again on this one.
  out.acked_on_connection = link(to, from).acked_on_connection = false;
  const Time at = std::max(now_, out.blocked_until) +
                  microseconds(delay_us(out, both(from, to), out.messages++));
  queue_.push(at, EventKind::dial_in, index, pipe.use);
  return index;
}

void World::free_if_done(std::uint32_t index) {
  Pipe& pipe = pipes_[index];
  if (!pipe.in_use || pipe.open[0] || pipe.open[1] || pipe.vanished[0] || pipe.vanished[1]) return;
  pipe.in_use = false;
  ++pipe.use;
  free_pipes_.push_back(index);
}

SocketId World::new_socket(SimNode& node, std::uint32_t pipe, std::uint32_t end) {
  std::size_t slot = 0;
  while (slot < node.sockets.size() && node.sockets[slot] != 0) ++slot;
  if (slot == node.sockets.size()) node.sockets.push_back(0);
  node.sockets[slot] = pipe * 2 + end + 1;
  return SocketId((++sockets_opened_ << 32) | slot);
}

void World::close_end(std::uint32_t index, std::uint32_t end) {
  Pipe& pipe = pipes_[index];
  if (!pipe.open[end]) return;
  pipe.open[end] = false;
  pipe.to[end].drop_arrivals();
  const std::uint32_t other = 1 - end;
  if (pipe.open[other] && !pipe.broken) {
    Link& out = link(pipe.ends[end], pipe.ends[other]);
    const Time at =
        std::max(now_, out.blocked_until) +
        microseconds(delay_us(out, both(pipe.ends[end], pipe.ends[other]), out.messages++));
    pipe.to[other].ends = true;
    schedule(index, other, at);
  }
  pipe.vanished[other] = false;  // nobody is left who could wonder
  free_if_done(index);
}

// Takes what the end writes, or a part of it; 0 when there is no room.
std::size_t World::write(std::uint32_t index, std::uint32_t end, ByteSpan bytes, bool may_be_short,
                         Observer* observer) {
  const std::uint32_t reader = 1 - end;
  Pipe& pipe = pipes_[index];
  if (pipe.broken || !pipe.open[reader]) {  // it goes nowhere
    if (!is_client(pipe.ends[0])) tap_unheard(pipe, end, bytes, *observer);
    return bytes.size();
  }
  Stream& stream = pipe.to[reader];
  if (stream.writer_waits) return 0;
  const Message message = next_message(index, reader);
  const std::size_t room = kSocketBuffer - std::min(kSocketBuffer, stream.bytes.size());
  std::size_t taken = std::min(room, bytes.size());
  if (may_be_short && taken > 1 && message.fate.shorten(odds_)) {
    taken = 1 + choice_.below(taken - 1, Purpose::split_at, message.whom, message.nth);
    // And no room for the rest, for a moment.
    queue_.push(now_ + microseconds(50), EventKind::writable, index, pipe.use,
                static_cast<std::uint8_t>(end));
  }
  if (taken < bytes.size()) stream.writer_waits = true;
  const Party from = pipe.ends[end];
  const Party to = pipe.ends[reader];
  if (taken == 0) {
    if (is_client(to) && observer != nullptr)
      observer->answered(NodeId(from), to - kFirstClient, {}, false);
    return 0;
  }
  const ByteSpan sent = bytes.first(taken);
  stream.bytes.append(sent);
  stream.written += taken;
  if (is_client(to)) {
    if (observer != nullptr)
      observer->answered(NodeId(from), to - kFirstClient, sent, taken == bytes.size());
    if (moments_matter()) moment_of_answer(NodeId(from), pipe.sockets[end]);
  } else if (!is_client(from)) {
    tap(pipe, end, sent, *observer);
  }
  schedule_written(message, taken);
  return taken;
}

bool World::inject(NodeId from, NodeId to, ByteSpan frame) {
  for (std::uint32_t index = 0; index < pipes_.size(); ++index) {
    Pipe& pipe = pipes_[index];
    if (!pipe.in_use || pipe.broken || !pipe.open[0] || !pipe.open[1]) continue;
    for (const std::uint32_t end : {0u, 1u}) {
      if (pipe.ends[end] != from.value() || pipe.ends[1 - end] != to.value()) continue;
      Stream& stream = pipe.to[1 - end];
      if (!stream.tap.empty() || stream.written == 0) continue;  // in the middle of a frame
      stream.bytes.append(frame);
      stream.written += frame.size();
      schedule_written(next_message(index, 1 - end), frame.size());
      return true;
    }
  }
  return false;
}

inline World::Message World::next_message(std::uint32_t index, std::uint32_t reader) {
  Pipe& pipe = pipes_[index];
  const Party from = pipe.ends[1 - reader];
  const Party to = pipe.ends[reader];
  Link& out = link(from, to);
  const std::uint64_t whom = both(from, to);
  const std::uint64_t nth = out.messages;
  const Fate fate(choice_.draw(Purpose::message_fate, whom, nth));
  return {index, reader, pipe, out, whom, nth, fate};
}

// The last `size` bytes of the stream were written just now: when do they arrive?
inline void World::schedule_written(const Message& message, std::size_t size) {
  Link& out = message.link;
  ++out.messages;
  Time at =
      std::max(now_, out.blocked_until) + microseconds(delay_us(out, message.whom, message.nth));
  // One that waits for the next: whatever is written until then arrives with it.
  if (message.fate.join(odds_)) at = at + microseconds(settings_.network.delay.us.max);
  if (size > 1 && message.fate.split(odds_))
    at = split(message.index, message.reader, at, size, message.nth);
  schedule(message.index, message.reader, at);
}

// A part of those `size` bytes arrives at that time already. Returns when the rest does.
Time World::split(std::uint32_t index, std::uint32_t reader, Time at, std::size_t size,
                  std::uint64_t nth) {
  Pipe& pipe = pipes_[index];
  Stream& stream = pipe.to[reader];
  const std::uint64_t whom = both(pipe.ends[1 - reader], pipe.ends[reader]);
  const std::uint64_t first = 1 + choice_.below(size - 1, Purpose::split_at, whom, nth);
  at = std::max(at, stream.last_at);
  stream.arrivals.push({at, stream.written - size + first});
  stream.last_at = at;
  queue_.push(at, EventKind::arrival, index, pipe.use, static_cast<std::uint8_t>(reader));
  return at + microseconds(1 + settings_.network.delay.us.min / 4);
}

inline void World::schedule(std::uint32_t index, std::uint32_t reader, Time at) {
  Pipe& pipe = pipes_[index];
  Stream& stream = pipe.to[reader];
  at = std::max(at, stream.last_at);
  stream.last_at = at;
  if (!stream.arrivals.empty() && stream.arrivals.back().at == at) {  // it joins the one before
    stream.arrivals.back().up_to = stream.written;
    return;
  }
  stream.arrivals.push({at, stream.written});
  queue_.push(at, EventKind::arrival, index, pipe.use, static_cast<std::uint8_t>(reader));
}

// The reader has made room.
void World::tell_writer(std::uint32_t index, std::uint32_t reader) {
  const Pipe& pipe = pipes_[index];
  queue_.push(now_, EventKind::writable, index, pipe.use, static_cast<std::uint8_t>(1 - reader));
}

void World::cut(NodeId a, NodeId b) {
  for (std::uint32_t index = 0; index < pipes_.size(); ++index) {
    Pipe& pipe = pipes_[index];
    const bool between = (pipe.ends[0] == a.value() && pipe.ends[1] == b.value()) ||
                         (pipe.ends[0] == b.value() && pipe.ends[1] == a.value());
    if (!pipe.in_use || !between || !pipe.open[1] || pipe.broken) continue;
    pipe.broken = true;
    for (const std::uint32_t end : {0u, 1u}) {
      pipe.to[end].drop_arrivals();
      if (pipe.open[end])
        queue_.push(now_, EventKind::reset, index, pipe.use, static_cast<std::uint8_t>(end));
    }
  }
}

}  // namespace quorate::sim
