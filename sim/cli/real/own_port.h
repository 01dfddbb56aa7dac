// Which port is ours, also while nobody listens on it? One that is bound and never listened on.
//
// As long as this object lives the kernel gives the port to nobody else, neither to who binds port
// 0 nor to who dials; and a child may listen on it, again and again, because both ends say
// SO_REUSEADDR. Who dials it while no child listens is refused at once.
#pragma once

#include <string>

#include "core/posix/fd.h"

namespace quorate::cli {

// A socket bound to a port on 127.0.0.1 that the kernel picks. Throws PosixError.
Fd bound_to_own_port(std::string& address);

class OwnPort {
 public:
  // On 127.0.0.1. Throws PosixError.
  OwnPort();

  const std::string& address() const { return address_; }  // "127.0.0.1:port"

 private:
  std::string address_;  // before fd_, whose making fills it in
  Fd fd_;
};

}  // namespace quorate::cli
