#include "sim/cli/real/relay.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "core/posix/listener.h"
#include "core/posix/monotonic_clock.h"
#include "core/posix/poll_set.h"
#include "core/posix/posix_error.h"
#include "core/posix/signals_blocked.h"

namespace quorate::cli {

using sim::Direction;

Relay::Relay(const std::string& target, Ear ear)
    : target_(parse_address(target)), ear_(std::move(ear)) {
  listen();
  // Signals are for the other threads.
  const SignalsBlocked blocked;
  thread_ = std::thread([this] { work(); });
}

Relay::~Relay() {
  change([this] { ends_ = true; });
  thread_.join();
  for (RelayLink& link : links_) link.reset();
}

void Relay::listen() {
  const std::string what = "a relay's port";
  sockaddr_in local{};
  local.sin_family = AF_INET;
  local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(local);
  auto* const address = reinterpret_cast<sockaddr*>(&local);
  listener_ = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!listener_ || ::bind(listener_.get(), address, size) != 0 ||
      ::listen(listener_.get(), SOMAXCONN) != 0 ||
      ::getsockname(listener_.get(), address, &size) != 0)
    throw_errno(what);
  set_tcp_options(listener_.get());
  address_ = "127.0.0.1:" + std::to_string(ntohs(local.sin_port));
}

// ---- what is asked for

template <class Change>
void Relay::change(Change set) {
  const std::lock_guard lock(mutex_);
  set();
  waker_.wake();
}

void Relay::delay_acks(Duration by) {
  change([&] { faults_.delay_acks(by); });
}

void Relay::delay(Direction direction, Duration by) {
  change([&] { faults_.delay(direction, by); });
}

void Relay::hold_next(Direction direction, Duration by, Lsn lsn) {
  change([&] { faults_.hold_next(direction, by, lsn); });
}

void Relay::corrupt_next(sim::CorruptPart part, Lsn lsn, int count, Direction direction) {
  change([&] { faults_.corrupt_next(part, lsn, count, direction); });
}

void Relay::block(Direction direction, bool on) {
  change([&] { faults_.block(direction, on); });
}

void Relay::cut() {
  std::unique_lock lock(mutex_);
  const std::uint64_t mine = ++cuts_asked_;
  waker_.wake();
  if (pthread_equal(pthread_self(), thread_.native_handle()) != 0) return;
  cut_done_.wait(lock, [&] { return cuts_done_ >= mine; });
}

RelayCounts Relay::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

// ---- the thread

void Relay::work() {
  std::unique_lock lock(mutex_);
  std::vector<pollfd> set;
  std::vector<RelayedFrame> passed;
  while (!ends_) {
    set = {{waker_.fd(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
    const Time before = MonotonicClock::at_this_moment();
    Time until = Time::never();
    for (RelayLink& link : links_) {
      link.gather(faults_, before, set);
      until = std::min(until, link.next_at(faults_));
    }
    lock.unlock();
    const int timeout = poll_timeout_ms(before, until);
    if (::poll(set.data(), set.size(), timeout) < 0)
      for (pollfd& one : set) one.revents = 0;
    lock.lock();
    waker_.clear();
    passed.clear();
    act(set, passed);
    if (passed.empty() || !ear_) continue;
    lock.unlock();
    for (const RelayedFrame& frame : passed) ear_(frame);
    lock.lock();
  }
}

void Relay::act(const std::vector<pollfd>& set, std::vector<RelayedFrame>& passed) {
  if (cuts_done_ != cuts_asked_) {
    accept_all();  // who has come before it, is cut too
    for (RelayLink& link : links_) link.reset();
    links_.clear();
    cuts_done_ = cuts_asked_;
    cut_done_.notify_all();
  }
  const Time now = MonotonicClock::at_this_moment();
  std::uint64_t bytes[2] = {0, 0};
  const pollfd* found = set.data() + 2;
  for (RelayLink& link : links_) {
    link.act(found, target_, now, faults_, passed, bytes);
    found += 2;
    if (link.refused()) ++counts_.refused;
  }
  std::erase_if(links_, [](const RelayLink& link) { return link.over(); });
  if (set[1].revents != 0) accept_all();
  counts_.to_peer.bytes += bytes[0];
  counts_.from_peer.bytes += bytes[1];
  for (const RelayedFrame& frame : passed) {
    auto& way = frame.direction == Direction::to_peer ? counts_.to_peer : counts_.from_peer;
    ++way.frames;
    if (frame.corrupted) ++way.corrupted;
  }
}

void Relay::accept_all() {
  for (;;) {
    Fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd) return;
    ++counts_.connections;
    links_.emplace_back(std::move(fd));
  }
}

}  // namespace quorate::cli
