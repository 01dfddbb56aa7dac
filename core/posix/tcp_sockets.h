// How do bytes get from one machine to another? Non-blocking TCP behind the Sockets of core.
//
// A system call is made only where it may do something. After a read that found less than was asked
// for there is nothing more, so the next read says would_block without asking the kernel, until
// poll(2) says readable; after a short write likewise. And poll is asked about a direction only
// while the driver waits for it, so a client that is not read from wakes nobody.
// Fairness: in one turn at most kReadPerTurn bytes come from one socket, and at most kWritePerTurn
// go into it, however fast its other end takes them; then the others and the deadlines have their
// turn first.
// Slots are small numbers, the least free one first; ids are never used again.
#pragma once

#include <queue>
#include <vector>

#include "core/env/env.h"
#include "core/posix/address.h"
#include "core/posix/fd.h"
#include "core/posix/happening.h"
#include "core/posix/poll_set.h"

namespace quorate {

class TcpSockets final : public Sockets {
 public:
  static constexpr std::size_t kReadPerTurn = std::size_t{256} << 10;  // bytes
  static constexpr std::size_t kWritePerTurn = std::size_t{1} << 20;

  // `peers[n - 1]` is where node n can be dialed. The set outlives the sockets, whose places in it
  // are those from `first_place` on.
  TcpSockets(std::vector<Address> peers, PollSet& set, std::size_t first_place)
      : peers_(std::move(peers)), set_(&set), first_place_(first_place) {}

  Result<SocketId> dial(NodeId peer) override;
  Result<Taken> read(SocketId socket, std::span<Byte> to) override;
  Result<std::size_t> write(SocketId socket, ByteSpan bytes) override;
  void close(SocketId socket) override;

  // ---- for the loop

  // Takes over a connection that was accepted.
  SocketId add(Fd fd, bool is_client);
  // Poll has found `revents` at that place.
  void found(std::size_t place, short revents, Happenings& out);
  std::size_t clients() const { return clients_; }

 private:
  struct Socket {
    Fd fd;
    SocketId id;
    bool is_client = false;
    bool connecting = false;
    bool over = false;      // poll said so: no call blocks any more, and poll isn't asked again
    bool readable = false;  // a read may find something
    bool writable = true;   // a write may find room
    std::size_t read_left = 0;
    std::size_t write_left = kWritePerTurn;
    short events = 0;
  };

  Socket& at(SocketId socket);
  SocketId open(Fd fd, bool is_client, bool connecting);
  void connected(Socket& socket, Happenings& out);
  void wait_for(Socket& socket, short event);
  void stop_waiting_for(Socket& socket, short event);
  std::size_t place_of(const Socket& socket) const { return first_place_ + slot_of(socket.id); }

  std::vector<Address> peers_;
  PollSet* set_;
  std::size_t first_place_;
  std::vector<Socket> by_slot_;
  std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> free_slots_;
  std::uint64_t opened_ = 0;
  std::size_t clients_ = 0;
};

}  // namespace quorate
