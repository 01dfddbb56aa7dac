#include "core/posix/sync_worker.h"

#include <utility>

#include "core/posix/signals_blocked.h"

namespace quorate {

SyncWorker::SyncWorker(std::function<int()> job) : job_(std::move(job)) {
  if (::sem_init(&wanted_, 0, 0) != 0) throw_errno("a semaphore");
  // Signals are for the loop's thread.
  const SignalsBlocked blocked;
  thread_ = std::thread([this] { work(); });
}

SyncWorker::~SyncWorker() {
  ends_.store(true);
  ::sem_post(&wanted_);
  thread_.join();
  ::sem_destroy(&wanted_);
}

void SyncWorker::start() { ::sem_post(&wanted_); }

std::optional<int> SyncWorker::take() {
  if (!done_.clear()) return {};
  return result_.load();
}

void SyncWorker::work() {
  for (;;) {
    while (::sem_wait(&wanted_) != 0) {
    }
    if (ends_.load()) return;
    result_.store(job_());
    done_.wake();
  }
}

}  // namespace quorate
