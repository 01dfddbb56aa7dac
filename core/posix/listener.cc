#include "core/posix/listener.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

#include "core/posix/posix_error.h"

namespace quorate {

namespace {

void set_option(int fd, int level, int name, int value) {
  // Where it can't be set (no TCP below), the connection works without.
  ::setsockopt(fd, level, name, &value, sizeof(value));
}

}  // namespace

void set_tcp_options(int fd) {
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 5);   // s
  set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, 1);  // s
  set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
}

Listener::Listener(const Address& address, const std::string& whom) {
  const std::string what = "listening for " + whom + " on " + address.text;
  fd_ = Fd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd_) throw_errno(what);
  // A port whose last connections still linger may be listened on again.
  set_option(fd_.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  set_tcp_options(fd_.get());
  if (::bind(fd_.get(), address.get(), address.size) != 0) throw_errno(what);
  if (::listen(fd_.get(), SOMAXCONN) != 0) throw_errno(what);
}

Listener::Knock Listener::accept(Fd& accepted, int& error) const {
  accepted = Fd(::accept4(fd_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (accepted) return Knock::somebody;
  switch (errno) {
    case EAGAIN: return Knock::nobody;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM: error = errno; return Knock::no_descriptors;
    default: return Knock::gone;  // ECONNABORTED and what a network may say of one connection
  }
}

}  // namespace quorate
