// Each test makes frames, does something to their bytes, and reads them back, told in words:
//   "ship 3 in 7: 1 2 3 4 5 6 + 2 bytes"   kind, sender, generation, the head's fields, the records
// A stream that ends too early adds "..", one that is refused "!the cause".
#include "core/wire/frame.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/base/check.h"
#include "core/base/crc32.h"
#include "core/log/record_format.h"

using namespace quorate;
using namespace frame_format;

namespace {

std::string text(std::uint64_t number) { return " " + std::to_string(number); }

struct Fields {
  std::string operator()(const Hello& m) const {
    return text(m.cluster) + text(m.last_lsn.value()) + text(m.last_generation.value()) +
           (m.restoring ? " restoring" : "");
  }
  std::string operator()(const Ship& m) const {
    return text(m.prev_lsn.value()) + text(m.prev_generation.value()) +
           text(m.generation_start.value()) + text(m.high_water_mark.value()) +
           text(m.last_lsn.value()) + text(m.records);
  }
  std::string operator()(const Ack& m) const {
    return text(m.lsn.value()) + " " + std::string(to_text(m.status));
  }
  std::string operator()(const Heartbeat& m) const { return text(m.high_water_mark.value()); }
  std::string operator()(const Fetch& m) const {
    return text(m.prev_lsn.value()) + text(m.prev_generation.value());
  }
  std::string operator()(const Give& m) const {
    return text(m.prev_lsn.value()) + text(m.prev_generation.value()) + text(m.last_lsn.value()) +
           (m.agrees ? " agrees" : "") + text(m.records);
  }
  std::string operator()(const VoteRequest& m) const {
    return text(m.proposed.value()) + text(m.last_lsn.value()) + text(m.last_generation.value()) +
           (m.is_pre ? " pre" : "");
  }
  std::string operator()(const Vote& m) const {
    return text(m.proposed.value()) + text(m.last_lsn.value()) + text(m.last_generation.value()) +
           (m.is_pre ? " pre" : "") + (m.granted ? " granted" : "");
  }
  std::string operator()(const Confirm& m) const {
    return text(m.round) + text(m.high_water_mark.value());
  }
  std::string operator()(const Confirmed& m) const { return text(m.round); }
  std::string operator()(const Forward& m) const {
    return text(m.ticket) + (m.is_read ? " read" : "");
  }
  std::string operator()(const Forwarded& m) const {
    return text(m.ticket) + text(static_cast<std::uint64_t>(m.reply)) + text(m.number);
  }
  std::string operator()(const Chunk& m) const {
    return (*this)(m.id) + text(m.at) + (m.for_adoption ? " adopted" : "") +
           (m.has_record ? " here" : "");
  }
  std::string operator()(const Want& m) const { return (*this)(m.id) + text(m.at) + text(m.to); }
  std::string operator()(const SnapshotId& id) const {
    return text(id.lsn.value()) + text(id.generation.value()) + text(id.size) + text(id.crc);
  }
};

std::string tell(const Message& message, ByteSpan records) {
  constexpr const char* kKinds[] = {"hello",   "ship",         "ack",   "heartbeat", "fetch",
                                    "give",    "vote_request", "vote",  "confirm",   "confirmed",
                                    "forward", "forwarded",    "chunk", "want"};
  return kKinds[message.body.index()] + text(message.from.value()) + " in" +
         text(message.generation.value()) + ":" + std::visit(Fields(), message.body) +
         (records.empty() ? "" : " +" + text(records.size()) + " bytes");
}

Bytes frame_of(const MessageBody& body, ByteSpan records = {}) {
  Bytes bytes;
  encode_frame({NodeId(3), Generation(7), body}, records, bytes);
  return bytes;
}

const Hello kHello{99, Lsn(5), Generation(6), true};
const Ship kShip{Lsn(1), Generation(2), Lsn(3), Lsn(4), Lsn(5), 6};
const Give kGive{Lsn(1), Generation(2), Lsn(3), true, 4};

std::vector<Bytes> one_of_each() {
  return {frame_of(kHello),
          frame_of(kShip, as_bytes("some records")),
          frame_of(Ship{}),
          frame_of(Ack{Lsn(8), AckStatus::crc_failure}),
          frame_of(Heartbeat{Lsn(9)}),
          frame_of(Fetch{Lsn(10), Generation(4)}),
          frame_of(kGive, as_bytes("x")),
          frame_of(VoteRequest{Generation(8), Lsn(1), Generation(2), true}),
          frame_of(Vote{Generation(8), Lsn(1), Generation(2), false, true}),
          frame_of(Confirm{11, Lsn(12)}),
          frame_of(Confirmed{13}),
          frame_of(Forward{14, true}, as_bytes("a record")),
          frame_of(Forwarded{15, ReplyKind::damaged, 16}),
          frame_of(Forwarded{17, ReplyKind::value, 0}, as_bytes("r")),
          frame_of(Chunk{{Lsn(18), Generation(19), 20, 21}, 22, true, false}),
          frame_of(Chunk{{Lsn(18), Generation(19), 20, 21}, 22, false, true}, as_bytes("record")),
          frame_of(Want{{Lsn(23), Generation(24), 25, 26}, 27, 28})};
}

// Scans a copy of just these bytes, so that a sanitizer sees an over-read.
FrameStatus status(const Bytes& bytes) {
  const Bytes copy(bytes.data(), bytes.data() + bytes.size());
  const FrameScan scan = scan_frame(copy);
  CHECK((scan.status == FrameStatus::damaged) == (*scan.cause != '\0'));
  return scan.status;
}

// One end of a connection: takes pieces, and keeps what is not understood yet.
class Reader {
 public:
  Reader& take(ByteSpan piece) {
    append_bytes(kept_, piece);
    while (cause_.empty()) {
      const FrameScan scan = scan_frame(kept_);
      cause_ = scan.cause;
      if (scan.status != FrameStatus::whole) break;
      told_ += tell(scan.message, scan.records) + "; ";
      kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(scan.size));
    }
    return *this;
  }
  std::string all() const {
    if (!cause_.empty()) return told_ + "!" + cause_;
    return kept_.empty() ? told_ : told_ + "..";
  }

