// What if a real connection is slow, cut, silent or damaged? A TCP relay between two members that
// makes it so.
//
// A follower that shall have a bad line to its leader is told that the leader is at address(); the
// relay passes on what it says, and what it is told, over a connection of its own to the target.
// It knows the frames of core/wire, and makes each fault at the boundary of a frame; it is for the
// ports of members, not of clients. Directions are seen from the dialer, the follower: to_peer is
// to the target, where acks go; from_peer is where ships come from.
// A thread of its own works; all calls may come from any thread, also from the ear. A setting holds
// for the frames that come from then on; a partition for all that has not left yet.
// - An end of one side (closed, reset) is passed on in its place behind the bytes. Half a closed
//   connection stays half open.
// - A side that takes nothing makes the relay stop reading from the other: it holds at most
//   RelayStream::kMost bytes and one read a direction.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/posix/address.h"
#include "core/posix/fd.h"
#include "core/posix/waker.h"
#include "sim/cli/real/relay_link.h"

namespace quorate::cli {

struct RelayCounts {
  std::uint64_t connections = 0;  // that came
  std::uint64_t refused = 0;      // of those: the target did not take them
  struct OneWay {
    std::uint64_t frames = 0;     // that have left
    std::uint64_t bytes = 0;      // the same, with what was no frame
    std::uint64_t corrupted = 0;  // of the frames
  };
  OneWay to_peer;
  OneWay from_peer;
};

class Relay {
 public:
  // Is told of each frame when all of it has left, in the order of each direction, on the relay's
  // thread.
  using Ear = std::function<void(const RelayedFrame&)>;

  // Listens at once; `target` ("host:port") need not listen yet. Throws PosixError.
  explicit Relay(const std::string& target, Ear ear = {});
  // Resets what is still connected.
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  // "127.0.0.1:port"
  const std::string& address() const { return address_; }

  // Acks wait so long on their way to the target, and what comes behind them with them. 0: no more.
  void delay_acks(Duration by);
  // Every frame waits so long. 0: no more.
  void delay(sim::Direction direction, Duration by);
  // The next frame, or the next one with that LSN, waits so long, and all behind it.
  void hold_next(sim::Direction direction, Duration by, Lsn lsn = {});
  // In the next `count` frames that fit one bit is changed: record: in a record of a ship (that
  // one, or the first); head: in any frame's head (with an LSN: of a ship that carries that
  // record); ack: in an ack (of that LSN).
  void corrupt_next(sim::CorruptPart part, Lsn lsn = {}, int count = 1,
                    sim::Direction direction = sim::Direction::both);
  // All connections are reset, on both sides, before it returns (from the ear: soon after).
  void cut();
  // A partition. Bytes and ends wait until it is over; who comes meanwhile is let through to the
  // target only when to_peer is open again.
  void block(sim::Direction direction, bool on);

  RelayCounts counts() const;

 private:
  template <class Change>
  void change(Change set);
  void listen();
  void work();
  void act(const std::vector<pollfd>& set, std::vector<RelayedFrame>& passed);
  void accept_all();

  Address target_;
  Ear ear_;
  Fd listener_;
  std::string address_;
  Waker waker_;

  mutable std::mutex mutex_;  // guards all below; the thread lets go of it to poll and to tell
  std::condition_variable cut_done_;
  RelayFaults faults_;
  RelayCounts counts_;
  std::vector<RelayLink> links_;
  std::uint64_t cuts_asked_ = 0;
  std::uint64_t cuts_done_ = 0;
  bool ends_ = false;
  std::thread thread_;
};

}  // namespace quorate::cli
