#include "core/posix/address.h"

#include <netdb.h>

#include <charconv>
#include <cstring>
#include <memory>

#include "core/posix/posix_error.h"

namespace quorate {

namespace {

[[noreturn]] void refuse(std::string_view text, const std::string& why) {
  throw PosixError("the address \"" + std::string(text) + "\": " + why);
}

std::uint16_t port_of(const sockaddr_storage& storage) {
  if (storage.ss_family == AF_INET6)
    return ntohs(reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port);
  return ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
}

}  // namespace

std::uint16_t Address::port() const { return port_of(storage); }

Address parse_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) refuse(text, "write it as host:port");
  std::string_view host = text.substr(0, colon);
  const std::string port(text.substr(colon + 1));
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string_view::npos)
    refuse(text, "write an IPv6 address in brackets: [::1]:7001");
  if (host.empty()) refuse(text, "it names no host");
  unsigned number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size() || number < 1 || number > 65'535)
    refuse(text, "a port is a number from 1 to 65535");

  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int failed = getaddrinfo(std::string(host).c_str(), port.c_str(), &hints, &list);
  if (failed != 0) refuse(text, gai_strerror(failed));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(list, freeaddrinfo);
  const addrinfo* best = list;
  for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
    if (one->ai_family != AF_INET) continue;
    best = one;
    break;
  }
  Address address;
  std::memcpy(&address.storage, best->ai_addr, best->ai_addrlen);
  address.size = best->ai_addrlen;
  address.text = text;
  return address;
}

bool is_self_connected(int fd) {
  sockaddr_storage ours{};
  sockaddr_storage theirs{};
  socklen_t our_size = sizeof(ours);
  socklen_t their_size = sizeof(theirs);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&ours), &our_size) != 0) return false;
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&theirs), &their_size) != 0) return false;
  if (our_size != their_size || port_of(ours) != port_of(theirs)) return false;
  if (ours.ss_family == AF_INET6)
    return std::memcmp(&reinterpret_cast<const sockaddr_in6*>(&ours)->sin6_addr,
                       &reinterpret_cast<const sockaddr_in6*>(&theirs)->sin6_addr,
                       sizeof(in6_addr)) == 0;
  return reinterpret_cast<const sockaddr_in*>(&ours)->sin_addr.s_addr ==
         reinterpret_cast<const sockaddr_in*>(&theirs)->sin_addr.s_addr;
}

}  // namespace quorate
