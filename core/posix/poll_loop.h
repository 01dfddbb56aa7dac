// What happens next in the real world? One process's clock, sockets and disk, and the poll(2) they
// wait in.
//
// One turn is one wait(): it ends when something has happened or the deadline has come, and looks
// at the clock once. When the deadline has come, all that had arrived by then is among the
// happenings, so that it can be told before the deadline is. A wake-up for anything else, or a
// signal, never grants time anew: each wait() is until a point in time.
// One thread, but for stop().
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "core/posix/file_disk.h"
#include "core/posix/listener.h"
#include "core/posix/monotonic_clock.h"
#include "core/posix/tcp_sockets.h"
#include "core/posix/waker.h"

namespace quorate {

struct PollLoopSettings {
  std::vector<Address> peers;  // of node n at n - 1; for dialing
  Address listen_peers;
  Address listen_clients;
  std::size_t max_clients = 10'000;  // more are told so and turned away
  FileDiskSettings disk;
  // Told, rarely, what an operator should know: "out of descriptors: ...".
  std::function<void(const std::string&)> notice;
};

class PollLoop {
 public:
  // Opens the folder, then listens. Throws PosixError.
  explicit PollLoop(PollLoopSettings settings);

  Env env() { return {clock_, sockets_, disk_}; }
  const FileDisk& disk() const { return disk_; }
  FileDisk& disk() { return disk_; }
  std::size_t clients() const { return sockets_.clients(); }

  // Until something happens, or `until` has come, or stop() was called. What it returns is good
  // until the next call.
  const Happenings& wait(Time until);
  // The end of a sync that took no time, without asking poll; empty if there is none.
  const Happenings& finished_at_once();

  // Ends the wait() under way, or else the next one. From any thread.
  void nudge() const noexcept { nudge_.wake(); }
  // From now on every wait() returns at once. From any thread.
  void stop() noexcept;
  bool is_stopped() const noexcept { return stopped_.load(); }
  // For a signal handler: writing 8 bytes to it, as Waker::wake does, is stop().
  int stop_fd() const { return stop_.fd(); }

 private:
  enum Place : std::size_t { kStop, kNudge, kDisk, kPeers, kClients, kFirstSocket };

  void look(int ready);
  void sync_is_over();
  void accept_all(const Listener& listener, bool clients);
  void admit(Fd accepted, bool is_client);
  void pause_accepting(int error);
  void resume_accepting();
  void say(const std::string& text) const;

  PollLoopSettings settings_;
  MonotonicClock clock_;
  PollSet set_;
  FileDisk disk_;
  Listener peers_;
  Listener clients_;
  TcpSockets sockets_;
  Waker stop_;
  Waker nudge_;
  std::atomic<bool> stopped_{false};
  Happenings happenings_;
  Time accept_again_ = Time::never();  // never: the listeners are waited for
  Time say_again_;                     // no sooner is the lack of descriptors spoken of again
};

}  // namespace quorate
