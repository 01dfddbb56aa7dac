// Who knocks? A listening TCP socket.
//
// The options that every connection shall have (TCP_NODELAY; keepalive after 5 s of silence, each
// second, three times) are set here: Linux hands them on to those that are accepted.
#pragma once

#include <string>

#include "core/posix/address.h"
#include "core/posix/fd.h"

namespace quorate {

// Those options. Also for the sockets that dial.
void set_tcp_options(int fd);

class Listener {
 public:
  Listener() = default;
  // `whom` says for whom in an error: "peers". Throws PosixError, which names the address.
  Listener(const Address& address, const std::string& whom);

  int fd() const { return fd_.get(); }

  enum class Knock {
    somebody,        // `accepted` is set
    gone,            // somebody who has given up meanwhile
    nobody,          // none (any more)
    no_descriptors,  // somebody, but this process or machine has no room: not now
  };
  // `error` is set with no_descriptors.
  Knock accept(Fd& accepted, int& error) const;

 private:
  Fd fd_;
};

}  // namespace quorate
