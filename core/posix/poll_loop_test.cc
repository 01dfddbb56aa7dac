#include "core/posix/poll_loop.h"

#include <doctest/doctest.h>
#include <netinet/tcp.h>
#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "core/posix/posix_fixture.h"

using namespace quorate;
using Kind = Happening::Kind;

namespace {

struct Loop {
  explicit Loop(std::size_t max_clients = 100) {
    PollLoopSettings settings;
    settings.peers = {parse_address(local(peer_port)), parse_address(local(nobody))};
    settings.listen_peers = settings.peers[0];
    settings.listen_clients = parse_address(local(port));
    settings.max_clients = max_clients;
    settings.disk = {folder.path(), true, {}, {}};
    settings.notice = [this](const std::string& text) { notices.push_back(text); };
    loop = std::make_unique<PollLoop>(std::move(settings));
  }
  // Turns until that happens: whose socket? None: it did not.
  SocketId until(Kind kind) {
    for (const Time end = from_now(kPatience); MonotonicClock::at_this_moment() < end;)
      for (const Happening& happening : loop->wait(end))
        if (happening.kind == kind) return happening.socket;
    return {};
  }
  // The next turn, which ends by itself after at most so long: does that happen in it?
  bool next(Kind kind, Duration span = kPatience) {
    for (const Happening& happening : loop->wait(from_now(span)))
      if (happening.kind == kind) return true;
    return false;
  }
  Result<Taken> read(SocketId socket) {
    Byte room[100];
    return loop->env().sockets.read(socket, room);
  }

  TempFolder folder;
  int port = free_port();
  int peer_port = free_port();
  int nobody = free_port();
  std::vector<std::string> notices;
  std::unique_ptr<PollLoop> loop;
};

// Waits for a deadline in turns, while `disturb` goes on in another thread. How late was it seen?
template <class Disturb>
Duration lateness_under(Loop& stage, Disturb disturb) {
  std::atomic<bool> ends{false};
  std::atomic<bool> began{false};
  std::thread other([&] {
    while (!ends) {
      disturb();
      began = true;
    }
  });
  while (!began) stage.loop->wait(from_now(milliseconds(1)));
  const Time deadline = from_now(milliseconds(150));
  Time now;
  do {
    for (const Happening& happening : stage.loop->wait(deadline))
      if (happening.kind == Kind::readable) stage.read(happening.socket).ok();
    now = stage.loop->env().clock.now();
  } while (now < deadline);
  ends = true;
  other.join();
  return now - deadline;
}

}  // namespace

