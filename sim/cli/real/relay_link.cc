#include "sim/cli/real/relay_link.h"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "core/posix/listener.h"

namespace quorate::cli {

namespace {

void close_by_reset(Fd& fd) {
  if (!fd) return;
  const linger hard{1, 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
  fd.close();
}

}  // namespace

// ---- what to wait for

void RelayLink::gather(const RelayFaults& faults, Time now, std::vector<pollfd>& to) {
  for (const int side : {0, 1}) {
    short events = 0;
    if (fds_[side] && (side == 0 || stage_ == Stage::open)) {
      if (to_[1 - side].has_room()) events |= POLLIN;
      const bool open = stage_ == Stage::open && !faults.is_blocked(to_[side].direction());
      if (open && full_[side] && !to_[side].ready(now).empty()) events |= POLLOUT;
    } else if (fds_[side] && stage_ == Stage::connecting) {
      events = POLLOUT;
    }
    // One that nothing is expected of is left out: poll would speak of its end again and again.
    to.push_back({events == 0 ? -1 : fds_[side].get(), events, 0});
  }
}

Time RelayLink::next_at(const RelayFaults& faults) const {
  Time at = Time::never();
  if (stage_ == Stage::held && !faults.is_blocked(sim::Direction::to_peer)) return Time();
  if (stage_ != Stage::open) return at;
  for (const RelayStream& stream : to_)
    if (!faults.is_blocked(stream.direction())) at = std::min(at, stream.next_at());
  return at;
}

// ---- a turn

void RelayLink::act(const pollfd* found, const Address& target, Time now, RelayFaults& faults,
                    std::vector<RelayedFrame>& passed, std::uint64_t* bytes) {
  if (stage_ == Stage::connecting && found[1].revents != 0) dialed();
  for (const int side : {0, 1})
    if (!over() && (found[side].events & POLLIN) != 0 && found[side].revents != 0)
      read_from(side, now, faults);
  if (stage_ == Stage::held) {
    // Who has given up before he could come through was never here.
    if (!to_[1].has_room() && to_[1].size() < RelayStream::kMost) return reset();
    if (!faults.is_blocked(sim::Direction::to_peer)) dial(target);
  }
  for (const int side : {0, 1}) {
    if (stage_ != Stage::open || faults.is_blocked(to_[side].direction())) continue;
    if ((found[side].revents & ~POLLIN) != 0) full_[side] = false;
    write_to(side, now, passed, bytes[1 - side]);
    if (stage_ == Stage::open) pass_end(side);
  }
  if (stage_ == Stage::open && done_[0] && done_[1]) {
    for (Fd& fd : fds_) fd.close();
    stage_ = Stage::over;
  }
}

void RelayLink::reset() {
  for (Fd& fd : fds_) close_by_reset(fd);
  stage_ = Stage::over;
}

// ---- the target

void RelayLink::dial(const Address& target) {
  stage_ = Stage::connecting;
  fds_[1] = Fd(::socket(target.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (fds_[1]) set_tcp_options(fds_[1].get());
  const bool begun = fds_[1] && (::connect(fds_[1].get(), target.get(), target.size) == 0 ||
                                 errno == EINPROGRESS || errno == EINTR);
  if (begun) return;
  reset();
  stage_ = Stage::refused;
}

void RelayLink::dialed() {
  int error = 0;
  socklen_t size = sizeof(error);
  const bool asked = ::getsockopt(fds_[1].get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0;
  if (asked && error == 0 && !is_self_connected(fds_[1].get())) {
    stage_ = Stage::open;
    return;
  }
  reset();
  stage_ = Stage::refused;
}

// ---- bytes

void RelayLink::read_from(int side, Time now, RelayFaults& faults) {
  Byte room[64 << 10];
  const ssize_t count = ::recv(fds_[side].get(), room, sizeof(room), MSG_DONTWAIT);
  if (count > 0) return to_[1 - side].add({room, static_cast<std::size_t>(count)}, now, faults);
  if (count == 0) return to_[1 - side].end(StreamEnd::closed);
  if (errno != EAGAIN && errno != EINTR) lose(side);
}

void RelayLink::write_to(int side, Time now, std::vector<RelayedFrame>& passed,
                         std::uint64_t& bytes) {
  while (!full_[side] && !done_[side]) {
    const ByteSpan ready = to_[side].ready(now);
    if (ready.empty()) return;
    const ssize_t count =
        ::send(fds_[side].get(), ready.data(), ready.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno != EAGAIN) return lose(side);
    full_[side] = count < static_cast<ssize_t>(ready.size());
    if (count <= 0) return;
    bytes += static_cast<std::uint64_t>(count);
    to_[side].left(static_cast<std::size_t>(count), passed);
  }
}

// That side is dead: what goes there is lost, and the other one learns of it behind the last byte.
void RelayLink::lose(int side) {
  to_[side].lose_all();
  done_[side] = true;
  to_[1 - side].end(StreamEnd::reset);
}

void RelayLink::pass_end(int side) {
  if (done_[side] || to_[side].ended() == StreamEnd::none) return;
  if (to_[side].ended() == StreamEnd::reset) return reset();
  ::shutdown(fds_[side].get(), SHUT_WR);
  done_[side] = true;
}

}  // namespace quorate::cli
