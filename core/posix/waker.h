// How does another thread, or a signal, end a poll(2)? By a descriptor that becomes readable.
//
// An eventfd. wake() may be called from any thread and from a signal handler; the rest belongs to
// the loop's thread.
#pragma once

#include <sys/eventfd.h>

#include <cerrno>
#include <cstdint>

#include "core/posix/fd.h"
#include "core/posix/posix_error.h"

namespace quorate {

class Waker {
 public:
  Waker() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (!fd_) throw_errno("an eventfd");
  }

  int fd() const { return fd_.get(); }
  void wake() const noexcept { wake(fd_.get()); }
  static void wake(int fd) noexcept {
    const int before = errno;
    const std::uint64_t one = 1;
    // It can only fail when the count is full, and then it is readable anyway.
    [[maybe_unused]] const auto written = ::write(fd, &one, sizeof(one));
    errno = before;
  }
  // Makes it unreadable again. Returns whether it had been woken.
  bool clear() const noexcept {
    std::uint64_t count = 0;
    return ::read(fd_.get(), &count, sizeof(count)) == sizeof(count);
  }

 private:
  Fd fd_;
};

}  // namespace quorate
