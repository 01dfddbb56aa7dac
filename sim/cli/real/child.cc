#include "sim/cli/real/child.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "core/posix/fd.h"
#include "core/posix/monotonic_clock.h"
#include "core/posix/poll_set.h"
#include "core/posix/posix_error.h"
#include "core/posix/signals_blocked.h"

namespace quorate::cli {

namespace {

constexpr int kGift = 3;
constexpr int kNoExec = 127;

// What the child does between fork and exec: only what a signal handler might do, too. No signal is
// taken yet.
[[noreturn]] void become(const char* program, char* const* arguments, pid_t parent,
                         const int (&standard)[3], int gift) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(kNoExec);  // it died before that was set
  ::setpgid(0, 0);
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int number = 0; number < 3; ++number)
    if (::dup2(standard[number], number) < 0) ::_exit(kNoExec);
  // dup2 of a descriptor to itself would keep its close-on-exec.
  if (gift == kGift && ::fcntl(gift, F_SETFD, 0) != 0) ::_exit(kNoExec);
  if (gift >= 0 && gift != kGift && ::dup2(gift, kGift) < 0) ::_exit(kNoExec);
  ::execv(program, arguments);
  ::_exit(kNoExec);
}

// Never one of the descriptors 0 to 3, which dup2 is about to overwrite.
Fd open_high(const std::string& path, int flags) {
  const Fd low(::open(path.c_str(), flags | O_CLOEXEC, 0600));
  if (!low) throw_errno(path);
  Fd high(::fcntl(low.get(), F_DUPFD_CLOEXEC, kGift + 1));
  if (!high) throw_errno(path);
  return high;
}

}  // namespace

std::string Ended::text() const {
  return signal != 0 ? "signal " + std::to_string(signal) : "exit code " + std::to_string(code);
}

Child::Child(const std::string& program, const std::vector<std::string>& arguments,
             const std::string& out, const std::string& err, int gift) {
  std::vector<std::string> words{"quorate"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const Fd nothing = open_high("/dev/null", O_RDONLY);
  const Fd to_out = open_high(out, O_WRONLY | O_CREAT | O_APPEND);
  const Fd to_err = open_high(err, O_WRONLY | O_CREAT | O_APPEND);
  const int standard[3] = {nothing.get(), to_out.get(), to_err.get()};
  const pid_t parent = ::getpid();
  const SignalsBlocked blocked;  // so that no handler of the parent's ever runs in the child
  pid_ = ::fork();
  if (pid_ < 0) throw_errno("a process of its own for " + (words.size() > 1 ? words[1] : ""));
  if (pid_ == 0) become(program.c_str(), pointers.data(), parent, standard, gift);
}

Child::~Child() {
  if (ended_) return;
  signal(SIGKILL);
  wait(Time::never());
}

void Child::signal(int number) const {
  if (!ended_) ::kill(pid_, number);
}

std::optional<Ended> Child::wait(Time until) {
  // A descriptor that becomes readable when the process ends: so no wait is longer than it must.
  Fd end;
  while (!ended_) {
    int status = 0;
    const pid_t found = ::waitpid(pid_, &status, WNOHANG);
    if (found == pid_) {
      ended_ = WIFSIGNALED(status) ? Ended{0, WTERMSIG(status)} : Ended{WEXITSTATUS(status), 0};
      break;
    }
    if (found < 0 && errno != EINTR) throw_errno("waiting for a child");
    const Time now = MonotonicClock::at_this_moment();
    if (now >= until) break;
    if (!end) end = Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    pollfd one{end.get(), POLLIN, 0};
    constexpr int kWithoutPidfd = 5;  // ms, on a kernel before 5.3
    ::poll(&one, 1, end ? poll_timeout_ms(now, until) : kWithoutPidfd);
  }
  return ended_;
}

}  // namespace quorate::cli
