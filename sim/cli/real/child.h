// How does a process run another one, and never leave it behind? One child.
//
// A child dies with its parent, whatever ends that (PR_SET_PDEATHSIG); the kernel sends it when the
// *thread* that started the child ends, so start children from a thread that stays.
// A child is in a process group of its own: Ctrl-C reaches the parent, who decides. It holds no
// descriptor of the parent's but those that it is given.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"

namespace quorate::cli {

// This very executable, whatever has become of its file.
inline constexpr const char* kThisProgram = "/proc/self/exe";

// How a process ended, as wait(2) says it.
struct Ended {
  int code = 0;    // of exit
  int signal = 0;  // 0: none killed it

  std::string text() const;  // "exit code 2", "signal 9"
};

class Child {
 public:
  // Runs the file `program`. Standard output and error are appended to those files; standard input
  // is empty. `gift`, when not -1, is its descriptor 3. Throws PosixError; a program that can't be
  // run shows as exit code 127.
  Child(const std::string& program, const std::vector<std::string>& arguments,
        const std::string& out, const std::string& err, int gift);
  // SIGKILL, and waits.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  // Has it ended by then? It is waited for once; later calls give the same.
  std::optional<Ended> wait(Time until);
  std::optional<Ended> ended() { return wait(Time()); }

 private:
  pid_t pid_ = -1;
  std::optional<Ended> ended_;
};

}  // namespace quorate::cli
