#include "core/wire/frame.h"

#include <array>

#include "core/base/check.h"
#include "core/base/crc32.h"

namespace quorate {

using namespace frame_format;

namespace {

template <class Head, class Snapshot>
void snapshot_fields(Head& head, Snapshot& id) {
  head.field(id.lsn);
  head.field(id.generation);
  head.field(id.size);
  head.field(id.crc);
}

// Writes and reads the fields of a head one after the other. The same list of fields serves both
// ways, so that the two can't come apart.
class HeadWriter {
 public:
  explicit HeadWriter(Byte* at) : at_(at) {}
  template <class Tag, class Rep>
  void field(const Id<Tag, Rep>& id) {
    number(id.value());
  }
  void field(std::uint64_t value) { number(value); }
  void field(std::uint32_t value) { number(value); }
  void field(bool value) { *at_++ = value ? 1 : 0; }
  void field(AckStatus value) { *at_++ = static_cast<Byte>(value); }
  void field(ReplyKind value) { *at_++ = static_cast<Byte>(value); }
  void field(const SnapshotId& id) { snapshot_fields(*this, id); }
  Byte* end() const { return at_; }

 private:
  template <class Unsigned>
  void number(Unsigned value) {
    store_le(at_, value);
    at_ += sizeof(Unsigned);
  }
  Byte* at_;
};

class HeadReader {
 public:
  explicit HeadReader(const Byte* at) : at_(at) {}
  template <class Tag, class Rep>
  void field(Id<Tag, Rep>& id) {
    id = Id<Tag, Rep>(number<Rep>());
  }
  void field(std::uint64_t& value) { value = number<std::uint64_t>(); }
  void field(std::uint32_t& value) { value = number<std::uint32_t>(); }
  void field(bool& value) { value = at_most(1) != 0; }
  void field(AckStatus& value) {
    value = static_cast<AckStatus>(at_most(static_cast<Byte>(AckStatus::no_space)));
  }
  void field(ReplyKind& value) {
    value = static_cast<ReplyKind>(at_most(static_cast<Byte>(ReplyKind::damaged)));
  }
  void field(SnapshotId& id) { snapshot_fields(*this, id); }
  // Every value was one that the field can have.
  bool sound() const { return sound_; }

