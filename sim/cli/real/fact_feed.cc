#include "sim/cli/real/fact_feed.h"

#include <fcntl.h>
#include <poll.h>

#include <cerrno>
#include <chrono>

#include "core/posix/monotonic_clock.h"

namespace quorate::cli {

namespace {

std::uint64_t bit(NodeId node) { return std::uint64_t{1} << (node.value() % 64); }

std::chrono::steady_clock::time_point as_chrono(Time until) {
  // steady_clock is CLOCK_MONOTONIC here, but only differences are relied on.
  constexpr std::int64_t kMost = 3'600'000'000;  // us; who waits longer asks again
  const Time now = MonotonicClock::at_this_moment();
  const std::int64_t left = until > now + Duration(kMost) ? kMost : (until - now).us();
  return std::chrono::steady_clock::now() + std::chrono::microseconds(left);
}

}  // namespace

FactFeed::FactFeed() : thread_([this] { work(); }) {}

FactFeed::~FactFeed() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  waker_.wake();
  thread_.join();
}

void FactFeed::add(NodeId node, Fd pipe) {
  ::fcntl(pipe.get(), F_SETFL, O_NONBLOCK);
  {
    const std::lock_guard lock(mutex_);
    pipes_.push_back({node, std::move(pipe), {}});
    open_ |= bit(node);
  }
  waker_.wake();
}

std::size_t FactFeed::count() const {
  const std::lock_guard lock(mutex_);
  return facts_.size();
}

std::vector<RealFact> FactFeed::after(std::size_t seen, Time until) const {
  std::unique_lock lock(mutex_);
  const std::uint64_t ends = ends_seen_;
  news_.wait_until(lock, as_chrono(until),
                   [&] { return facts_.size() > seen || ends_seen_ != ends; });
  if (facts_.size() <= seen) return {};
  return {facts_.begin() + static_cast<std::ptrdiff_t>(seen), facts_.end()};
}

bool FactFeed::has_ended(NodeId node) const {
  const std::lock_guard lock(mutex_);
  return (open_ & bit(node)) == 0;
}

bool FactFeed::wait_for_end(NodeId node, Time until) const {
  std::unique_lock lock(mutex_);
  return news_.wait_until(lock, as_chrono(until), [&] { return (open_ & bit(node)) == 0; });
}

void FactFeed::work() {
  std::vector<pollfd> all;
  std::unique_lock lock(mutex_);
  while (!ends_) {
    all.assign(1, {waker_.fd(), POLLIN, 0});
    for (const Pipe& pipe : pipes_) all.push_back({pipe.fd.get(), POLLIN, 0});
    lock.unlock();
    ::poll(all.data(), all.size(), -1);
    waker_.clear();
    lock.lock();
    for (std::size_t i = 1; i < all.size(); ++i)
      if (all[i].revents != 0) read(pipes_[i - 1]);
    std::erase_if(pipes_, [](const Pipe& pipe) { return !pipe.fd; });
  }
}

// Under the lock.
void FactFeed::read(Pipe& pipe) {
  char room[65536];
  const ssize_t count = ::read(pipe.fd.get(), room, sizeof(room));
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count > 0) {
    pipe.parser.take({room, static_cast<std::size_t>(count)}, facts_);
  } else {
    pipe.fd.close();
    open_ &= ~bit(pipe.node);
    ++ends_seen_;
  }
  news_.notify_all();
}

}  // namespace quorate::cli
