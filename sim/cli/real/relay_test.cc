// Frames in a few words, sent through a relay, and told again in those words where they come out.
#include "sim/cli/real/relay.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>

#include <sstream>
#include <vector>

#include "core/log/record_codec.h"
#include "core/posix/posix_fixture.h"

using namespace quorate;
using namespace quorate::cli;
using sim::CorruptPart;
using sim::Direction;

namespace {

// ---- "ship 4+2": what follows 4, two records. "ack 5", "nack 5" (status 1), "beat 3", "hello 7".

Bytes frame_of(const std::string& words) {
  std::istringstream in(words);
  std::string kind;
  std::uint64_t lsn = 0;
  std::uint32_t count = 0;
  char plus = '+';
  in >> kind >> lsn >> plus >> count;
  Message message{NodeId(2), Generation(1), Heartbeat{Lsn(lsn)}};
  Bytes records;
  if (kind == "hello") message.body = Hello{1, Lsn(lsn), Generation(1), false};
  if (kind == "ack") message.body = Ack{Lsn(lsn), AckStatus::success};
  if (kind == "nack") message.body = Ack{Lsn(lsn), AckStatus::crc_failure};
  if (kind == "ship") {
    Ship ship;
    ship.prev_lsn = Lsn(lsn);
    ship.records = count;
    message.body = ship;
    for (std::uint32_t n = 1; n <= count; ++n)
      encode_record({Generation(1), Lsn(lsn + n), ClientId(7), n, Op::set, "key", "some value"},
                    records);
  }
  Bytes frame;
  encode_frame(message, records, frame);
  return frame;
}

std::string words_of(const FrameScan& scan) {
  if (const auto* hello = std::get_if<Hello>(&scan.message.body))
    return "hello " + std::to_string(hello->last_lsn.value());
  if (const auto* beat = std::get_if<Heartbeat>(&scan.message.body))
    return "beat " + std::to_string(beat->high_water_mark.value());
  if (const auto* ack = std::get_if<Ack>(&scan.message.body))
    return (ack->status == AckStatus::success ? "ack " : "nack ") +
           std::to_string(ack->lsn.value());
  const auto& ship = std::get<Ship>(scan.message.body);
  std::string words =
      "ship " + std::to_string(ship.prev_lsn.value()) + "+" + std::to_string(ship.records);
  ByteSpan records = scan.records;
  for (std::uint32_t n = 0; n < ship.records; ++n) {
    const RecordView record = read_record(records);
    if (scan_record(records).status != RecordStatus::whole)
      words += " bad:" + std::to_string(record.lsn.value());
    records = records.subspan(encoded_size(record));
  }
  return words;
}

// One end of a connection, in the test's hands.
class End {
 public:
  explicit End(Fd fd) : fd_(std::move(fd)) {}

