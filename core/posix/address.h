// Where does a member listen? "127.0.0.1:7001", "[::1]:7001" or "localhost:7001" as a socket
// address.
//
// A name is looked up once, here: that may take its time, and nothing that runs waits for it later.
// Where a name has several addresses, an IPv4 one is taken, on every member alike.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace quorate {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  std::string text;  // as it was given

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  int family() const { return storage.ss_family; }
  std::uint16_t port() const;
};

// Throws PosixError, which names the text and what is wrong with it. Port 0 is none.
Address parse_address(std::string_view text);

// Are both ends of that socket one and the same? A dial to a free port of the own machine can meet
// itself, when the kernel picks that very port for its own end.
bool is_self_connected(int fd);

}  // namespace quorate