 private:
  Bytes kept_;
  std::string told_, cause_;
};

std::string read(const Bytes& bytes) { return Reader().take(bytes).all(); }

Bytes stream() {
  Bytes all;
  for (const Bytes& frame : one_of_each()) append_bytes(all, frame);
  return all;
}

const std::string kUnderstood =
    "hello 3 in 7: 99 5 6 restoring; ship 3 in 7: 1 2 3 4 5 6 + 12 bytes; "
    "ship 3 in 7: 0 0 0 0 0 0; ack 3 in 7: 8 crc_failure; heartbeat 3 in 7: 9; fetch 3 in 7: 10 4; "
    "give 3 in 7: 1 2 3 agrees 4 + 1 bytes; vote_request 3 in 7: 8 1 2 pre; "
    "vote 3 in 7: 8 1 2 granted; confirm 3 in 7: 11 12; confirmed 3 in 7: 13; "
    "forward 3 in 7: 14 read + 8 bytes; forwarded 3 in 7: 15 12 16; "
    "forwarded 3 in 7: 17 2 0 + 1 bytes; chunk 3 in 7: 18 19 20 21 22 adopted; "
    "chunk 3 in 7: 18 19 20 21 22 here + 6 bytes; want 3 in 7: 23 24 25 26 27 28; ";

// With a CRC that is right for whatever a head of that size says now.
Bytes resealed(Bytes frame, std::size_t head_bytes) {
  Bytes covered(frame.begin(), frame.begin() + 4);
  covered.insert(covered.end(), frame.begin() + kKind,
                 frame.begin() + static_cast<std::ptrdiff_t>(head_bytes));
  store_le(frame.data() + kHeadCrc, crc32(covered));
  return frame;
}

// A sound head with that length in it.
Bytes with_length(Bytes frame, std::size_t head_bytes, std::uint32_t length) {
  store_be32(frame.data(), length);
  return resealed(std::move(frame), head_bytes);
}

struct Lcg {
  std::uint64_t state = 1;
  std::size_t below(std::size_t bound) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::size_t>(state >> 33) % bound;
  }
};

}  // namespace

// ---- whole

