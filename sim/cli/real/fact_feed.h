// What have the children decided so far? A thread that reads all their pipes, so that no child ever
// waits for somebody to listen.
//
// All facts stay, in the order in which they came: those of one node in the order in which it
// decided them, those of different nodes as it happened. A reader remembers how many it has seen.
// Any thread may call; the facts cost 56 bytes each.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "core/posix/fd.h"
#include "core/posix/waker.h"
#include "sim/cli/real/fact_pipe.h"

namespace quorate::cli {

class FactFeed {
 public:
  FactFeed();
  ~FactFeed();
  FactFeed(const FactFeed&) = delete;
  FactFeed& operator=(const FactFeed&) = delete;

  // From now on that pipe is read until it ends; its facts are those of `node`, who has no other
  // pipe at this time.
  void add(NodeId node, Fd pipe);

  std::size_t count() const;
  // Those behind the first `seen`. Waits until there is one, until a pipe ends, or until then.
  std::vector<RealFact> after(std::size_t seen, Time until) const;
  // Has all that this node could say been heard? (Its process has closed the pipe.)
  bool has_ended(NodeId node) const;
  // Waits for that.
  bool wait_for_end(NodeId node, Time until) const;

 private:
  struct Pipe {
    NodeId node;
    Fd fd;
    FactParser parser;
  };

  void work();
  void read(Pipe& pipe);

  Waker waker_;
  mutable std::mutex mutex_;
  mutable std::condition_variable news_;
  std::deque<Pipe> pipes_;  // a deque: the thread reads from one while others are added
  std::vector<RealFact> facts_;
  std::uint64_t open_ = 0;  // a bit for each node whose pipe is open
  std::uint64_t ends_seen_ = 0;
  bool ends_ = false;
  std::thread thread_;
};

}  // namespace quorate::cli