TEST_CASE("poll_set: a timeout, is what is left, rounded up, and never negative") {
  const Time now(1'000'000);
  CHECK(poll_timeout_ms(now, Time::never()) == -1);
  CHECK(poll_timeout_ms(now, now) == 0);
  CHECK(poll_timeout_ms(now, Time(999'999)) == 0);
  CHECK(poll_timeout_ms(now, Time(1'000'001)) == 1);
  CHECK(poll_timeout_ms(now, Time(1'001'000)) == 1);
  CHECK(poll_timeout_ms(now, Time(1'001'001)) == 2);
  CHECK(poll_timeout_ms(now, Time(Time::never().us() - 1)) == 60'000);  // and then again
  CHECK(poll_timeout_ms(Time(-5'000), Time(Time::never().us() - 1)) == 60'000);
}

TEST_CASE("poll_loop: with nothing to do, wakes at the deadline and not before") {
  Loop stage;
  for (const std::int64_t us : {0, 1, 999, 1001, 20'500}) {
    const Time deadline = from_now(microseconds(us));
    CHECK(stage.loop->wait(deadline).empty());
    CHECK(stage.loop->env().clock.now() >= deadline);
  }
}

TEST_CASE("poll_loop: under a storm of signals, the deadline comes in time") {
  Loop stage;
  struct sigaction action {};
  action.sa_handler = [](int) {};
  REQUIRE(::sigaction(SIGUSR1, &action, nullptr) == 0);
  const pthread_t self = ::pthread_self();
  const Duration late = lateness_under(stage, [self] { ::pthread_kill(self, SIGUSR1); });
  CHECK(late < milliseconds(1000));  // granted anew each time, it would never come
}

TEST_CASE("poll_loop: under a storm of bytes, the deadline comes in time") {
  Loop stage;
  RawClient client(stage.port);
  const Duration late = lateness_under(stage, [&client] { client.say("x", milliseconds(10)); });
  CHECK(late < milliseconds(1000));
}

TEST_CASE("poll_loop: what arrived before the deadline, is told with it") {
  Loop stage;
  RawClient first(stage.port), second(stage.port);
  stage.until(Kind::client_accepted);
  first.say("x");
  second.say("x");
  // The deadline is long over: what is there is told all the same.
  const Happenings& happenings = stage.loop->wait(Time());
  CHECK_FALSE(happenings.empty());
}

TEST_CASE("poll_loop: stopped, returns at once from now on") {
  Loop stage;
  std::thread other([&stage] { stage.loop->stop(); });
  while (!stage.loop->is_stopped()) stage.loop->wait(from_now(kPatience));
  other.join();
  const Time began = MonotonicClock::at_this_moment();
  for (int n = 0; n < 10; ++n) stage.loop->wait(from_now(kPatience));
  CHECK(MonotonicClock::at_this_moment() - began < kPatience);
}

TEST_CASE("tcp_sockets: a client that is not read from, wakes nobody, and is told of again") {
  Loop stage;
  RawClient client(stage.port);
  const SocketId socket = stage.until(Kind::client_accepted);
  CHECK(stage.read(socket).error() == ErrorKind::would_block);
  client.say("abc");
  CHECK(stage.until(Kind::readable) == socket);
  client.say("def");
  CHECK_FALSE(stage.next(Kind::readable, milliseconds(20)));  // nobody asked
  std::size_t got = 0;
  while (got < 6) {
    const Result<Taken> taken = stage.read(socket);
    if (taken)
      got += taken.value().bytes;
    else
      CHECK(stage.until(Kind::readable) == socket);
  }
  CHECK(stage.read(socket).error() == ErrorKind::would_block);
  client.say("!");
  CHECK(stage.until(Kind::readable) == socket);
}

TEST_CASE("tcp_sockets: a client that is not read from and resets, is told of once") {
  Loop stage;
  SocketId socket;
  {
    RawClient client(stage.port);
    socket = stage.until(Kind::client_accepted);
    client.say("x");
    CHECK(stage.until(Kind::readable) == socket);
    const linger hard{1, 0};
    ::setsockopt(client.fd(), SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
  }
  CHECK(stage.until(Kind::readable) == socket);
  CHECK_FALSE(stage.next(Kind::readable, milliseconds(20)));  // and does not spin
  CHECK(stage.loop->env().sockets.write(socket, as_bytes("x")).error() == ErrorKind::closed);
  stage.loop->env().sockets.close(socket);
  CHECK(stage.loop->clients() == 0);
}

TEST_CASE("tcp_sockets: one that floods, leaves each turn to others after its share") {
  Loop stage;
  RawClient client(stage.port);
  const SocketId socket = stage.until(Kind::client_accepted);
  CHECK(stage.read(socket).error() == ErrorKind::would_block);
  std::thread flood([&client] { client.say(std::string(8 << 20, 'x')); });
  std::size_t got = 0;
  while (got < std::size_t{8} << 20) {
    REQUIRE(stage.until(Kind::readable) == socket);
    std::size_t this_turn = 0;
    while (const Result<Taken> taken = stage.read(socket)) this_turn += taken.value().bytes;
    CHECK(this_turn <= TcpSockets::kReadPerTurn);
    got += this_turn;
  }
  flood.join();
}

TEST_CASE(
    "tcp_sockets: one that takes all it is given, leaves each turn to others after its share") {
  Loop stage;
  RawClient client(stage.port);
  const SocketId socket = stage.until(Kind::client_accepted);
  constexpr std::size_t kAll = std::size_t{8} << 20;
  std::thread reader([&client] { client.hear(kAll); });
  const Bytes bytes(std::size_t{100} << 10, Byte{'x'});
  for (std::size_t given = 0; given < kAll;) {
    std::size_t this_turn = 0;
    while (given + this_turn < kAll) {
      const std::size_t most = std::min(bytes.size(), kAll - given - this_turn);
      const auto taken = stage.loop->env().sockets.write(socket, ByteSpan(bytes).first(most));
      if (!taken) break;
      this_turn += taken.value();
    }
    CHECK(this_turn <= TcpSockets::kWritePerTurn);
    given += this_turn;
    if (given < kAll) REQUIRE(stage.until(Kind::writable) == socket);
  }
  reader.join();
}

TEST_CASE("listener: an accepted connection, has the options of the listener") {
  const int port = free_port();
  const Listener listener(parse_address(local(port)), "clients");
  RawClient client(port);
  Fd accepted;
  int error = 0;
  REQUIRE(listener.accept(accepted, error) == Listener::Knock::somebody);
  struct Option {
    int level, name, value;
  };
  for (const auto& [level, name, value] :
       {Option{IPPROTO_TCP, TCP_NODELAY, 1}, Option{SOL_SOCKET, SO_KEEPALIVE, 1},
        Option{IPPROTO_TCP, TCP_KEEPIDLE, 5}, Option{IPPROTO_TCP, TCP_KEEPINTVL, 1},
        Option{IPPROTO_TCP, TCP_KEEPCNT, 3}}) {
    int is = 0;
    socklen_t size = sizeof(is);
    REQUIRE(::getsockopt(accepted.get(), level, name, &is, &size) == 0);
    CHECK(is == value);
  }
  CHECK(listener.accept(accepted, error) == Listener::Knock::nobody);
}

TEST_CASE("poll_loop: more clients than may be, are told so, and there is room again") {
  Loop stage(2);
  RawClient first(stage.port);
  const SocketId socket = stage.until(Kind::client_accepted);
  RawClient second(stage.port);
  stage.until(Kind::client_accepted);
  RawClient third(stage.port);
  stage.loop->wait(from_now(kPatience));
  CHECK(third.line() == "-ERR max number of clients reached");
  CHECK(third.ends());
  stage.loop->env().sockets.close(socket);
  RawClient fourth(stage.port);
  CHECK_FALSE(stage.until(Kind::client_accepted).is_none());
}

TEST_CASE("poll_loop: out of descriptors, waits a moment, says so once, and goes on") {
  Loop stage;
  RawClient client(stage.port);  // in the kernel's queue
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit tight = before;  // and filled up: poll(2) itself must have room for what it waits for
  tight.rlim_cur = 64;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &tight) == 0);
  std::vector<Fd> fill;
  while (fill.empty() || fill.back()) fill.emplace_back(::dup(0));
  int turns = 0;
  for (const Time end = from_now(milliseconds(350)); MonotonicClock::at_this_moment() < end;
       ++turns)
    CHECK(stage.loop->wait(end).empty());
  CHECK(turns < 20);
  REQUIRE(stage.notices.size() == 1);
  CHECK(stage.notices[0].find("(EMFILE)") != std::string::npos);
  fill.clear();
  CHECK_FALSE(stage.until(Kind::client_accepted).is_none());
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
}

TEST_CASE("poll_loop: a dial to nobody, is told as failed") {
  Loop stage;
  const Result<SocketId> socket = stage.loop->env().sockets.dial(NodeId(2));
  if (!socket) return;
  CHECK(stage.until(Kind::dial_failed) == socket.value());
  stage.loop->env().sockets.close(socket.value());
}
