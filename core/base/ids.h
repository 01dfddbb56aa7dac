// Which number is it? Strong integers for what must never be mixed up.
//
// Invariant: an id converts to its number only by value(), and from a number only explicitly, so an
// LSN can't be passed where a generation is meant. Zero always means "none": the first LSN, the
// first generation and the first node are 1.
#pragma once

#include <compare>
#include <cstdint>

namespace quorate {

template <class Tag, class Rep>
class Id {
 public:
  using Number = Rep;

  constexpr Id() = default;
  constexpr explicit Id(Rep number) : number_(number) {}

  constexpr Rep value() const { return number_; }
  constexpr bool is_none() const { return number_ == 0; }

  // The neighbours. prev() requires a value above zero.
  constexpr Id next() const { return Id(static_cast<Rep>(number_ + 1)); }
  constexpr Id prev() const { return Id(static_cast<Rep>(number_ - 1)); }

  friend constexpr auto operator<=>(Id, Id) = default;

 private:
  Rep number_ = 0;
};

// The log sequence number of a record: 1, 2, 3, ... without holes.
using Lsn = Id<struct LsnTag, std::uint64_t>;
// The generation clock (the book's name; Raft says term): it grows with each leadership.
using Generation = Id<struct GenerationTag, std::uint64_t>;
// A member of the cluster, 1 to 255. In the profile ack_quorum node 1 is the leader.
using NodeId = Id<struct NodeIdTag, std::uint32_t>;
// Who wrote: the connection by which a client's request came, or the client of a session. Zero:
// nobody in particular.
using ClientId = Id<struct ClientIdTag, std::uint64_t>;
// A place in a file or a count of its bytes.
using ByteCount = Id<struct ByteCountTag, std::uint64_t>;

constexpr ByteCount operator+(ByteCount a, ByteCount b) { return ByteCount(a.value() + b.value()); }
// Requires b <= a.
constexpr ByteCount operator-(ByteCount a, ByteCount b) { return ByteCount(a.value() - b.value()); }

}  // namespace quorate
