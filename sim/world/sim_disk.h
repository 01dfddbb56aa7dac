// What is in a node's file, and what of it would survive? A simulated append-only file.
//
// Appends are there at once for whoever reads, but only a completed sync makes them durable. A
// crash keeps what is durable and, of the rest, any prefix, whose last bytes may be torn. A failed
// sync drops what it should have kept, and later syncs succeed without it: like the page cache of a
// real system after an I/O error (PostgreSQL's fsyncgate). What is dropped reads as zeros up to the
// next block, and of that a crash may bring some back.
#pragma once

#include <algorithm>
#include <cstddef>

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/base/time.h"

namespace quorate::sim {

struct SimDisk {
  static constexpr std::uint64_t kBlock = 64;

  Bytes file;
  ByteCount durable;
  ByteCount sync_target;
  bool syncing = false;

  // Faults in force.
  Time full_until;    // before that, an append is refused ...
  ByteCount full_at;  // ... if the file would take up more than that with it
  Time slow_until;    // syncs take `slow_us` more before that
  std::int64_t slow_us = 0;
  bool fails_next_sync = false;
  // A failed sync has dropped these bytes: readers see them, no crash leaves them.
  ByteCount lost_from;
  bool lost = false;
  ByteCount dropped;  // all before is gone for its reader

  ByteCount size() const { return ByteCount(file.size()); }
  ByteCount unsynced() const { return size() - durable; }

  void clear();
  void append(ByteSpan bytes) { append_bytes(file, bytes); }
  void cut(ByteCount to);
  void drop(ByteCount before) { dropped = std::max(dropped, std::min(before, size())); }
  ByteCount begin() const { return ByteCount(dropped.value() / kBlock * kBlock); }
  // What the file takes up: what is dropped is given back in whole blocks.
  ByteCount taken() const { return std::max(size(), begin()) - begin(); }
  // Until then there is no more room than that. What is cut or dropped gives room back; but where
  // there is none at all, somebody else takes that too, and nothing fits.
  void fill(Time until, ByteCount room) {
    full_until = until;
    full_at = room.is_none() ? ByteCount() : taken() + room;
  }
  bool has_room(Time now, std::size_t bytes) const {
    return now >= full_until || (!full_at.is_none() && taken() + ByteCount(bytes) <= full_at);
  }
  // From begin() on.
  Bytes read() const;
  void begin_sync();
  // Returns whether it succeeded.
  bool end_sync();
  // Power is lost: of what isn't durable, `keep` bytes stay, the last `torn` of them changed.
  void crash(ByteCount keep, std::size_t torn, std::uint64_t noise);
  // The process dies, the machine stays up: nothing is lost, nothing becomes durable.
  void kill() { syncing = false; }
};

}  // namespace quorate::sim
