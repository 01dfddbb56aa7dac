// How does the world read along, change a byte, and put a frame between others?
#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <string>

#include "core/protocol/fixture_words.h"
#include "sim/world/quiet_world.h"
#include "sim/world/wire_tap.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

// Both readings of a frame, of which neither knows the other.
void both_read_alike(const MessageBody& body, ByteSpan records = {}) {
  Bytes frame;
  encode_frame({NodeId(3), Generation(7), body}, records, frame);
  REQUIRE(tapped_size(frame) == frame.size());
  const TappedFrame tapped = tap_frame(frame);
  const FrameScan scan = scan_frame(frame);
  REQUIRE(scan.status == FrameStatus::whole);
  CHECK(static_cast<std::size_t>(tapped.kind) == scan.message.body.index() + 1);
  CHECK((tapped.generation == scan.message.generation && tapped.from == scan.message.from));
  CHECK(tapped.head_bytes == scan.head_size);
  CHECK(tapped.bytes.size() == scan.size);
  if (const auto* ship = std::get_if<Ship>(&scan.message.body))
    CHECK((tapped.lsn == ship->prev_lsn && tapped.records == ship->records));
  if (const auto* ack = std::get_if<Ack>(&scan.message.body))
    CHECK((tapped.lsn == ack->lsn && tapped.status == static_cast<std::uint8_t>(ack->status)));
  for (std::size_t size = 0; size < frame.size(); ++size) {
    const Bytes part(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(size));
    REQUIRE(tapped_size(part) == 0);
  }
}

std::size_t head_of(const MessageBody& body) {
  Bytes frame;
  encode_frame({NodeId(1), Generation(1), body}, {}, frame);
  return frame.size();
}

// Where two texts of one length differ: how many bytes, bits, and where last.
struct Difference {
  int bytes = 0;
  int bits = 0;
  std::size_t at = 0;
};
Difference difference(ByteSpan a, ByteSpan b) {
  REQUIRE(a.size() == b.size());
  Difference found;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] == b[i]) continue;
    ++found.bytes;
    found.bits += std::popcount(static_cast<unsigned>(a[i] ^ b[i]));
    found.at = i;
  }
  return found;
}

ArmedCorruption from_leader(CorruptPart part, std::uint64_t lsn = 0, std::int64_t left = 1) {
  return {NodeId(1), NodeId(2), part, Lsn(lsn), left};
}
ArmedCorruption from_follower(CorruptPart part, std::uint64_t lsn = 0) {
  return {NodeId(2), NodeId(1), part, Lsn(lsn), 1};
}

// A quiet world with a connection that node 2 has dialed, as followers do: end 0 is the follower's.
struct Tapped : QuietWorld {
  explicit Tapped(const NetworkSpec& network = plain_network(), std::uint64_t seed = 1)
      : QuietWorld(network, seed) {
    wire = connect(2, 1);
    witness.take();
  }
  std::string told() { return witness.take(); }
  void leader_says(ByteSpan bytes) { say(wire, 1, bytes); }
  void follower_says(ByteSpan bytes) { say(wire, 0, bytes); }
  Bytes leader_hears() { return hears(1); }
  Bytes follower_hears() { return hears(0); }
  Bytes hears(int end) {
    run_for(10'000);
    const std::string text = heard(wire, end);
    return {text.begin(), text.end()};
  }
  Wire wire;
};

}  // namespace

TEST_CASE("tap: every kind of frame, is read as the format has it and not before it is whole") {
  both_read_alike(Hello{9, Lsn(4), Generation(2), true});
  both_read_alike(Ack{Lsn(77), AckStatus::no_space});
  both_read_alike(Heartbeat{Lsn(5)});
  both_read_alike(Fetch{Lsn(6), Generation(3)});
  Ship ship;
  ship.prev_lsn = Lsn(1'000'000'000'000);
  ship.records = 2;
  both_read_alike(ship, records_after(ship.prev_lsn, Generation(7), "a b"));
  Give give;
  give.records = 1;
  both_read_alike(give, records_after(Lsn(), Generation(7), "a"));
  both_read_alike(VoteRequest{Generation(8), Lsn(1), Generation(2), true});
  both_read_alike(Vote{Generation(8), Lsn(1), Generation(2), false, true});
  both_read_alike(Confirm{11, Lsn(12)});
  both_read_alike(Confirmed{13});
  both_read_alike(Forward{14, false}, records_after(Lsn(), Generation(7), "a"));
  both_read_alike(Forwarded{15, ReplyKind::count, 1});
  both_read_alike(Chunk{{Lsn(16), Generation(3), 17, 18}, 19, false, true},
                  records_after(Lsn(), Generation(7), "a"));
  both_read_alike(Chunk{{Lsn(16), Generation(3), 17, 18}, 0, true, false});
  both_read_alike(Want{{Lsn(16), Generation(3), 17, 18}, 19, 20});
}

