#include "sim/cli/real/bench_floor.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <deque>

#include "core/base/bytes.h"
#include "core/posix/address.h"
#include "core/posix/listener.h"
#include "core/posix/posix_error.h"

namespace quorate::cli::bench_floor {

namespace {

constexpr std::size_t kRead = 64 << 10;

class File {
 public:
  explicit File(const std::string& name) {
    if (name.empty()) return;
    fd_ = Fd(::open(name.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    if (!fd_) throw_errno("the file " + name);
  }
  void keep(ByteSpan batch) const {
    if (!fd_) return;
    if (::write(fd_.get(), batch.data(), batch.size()) != static_cast<ssize_t>(batch.size()) ||
        ::fdatasync(fd_.get()) != 0)
      throw_errno("the floor's file");
  }

 private:
  Fd fd_;
};

// False: the other one is gone. At the end of a round one of them always is, a moment before the
// rest.
bool send_all(int fd, ByteSpan bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && (errno == EPIPE || errno == ECONNRESET)) return false;
    if (count < 0 && errno != EINTR) throw_errno("the floor's send");
    if (count > 0) bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

Fd accepted(const Fd& listener) {
  Fd fd(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!fd) throw_errno("the floor's accept");
  set_tcp_options(fd.get());
  return fd;
}

struct Counter {  // of 8 bytes, as they come
  Byte bytes[8] = {};
  std::size_t have = 0;
  std::uint64_t value = 0;
  void add(ByteSpan more) {
    for (const Byte byte : more) {
      bytes[have++] = byte;
      if (have < sizeof(bytes)) continue;
      value = load_le<std::uint64_t>(bytes);
      have = 0;
    }
  }
};

class Leader {
 public:
  Leader(const Fd& peers, std::size_t followers, const Fd& clients, const std::string& file)
      : listener_(clients), file_(file), counters_(followers) {
    for (std::size_t n = 0; n < followers; ++n) {
      fds_.push_back(accepted(peers));
      set_.push_back({fds_.back().get(), POLLIN, 0});
    }
    set_.push_back({clients.get(), POLLIN, 0});
  }

  // False: a follower is gone.
  bool turn() {
    if (::poll(set_.data(), set_.size(), -1) < 0) return errno == EINTR;
    batch_.clear();
    const std::size_t followers = counters_.size();
    for (std::size_t i = 0; i < set_.size(); ++i) {
      if (set_[i].revents == 0) continue;
      Byte room[kRead];
      if (i == followers) {
        fds_.push_back(accepted(listener_));
        set_.push_back({fds_.back().get(), POLLIN, 0});
        half_.push_back(0);
        return true;  // in a turn of its own: it happens before anything is measured
      }
      const ssize_t count = ::recv(set_[i].fd, room, sizeof(room), 0);
      if (count <= 0 && i < followers) return false;
      if (count <= 0)
        set_[i].fd = -1;
      else if (i < followers)
        counters_[i].add({room, static_cast<std::size_t>(count)});
      else
        take(i, {room, static_cast<std::size_t>(count)});
    }
    if (!pass_on()) return false;
    answer();
    return true;
  }

 private:
  void take(std::size_t place, ByteSpan bytes) {
    append_bytes(batch_, bytes);
    std::size_t& half = half_[place - counters_.size() - 1];
    for (half += bytes.size(); half >= kMessage; half -= kMessage) waiting_.push_back(place);
  }
  bool pass_on() {
    if (batch_.empty()) return true;
    for (std::size_t n = 0; n < counters_.size(); ++n)
      if (!send_all(set_[n].fd, batch_)) return false;
    file_.keep(batch_);
    passed_on_ += batch_.size();
    return true;
  }
  void answer() {
    std::uint64_t everywhere = passed_on_ / kMessage;
    for (const Counter& counter : counters_) everywhere = std::min(everywhere, counter.value);
    for (; answered_ < everywhere; ++answered_) {
      // One that is gone at the end of a round needs no answer.
      const int fd = set_[waiting_.front()].fd;
      if (fd >= 0) ::send(fd, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
      waiting_.pop_front();
    }
  }

  const Fd& listener_;
  File file_;
  std::vector<Counter> counters_;  // of the followers, who come first in the set
  std::vector<Fd> fds_;
  std::vector<pollfd> set_;        // followers, the listener, clients
  std::vector<std::size_t> half_;  // of each client: bytes of a message not yet whole
  Bytes batch_;
  std::deque<std::size_t> waiting_;  // places of those to be answered
  std::uint64_t passed_on_ = 0;      // bytes
  std::uint64_t answered_ = 0;       // messages
};

}  // namespace

void lead(const Fd& peers, std::size_t followers, const Fd& clients, const std::string& file) {
  Leader leader(peers, followers, clients, file);
  while (leader.turn()) {
  }
}

void follow(const std::string& leader, const std::string& name) {
  const File file(name);
  const Address address = parse_address(leader);
  const Fd fd(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd || ::connect(fd.get(), address.get(), address.size) != 0)
    throw_errno("the floor's follower");
  set_tcp_options(fd.get());
  pollfd set{fd.get(), POLLIN, 0};
  for (std::uint64_t had = 0;;) {
    if (::poll(&set, 1, -1) < 0) continue;
    Byte room[kRead];
    const ssize_t count = ::recv(fd.get(), room, sizeof(room), 0);
    if (count <= 0) return;
    const auto size = static_cast<std::size_t>(count);
    file.keep({room, size});
    had += size;
    Byte answer[8];
    store_le(answer, had / kMessage);
    if (!send_all(fd.get(), answer)) return;
  }
}

}  // namespace quorate::cli::bench_floor
