// The world, as a node's driver sees it: a clock, sockets and a disk.
//
// These three and Rules are the only virtual interfaces of core. A simulator and a poll(2) backend
// stand behind them, and one set of contract tests holds for both (env_contract.h). Nothing blocks,
// and nothing here calls back: what happens later (bytes arrive, a sync completes) is told to the
// driver by whoever runs it. The driver is handed its Env with each call and keeps no reference.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/base/time.h"

namespace quorate {

// A connection's end. The low 32 bits are a small number that may be used again once the connection
// is closed; all 64 are never used again while the Env lives. 0 is none.
using SocketId = Id<struct SocketIdTag, std::uint64_t>;

constexpr std::uint32_t slot_of(SocketId id) { return static_cast<std::uint32_t>(id.value()); }

class Clock {
 public:
  virtual ~Clock() = default;
  // Monotonic, and the same throughout one turn.
  virtual Time now() const = 0;
};

// What a read has taken.
struct Taken {
  std::size_t bytes = 0;
  bool is_all = false;  // there is no more now: the next read would only say would_block
};

// Non-blocking byte streams, all of a node's. What is written arrives in order, cut and joined
// anywhere, or the connection ends.
class Sockets {
 public:
  virtual ~Sockets() = default;
  // Begins to connect to that member. The driver is told later what came of it; an error is final.
  virtual Result<SocketId> dial(NodeId peer) = 0;
  // Takes at least one byte, maybe fewer than there are, and says how many. would_block: none now,
  // the driver is told when there are. closed: the other side says no more, and all is read. Who
  // knows that this was all says so, and is asked once a turn instead of twice.
  virtual Result<Taken> read(SocketId socket, std::span<Byte> to) = 0;
  // Takes at least one byte, maybe fewer than given, and says how many. would_block: no room now,
  // the driver is told when there is. Requires bytes.
  virtual Result<std::size_t> write(SocketId socket, ByteSpan bytes) = 0;
  // Frees the socket; what was written is still sent as far as that can be.
  virtual void close(SocketId socket) = 0;
};

// One append-only file. A place in it is told by its distance from where the file once began.
class Disk {
 public:
  virtual ~Disk() = default;
  // What is before that place was dropped and is not read; what follows may have been dropped, too.
  virtual ByteCount begin() const = 0;
  // The whole file from begin() on, as it is now; that says nothing of what is durable.
  virtual Result<Bytes> read() = 0;
  // All of it or nothing (disk_full, io_error).
  virtual Status append(ByteSpan bytes) = 0;
  // Drops what is behind `size`.
  virtual Status cut(ByteCount size) = 0;
  // What is before that place is needed no longer, and its room may be given back: all of it, a
  // part or nothing, now or later. After a crash it may be there again, or zeros in its stead.
  virtual void drop(ByteCount before) = 0;
  // Begins to make durable what was appended so far. The driver is told when it is, or that it
  // failed. Requires that none is under way.
  virtual void start_sync() = 0;
};

struct Env {
  Clock& clock;
  Sockets& sockets;
  Disk& disk;
};

}  // namespace quorate
