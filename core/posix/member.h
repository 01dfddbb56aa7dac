// How does one real node run? A driver, with the real world around it.
//
// The core is the one that the simulator tests, byte for byte; what is here only tells it what has
// happened. All that was learned of by one poll(2) is one turn of the driver, so the writes of many
// clients go out in one ship and wait for one sync.
// Its sync is made on the loop's own thread when nothing else has happened in the turn (one client
// at a time, or a follower, which has nothing to do before its leader goes on), and by a thread of
// its own when others are waiting: so their writes are read and shipped meanwhile.
// One thread runs a member, and while that waits for a disk that stalls another one stands in
// (stand_in.h): ears hear from both, but never at once. stop() may come from any. Several members
// may live in one process.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/env/driver.h"
#include "core/posix/poll_loop.h"
#include "core/posix/stand_in.h"

namespace quorate {

struct MemberConfig {
  struct Place {  // as "host:port"
    std::string peers;
    std::string clients;
  };
  NodeConfig node;  // which one it is, and what the cluster agrees on; an election_seed of
                    // 0 is replaced by one that is drawn from clock and process
  std::vector<Place> places;  // where each member listens: node n at n - 1
  std::string folder;         // its log lies here; must exist, and is its alone
  bool synced = true;         // false: an OK outlives no power cut (file_disk.h)
  std::size_t max_clients = 10'000;
  std::function<int(int fd)> sync;  // see file_disk.h
};

struct MemberEars {
  // What was decided, in order, after each turn.
  std::function<void(const Fact&)> fact;
  // What an operator should know besides, a sentence each; rare.
  std::function<void(const std::string&)> notice;
};

class Member {
 public:
  // Listens, reads the log, and begins to be a member. Throws PosixError, which says what is wrong:
  // the configuration, an address, a port that is taken, a folder that is missing or locked (those
  // that somebody else has: InUseError), a log that can't be read (DiskError). Raises the process's
  // limit of descriptors and ignores its SIGPIPE and SIGXFSZ (process.h).
  explicit Member(const MemberConfig& config, MemberEars ears = {});

  // Waits for something to happen, but not beyond `until`, and acts on it; that may take as long as
  // the disk does. False: it is over, see halted().
  bool turn(Time until = Time::never());
  // Takes turns until it is stopped, or halts.
  void run() {
    while (turn()) {
    }
  }
  // Ends run(). From any thread.
  void stop() noexcept { loop_.stop(); }
  // The same for a signal handler: stop_on_signals(member.stop_fd()), see process.h.
  int stop_fd() const { return loop_.stop_fd(); }

  // Its disk has failed it: its word is worth nothing any more, and it has left the cluster. Only a
  // new process that reads its log anew may take its place.
  bool halted() const { return driver_.halted(); }
  // A sentence without an end, when halted.
  std::string why_halted() const;

  // "leader", "follower-1", ..., or "node-1", ...
  std::string name() const { return node_name(config_.node.id, config_.node.profile); }
  // For who looks on: its node (null until its log is durable), its buffers.
  const Driver& driver() const { return driver_; }
  std::size_t clients() const { return loop_.clients(); }

 private:
  void tell(const Happenings& happenings, bool look_at_clock);
  void tell(Env& env, const Happening& happening);
  void report();

  MemberConfig config_;
  MemberEars ears_;
  PollLoop loop_;
  Driver driver_;
  std::unique_ptr<StandIn> stand_in_;  // none where nothing is synced
};

}  // namespace quorate
