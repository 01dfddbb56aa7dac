#include "sim/cli/real/line_output.h"

#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iostream>

#include "reports/words.h"

namespace quorate::cli {

bool can_take(int descriptor) {
  pollfd one{descriptor, POLLOUT, 0};
  return ::poll(&one, 1, 0) > 0;
}

void LineOutput::say(const std::string& head, const std::string& sentence) {
  push();
  if (dropped_ > 0 && is_free()) {
    rest_ = head + reports::counted(dropped_, "line") + " dropped here, as nobody took them\n";
    dropped_ = 0;
    push();
  }
  if (!is_free()) {
    ++dropped_;
    return;
  }
  rest_ = head + sentence + '\n';
  push();
}

bool LineOutput::is_free() { return rest_.empty() && can_take(fd_); }

void LineOutput::push() {
  while (!rest_.empty() && can_take(fd_)) {
    // No more than a pipe that takes something is sure to take.
    const std::size_t size = std::min<std::size_t>(rest_.size(), PIPE_BUF);
    const ssize_t count = ::write(fd_, rest_.data(), size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count < 0) {
      if (errno != EPIPE && can_take(STDERR_FILENO))
        std::cerr << "quorate: standard output: " << std::strerror(errno) << '\n';
      fd_ = -1;
      return;
    }
    rest_.erase(0, static_cast<std::size_t>(count));
  }
}

}  // namespace quorate::cli
