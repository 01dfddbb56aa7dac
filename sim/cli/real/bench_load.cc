#include "sim/cli/real/bench_load.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "core/posix/fd.h"
#include "core/posix/listener.h"
#include "core/posix/monotonic_clock.h"
#include "core/posix/posix_error.h"
#include "core/posix/process.h"

namespace quorate::cli {

namespace {

constexpr Duration kPatience = milliseconds(20'000);
constexpr int kPauseMs = 5;

Time moment() { return MonotonicClock::at_this_moment(); }

class Client {
 public:
  explicit Client(const Load& load) : load_(load), request_(load.request) {
    const Address address = parse_address(load.where);
    for (const Time until = moment() + kPatience;; ::poll(nullptr, 0, kPauseMs)) {
      fd_ = Fd(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
      if (!fd_) throw_errno("a client's socket");
      set_tcp_options(fd_.get());
      if (::connect(fd_.get(), address.get(), address.size) == 0) return;
      if (moment() > until) throw_errno("connecting to " + load.where);
    }
  }
  int fd() const { return fd_.get(); }

  void ask(std::uint64_t nth, Time now) {
    if (load_.key_at > 0)
      for (std::size_t digit = 0; digit < Load::kKeyDigits; ++digit, nth /= 10)
        request_[load_.key_at + digit] = static_cast<Byte>('0' + nth % 10);
    asked_at_ = now;
    heard_.clear();
    const auto size = static_cast<ssize_t>(request_.size());
    if (::send(fd_.get(), request_.data(), request_.size(), MSG_NOSIGNAL) != size)
      throw_errno("a request to " + load_.where);
  }
  // Something has come. Is it the whole answer?
  bool hear() {
    char room[512];
    const ssize_t count = ::recv(fd_.get(), room, sizeof(room), 0);
    if (count <= 0) throw_errno("an answer of " + load_.where);
    heard_.append(room, static_cast<std::size_t>(count));
    return heard_.size() >= load_.answer.size() && heard_.ends_with(load_.answer.back());
  }
  bool is_right() const { return heard_ == load_.answer; }
  void expect_right() const {
    if (!is_right()) throw PosixError(load_.where + " answered: " + heard_);
  }
  Time asked_at() const { return asked_at_; }

 private:
  const Load& load_;
  Bytes request_;
  Fd fd_;
  std::string heard_;
  Time asked_at_;
};

// The cluster has found together when it does what it is asked to.
void wait_until_served(Client& client) {
  for (const Time until = moment() + kPatience;; ::poll(nullptr, 0, kPauseMs)) {
    client.ask(0, moment());
    while (!client.hear()) {
    }
    if (client.is_right()) return;
    if (moment() > until) client.expect_right();
  }
}

std::int64_t percentile(std::vector<std::int64_t>& all, std::size_t percent) {
  if (all.empty()) return 0;
  const auto at = all.begin() + static_cast<std::ptrdiff_t>((all.size() - 1) * percent / 100);
  std::nth_element(all.begin(), at, all.end());
  return *at;
}

}  // namespace

LoadFigures measure(const Load& load) {
  raise_descriptor_limit();
  std::vector<Client> clients;
  clients.reserve(static_cast<std::size_t>(load.clients));
  clients.emplace_back(load);
  wait_until_served(clients.front());
  while (clients.size() < clients.capacity()) clients.emplace_back(load);
  std::vector<pollfd> set;
  std::uint64_t asked = 0;
  for (Client& client : clients) {
    set.push_back({client.fd(), POLLIN, 0});
    client.ask(++asked, moment());
  }
  std::vector<std::int64_t> latencies_us;
  latencies_us.reserve(1 << 20);
  const Time begins = moment() + load.warm_up;
  const Time ends = begins + load.measured;
  Time now, last = ends;
  while (now < ends || latencies_us.empty()) {  // a disk may take longer than that for one commit
    const int ready = ::poll(set.data(), set.size(), -1);
    if (ready < 0 && errno != EINTR) throw_errno("poll");
    for (std::size_t i = 0; i < set.size(); ++i) {
      if (set[i].revents == 0 || !clients[i].hear()) continue;
      clients[i].expect_right();
      now = moment();
      if (now >= begins && (now < ends || latencies_us.empty())) {
        latencies_us.push_back((now - clients[i].asked_at()).us());
        last = std::max(last, now);
      }
      clients[i].ask(++asked, now);
    }
  }
  return {latencies_us.size(), (last - begins).us(), percentile(latencies_us, 50),
          percentile(latencies_us, 99)};
}

}  // namespace quorate::cli
