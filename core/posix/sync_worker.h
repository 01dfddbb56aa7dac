// Who waits for the disk? A thread of its own, so that heartbeats and deadlines do not.
//
// One job at a time: start(), then done_fd() becomes readable, then take(). All calls from one
// thread. The destructor waits for a job under way: the kernel can't be made to give up on it.
#pragma once

#include <semaphore.h>

#include <atomic>
#include <functional>
#include <optional>
#include <thread>

#include "core/posix/waker.h"

namespace quorate {

class SyncWorker {
 public:
  // `job` returns 0, or the errno of its failure.
  explicit SyncWorker(std::function<int()> job);
  ~SyncWorker();
  SyncWorker(const SyncWorker&) = delete;
  SyncWorker& operator=(const SyncWorker&) = delete;

  // Requires that none is under way.
  void start();
  int done_fd() const { return done_.fd(); }
  // What came of the job, once; nothing while it is under way.
  std::optional<int> take();

 private:
  void work();

  std::function<int()> job_;
  Waker done_;
  sem_t wanted_;  // two system calls a job, one on each side; a condition variable takes three
  std::atomic<bool> ends_{false};
  std::atomic<int> result_{0};
  std::thread thread_;
};

}  // namespace quorate
