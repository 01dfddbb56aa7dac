#include "core/posix/process.h"

#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <limits>

#include "core/posix/posix_error.h"
#include "core/posix/waker.h"

namespace quorate {

namespace {

std::atomic<int> signal_fd{-1};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler reads it");

void on_signal(int) {
  const int fd = signal_fd.load();
  if (fd >= 0) Waker::wake(fd);
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  if (::sigaction(signal, &action, nullptr) != 0) throw_errno("a signal's handler");
}

bool is_ignored(int signal) {
  struct sigaction action {};
  if (::sigaction(signal, nullptr, &action) != 0) throw_errno("a signal's handler");
  return action.sa_handler == SIG_IGN;
}

}  // namespace

void ignore_write_signals() {
  handle(SIGPIPE, SIG_IGN);
  handle(SIGXFSZ, SIG_IGN);
}

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) throw_errno("the limit of descriptors");
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  if (before != limit.rlim_max && ::setrlimit(RLIMIT_NOFILE, &limit) != 0) limit.rlim_cur = before;
  if (limit.rlim_cur == RLIM_INFINITY) return std::numeric_limits<std::size_t>::max();
  return limit.rlim_cur;
}

void stop_on_signals(int stop_fd) {
  signal_fd.store(stop_fd);
  for (const int signal : {SIGTERM, SIGINT})
    if (!is_ignored(signal)) handle(signal, on_signal);
}

void keep_signals() {
  handle(SIGTERM, SIG_DFL);
  handle(SIGINT, SIG_DFL);
  signal_fd.store(-1);
}

}  // namespace quorate
