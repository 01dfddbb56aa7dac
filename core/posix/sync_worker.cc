#include "core/posix/sync_worker.h"

#include <csignal>
#include <utility>

namespace quorate {

SyncWorker::SyncWorker(std::function<int()> job) : job_(std::move(job)) {
  if (::sem_init(&wanted_, 0, 0) != 0) throw_errno("a semaphore");
  // Signals are for the loop's thread: a thread inherits the mask of the one that makes it.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { work(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
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