  void say(ByteSpan bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count < 0 && errno == EAGAIN) REQUIRE(is_ready(POLLOUT));
      if (count < 0 && errno != EAGAIN) return;
      if (count > 0) bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
  }
  void say(const std::string& words) {
    Bytes all;  // "ack 1, ack 2" in one write
    std::istringstream in(words);
    for (std::string frame; std::getline(in >> std::ws, frame, ',');)
      append_bytes(all, frame_of(frame));
    say(all);
  }
  // The next frame in words, "bad head", or how the connection has ended.
  std::string hear() {
    for (;;) {
      const FrameScan scan = scan_frame(std::as_const(in_).bytes());
      if (scan.status == FrameStatus::damaged) return "bad head";
      if (scan.status == FrameStatus::whole) {
        const std::string words = words_of(scan);
        in_.consume(scan.size);
        return words;
      }
      if (const std::string end = more(); !end.empty()) return end;
    }
  }
  std::string hear(std::size_t frames) {
    std::string all = hear();
    while (--frames > 0) all += ", " + hear();
    return all;
  }
  bool has_something() {
    Byte byte = 0;
    return ::recv(fd_.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
  }
  Bytes hear_bytes(std::size_t count) {
    while (in_.size() < count && more().empty()) {
    }
    Bytes bytes(in_.bytes().begin(), in_.bytes().end());
    in_.clear();
    return bytes;
  }
  void half_close() { ::shutdown(fd_.get(), SHUT_WR); }
  void reset() {
    const linger hard{1, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
    fd_.close();
  }
  // Writes until nothing is taken for a while. How much was?
  std::size_t flood(std::size_t most) {
    const Bytes piece(64 << 10, Byte{'*'});
    std::size_t taken = 0;
    while (taken < most && is_ready(POLLOUT, milliseconds(200)))
      taken += static_cast<std::size_t>(
          std::max<ssize_t>(::send(fd_.get(), piece.data(), piece.size(), MSG_DONTWAIT), 0));
    return taken;
  }

 private:
  bool is_ready(short events, Duration span = kPatience) const {
    pollfd one{fd_.get(), events, 0};
    return ::poll(&one, 1, static_cast<int>(span.us() / 1000)) > 0;
  }
  // Empty: bytes have come.
  std::string more() {
    if (!is_ready(POLLIN)) return "nothing";
    const std::span<Byte> room = in_.room(4096);
    const ssize_t count = ::recv(fd_.get(), room.data(), room.size(), 0);
    if (count == 0) return "closed";
    if (count < 0) return "reset";
    in_.added(static_cast<std::size_t>(count));
    return "";
  }

  Fd fd_;
  Buffer in_;
};

Fd dialed(const std::string& where) {
  const Address address = parse_address(where);
  Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::connect(fd.get(), address.get(), address.size) == 0);
  return fd;
}

// A target, a relay to it, and one who dials through.
struct Line {
  Line() : target(parse_address(place), "the test"), relay(place, ear()) {}
  Relay::Ear ear() {
    return [this](const RelayedFrame& frame) {
      const std::lock_guard lock(mutex);
      heard.push_back(frame);
    };
  }
  End accepted() {
    pollfd one{target.fd(), POLLIN, 0};
    REQUIRE(::poll(&one, 1, static_cast<int>(kPatience.us() / 1000)) == 1);
    Fd fd;
    int error = 0;
    REQUIRE(target.accept(fd, error) == Listener::Knock::somebody);
    ::fcntl(fd.get(), F_SETFL, 0);
    return End(std::move(fd));
  }
  bool somebody_waits() {
    pollfd one{target.fd(), POLLIN, 0};
    return ::poll(&one, 1, 0) == 1;
  }

  std::string place = local(free_port());
  Listener target;
  std::mutex mutex;
  std::vector<RelayedFrame> heard;
  Relay relay;
};

// Both ends of one connection through it.
struct Pair : Line {
  Pair() : dialer(dialed(relay.address())), leader(accepted()) {}
  End dialer;
  End leader;
};

}  // namespace

TEST_CASE("relay: frames of every kind, come out as they went in, and are told of") {
  Pair line;
  line.dialer.say("hello 7, ack 1, nack 2, beat 3");
  CHECK(line.leader.hear(4) == "hello 7, ack 1, nack 2, beat 3");
  line.leader.say("ship 0+2, beat 2, ship 2+0");
  CHECK(line.dialer.hear(3) == "ship 0+2, beat 2, ship 2+0");
  line.relay.cut();  // the relay's thread has gone on, so it has told of all before
  const std::lock_guard lock(line.mutex);
  REQUIRE(line.heard.size() == 7);
  CHECK((line.heard[2].kind == FrameKind::ack && line.heard[2].lsn == Lsn(2)));
  CHECK((line.heard[2].status == AckStatus::crc_failure && line.heard[2].from == NodeId(2)));
  CHECK((line.heard[4].kind == FrameKind::ship && line.heard[4].lsn == Lsn(2)));
  CHECK((line.heard[4].records == 2 && line.heard[4].direction == Direction::from_peer));
  const RelayCounts counts = line.relay.counts();
  CHECK((counts.connections == 1 && counts.to_peer.frames == 4 && counts.from_peer.frames == 3));
}

TEST_CASE("relay: a frame in pieces, waits until it is whole") {
  Pair line;
  const Bytes frame = frame_of("ship 0+1");
  for (const Byte& byte : frame) line.leader.say(ByteSpan(&byte, 1));
  CHECK(line.dialer.hear() == "ship 0+1");
}

