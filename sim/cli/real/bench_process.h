// Who runs a part of a benchmark? A process of its own, that ends with whoever made it.
//
// Forked without exec: so only while this process has one thread. However the maker dies, the child
// dies with it (PR_SET_PDEATHSIG); Ctrl-C is the maker's to act upon.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <utility>

#include "core/posix/fd.h"

namespace quorate::cli {

class BenchProcess {
 public:
  // `body` gets the descriptor to write its report to. What it throws is said on standard error.
  explicit BenchProcess(const std::function<void(int report)>& body);
  // SIGKILL, unless it has ended.
  ~BenchProcess();
  BenchProcess(BenchProcess&& other) noexcept
      : pid_(std::exchange(other.pid_, -1)), report_(std::move(other.report_)) {}
  BenchProcess& operator=(BenchProcess&&) = delete;

  // Waits until the report is there and the process closes it, or `gives_up` (asked each 50 ms).
  // What has been reported, maybe nothing.
  std::string report(const std::function<bool()>& gives_up);

 private:
  pid_t pid_ = -1;
  Fd report_;
};

}  // namespace quorate::cli
