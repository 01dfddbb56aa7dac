#include "sim/cli/real/resp_client.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "core/posix/listener.h"
#include "core/posix/monotonic_clock.h"
#include "core/posix/poll_set.h"
#include "core/posix/posix_error.h"
#include "sim/cli/real/real_error.h"

namespace quorate::cli {

namespace {

constexpr Duration kSlice = milliseconds(50);  // how soon an interrupt is seen

}  // namespace

RespClient::RespClient(const std::string& address, Time until, const std::atomic<bool>* interrupted)
    : address_(address), interrupted_(interrupted) {
  const Address to = parse_address(address);
  fd_ = Fd(::socket(to.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd_) throw_errno("a socket");
  set_tcp_options(fd_.get());
  if (::connect(fd_.get(), to.get(), to.size) == 0) return;
  if (errno != EINPROGRESS) fail("can't be connected to: " + errno_text(errno));
  wait_for(POLLOUT, until, "took no connection");
  int error = 0;
  socklen_t size = sizeof(error);
  ::getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) fail("can't be connected to: " + errno_text(error));
  if (is_self_connected(fd_.get())) fail("can't be connected to: nobody is there");
}

RespAnswer RespClient::ask(std::initializer_list<std::string_view> words, Time until) {
  send(words, until);
  return receive(until);
}

void RespClient::send(std::span<const std::string_view> words, Time until) {
  Bytes request;
  encode_request(request, words);
  for (std::size_t sent = 0; sent < request.size();) {
    const ssize_t count =
        ::send(fd_.get(), request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
    if (count >= 0)
      sent += static_cast<std::size_t>(count);
    else if (errno == EAGAIN)
      wait_for(POLLOUT, until, "took no more of a request");
    else if (errno != EINTR)
      fail("is gone: " + errno_text(errno));
  }
}

RespAnswer RespClient::receive(Time until) {
  for (;;) {
    if (std::optional<RespAnswer> answer = try_receive()) return *answer;
    wait_for(POLLIN, until, "has not answered");
  }
}

std::optional<RespAnswer> RespClient::try_receive() {
  for (;;) {
    RespReply reply;
    const ReplyScan scan = scan_reply(in_, reply);
    if (scan.status == RespStatus::malformed) fail("answers no RESP2: " + std::string(scan.reason));
    if (scan.status == RespStatus::whole) {
      RespAnswer answer{reply.kind, std::string(reply.text), reply.integer};
      if (reply.kind == RespKind::array) answer.integer = static_cast<std::int64_t>(reply.count);
      in_.erase(in_.begin(), in_.begin() + static_cast<std::ptrdiff_t>(scan.consumed));
      return answer;
    }
    Byte room[16384];
    const ssize_t count = ::recv(fd_.get(), room, sizeof(room), 0);
    if (count > 0)
      in_.insert(in_.end(), room, room + count);
    else if (count == 0)
      fail("has closed the connection");
    else if (errno == EAGAIN)
      return std::nullopt;
    else if (errno != EINTR)
      fail("is gone: " + errno_text(errno));
  }
}

void RespClient::wait_for(short events, Time until, const char* what) const {
  for (;;) {
    if (interrupted_ != nullptr && interrupted_->load()) throw Interrupted();
    const Time now = MonotonicClock::at_this_moment();
    pollfd one{fd_.get(), events, 0};
    const int ready = ::poll(&one, 1, poll_timeout_ms(now, std::min(until, now + kSlice)));
    if (ready > 0) return;
    if (MonotonicClock::at_this_moment() >= until) fail(std::string(what) + " in time");
  }
}

void RespClient::fail(const std::string& why) const { throw RealError(address_ + " " + why); }

}  // namespace quorate::cli
