// What are the clients of `quorate stress` told, and how late? Connections that write, one request
// in flight on each, in one poll loop on a thread of its own.
//
// Each write has a value of its own (stress_value). The clock of a request starts before its first
// byte is sent and ends when its answer has been read, so what the kernel or a busy machine takes
// counts, too. A connection that ends is dialed anew; a request that was on it is `lost`.
#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "core/posix/address.h"
#include "sim/cli/real/stress_check.h"

namespace quorate::cli {

class StressLoad {
 public:
  // Writes from now on, to all of these addresses; a connection that ends is dialed anew at the
  // next one. A request that has neither an answer nor an end of its connection after `patience` is
  // given up. Its value has at least so many bytes. Throws PosixError for an address that
  // is none.
  StressLoad(const std::vector<std::string>& addresses, int clients, Duration patience,
             std::size_t value_bytes);
  ~StressLoad() { end(); }
  StressLoad(const StressLoad&) = delete;
  StressLoad& operator=(const StressLoad&) = delete;

  // How many writes were answered OK so far. Any thread.
  std::uint64_t ok() const { return ok_.load(std::memory_order_relaxed); }
  // Asks no more, and waits for what is on its way: at most `patience`.
  void end();
  // After end().
  const StressHistory& history() const { return history_; }

 private:
  class Connections;
  void work(int clients, Duration patience);

  std::vector<Address> addresses_;
  std::size_t value_bytes_;
  std::atomic<bool> ends_{false};
  std::atomic<std::uint64_t> ok_{0};
  StressHistory history_;
  std::thread thread_;
};

}  // namespace quorate::cli
