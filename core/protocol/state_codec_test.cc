// Does a state come back from its bytes, and do only states?
#include "core/protocol/state_codec.h"

#include <doctest/doctest.h>

#include <string>

#include "core/base/mix.h"
#include "core/log/record_format.h"
#include "core/protocol/state_machine.h"

using namespace quorate;

namespace {

// ---- a state, as a little language

struct State {
  explicit State(std::size_t most = 8) : sessions(most) {}
  State& set(const std::string& key, const std::string& value) {
    kv.apply({Generation(1), Lsn(1), ClientId(), 0, Op::set, key, value});
    return *this;
  }
  State& session(std::uint64_t client, std::uint64_t sequence, const WriteResult& result = {},
                 std::uint64_t lsn = 1) {
    sessions.remember({ClientId(client), sequence}, result, Lsn(lsn));
    return *this;
  }
  Bytes bytes() const {
    Bytes to;
    encode_state(kv, sessions, to);
    return to;
  }
  Kv kv;
  Sessions sessions;
};

// Something of everything.
State rich() {
  State state(3);
  state.set("", "").set("a", "1").set("ab", std::string(300, 'v')).set("b", "\0\xFF");
  state.session(9, 1).session(3, 7, {ReplyKind::count, 1}, 20);
  state.session(5, ~std::uint64_t{0}, {ReplyKind::count, 0}, 30);
  return state.session(11, 2, {}, 40);  // for which 9 goes
}

Bytes again(const DecodedState& decoded) {
  Kv kv;
  Sessions sessions(decoded.sessions.size() + 1);
  kv.restore(decoded.entries);
  sessions.restore(decoded.sessions, decoded.dropped_up_to);
  Bytes to;
  encode_state(kv, sessions, to);
  return to;
}

// Of a session's or an entry's bytes in those of a state.
constexpr std::size_t kHead = 16;
constexpr std::size_t kSession = 33;
constexpr std::size_t kReply = kHead + 16;

Bytes swapped(Bytes bytes, std::size_t first, std::size_t second, std::size_t size) {
  for (std::size_t n = 0; n < size; ++n) std::swap(bytes[first + n], bytes[second + n]);
  return bytes;
}

}  // namespace

TEST_CASE("state_codec: the empty state, is sixteen bytes and comes back") {
  const Bytes bytes = State().bytes();
  CHECK(bytes.size() == kHead);
  const auto decoded = decode_state(bytes);
  REQUIRE(decoded);
  CHECK(
      (decoded->entries.empty() && decoded->sessions.empty() && decoded->dropped_up_to.is_none()));
}

TEST_CASE("state_codec: a state, comes back with all that is in it") {
  const State state = rich();
  const auto decoded = decode_state(state.bytes());
  REQUIRE(decoded);
  CHECK(decoded->entries == state.kv.entries());
  CHECK(decoded->dropped_up_to == ClientId(9));
  REQUIRE(decoded->sessions.size() == 3);
  const Sessions::Session& session = decoded->sessions.at(ClientId(3));
  CHECK((session.sequence == 7 && session.lsn == Lsn(20)));
  CHECK((session.result.kind == ReplyKind::count && session.result.count == 1));
  CHECK(decoded->sessions.at(ClientId(5)).sequence == ~std::uint64_t{0});
  CHECK(again(*decoded) == state.bytes());
}

TEST_CASE("state_codec: equal states, are equal bytes in whatever order they came to be") {
  State one, other;
  one.set("a", "1").set("b", "2").set("a", "3").session(1, 1).session(2, 1);
  other.set("b", "9").session(2, 1).set("b", "2").set("a", "3").session(1, 1);
  CHECK(one.bytes() == other.bytes());
  CHECK(one.set("c", "").bytes() != other.bytes());
}

TEST_CASE("state_codec: bytes that end anywhere else, are no state or a smaller one") {
  const Bytes bytes = rich().bytes();
  std::size_t states = 0;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const ByteSpan part = ByteSpan(bytes).first(size);
    const auto decoded = decode_state(part);
    if (!decoded) continue;
    ++states;
    REQUIRE(again(*decoded) == Bytes(part.begin(), part.end()));
  }
  CHECK(states == 4);  // where one of its entries begins
}

TEST_CASE("state_codec: bytes behind a state, are not passed over") {
  Bytes bytes = rich().bytes();
  bytes.push_back(0);
  CHECK_FALSE(decode_state(bytes));
}