TEST_CASE("frame: each kind of message, comes back as it was") {
  CHECK(read(stream()) == kUnderstood);
  for (const Bytes& frame : one_of_each()) {
    const FrameScan scan = scan_frame(frame);
    REQUIRE(scan.status == FrameStatus::whole);
    CHECK(scan.size == frame.size());
    CHECK(scan.head_size + scan.records.size() == frame.size());
    Bytes again;
    encode_frame(scan.message, scan.records, again);
    CHECK(again == frame);
  }
}

TEST_CASE("frame: an ack, has the bytes that the header says") {
  const Bytes expected{0, 0, 0, 26, 0, 0, 0, 0, 3, 7, 0, 0, 0, 0, 0,
                       0, 0, 3, 0,  0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1};
  CHECK(frame_of(Ack{Lsn(8), AckStatus::crc_failure}) == resealed(expected, expected.size()));
}

TEST_CASE("frame: the greatest and the least numbers, come back as they were") {
  const Lsn lsn(~std::uint64_t{0});
  const Generation generation(~std::uint64_t{0});
  const Bytes most = frame_of(Ship{lsn, generation, lsn, lsn, lsn, ~std::uint32_t{0}});
  const std::string n = " 18446744073709551615";
  CHECK(read(most) == "ship 3 in 7:" + n + n + n + n + n + " 4294967295; ");
  CHECK(read(frame_of(Hello{})) == "hello 3 in 7: 0 0 0; ");
}

TEST_CASE("frame: as many records as may be, fit, and one byte more is a broken invariant") {
  const Bytes records(kMaxRecordBytes, 'r');
  CHECK(status(frame_of(Give{}, records)) == FrameStatus::whole);
  CHECK(status(frame_of(Ship{}, records)) == FrameStatus::whole);
  CHECK_THROWS_AS(frame_of(Ship{}, Bytes(kMaxRecordBytes + 1)), InvariantBroken);
}

TEST_CASE("frame: the longest record, fits into a frame") {
  CHECK(record_format::kMaxRecord <= kMaxRecordBytes);
}

TEST_CASE("frame: records beside a kind that carries none, are a broken invariant") {
  for (const MessageBody& body :
       {MessageBody(Hello{}), MessageBody(Ack{}), MessageBody(Heartbeat{}), MessageBody(Fetch{}),
        MessageBody(VoteRequest{}), MessageBody(Vote{}), MessageBody(Confirm{}),
        MessageBody(Confirmed{})})
    CHECK_THROWS_AS(frame_of(body, as_bytes("r")), InvariantBroken);
}

TEST_CASE("frame: damaged records under a sound head, are handed on as they came") {
  Bytes frame = frame_of(kShip, as_bytes("some records"));
  frame.back() ^= 0x40;
  CHECK(read(frame) == "ship 3 in 7: 1 2 3 4 5 6 + 12 bytes; ");
}

// ---- cut and joined

TEST_CASE("frame: a stream cut once at every place, gives the same frames") {
  const Bytes all = stream();
  for (std::size_t at = 0; at <= all.size(); ++at)
    CHECK(Reader().take(ByteSpan(all).first(at)).take(ByteSpan(all).subspan(at)).all() ==
          kUnderstood);
}

TEST_CASE("frame: a stream in pieces of any one size, gives the same frames") {
  const Bytes all = stream();
  for (std::size_t size = 1; size <= 64; ++size) {
    Reader reader;
    for (std::size_t at = 0; at < all.size(); at += size)
      reader.take(ByteSpan(all).subspan(at, std::min(size, all.size() - at)));
    CHECK(reader.all() == kUnderstood);
  }
}

TEST_CASE("frame: a stream in random pieces, gives the same frames") {
  const Bytes all = stream();
  Lcg lcg;
  for (int round = 0; round < 500; ++round) {
    Reader reader;
    for (std::size_t at = 0; at < all.size();) {
      const std::size_t size = std::min(1 + lcg.below(90), all.size() - at);
      reader.take(ByteSpan(all).subspan(at, size));
      at += size;
    }
    CHECK(reader.all() == kUnderstood);
  }
}

