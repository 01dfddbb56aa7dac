#include "core/posix/poll_loop.h"

#include <sys/socket.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/posix/posix_error.h"

namespace quorate {

namespace {

constexpr Duration kAcceptPause = milliseconds(100);
constexpr Duration kSayPause = milliseconds(60'000);
constexpr int kAcceptsPerTurn = 128;
constexpr std::string_view kTooMany = "-ERR max number of clients reached\r\n";  // as Redis says it

}  // namespace

PollLoop::PollLoop(PollLoopSettings settings)
    : settings_(std::move(settings)),
      disk_(settings_.disk),
      peers_(settings_.listen_peers, "peers"),
      clients_(settings_.listen_clients, "clients"),
      sockets_(settings_.peers, set_, kFirstSocket) {
  set_.watch(kStop, stop_.fd(), POLLIN);
  set_.watch(kNudge, nudge_.fd(), POLLIN);
  if (disk_.done_fd() >= 0) set_.watch(kDisk, disk_.done_fd(), POLLIN);
  set_.watch(kPeers, peers_.fd(), POLLIN);
  set_.watch(kClients, clients_.fd(), POLLIN);
}

void PollLoop::stop() noexcept {
  stopped_.store(true);
  stop_.wake();
}

void PollLoop::say(const std::string& text) const {
  if (settings_.notice) settings_.notice(text);
}

// ---- a turn

const Happenings& PollLoop::wait(Time until) {
  happenings_.clear();
  if (disk_.is_done_at_once() || disk_.is_sync_left()) until = Time();
  const int ready = set_.wait(std::min(until, accept_again_));
  clock_.look();
  if (accept_again_ <= clock_.now()) resume_accepting();
  if (disk_.is_done_at_once()) sync_is_over();
  look(ready);
  // Something else has woken us, and the deadline came before we looked at the clock: what has
  // arrived in between is told first.
  if (ready > 0 && until <= clock_.now() && !is_stopped()) look(set_.wait(Time()));
  return happenings_;
}

const Happenings& PollLoop::finished_at_once() {
  happenings_.clear();
  if (disk_.is_done_at_once()) sync_is_over();
  return happenings_;
}

void PollLoop::look(int ready) {
  set_.each_ready(ready, [this](std::size_t place, short revents) {
    switch (place) {
      case kStop: stopped_.store(true); return;  // never cleared: it ends every wait from now on
      case kNudge: nudge_.clear(); return;
      case kDisk: return sync_is_over();
      case kPeers: return accept_all(peers_, false);
      case kClients: return accept_all(clients_, true);
      default: return sockets_.found(place, revents, happenings_);
    }
  });
}

void PollLoop::sync_is_over() {
  if (const std::optional<bool> succeeded = disk_.take_done())
    happenings_.push_back(
        {*succeeded ? Happening::Kind::synced : Happening::Kind::sync_failed, SocketId()});
}

// ---- who comes in

void PollLoop::accept_all(const Listener& listener, bool clients) {
  for (int n = 0; n < kAcceptsPerTurn; ++n) {
    Fd accepted;
    int error = 0;
    switch (listener.accept(accepted, error)) {
      case Listener::Knock::somebody: admit(std::move(accepted), clients); break;
      case Listener::Knock::gone: break;
      case Listener::Knock::nobody: return;
      case Listener::Knock::no_descriptors: return pause_accepting(error);
    }
  }
}

void PollLoop::admit(Fd accepted, bool is_client) {
  if (is_client && sockets_.clients() >= settings_.max_clients) {
    // One try: who can't take so little is gone or means harm.
    ::send(accepted.get(), kTooMany.data(), kTooMany.size(), MSG_NOSIGNAL);
    return;
  }
  const SocketId socket = sockets_.add(std::move(accepted), is_client);
  happenings_.push_back(
      {is_client ? Happening::Kind::client_accepted : Happening::Kind::peer_accepted, socket});
}

// Whoever knocks keeps on knocking: waiting for him would spin.
void PollLoop::pause_accepting(int error) {
  accept_again_ = clock_.now() + kAcceptPause;
  set_.wait_for(kPeers, 0);
  set_.wait_for(kClients, 0);
  if (clock_.now() < say_again_) return;
  say_again_ = clock_.now() + kSayPause;
  say("no more connections for now, with " + std::to_string(sockets_.clients()) +
      " clients here: " + errno_text(error));
}

void PollLoop::resume_accepting() {
  accept_again_ = Time::never();
  set_.wait_for(kPeers, POLLIN);
  set_.wait_for(kClients, POLLIN);
}

}  // namespace quorate
