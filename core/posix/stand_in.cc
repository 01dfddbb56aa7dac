#include "core/posix/stand_in.h"

#include <poll.h>

#include <utility>

#include "core/posix/signals_blocked.h"

namespace quorate {

namespace {

constexpr int kTicksToSleep = 20;  // without a job

}  // namespace

StandIn::StandIn(std::function<bool()> turn, std::function<void()> nudge)
    : turn_(std::move(turn)), nudge_(std::move(nudge)) {
  // Signals are for the loop's thread.
  const SignalsBlocked blocked;
  thread_ = std::thread([this] { watch(); });
}

StandIn::~StandIn() {
  ends_.store(true);
  wake_.wake();
  thread_.join();
}

// ---- the loop's own thread

void StandIn::while_doing(const std::function<void()>& job) {
  jobs_.fetch_add(1);
  where_.store(Where::away);
  if (sleeps_.load() && sleeps_.exchange(false)) wake_.wake();
  job();
  Where is = Where::away;
  if (where_.compare_exchange_strong(is, Where::here)) return;
  std::unique_lock lock(mutex_);
  back_.store(true);
  changed_.notify_all();
  nudge_();
  changed_.wait(lock, [this] { return where_.load() == Where::here; });
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

// ---- the stand-in's thread

void StandIn::pause(int ms) const {
  pollfd woken{wake_.fd(), POLLIN, 0};
  ::poll(&woken, 1, ms);
  wake_.clear();
}

void StandIn::watch() {
  for (int idle = 0; !ends_.load();) {
    const std::uint64_t before = jobs_.load();
    pause(static_cast<int>(kTick.us() / 1000));
    if (jobs_.load() != before) {
      idle = 0;
      continue;
    }
    // Away for the same job as a tick ago.
    Where is = Where::away;
    if (where_.compare_exchange_strong(is, Where::replaced)) {
      take_turns();
      idle = 0;
    } else if (++idle >= kTicksToSleep && !ends_.load()) {
      // Who goes away from now on sees that it sleeps; who went before is seen here.
      sleeps_.store(true);
      if (where_.load() == Where::here && !ends_.load()) pause(-1);
      sleeps_.store(false);
      idle = 0;
    }
  }
}

void StandIn::take_turns() {
  times_.fetch_add(1);
  try {
    while (!back_.load() && turn_()) {
    }
  } catch (...) {
    const std::lock_guard lock(mutex_);
    failure_ = std::current_exception();
  }
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return back_.load(); });
  back_.store(false);
  where_.store(Where::here);
  changed_.notify_all();
}

}  // namespace quorate
