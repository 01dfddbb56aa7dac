// What is one connection through a relay? Two sockets, and a stream each way between them.
//
// Side 0 is the dialer, who is there from the beginning; side 1 the target, which is dialed as soon
// as to_peer is open. Not thread-safe; never blocks.
#pragma once

#include <poll.h>

#include <vector>

#include "core/posix/address.h"
#include "core/posix/fd.h"
#include "sim/cli/real/relay_stream.h"

namespace quorate::cli {

class RelayLink {
 public:
  explicit RelayLink(Fd dialer) { fds_[0] = std::move(dialer); }

  // Appends two entries: what is to be waited for.
  void gather(const RelayFaults& faults, Time now, std::vector<pollfd>& to);
  // When there is something to do even if poll finds nothing.
  Time next_at(const RelayFaults& faults) const;
  // Poll has found that (two entries): dials, reads, writes, ends. `passed` gets the frames that
  // have left, `bytes[0]` how many bytes to_peer and `bytes[1]` how many from_peer.
  void act(const pollfd* found, const Address& target, Time now, RelayFaults& faults,
           std::vector<RelayedFrame>& passed, std::uint64_t* bytes);
  // Both sides learn of it at once.
  void reset();
  bool over() const { return stage_ == Stage::over || stage_ == Stage::refused; }
  bool refused() const { return stage_ == Stage::refused; }

 private:
  enum class Stage { held, connecting, open, over, refused };

  void dial(const Address& target);
  void dialed();
  void read_from(int side, Time now, RelayFaults& faults);
  void write_to(int side, Time now, std::vector<RelayedFrame>& passed, std::uint64_t& bytes);
  void pass_end(int side);
  void lose(int side);

  Stage stage_ = Stage::held;
  Fd fds_[2];
  // to_[s] goes to side s.
  RelayStream to_[2] = {RelayStream(sim::Direction::from_peer),
                        RelayStream(sim::Direction::to_peer)};
  bool full_[2] = {false, false};  // that side had no room
  bool done_[2] = {false, false};  // nothing goes to that side any more
};

}  // namespace quorate::cli
