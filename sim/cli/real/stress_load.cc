#include "sim/cli/real/stress_load.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <limits>

#include "core/posix/fd.h"
#include "core/posix/listener.h"
#include "core/posix/monotonic_clock.h"
#include "core/posix/poll_set.h"
#include "core/posix/signals_blocked.h"
#include "core/wire/resp.h"

namespace quorate::cli {

namespace {

constexpr Duration kPause = milliseconds(10);  // after a refusal, before another try
constexpr Duration kSlice = milliseconds(50);  // how soon the end is seen

Time moment() { return MonotonicClock::at_this_moment(); }

WriteFate fate_of(const RespReply& reply) {
  if (reply.kind == RespKind::simple && reply.text == "OK") return WriteFate::ok;
  if (reply.kind != RespKind::error) return WriteFate::unanswered;
  const std::string_view code = reply.text.substr(0, reply.text.find(' '));
  if (code == "TIMEOUT" || code == "DEPOSED") return WriteFate::timeout;
  for (const std::string_view refusal : {"LOADING", "TRYAGAIN", "DISKFULL", "NOTLEADER"})
    if (code == refusal) return WriteFate::refused;
  return WriteFate::unanswered;
}

}  // namespace

class StressLoad::Connections {
 public:
  Connections(StressLoad& load, int clients, Duration patience)
      : load_(load), patience_(patience), all_(static_cast<std::size_t>(clients)) {
    for (std::size_t place = 0; place < all_.size(); ++place) all_[place].where = place;
  }

  void run() {
    for (;;) {
      const bool asks = !load_.ends_.load();
      const Time now = moment();
      Time next = now + kSlice;
      bool waits = false;
      for (std::size_t place = 0; place < all_.size(); ++place) {
        Connection& one = all_[place];
        if (now >= one.next) act(one, now, asks);
        waits = waits || one.state == State::waiting;
        if (asks || one.state == State::waiting) next = std::min(next, one.next);
        if (one.fd)
          set_.watch(place, one.fd.get(), one.state == State::dialing ? POLLOUT : POLLIN);
        else
          set_.forget(place);
      }
      if (!asks && !waits) return;
      const int ready = set_.wait(next);
      set_.each_ready(ready, [this](std::size_t place, short) { heard(all_[place]); });
    }
  }

 private:
  enum class State { gone, dialing, idle, waiting };
  struct Connection {
    State state = State::gone;
    Time next;  // when to do something without having heard anything
    Fd fd;
    Bytes in;
    std::uint64_t write = 0;  // which one waits
    std::size_t where = 0;    // to dial next
  };

  // Its time has come.
  void act(Connection& one, Time now, bool asks) {
    if (one.state == State::waiting || one.state == State::dialing)
      return close(one, WriteFate::unanswered);
    if (!asks) return;
    if (one.state == State::gone) return dial(one, now);
    ask(one);
  }

  void dial(Connection& one, Time now) {
    const Address& to = load_.addresses_[one.where++ % load_.addresses_.size()];
    one.fd = Fd(::socket(to.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!one.fd) return close(one, WriteFate::lost);
    set_tcp_options(one.fd.get());
    one.state = State::dialing;
    one.next = now + patience_;
    if (::connect(one.fd.get(), to.get(), to.size) == 0 || errno == EINPROGRESS) return;
    close(one, WriteFate::lost);
  }

  void ask(Connection& one) {
    std::vector<StressWrite>& writes = load_.history_.writes;
    one.write = writes.size();
    request_.clear();
    encode_request(request_,
                   {"SET", stress_key(one.write), stress_value(one.write, load_.value_bytes_)});
    writes.push_back({moment(), 0, WriteFate::unanswered});
    one.state = State::waiting;
    one.next = writes.back().asked_at + patience_;
    const ssize_t count = ::send(one.fd.get(), request_.data(), request_.size(), MSG_NOSIGNAL);
    if (count != static_cast<ssize_t>(request_.size())) close(one, WriteFate::lost);
  }

  void heard(Connection& one) {
    if (one.state == State::dialing) return connected(one);
    Byte room[4096];
    const ssize_t count = ::recv(one.fd.get(), room, sizeof(room), 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) return close(one, WriteFate::lost);
    one.in.insert(one.in.end(), room, room + count);
    RespReply reply;
    const ReplyScan scan = scan_reply(one.in, reply);
    if (scan.status == RespStatus::incomplete) return;
    if (scan.status == RespStatus::malformed || one.state != State::waiting ||
        scan.consumed != one.in.size())
      return odd(one, as_text(one.in));
    answered(one, reply);
  }

  void answered(Connection& one, const RespReply& reply) {
    const Time now = moment();
    const WriteFate fate = fate_of(reply);
    if (fate == WriteFate::unanswered) return odd(one, reply.text);
    end(one, fate, now);
    one.in.clear();
    one.state = State::idle;
    one.next = fate == WriteFate::refused ? now + kPause : now;
    if (fate == WriteFate::ok) load_.ok_.fetch_add(1, std::memory_order_relaxed);
    // At once, before others are looked at: their answers wait no longer for it than this takes.
    if (fate != WriteFate::refused && !load_.ends_.load()) ask(one);
  }

  void connected(Connection& one) {
    int error = 0;
    socklen_t size = sizeof(error);
    ::getsockopt(one.fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0 || is_self_connected(one.fd.get())) return close(one, WriteFate::lost);
    one.state = State::idle;
    one.next = Time();
  }

  void odd(Connection& one, std::string_view answer) {
    if (load_.history_.odd_answer.empty()) load_.history_.odd_answer = std::string(answer);
    close(one, WriteFate::lost);
  }

  // What its request has come to, where one is on its way.
  void end(const Connection& one, WriteFate fate, Time now) {
    if (one.state != State::waiting) return;
    StressWrite& write = load_.history_.writes[one.write];
    const std::int64_t most = std::numeric_limits<std::uint32_t>::max();
    write.took_us = static_cast<std::uint32_t>(std::min((now - write.asked_at).us(), most));
    write.fate = fate;
  }

  void close(Connection& one, WriteFate fate) {
    const Time now = moment();
    end(one, fate, now);
    one.in.clear();
    one.fd.close();
    one.state = State::gone;
    one.next = now + kPause;
  }

  StressLoad& load_;
  Duration patience_;
  std::vector<Connection> all_;
  PollSet set_;
  Bytes request_;
};

StressLoad::StressLoad(const std::vector<std::string>& addresses, int clients, Duration patience,
                       std::size_t value_bytes)
    : value_bytes_(value_bytes) {
  for (const std::string& address : addresses) addresses_.push_back(parse_address(address));
  history_.writes.reserve(std::size_t{1} << 20);
  const SignalsBlocked blocked;  // Ctrl-C is for the thread that kills
  thread_ = std::thread([this, clients, patience] { work(clients, patience); });
}

void StressLoad::end() {
  ends_.store(true);
  if (thread_.joinable()) thread_.join();
}

void StressLoad::work(int clients, Duration patience) {
  Connections(*this, clients, patience).run();
}

}  // namespace quorate::cli