TEST_CASE("frame: one that ends early, is incomplete at every length") {
  for (const Bytes& frame : one_of_each())
    for (std::size_t size = 0; size < frame.size(); ++size)
      CHECK(status(Bytes(frame.data(), frame.data() + size)) == FrameStatus::incomplete);
}

// ---- damaged

TEST_CASE(
    "frame: each single flipped bit of a head, is refused before the next frame is "
    "swallowed") {
  for (const Bytes& frame : one_of_each()) {
    const std::size_t head_bytes = scan_frame(frame).head_size;
    for (std::size_t bit = 0; bit < head_bytes * 8; ++bit) {
      CAPTURE(bit);
      Bytes bytes = frame;
      bytes[bit / 8] = static_cast<Byte>(bytes[bit / 8] ^ (1 << bit % 8));
      CHECK(status(bytes) != FrameStatus::whole);
      // At most so many bytes more are waited for until the damage is seen.
      bytes.resize(std::max(bytes.size(), kHead + kMaxHead));
      CHECK(status(bytes) == FrameStatus::damaged);
      append_bytes(bytes, stream());
      CHECK(read(bytes).starts_with("!"));
    }
  }
}

TEST_CASE("frame: every burst of damage in a head, is refused") {
  const Bytes frame = frame_of(kShip, as_bytes("some records"));
  Lcg lcg;
  for (int round = 0; round < 20'000; ++round) {
    Bytes bytes = frame;
    const std::size_t from = lcg.below(kHead + kMaxHead);
    const std::size_t to = std::min(kHead + kMaxHead, from + 1 + lcg.below(8));
    for (std::size_t at = from; at < to; ++at) bytes[at] = static_cast<Byte>(lcg.below(256));
    if (bytes != frame) CHECK(status(bytes) != FrameStatus::whole);
  }
}

TEST_CASE("frame: an unknown kind, is refused as soon as its byte has come") {
  for (int kind = 0; kind < 256; ++kind) {
    Bytes bytes(kHead);
    bytes[kKind] = static_cast<Byte>(kind);
    CHECK(read(bytes) == (kind >= 1 && kind <= 14 ? ".." : "!no such kind of frame"));
  }
}

TEST_CASE("frame: a length forged to 1 GiB, is refused at once") {
  Bytes frame = frame_of(kShip, as_bytes("some records"));
  store_be32(frame.data(), 1u << 30);
  CHECK(read(frame) == "!the head's CRC is wrong");
  for (const std::uint32_t length : {1u << 30, 0xffffffffu, static_cast<std::uint32_t>(kMaxFrame)})
    CHECK(read(with_length(frame, kHead + kMaxHead, length)) == "!the length is above its limit");
}

TEST_CASE("frame: a length off by one under a sound CRC, is refused where it can't be") {
  const Bytes ack = frame_of(Ack{});
  const auto size = static_cast<std::uint32_t>(ack.size());
  CHECK(read(with_length(ack, size, size - 5)) == "!the length is less than the head's");
  CHECK(read(with_length(ack, size, size - 3)) == "!records behind a kind that carries none");
  CHECK(read(with_length(ack, size, 0)) == "!the length is less than the head's");
}

TEST_CASE("frame: a head that says the same in other bytes, is refused: one message, one form") {
  Bytes hello = frame_of(kHello);
  hello.back() = 2;
  CHECK(status(resealed(hello, hello.size())) == FrameStatus::damaged);
  Bytes ack = frame_of(Ack{});
  ack.back() = 4;  // no such status
  CHECK(status(resealed(ack, ack.size())) == FrameStatus::damaged);
  Bytes forwarded = frame_of(Forwarded{});
  forwarded[kHead + kCommon + 8] = 13;  // no such reply
  CHECK(status(resealed(forwarded, forwarded.size())) == FrameStatus::damaged);
}

TEST_CASE("frame: noise, is never taken for a frame") {
  Lcg lcg;
  for (int round = 0; round < 20'000; ++round) {
    Bytes bytes(lcg.below(200));
    for (Byte& byte : bytes) byte = static_cast<Byte>(lcg.below(256));
    if (bytes.size() > kKind) bytes[kKind] = static_cast<Byte>(1 + lcg.below(12));
    CHECK(status(bytes) != FrameStatus::whole);
  }
}
