// Who takes a node's turns while its own thread waits for the disk? Another one, but only if that
// takes long.
//
// A sync on a thread of its own costs two changes of threads, which with one client is a fifth of
// all that a write takes; a sync on the loop's own thread costs none, but a disk that stalls would
// stop heartbeats and deadlines. So the loop's thread does its sync itself, and when it has not
// come back for kTick, the stand-in takes the turns, until it does. While syncs are short the
// stand-in only looks now and then whether they are; without any it sleeps. Never do both threads
// take turns at once.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

#include "core/base/time.h"
#include "core/posix/waker.h"

namespace quorate {

class StandIn {
 public:
  static constexpr Duration kTick = milliseconds(5);

  // `turn` waits and acts; false: there is nothing more to do. `nudge` ends its wait from another
  // thread.
  StandIn(std::function<bool()> turn, std::function<void()> nudge);
  ~StandIn();
  StandIn(const StandIn&) = delete;
  StandIn& operator=(const StandIn&) = delete;

  // Does the job, which touches nothing that a turn does. Returns when it is done and no turn is
  // under way; throws what a turn has thrown.
  void while_doing(const std::function<void()>& job);
  // How often it has stood in so far.
  std::uint64_t times() const { return times_.load(); }

 private:
  enum class Where { here, away, replaced };

  void watch();
  void take_turns();
  void pause(int ms) const;

  std::function<bool()> turn_;
  std::function<void()> nudge_;
  Waker wake_;
  std::atomic<Where> where_{Where::here};  // the loop's own thread
  std::atomic<std::uint64_t> jobs_{0};
  std::atomic<std::uint64_t> times_{0};
  std::atomic<bool> sleeps_{false};
  std::atomic<bool> ends_{false};
  std::atomic<bool> back_{false};  // it is, and waits for the turn under way to end
  std::mutex mutex_;               // for the waiting; only when it was replaced
  std::condition_variable changed_;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace quorate
