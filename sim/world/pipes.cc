// The world's pipes: how bytes get from one end to the other.
#include <algorithm>

#include "core/base/check.h"
#include "sim/world/world.h"

namespace quorate::sim {

namespace {

// What becomes of one message, all from one draw: 16 bits for each question.
class Fate {
 public:
  explicit Fate(std::uint64_t bits) : bits_(bits) {}
  bool shorten(std::int64_t percent) const { return below(bits_, percent); }
  bool join(std::int64_t percent) const { return below(bits_ >> 16, percent); }
  bool split(std::int64_t percent) const { return below(bits_ >> 32, percent); }

 private:
  static bool below(std::uint64_t bits, std::int64_t percent) {
    return ((bits & 0xFFFF) * 100) >> 16 < static_cast<std::uint64_t>(percent);
  }
  std::uint64_t bits_;
};

}  // namespace

Link& World::link(Party from, Party to) { return links_[from * parties_ + to]; }

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
  out.last_ack.clear();  // what was said on an earlier connection is never heard again on this one
  link(to, from).last_ack.clear();
  const Time at =
      std::max(now_, out.blocked_until) + microseconds(delay_us(out, from, to, out.messages++));
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

SocketId World::new_socket(SimNode& node, std::uint32_t pipe, int end) {
  std::size_t slot = 0;
  while (slot < node.sockets.size() && node.sockets[slot] != 0) ++slot;
  if (slot == node.sockets.size()) node.sockets.push_back(0);
  node.sockets[slot] = pipe * 2 + static_cast<std::uint32_t>(end) + 1;
  return SocketId((++sockets_opened_ << 32) | slot);
}

void World::close_end(std::uint32_t index, int end) {
  Pipe& pipe = pipes_[index];
  if (!pipe.open[end]) return;
  pipe.open[end] = false;
  pipe.to[end].drop_arrivals();
  const int other = 1 - end;
  if (pipe.open[other] && !pipe.broken) {
    Link& out = link(pipe.ends[end], pipe.ends[other]);
    const Time at = std::max(now_, out.blocked_until) +
                    microseconds(delay_us(out, pipe.ends[end], pipe.ends[other], out.messages++));
    schedule(index, other, at, true);
  }
  pipe.vanished[other] = false;  // nobody is left who could wonder
  free_if_done(index);
}

std::int64_t World::delay_us(Link& link, Party from, Party to, std::uint64_t nth) const {
  const std::uint64_t whom = (std::uint64_t{from} << 32) | to;
  std::int64_t takes = choice_.in(settings_.network.delay, Purpose::delay, whom, nth);
  if (now_ < link.slow_until) takes += link.slow_us;
  if (link.hold_us > 0) {
    takes += link.hold_us;
    link.hold_us = 0;
  }
  return takes;
}

// Takes what the end writes, or a part of it; 0 when there is no room.
std::size_t World::write(std::uint32_t index, int end, ByteSpan bytes, bool may_be_short,
                         Observer* observer) {
  Pipe& pipe = pipes_[index];
  const int reader = 1 - end;
  Stream& stream = pipe.to[reader];
  if (pipe.broken || !pipe.open[reader]) {  // it goes nowhere
    if (!is_client(pipe.ends[0])) tap_unheard(pipe, end, bytes, *observer);
    return bytes.size();
  }
  if (stream.writer_waits) return 0;
  const Party from = pipe.ends[end];
  const Party to = pipe.ends[reader];
  const std::uint64_t whom = (std::uint64_t{from} << 32) | to;
  std::size_t room = kSocketBuffer - std::min(kSocketBuffer, stream.bytes.size() - stream.read);
  std::size_t taken = std::min(room, bytes.size());
  const std::uint64_t nth = link(from, to).messages;
  const Fate fate(choice_.draw(Purpose::message_fate, whom, nth));
  if (may_be_short && taken > 1 && fate.shorten(settings_.network.short_write_percent)) {
    taken = 1 + choice_.below(taken - 1, Purpose::split_at, whom, nth);
    room = taken;  // and no room for the rest, for a moment
    queue_.push(now_ + microseconds(50), EventKind::writable, index, pipe.use,
                static_cast<std::uint8_t>(end));
  }
  if (taken < bytes.size()) stream.writer_waits = true;
  if (taken == 0) return 0;
  const std::uint64_t before = stream.written();
  append_bytes(stream.bytes, bytes.first(taken));
  if (!is_client(from) && !is_client(to)) tap(index, end, bytes.first(taken), *observer);
  if (is_client(to) && observer != nullptr) {
    observer->answered(NodeId(from), to - kFirstClient, bytes.first(taken));
    if (!moments_.empty())
      for (const Fact& fact : at(NodeId(from)).driver->facts())
        if (fact.kind == FactKind::write_answered)
          moment(NodeId(from), Moment::reply, fact.lsn, fact.lsn);
  }
  schedule_written(index, reader, before);
  return taken;
}

void World::schedule_written(std::uint32_t index, int reader, std::uint64_t before) {
  Pipe& pipe = pipes_[index];
  Stream& stream = pipe.to[reader];
  const Party from = pipe.ends[1 - reader];
  const Party to = pipe.ends[reader];
  Link& out = link(from, to);
  const std::uint64_t nth = out.messages++;
  const std::uint64_t whom = (std::uint64_t{from} << 32) | to;
  const NetworkSpec& network = settings_.network;
  const Fate fate(choice_.draw(Purpose::message_fate, whom, nth));
  Time at = std::max(now_, out.blocked_until) + microseconds(delay_us(out, from, to, nth));
  // One that waits for the next: whatever is written until then arrives with it.
  if (fate.join(network.join_percent)) at = at + microseconds(network.delay.us.max);
  const std::uint64_t size = stream.written() - before;
  if (size > 1 && fate.split(network.split_percent)) {
    const std::uint64_t first = 1 + choice_.below(size - 1, Purpose::split_at, whom, nth);
    at = std::max(at, stream.last_at);
    stream.arrivals.push_back({at, before + first, false});
    stream.last_at = at;
    queue_.push(at, EventKind::arrival, index, pipe.use, static_cast<std::uint8_t>(reader));
    at = at + microseconds(1 + network.delay.us.min / 4);
  }
  schedule(index, reader, at, false);
}

void World::schedule(std::uint32_t index, int reader, Time at, bool fin) {
  Pipe& pipe = pipes_[index];
  Stream& stream = pipe.to[reader];
  at = std::max(at, stream.last_at);
  stream.last_at = at;
  const bool joins =
      stream.first_arrival < stream.arrivals.size() && stream.arrivals.back().at == at;
  if (joins) {
    stream.arrivals.back().up_to = stream.written();
    stream.arrivals.back().fin = fin;
    return;
  }
  stream.arrivals.push_back({at, stream.written(), fin});
  queue_.push(at, EventKind::arrival, index, pipe.use, static_cast<std::uint8_t>(reader));
}

std::size_t World::take(std::uint32_t index, int reader, std::span<Byte> to) {
  Pipe& pipe = pipes_[index];
  Stream& stream = pipe.to[reader];
  const std::size_t count = std::min(stream.readable(), to.size());
  std::memcpy(to.data(), stream.bytes.data() + stream.read, count);
  stream.read += count;
  if (stream.read == stream.bytes.size()) {
    stream.base += stream.read;
    stream.bytes.clear();
    stream.read = 0;
  } else if (stream.read > kSocketBuffer) {
    stream.bytes.erase(stream.bytes.begin(),
                       stream.bytes.begin() + static_cast<std::ptrdiff_t>(stream.read));
    stream.base += stream.read;
    stream.read = 0;
  }
  if (stream.writer_waits && !is_client(pipe.ends[1 - reader]))
    queue_.push(now_, EventKind::writable, index, pipe.use, static_cast<std::uint8_t>(1 - reader));
  return count;
}

void World::cut(NodeId a, NodeId b) {
  for (std::uint32_t index = 0; index < pipes_.size(); ++index) {
    Pipe& pipe = pipes_[index];
    const bool between = (pipe.ends[0] == a.value() && pipe.ends[1] == b.value()) ||
                         (pipe.ends[0] == b.value() && pipe.ends[1] == a.value());
    if (!pipe.in_use || !between || !pipe.open[1] || pipe.broken) continue;
    pipe.broken = true;
    for (const int end : {0, 1}) {
      pipe.to[end].drop_arrivals();
      if (pipe.open[end])
        queue_.push(now_, EventKind::reset, index, pipe.use, static_cast<std::uint8_t>(end));
    }
  }
}

}  // namespace quorate::sim
