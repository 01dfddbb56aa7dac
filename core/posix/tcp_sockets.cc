#include "core/posix/tcp_sockets.h"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "core/base/check.h"
#include "core/posix/listener.h"

namespace quorate {

namespace {

// Whatever a connection dies of (reset, timed out, unreachable): it is over.
ErrorKind ended(int error) {
  QUORATE_CHECK(error != EBADF && error != ENOTSOCK && error != EFAULT, "a socket is a socket");
  return ErrorKind::closed;
}

// Bytes that nobody has read would make the kernel answer a close with a reset, which can overtake
// what was written: they are thrown away, as far as they have come and within bounds.
void close_softly(int fd) {
  ::shutdown(fd, SHUT_WR);
  Byte unread[4096];
  for (int n = 0; n < 32; ++n)
    if (::recv(fd, unread, sizeof(unread), 0) < static_cast<ssize_t>(sizeof(unread))) return;
}

}  // namespace

// ---- opening and closing

SocketId TcpSockets::open(Fd fd, bool is_client, bool connecting) {
  if (free_slots_.empty()) {
    free_slots_.push(static_cast<std::uint32_t>(by_slot_.size()));
    by_slot_.emplace_back();
  }
  const std::uint32_t slot = free_slots_.top();
  free_slots_.pop();
  Socket& socket = by_slot_[slot];
  socket = Socket();
  socket.fd = std::move(fd);
  socket.id = SocketId((++opened_ << 32) | slot);
  socket.is_client = is_client;
  socket.connecting = connecting;
  socket.events = connecting ? POLLOUT : POLLIN;
  if (is_client) ++clients_;
  set_->watch(place_of(socket), socket.fd.get(), socket.events);
  return socket.id;
}

SocketId TcpSockets::add(Fd fd, bool is_client) { return open(std::move(fd), is_client, false); }

Result<SocketId> TcpSockets::dial(NodeId peer) {
  QUORATE_CHECK(!peer.is_none() && peer.value() <= peers_.size(), "only members are dialed");
  const Address& address = peers_[peer.value() - 1];
  Fd fd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return ErrorKind::refused;
  set_tcp_options(fd.get());
  // Interrupted, it goes on by itself all the same.
  if (::connect(fd.get(), address.get(), address.size) != 0 && errno != EINPROGRESS &&
      errno != EINTR)
    return ErrorKind::refused;
  return open(std::move(fd), false, true);
}

void TcpSockets::close(SocketId id) {
  Socket& socket = at(id);
  set_->forget(place_of(socket));
  if (!socket.over && !socket.connecting) close_softly(socket.fd.get());
  socket.fd.close();
  if (socket.is_client) --clients_;
  socket.id = SocketId();
  free_slots_.push(slot_of(id));
}

TcpSockets::Socket& TcpSockets::at(SocketId id) {
  QUORATE_CHECK(slot_of(id) < by_slot_.size() && by_slot_[slot_of(id)].id == id && !id.is_none(),
                "a socket that is used is open");
  return by_slot_[slot_of(id)];
}

// ---- reading and writing

Result<Taken> TcpSockets::read(SocketId id, std::span<Byte> to) {
  QUORATE_CHECK(!to.empty(), "a read has room");
  Socket& socket = at(id);
  if (!socket.over && socket.read_left == 0) socket.readable = false;  // enough for this turn
  if (socket.readable) {
    const std::size_t room = socket.over ? to.size() : std::min(to.size(), socket.read_left);
    ssize_t got = 0;
    do {
      got = ::recv(socket.fd.get(), to.data(), room, 0);
    } while (got < 0 && errno == EINTR);
    if (got > 0) {
      const auto count = static_cast<std::size_t>(got);
      if (!socket.over) {
        socket.read_left -= count;
        socket.readable = count == room;
      }
      return Taken{count};
    }
    if (got == 0) return ErrorKind::closed;
    if (errno != EAGAIN) return ended(errno);
    socket.readable = false;
  }
  wait_for(socket, POLLIN);
  return ErrorKind::would_block;
}

Result<std::size_t> TcpSockets::write(SocketId id, ByteSpan bytes) {
  QUORATE_CHECK(!bytes.empty(), "a write has bytes");
  Socket& socket = at(id);
  if (!socket.over && socket.write_left == 0) socket.writable = false;  // enough for this turn
  if (socket.writable) {
    const std::size_t most = socket.over ? bytes.size() : std::min(bytes.size(), socket.write_left);
    ssize_t sent = 0;
    do {
      sent = ::send(socket.fd.get(), bytes.data(), most, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent > 0) {
      const auto count = static_cast<std::size_t>(sent);
      socket.writable = count == most;
      socket.write_left -= std::min(socket.write_left, count);
      return count;
    }
    if (errno != EAGAIN) return ended(errno);
    socket.writable = false;
  }
  wait_for(socket, POLLOUT);
  return ErrorKind::would_block;
}

// ---- poll

void TcpSockets::wait_for(Socket& socket, short event) {
  if (socket.over || (socket.events & event) != 0) return;
  socket.events = static_cast<short>(socket.events | event);
  set_->wait_for(place_of(socket), socket.events);
}

void TcpSockets::stop_waiting_for(Socket& socket, short event) {
  if ((socket.events & event) == 0) return;
  socket.events = static_cast<short>(socket.events & ~event);
  set_->wait_for(place_of(socket), socket.events);
}

void TcpSockets::found(std::size_t place, short revents, Happenings& out) {
  Socket& socket = by_slot_[place - first_place_];
  if (socket.connecting) return connected(socket, out);
  const bool wanted_room = (socket.events & POLLOUT) != 0;
  if ((revents & ~(POLLIN | POLLOUT)) != 0) {
    // Over in both directions. Poll would say so again and again, whether asked or not; but who
    // isn't read from now learns of it by his next call, which won't block.
    socket.over = socket.readable = socket.writable = true;
    socket.events = 0;
    set_->forget(place);
    out.push_back({Happening::Kind::readable, socket.id});
    if (wanted_room) out.push_back({Happening::Kind::writable, socket.id});
    return;
  }
  if ((revents & POLLIN) != 0) {
    socket.readable = true;
    socket.read_left = kReadPerTurn;
    stop_waiting_for(socket, POLLIN);
    out.push_back({Happening::Kind::readable, socket.id});
  }
  if ((revents & POLLOUT) != 0) {
    socket.writable = true;
    socket.write_left = kWritePerTurn;
    stop_waiting_for(socket, POLLOUT);
    out.push_back({Happening::Kind::writable, socket.id});
  }
}

void TcpSockets::connected(Socket& socket, Happenings& out) {
  int error = 0;
  socklen_t size = sizeof(error);
  const bool asked = ::getsockopt(socket.fd.get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0;
  if (!asked || error != 0 || is_self_connected(socket.fd.get())) {
    set_->forget(place_of(socket));
    socket.over = true;
    out.push_back({Happening::Kind::dial_failed, socket.id});
    return;
  }
  socket.connecting = false;
  socket.events = POLLIN;
  set_->wait_for(place_of(socket), socket.events);
  out.push_back({Happening::Kind::established, socket.id});
}

}  // namespace quorate