TEST_CASE("relay: bytes that are no frame, go on as they are") {
  Pair line;
  const Bytes noise(1000, Byte{'*'});
  line.dialer.say(noise);
  CHECK(line.leader.hear_bytes(noise.size()) == noise);
  const Bytes more(70'000, Byte{1});
  line.dialer.say(more);
  CHECK(line.leader.hear_bytes(more.size()) == more);
}

// ---- what changes on the way

TEST_CASE("relay: each corruption, strikes what it names and nothing else") {
  struct Case {
    CorruptPart part;
    std::uint64_t lsn;
    int count;
    const char* to_peer;
    const char* arrives;
    const char* from_peer;
    const char* comes_back;
  };
  const Case cases[] = {
      {CorruptPart::record, 0, 1, "ack 1", "ack 1", "beat 1, ship 0+2, ship 2+1",
       "beat 1, ship 0+2 bad:1, ship 2+1"},
      {CorruptPart::record, 2, 1, "ack 2", "ack 2", "ship 0+1, ship 1+3, ship 1+3",
       "ship 0+1, ship 1+3 bad:2, ship 1+3"},
      {CorruptPart::record, 4, 1, "ack 4", "ack 4", "ship 1+3", "ship 1+3 bad:4"},
      {CorruptPart::record, 9, 1, "ack 9", "ack 9", "ship 1+3, ship 9+1", "ship 1+3, ship 9+1"},
      {CorruptPart::record, 0, 2, "beat 1", "beat 1", "ship 0+1, ship 1+1, ship 2+1",
       "ship 0+1 bad:1, ship 1+1 bad:2, ship 2+1"},
      {CorruptPart::ack, 5, 1, "ack 4, ack 5", "ack 4, bad head", "ship 4+1", "ship 4+1"},
      {CorruptPart::ack, 0, 1, "beat 4, nack 5", "beat 4, bad head", "ship 4+1", "ship 4+1"},
      {CorruptPart::head, 0, 1, "hello 4", "bad head", "ship 4+1", "ship 4+1"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.comes_back);
    Pair line;
    line.relay.corrupt_next(each.part, Lsn(each.lsn), each.count);
    const auto frames = [](const std::string& words) {
      return static_cast<std::size_t>(std::count(words.begin(), words.end(), ',') + 1);
    };
    line.dialer.say(each.to_peer);
    CHECK(line.leader.hear(frames(each.arrives)) == each.arrives);
    line.leader.say(each.from_peer);
    CHECK(line.dialer.hear(frames(each.comes_back)) == each.comes_back);
  }
}

TEST_CASE("relay: a corruption of one direction, leaves the other alone") {
  Pair line;
  line.relay.corrupt_next(CorruptPart::head, Lsn(), 1, Direction::from_peer);
  line.dialer.say("beat 1");
  CHECK(line.leader.hear() == "beat 1");
  line.leader.say("beat 1");
  CHECK(line.dialer.hear() == "bad head");
  CHECK(line.relay.counts().from_peer.corrupted == 1);
}

// ---- what takes longer

TEST_CASE("relay: each delay, holds up its frames and those behind, in their order") {
  static constexpr Duration kLong = milliseconds(120);
  struct Case {
    const char* about;
    void (*set)(Relay&);
    const char* to_peer;
    const char* first;  // comes before the delay is over, when not empty
  };
  const Case cases[] = {
      {"acks", [](Relay& r) { r.delay_acks(kLong); }, "beat 1, ack 1, beat 2", "beat 1"},
      {"everything", [](Relay& r) { r.delay(Direction::both, kLong); }, "beat 1, ack 1", ""},
      {"one message", [](Relay& r) { r.hold_next(Direction::to_peer, kLong, {}); }, "ack 1, ack 2",
       ""},
      {"that one", [](Relay& r) { r.hold_next(Direction::both, kLong, Lsn(2)); },
       "ack 1, ack 2, ack 3", "ack 1"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.about);
    Pair line;
    each.set(line.relay);
    const Time began = MonotonicClock::at_this_moment();
    line.dialer.say(each.to_peer);
    std::string all = line.leader.hear();
    if (*each.first != '\0') CHECK(all == each.first);
    const std::string rest(each.to_peer);
    while (all.size() < rest.size()) all += ", " + line.leader.hear();
    CHECK(MonotonicClock::at_this_moment() - began >= kLong);
    CHECK(all == each.to_peer);
  }
}

TEST_CASE("relay: acks wait, the ships of the other direction do not") {
  Pair line;
  line.relay.delay_acks(kPatience + kPatience);
  line.dialer.say("ack 1");
  line.leader.say("ship 0+1, ship 1+1");
  CHECK(line.dialer.hear(2) == "ship 0+1, ship 1+1");
  CHECK_FALSE(line.leader.has_something());
}

// ---- what does not come through

TEST_CASE("relay: a partition, holds bytes and ends until it is over") {
  Pair line;
  line.relay.block(Direction::to_peer, true);
  line.dialer.say("ack 1, ack 2");
  line.dialer.half_close();
  line.leader.say("ship 0+1");  // the other direction is open
  CHECK(line.dialer.hear() == "ship 0+1");
  CHECK_FALSE(line.leader.has_something());
  line.relay.block(Direction::both, false);
  CHECK(line.leader.hear(3) == "ack 1, ack 2, closed");
}

TEST_CASE("relay: who comes in a partition, is let through after it, if he is still there") {
  Line line;
  line.relay.block(Direction::both, true);
  End gone(dialed(line.relay.address()));
  End stays(dialed(line.relay.address()));
  gone.reset();
  stays.say("hello 3");
  CHECK_FALSE(line.somebody_waits());
  line.relay.block(Direction::both, false);
  CHECK(line.accepted().hear() == "hello 3");
  CHECK_FALSE(line.somebody_waits());
}

TEST_CASE("relay: a cut, resets all connections, and new ones work") {
  Pair line;
  End second(dialed(line.relay.address()));
  End second_leader = line.accepted();
  line.relay.cut();
  for (End* end : {&line.dialer, &line.leader, &second, &second_leader})
    CHECK(end->hear() == "reset");
  End third(dialed(line.relay.address()));
  third.say("hello 1");
  CHECK(line.accepted().hear() == "hello 1");
}

TEST_CASE("relay: a cut from the ear, is made soon after") {
  Line line;
  Relay* self = nullptr;
  Relay relay(line.place, [&self](const RelayedFrame& frame) {
    if (frame.kind == FrameKind::ack) self->cut();
  });
  self = &relay;
  End dialer(dialed(relay.address()));
  End leader = line.accepted();
  dialer.say("ack 1");
  CHECK(dialer.hear() == "reset");
  const std::string last = leader.hear();
  CHECK((last == "ack 1" || last == "reset"));  // a reset may overtake what was not read yet
}

TEST_CASE("relay: a target that is not there, resets who dials") {
  Relay relay(local(free_port()));
  End dialer(dialed(relay.address()));
  CHECK(dialer.hear() == "reset");
  CHECK(relay.counts().refused == 1);
}

// ---- ends

TEST_CASE("relay: half a close, is passed on, and the other half still works") {
  Pair line;
  line.dialer.say("ack 1");
  line.dialer.half_close();
  CHECK(line.leader.hear(2) == "ack 1, closed");
  line.leader.say("ship 0+1");
  CHECK(line.dialer.hear() == "ship 0+1");
  line.leader.half_close();
  CHECK(line.dialer.hear() == "closed");
}

TEST_CASE("relay: the beginning of a frame before an end, is passed on with it") {
  Pair line;
  const Bytes frame = frame_of("ship 0+1");
  line.leader.say("beat 1");
  line.leader.say(ByteSpan(frame).first(50));
  line.leader.half_close();
  CHECK(line.dialer.hear(2) == "beat 1, closed");
  CHECK(line.dialer.hear_bytes(50) == Bytes(frame.begin(), frame.begin() + 50));
}

TEST_CASE("relay: a reset, is passed on behind the bytes that came before it") {
  Pair line;
  line.relay.block(Direction::to_peer, true);
  line.dialer.say("ack 1");
  line.leader.say("beat 1");
  CHECK(line.dialer.hear() == "beat 1");
  line.dialer.reset();
  CHECK_FALSE(line.leader.has_something());
  line.relay.block(Direction::to_peer, false);
  std::string last = line.leader.hear();
  if (last == "ack 1") last = line.leader.hear();
  CHECK(last == "reset");
}

TEST_CASE("relay: one that reads nothing, stops the other, and nothing is lost") {
  Pair line;
  constexpr std::size_t kMost = std::size_t{64} << 20;
  const std::size_t taken = line.dialer.flood(kMost);
  CHECK(taken < kMost);
  CHECK(line.leader.hear_bytes(taken).size() >= taken);
}

TEST_CASE("relay: ended with connections open, resets them") {
  auto line = std::make_unique<Line>();
  auto relay = std::make_unique<Relay>(line->place);
  End dialer(dialed(relay->address()));
  End leader = line->accepted();
  relay.reset();
  CHECK(dialer.hear() == "reset");
  CHECK(leader.hear() == "reset");
}
