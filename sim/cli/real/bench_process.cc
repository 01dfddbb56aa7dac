#include "sim/cli/real/bench_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <exception>
#include <iostream>

#include "core/posix/posix_error.h"

namespace quorate::cli {

namespace {

[[noreturn]] void be_child(pid_t parent, int report, const std::function<void(int report)>& body) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);  // it has died before that held
  // They are sent to all at once, by a terminal or by timeout(1); the parent ends us.
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, SIG_IGN);
  try {
    body(report);
  } catch (const std::exception& error) {
    std::cerr << "quorate: " << error.what() << std::endl;
    ::_exit(1);
  }
  ::_exit(0);
}

}  // namespace

BenchProcess::BenchProcess(const std::function<void(int report)>& body) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw_errno("a pipe");
  report_ = Fd(ends[0]);
  const Fd write_end(ends[1]);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) throw_errno("a new process");
  if (pid_ == 0) be_child(parent, write_end.get(), body);
}

BenchProcess::~BenchProcess() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

std::string BenchProcess::report(const std::function<bool()>& gives_up) {
  std::string text;
  while (!gives_up()) {
    pollfd one{report_.get(), POLLIN, 0};
    if (::poll(&one, 1, 50) <= 0) continue;
    char room[4096];
    const ssize_t count = ::read(report_.get(), room, sizeof(room));
    if (count <= 0) break;
    text.append(room, static_cast<std::size_t>(count));
  }
  return text;
}

}  // namespace quorate::cli
