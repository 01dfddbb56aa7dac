#include "core/posix/posix_error.h"

#include <cerrno>
#include <cstring>

namespace quorate {

std::string errno_text(int number) {
  const char* const text = strerrordesc_np(number);
  const char* const name = strerrorname_np(number);
  if (text == nullptr || name == nullptr) return "error " + std::to_string(number);
  return std::string(text) + " (" + name + ")";
}

void throw_errno(const std::string& what) {
  const int number = errno;
  if (number == EADDRINUSE) throw InUseError(what + ": " + errno_text(number));
  throw PosixError(what + ": " + errno_text(number));
}

}  // namespace quorate