TEST_CASE("state_codec: a reply that is none, is no state") {
  const Bytes sound = State().session(1, 1).bytes();
  for (unsigned kind = 0; kind < 256; ++kind) {
    Bytes bytes = sound;
    bytes[kReply] = static_cast<Byte>(kind);
    const bool is_one = kind <= static_cast<unsigned>(ReplyKind::damaged);
    REQUIRE(decode_state(bytes).has_value() == is_one);
  }
}

TEST_CASE("state_codec: entries or sessions out of their order or twice, are no state") {
  const Bytes bytes = State().session(1, 1).session(2, 1).set("a", "1").set("b", "2").bytes();
  constexpr std::size_t kEntries = kHead + 2 * kSession, kEntry = 2 + 4 + 2;
  REQUIRE(bytes.size() == kEntries + 2 * kEntry);
  CHECK(decode_state(bytes));
  CHECK_FALSE(decode_state(swapped(bytes, kHead, kHead + kSession, kSession)));
  CHECK_FALSE(decode_state(swapped(bytes, kEntries, kEntries + kEntry, kEntry)));
  Bytes twice = bytes;
  twice[kHead + kSession] = 1;  // the second session's client
  CHECK_FALSE(decode_state(twice));
  twice = bytes;
  twice[kEntries + kEntry + 6] = 'a';  // the second entry's key
  CHECK_FALSE(decode_state(twice));
}

TEST_CASE("state_codec: a count of sessions that can't be, is no state and takes no memory") {
  Bytes bytes = State().session(1, 1).bytes();
  for (const std::uint64_t count : {std::uint64_t{0}, std::uint64_t{2}, ~std::uint64_t{0}}) {
    store_le(bytes.data() + 8, count);
    const auto decoded = decode_state(bytes);
    CHECK((!decoded || again(*decoded) == bytes));
    CHECK((count == 0 || !decoded));
  }
}

TEST_CASE("state_codec: a value longer than a record holds, is no state") {
  State state;
  state.set("k", std::string(record_format::kMaxValue, 'v'));
  CHECK(decode_state(state.bytes()));
  CHECK_FALSE(decode_state(state.set("k", std::string(record_format::kMaxValue + 1, 'v')).bytes()));
}

TEST_CASE("state_codec: noise, is refused or is a state that has just these bytes") {
  const Bytes sound = rich().bytes();
  std::uint64_t number = 1;
  const auto draw = [&number](std::uint64_t bound) { return mix(number++) % bound; };
  std::size_t taken = 0, refused = 0;
  for (int n = 0; n < 20'000; ++n) {
    Bytes bytes = sound;
    if (draw(2) == 0) bytes.resize(draw(bytes.size()));
    for (std::uint64_t flips = draw(6); flips-- > 0 && !bytes.empty();)
      bytes[draw(bytes.size())] = static_cast<Byte>(draw(4) == 0 ? draw(256) : draw(4));
    const auto decoded = decode_state(bytes);
    ++(decoded ? taken : refused);
    if (decoded) REQUIRE(again(*decoded) == bytes);
  }
  CHECK((taken > 100 && refused > 100));
}

TEST_CASE(
    "state_codec: a table too small for the sessions, refuses the state and stays as it was") {
  const Bytes bytes = rich().bytes();
  StateMachine small(sound_rules(), 2), large(sound_rules(), 3);
  small.apply({Generation(1), Lsn(1), ClientId(), 0, Op::set, "k", "v"});
  CHECK_FALSE(small.restore(bytes));
  CHECK((small.kv().entries().size() == 1 && small.sessions().size() == 0));
  REQUIRE(large.restore(bytes));
  Bytes encoded;
  large.encode(encoded);
  CHECK(encoded == bytes);
}

TEST_CASE("state_codec: who goes on from its bytes, judges as who has applied it all") {
  StateMachine one(sound_rules(), 3), other(sound_rules(), 3);
  for (std::uint64_t lsn = 1; lsn <= 6; ++lsn)
    one.apply({Generation(1), Lsn(lsn), ClientId(lsn), 1, Op::set, "k", std::to_string(lsn)});
  Bytes bytes;
  one.encode(bytes);
  REQUIRE(other.restore(bytes));
  for (std::uint64_t client = 1; client <= 9; ++client) {
    const RecordView record{Generation(1), Lsn(6 + client), ClientId(client), 1, Op::set,
                            "k",           "again"};
    CHECK(one.apply(record).verdict == other.apply(record).verdict);
  }
  Bytes after, other_after;
  one.encode(after);
  other.encode(other_after);
  CHECK(after == other_after);
}