TEST_CASE("tap: a frame written piece by piece, is told once and with its last byte") {
  Tapped tapped;
  const Bytes frame = ack_frame(3);
  for (std::size_t i = 0; i + 1 < frame.size(); ++i)
    tapped.follower_says(ByteSpan(frame).subspan(i, 1));
  CHECK(tapped.told() == "");
  tapped.follower_says(ByteSpan(frame).last(1));
  CHECK(tapped.told() == "said 3 2>1");
}

TEST_CASE("tap: frames written together, are told one by one in their order") {
  Tapped tapped;
  Bytes frames = ship_frame(0, 2);
  append_bytes(frames, ship_frame(2, 1));
  append_bytes(frames, ByteSpan(frames).first(30));
  tapped.leader_says(frames);
  CHECK(tapped.told() == "said 2 1>2, said 2 1>2");
}

// Its connection is over, and what it says is heard by nobody: said it has it all the same.
TEST_CASE("tap: a frame to who is gone, is told too") {
  Tapped tapped;
  tapped.close(tapped.wire, 1);
  tapped.follower_says(ack_frame(3));
  CHECK(tapped.told() == "said 3 2>1");
}

TEST_CASE(
    "tap: a frame whose second half goes to who is gone, is told as what it is or not at all") {
  const Bytes frame = ship_frame(0, 2);
  std::string nonsense;
  for (std::size_t cut = 1; cut < frame.size(); ++cut) {
    Tapped tapped;
    tapped.leader_says(ByteSpan(frame).first(cut));
    tapped.close(tapped.wire, 0);
    tapped.leader_says(ByteSpan(frame).subspan(cut));
    const std::string told = tapped.told();
    if (told != "" && told != "said 2 1>2") nonsense += told + "; ";
  }
  CHECK(nonsense == "");
}

TEST_CASE("tap: whatever a client says, is no frame") {
  QuietWorld quiet;
  const std::uint32_t pipe = quiet.world.client_dial(kFirstClient, NodeId(1));
  quiet.run_for(1000);
  quiet.witness.take();
  quiet.world.client_write(pipe, ack_frame(1));
  quiet.run_for(1000);
  CHECK(quiet.witness.take() == "reached 1");
}

TEST_CASE("tap: bytes that are no frame, are not taken for one that is shorter than its head") {
  const std::size_t heads[] = {head_of(Hello{}),     head_of(Ship{}),  head_of(Ack{}),
                               head_of(Heartbeat{}), head_of(Fetch{}), head_of(Give{})};
  int too_short = 0;
  for (std::uint64_t n = 0; n < 3000; ++n) {
    const Choice choice(n);
    Bytes bytes(1 + choice.below(64, Purpose::fault_by, 0, 0));
    for (std::size_t i = 0; i < bytes.size(); ++i)
      bytes[i] = static_cast<Byte>(choice.below(5, Purpose::torn_bit, 0, i) == 0 ? 0 : i % 7);
    if (bytes.size() > 8) bytes[8] = static_cast<Byte>(1 + n % 6);
    if (bytes.size() > 8) store_be32(bytes.data(), static_cast<std::uint32_t>(n % 60));
    const std::size_t tapped = tapped_size(bytes);
    REQUIRE(tapped <= bytes.size());
    too_short += tapped > 0 && tapped < heads[n % 6] ? 1 : 0;
  }
  CHECK(too_short == 0);
}

// ---- corruption

