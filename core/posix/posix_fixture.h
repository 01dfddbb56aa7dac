// What do the tests of the real backend share? Folders, ports, raw clients and clusters.
//
// For tests only. Nothing waits for ever: after kPatience a wait gives up and the test fails. The
// ports lie below those that the kernel gives to whoever dials.
#pragma once

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/posix/listener.h"
#include "core/posix/monotonic_clock.h"
#include "core/posix/poll_set.h"
#include "core/posix/posix_error.h"
#include "core/wire/resp.h"

namespace quorate {

inline constexpr Duration kPatience = milliseconds(20'000);

inline Time from_now(Duration span) { return MonotonicClock::at_this_moment() + span; }

class TempFolder {
 public:
  TempFolder() {
    char name[] = "/tmp/quorate_test_XXXXXX";
    if (::mkdtemp(name) == nullptr) throw_errno("a folder for a test");
    path_ = name;
  }
  ~TempFolder() { std::filesystem::remove_all(path_); }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline std::string local(int port) { return "127.0.0.1:" + std::to_string(port); }

// A port on which nobody listens. Each process begins to look elsewhere.
inline int free_port() {
  static std::atomic<int> next{static_cast<int>(::getpid() % 300) * 40};
  for (;;) {
    const int port = 20'000 + next++ % 12'000;
    const Address address = parse_address(local(port));
    const Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::bind(fd.get(), address.get(), address.size) == 0) return port;
  }
}

// A client that knows nothing of the core: bytes out, bytes in.
class RawClient {
 public:
  explicit RawClient(int port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const Address address = parse_address(local(port));
    connected_ = ::connect(fd_.get(), address.get(), address.size) == 0;
  }
  bool connected() const { return connected_; }
  int fd() const { return fd_.get(); }

  // Returns how many bytes were taken, within `span` or before the other side hung up.
  std::size_t say(std::string_view text, Duration span = kPatience) {
    std::size_t sent = 0;
    for (const Time until = from_now(span); sent < text.size() && is_ready(POLLOUT, until);) {
      const ssize_t count =
          ::send(fd_.get(), text.data() + sent, text.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count < 0 && errno != EAGAIN) break;
      if (count > 0) sent += static_cast<std::size_t>(count);
    }
    return sent;
  }
  // What comes until there are `bytes` of it, or it ends.
  std::string hear(std::size_t bytes, Duration span = kPatience) {
    std::string heard;
    for (const Time until = from_now(span); heard.size() < bytes && is_ready(POLLIN, until);) {
      char room[65536];
      const ssize_t count =
          ::recv(fd_.get(), room, std::min(sizeof(room), bytes - heard.size()), MSG_DONTWAIT);
      if (count == 0 || (count < 0 && errno != EAGAIN)) break;
      if (count > 0) heard.append(room, static_cast<std::size_t>(count));
    }
    return heard;
  }
  std::string line() {
    std::string text;
    while (!text.ends_with("\r\n")) {
      const std::string next = hear(1);
      if (next.empty()) break;
      text += next;
    }
    return text.ends_with("\r\n") ? text.substr(0, text.size() - 2) : text + "#";
  }
  // Says a request, and hears the first line of its answer.
  std::string ask(std::initializer_list<std::string_view> words) {
    Bytes request;
    encode_request(request, words);
    say(as_text(request));
    return line();
  }
  // Does the other side hang up, whatever it says before?
  bool ends(Duration span = kPatience) {
    const Time until = from_now(span);
    while (is_ready(POLLIN, until)) {
      char room[65536];
      const ssize_t count = ::recv(fd_.get(), room, sizeof(room), MSG_DONTWAIT);
      if (count == 0 || (count < 0 && errno != EAGAIN)) return true;
    }
    return false;
  }

 private:
  bool is_ready(short events, Time until) const {
    pollfd one{fd_.get(), events, 0};
    for (;;) {
      const int ready = ::poll(&one, 1, poll_timeout_ms(MonotonicClock::at_this_moment(), until));
      if (ready >= 0 || errno != EINTR) return ready > 0;
    }
  }

  Fd fd_;
  bool connected_ = false;
};

}  // namespace quorate
