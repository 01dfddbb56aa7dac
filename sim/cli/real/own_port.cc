#include "sim/cli/real/own_port.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "core/posix/posix_error.h"

namespace quorate::cli {

Fd bound_to_own_port(std::string& address) {
  Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(place);
  auto* const at = reinterpret_cast<sockaddr*>(&place);
  const int yes = 1;
  // The option comes after the bind: with it, the kernel might choose a port that is another's.
  if (!fd || ::bind(fd.get(), at, size) != 0 ||
      ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0 ||
      ::getsockname(fd.get(), at, &size) != 0)
    throw_errno("a free port on 127.0.0.1");
  address = "127.0.0.1:" + std::to_string(ntohs(place.sin_port));
  return fd;
}

OwnPort::OwnPort() : fd_(bound_to_own_port(address_)) {}

}  // namespace quorate::cli