TEST_CASE("tap: a corrupted record, has one bit changed, within it, and the rest is whole") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Tapped tapped(plain_network(), seed);
    tapped.world.arm(from_leader(CorruptPart::record));
    const Bytes frame = ship_frame(0, 3);
    const std::size_t head = scan_frame(frame).head_size;
    const std::size_t record = scan_record(ByteSpan(frame).subspan(head)).size;
    tapped.leader_says(frame);
    const Difference found = difference(frame, tapped.follower_hears());
    REQUIRE((found.bytes == 1 && found.bits == 1));
    REQUIRE((found.at >= head && found.at < head + record));  // the first record, when any will do
    CHECK(tapped.told() == "said 2 1>2, corrupted 1 1>2");
  }
}

TEST_CASE("tap: the record that was named, is the one that is hit, in whatever frame it comes") {
  Tapped tapped;
  tapped.world.arm(from_leader(CorruptPart::record, 5));
  tapped.leader_says(ship_frame(0, 3));
  tapped.leader_says(ship_frame(3, 0));  // asks, and carries none
  CHECK(tapped.told() == "said 2 1>2, said 2 1>2");
  tapped.follower_hears();
  const Bytes frame = ship_frame(3, 3);
  tapped.leader_says(frame);
  const Difference found = difference(frame, tapped.follower_hears());
  const std::size_t head = scan_frame(frame).head_size;
  const std::size_t record = scan_record(ByteSpan(frame).subspan(head)).size;
  CHECK((found.bytes == 1 && (found.at - head) / record == 1));
  CHECK(tapped.told() == "said 2 1>2, corrupted 5 1>2");
}

TEST_CASE("tap: a corrupted head, is changed before its records") {
  Tapped tapped;
  tapped.world.arm(from_leader(CorruptPart::head));
  const Bytes frame = ship_frame(0, 3);
  tapped.leader_says(frame);
  const Difference found = difference(frame, tapped.follower_hears());
  CHECK((found.bytes == 1 && found.at < scan_frame(frame).head_size));
  CHECK(tapped.told() == "said 2 1>2, corrupted 0 1>2");
}

TEST_CASE("tap: a corrupted ack, waits for an ack, and for its LSN if one is named") {
  Tapped tapped;
  tapped.world.arm(from_follower(CorruptPart::ack, 4));
  Bytes heartbeat;
  encode_frame({NodeId(2), Generation(1), Heartbeat{}}, {}, heartbeat);
  for (const Bytes& frame : {heartbeat, ack_frame(3)}) {
    tapped.follower_says(frame);
    CHECK(difference(frame, tapped.leader_hears()).bytes == 0);
  }
  const Bytes frame = ack_frame(4);
  tapped.follower_says(frame);
  CHECK(difference(frame, tapped.leader_hears()).bytes == 1);
}

TEST_CASE("tap: corruption, strikes as often as it was told, and then no more") {
  Tapped tapped;
  tapped.world.arm(from_leader(CorruptPart::record, 0, 2));
  int struck = 0;
  for (std::uint64_t prev = 0; prev < 5; ++prev) {
    const Bytes frame = ship_frame(prev, 1);
    tapped.leader_says(frame);
    struck += difference(frame, tapped.follower_hears()).bytes;
  }
  CHECK(struck == 2);
}

TEST_CASE("tap: corruption of one link, leaves the way back and others alone") {
  Tapped tapped;
  tapped.world.arm(from_follower(CorruptPart::head));
  const Bytes frame = ship_frame(0, 1);
  tapped.leader_says(frame);
  CHECK(difference(frame, tapped.follower_hears()).bytes == 0);
}

TEST_CASE("tap: corruption on a wild network, changes one byte all the same") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Tapped tapped(wild_network(), seed);
    Bytes said;
    for (std::uint64_t prev = 0; prev < 8; ++prev) {
      if (prev == 4) tapped.world.arm(from_leader(CorruptPart::record));
      append_bytes(said, ship_frame(prev, 1));
      tapped.leader_says(ship_frame(prev, 1));
    }
    REQUIRE(difference(said, tapped.follower_hears()).bytes == 1);
  }
}

// ---- frames of nobody

TEST_CASE("tap: an injected frame, comes between those of its sender and is not told as said") {
  Tapped tapped;
  tapped.follower_says(ack_frame(1));
  CHECK(tapped.world.inject(NodeId(2), NodeId(1), ack_frame(99)));
  tapped.follower_says(ack_frame(2));
  Bytes expected = ack_frame(1);
  append_bytes(expected, ack_frame(99));
  append_bytes(expected, ack_frame(2));
  CHECK(tapped.leader_hears() == expected);
  CHECK(tapped.told() == "said 3 2>1, said 3 2>1");
}