 private:
  template <class Unsigned>
  Unsigned number() {
    const Unsigned value = load_le<Unsigned>(at_);
    at_ += sizeof(Unsigned);
    return value;
  }
  Byte at_most(Byte most) {
    const Byte value = *at_++;
    sound_ = sound_ && value <= most;
    return value;
  }
  const Byte* at_;
  bool sound_ = true;
};

template <class Head, class Body>
void fields(Head& head, Body& body) {
  using Plain = std::remove_const_t<Body>;
  if constexpr (std::is_same_v<Plain, Hello>) {
    head.field(body.cluster);
    head.field(body.last_lsn);
    head.field(body.last_generation);
    head.field(body.restoring);
  } else if constexpr (std::is_same_v<Plain, Ship>) {
    head.field(body.prev_lsn);
    head.field(body.prev_generation);
    head.field(body.generation_start);
    head.field(body.high_water_mark);
    head.field(body.last_lsn);
    head.field(body.records);
  } else if constexpr (std::is_same_v<Plain, Ack>) {
    head.field(body.lsn);
    head.field(body.status);
  } else if constexpr (std::is_same_v<Plain, Heartbeat>) {
    head.field(body.high_water_mark);
  } else if constexpr (std::is_same_v<Plain, Fetch>) {
    head.field(body.prev_lsn);
    head.field(body.prev_generation);
  } else if constexpr (std::is_same_v<Plain, Give>) {
    head.field(body.prev_lsn);
    head.field(body.prev_generation);
    head.field(body.last_lsn);
    head.field(body.agrees);
    head.field(body.records);
  } else if constexpr (std::is_same_v<Plain, VoteRequest>) {
    head.field(body.proposed);
    head.field(body.last_lsn);
    head.field(body.last_generation);
    head.field(body.is_pre);
  } else if constexpr (std::is_same_v<Plain, Vote>) {
    head.field(body.proposed);
    head.field(body.last_lsn);
    head.field(body.last_generation);
    head.field(body.is_pre);
    head.field(body.granted);
  } else if constexpr (std::is_same_v<Plain, Confirm>) {
    head.field(body.round);
    head.field(body.high_water_mark);
  } else if constexpr (std::is_same_v<Plain, Confirmed>) {
    head.field(body.round);
  } else if constexpr (std::is_same_v<Plain, Forward>) {
    head.field(body.ticket);
    head.field(body.is_read);
  } else if constexpr (std::is_same_v<Plain, Forwarded>) {
    head.field(body.ticket);
    head.field(body.reply);
    head.field(body.number);
  } else if constexpr (std::is_same_v<Plain, Chunk>) {
    head.field(body.id);
    head.field(body.at);
    head.field(body.for_adoption);
    head.field(body.has_record);
  } else {
    static_assert(std::is_same_v<Plain, Want>);
    head.field(body.id);
    head.field(body.at);
    head.field(body.to);
  }
}

constexpr std::size_t kSnapshotId = 8 + 8 + 8 + 4;
constexpr std::size_t kBodySizes[] = {
    8 + 8 + 8 + 1,           8 + 8 + 8 + 8 + 8 + 4, 8 + 1, 8, 8 + 8, 8 + 8 + 8 + 1 + 4,
    8 + 8 + 8 + 1,           8 + 8 + 8 + 1 + 1,     8 + 8, 8, 8 + 1, 8 + 1 + 8,
    kSnapshotId + 8 + 1 + 1, kSnapshotId + 8 + 8};
static_assert(std::size(kBodySizes) == std::variant_size_v<MessageBody>);

constexpr std::size_t head_size(std::size_t kind_index) {
  return kHead + kCommon + kBodySizes[kind_index];
}
static_assert(head_size(1) == kHead + kMaxHead && head_size(3) == kMinFrame);

constexpr bool carries_records(std::size_t kind_index) {
  const auto kind = static_cast<FrameKind>(kind_index + 1);
  return kind == FrameKind::ship || kind == FrameKind::give || kind == FrameKind::forward ||
         kind == FrameKind::forwarded || kind == FrameKind::chunk;
}

// What follows is made once for each kind, so that all sizes are known when it is compiled.

// Of length, kind and head: its own place is left out. Copied together first, since one CRC over
// all of it costs half of two.
template <std::size_t kKindIndex>
std::uint32_t head_crc(const Byte* frame) {
  std::array<Byte, head_size(kKindIndex) - kHeadCrc> covered;
  std::memcpy(covered.data(), frame + kLength, kHeadCrc);
  std::memcpy(covered.data() + kHeadCrc, frame + kKind, covered.size() - kHeadCrc);
  return crc32(covered);
}

Byte* grow(Bytes& to, std::size_t size) {
  to.resize(to.size() + size);
  return to.data() + to.size() - size;
}

Byte* grow(Buffer& to, std::size_t size) {
  Byte* const at = to.room(size).data();
  to.added(size);
  return at;
}

template <std::size_t kKindIndex, class To>
void append_frame(const Message& message, ByteSpan records, To& to) {
  constexpr std::size_t kHeadBytes = head_size(kKindIndex);
  QUORATE_CHECK(records.empty() || carries_records(kKindIndex), "a kind that carries no records");
  QUORATE_CHECK(records.size() <= kMaxRecordBytes, "more records than a frame may carry");
  Byte* const frame = grow(to, kHeadBytes + records.size());
  store_be32(frame + kLength, static_cast<std::uint32_t>(kHeadBytes - 4 + records.size()));
  frame[kKind] = static_cast<Byte>(kKindIndex + 1);
  HeadWriter head(frame + kHead);
  head.field(message.generation);
  head.field(message.from);
  fields(head, *std::get_if<kKindIndex>(&message.body));
  QUORATE_CHECK(head.end() == frame + kHeadBytes, "a head has the size its kind says");
  store_le(frame + kHeadCrc, head_crc<kKindIndex>(frame));
  if (!records.empty()) std::memcpy(frame + kHeadBytes, records.data(), records.size());
}

FrameScan damaged(const char* cause) { return {FrameStatus::damaged, cause, 0, 0, {}, {}}; }

// Requires that the kind has come.
template <std::size_t kKindIndex>
FrameScan scan_kind(ByteSpan from) {
  constexpr std::size_t kHeadBytes = head_size(kKindIndex);
  if (from.size() < kHeadBytes) return {};
  if (load_le<std::uint32_t>(from.data() + kHeadCrc) != head_crc<kKindIndex>(from.data()))
    return damaged("the head's CRC is wrong");
  const std::size_t size = std::size_t{load_be32(from.data() + kLength)} + 4;
  if (size < kHeadBytes) return damaged("the length is less than the head's");
  if (size > kMaxFrame) return damaged("the length is above its limit");
  if (size > kHeadBytes && !carries_records(kKindIndex))
    return damaged("records behind a kind that carries none");
  HeadReader head(from.data() + kHead);
  Generation generation;
  NodeId sender;
  std::variant_alternative_t<kKindIndex, MessageBody> body;
  head.field(generation);
  head.field(sender);
  fields(head, body);
  if (!head.sound()) return damaged("a field has a value that it can't have");
  if (from.size() < size) return {};
  return {FrameStatus::whole,
          "",
          size,
          kHeadBytes,
          {sender, generation, body},
          {from.data() + kHeadBytes, size - kHeadBytes}};
}

// The functions of all kinds, each at its index.
template <class To, std::size_t... kKindIndices>
constexpr auto appenders(std::index_sequence<kKindIndices...>) {
  return std::array{&append_frame<kKindIndices, To>...};
}
template <std::size_t... kKindIndices>
constexpr auto scanners(std::index_sequence<kKindIndices...>) {
  return std::array{&scan_kind<kKindIndices>...};
}
constexpr auto kKindIndices = std::make_index_sequence<std::variant_size_v<MessageBody>>();

template <class To>
void append_any_frame(const Message& message, ByteSpan records, To& to) {
  static constexpr auto kAppenders = appenders<To>(kKindIndices);
  kAppenders[message.body.index()](message, records, to);
}

}  // namespace

void encode_frame(const Message& message, ByteSpan records, Bytes& to) {
  append_any_frame(message, records, to);
}

void encode_frame(const Message& message, ByteSpan records, Buffer& to) {
  append_any_frame(message, records, to);
}

FrameScan scan_frame(ByteSpan from) {
  static constexpr auto kScanners = scanners(kKindIndices);
  if (from.size() < kHead) return {};
  const std::size_t kind_index = static_cast<std::size_t>(from[kKind]) - 1;
  if (kind_index >= kScanners.size()) return damaged("no such kind of frame");
  return kScanners[kind_index](from);
}

}  // namespace quorate