TEST_CASE("tap: a frame that is half written, lets no other in") {
  Tapped tapped;
  const Bytes frame = ack_frame(1);
  tapped.follower_says(ByteSpan(frame).first(10));
  CHECK_FALSE(tapped.world.inject(NodeId(2), NodeId(1), ack_frame(99)));
  tapped.follower_says(ByteSpan(frame).subspan(10));
  CHECK(tapped.world.inject(NodeId(2), NodeId(1), ack_frame(99)));
}

// The first frame must be the hello, or the connection would be over before anybody is fooled.
TEST_CASE(
    "tap: before anything was said, or where there is no connection, there is no place for a "
    "frame") {
  Tapped tapped;
  CHECK_FALSE(tapped.world.inject(NodeId(2), NodeId(1), ack_frame(99)));
  tapped.follower_says(ack_frame(1));
  CHECK_FALSE(tapped.world.inject(NodeId(3), NodeId(1), ack_frame(99)));
  tapped.world.cut(NodeId(2), NodeId(1));
  CHECK_FALSE(tapped.world.inject(NodeId(2), NodeId(1), ack_frame(99)));
}

TEST_CASE("tap: on a wild network, an injected frame never cuts another in two") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Tapped tapped(wild_network(), seed);
    int injected = 0;
    for (std::uint64_t lsn = 1; lsn <= 10; ++lsn) {
      tapped.follower_says(ack_frame(lsn));
      injected += tapped.world.inject(NodeId(2), NodeId(1), ack_frame(99)) ? 1 : 0;
    }
    const Bytes heard = tapped.leader_hears();
    int frames = 0;
    for (ByteSpan rest = heard; !rest.empty(); ++frames) {
      const FrameScan scan = scan_frame(rest);
      REQUIRE(scan.status == FrameStatus::whole);
      rest = rest.subspan(scan.size);
    }
    REQUIRE(frames == 10 + injected);
    CHECK(injected > 0);
  }
}

TEST_CASE("tap: the last ack of a link, is remembered as it was said") {
  Tapped tapped;
  tapped.world.arm(from_follower(CorruptPart::ack));
  tapped.follower_says(ack_frame(1));
  tapped.follower_says(ack_frame(2, AckStatus::crc_failure));  // says nothing that could count
  CHECK(as_text(tapped.world.link(2, 1).newest_ack.bytes()) == as_text(ack_frame(1)));
}

// ---- moments

TEST_CASE("tap: a moment that was waited for, is handed out once, and others are not") {
  Tapped tapped;
  tapped.world.arm(World::ArmedMoment{NodeId(2), Moment::ack, Lsn(3), 41, false});
  tapped.world.arm(World::ArmedMoment{NodeId(1), Moment::ship, Lsn(3), 42, false});
  tapped.follower_says(ack_frame(2));
  tapped.leader_says(ship_frame(3, 2));
  CHECK(tapped.world.fired().empty());
  tapped.leader_says(ship_frame(1, 2));
  tapped.follower_says(ack_frame(3));
  tapped.follower_says(ack_frame(3));
  CHECK(tapped.world.fired() == std::vector<std::uint32_t>{42, 41});
}

TEST_CASE("tap: a node that is doomed by a moment, leaves no trace from there on") {
  Tapped tapped;
  tapped.world.arm(World::ArmedMoment{NodeId(2), Moment::append, Lsn(3), 7, true});
  SimEnv env = tapped.env(NodeId(2));
  CHECK(env.append(records_after(Lsn(1), Generation(1), "a b")).ok());  // it was still written
  const Bytes file = tapped.world.disk(NodeId(2)).file;
  CHECK(tapped.world.fired() == std::vector<std::uint32_t>{7});
  env.append(as_bytes("more"));
  env.cut(ByteCount());
  env.start_sync();
  CHECK(env.write(tapped.wire.sockets[0], ack_frame(3)).ok());
  env.close(tapped.wire.sockets[0]);
  CHECK_FALSE(env.dial(NodeId(1)).ok());
  CHECK(tapped.leader_hears().empty());
  CHECK(tapped.world.disk(NodeId(2)).file == file);
  CHECK_FALSE(tapped.world.disk(NodeId(2)).syncing);
  CHECK(tapped.told() == "");
}
