// Each test writes a record, does something to its bytes, and scans them.
#include "core/log/record_codec.h"

#include <doctest/doctest.h>

#include <limits>
#include <string>

#include "core/base/check.h"
#include "core/base/crc32.h"

using namespace quorate;
using namespace record_format;

namespace {

Bytes encoded(const RecordView& record) {
  Bytes bytes;
  encode_record(record, bytes);
  return bytes;
}

RecordView sample(std::string_view key = "key", std::string_view value = "value") {
  return {Generation(3), Lsn(7), ClientId(11), 13, Op::set, key, value};
}

void check_same(const RecordView& a, const RecordView& b) {
  CHECK(a.generation == b.generation);
  CHECK(a.lsn == b.lsn);
  CHECK(a.client == b.client);
  CHECK(a.sequence == b.sequence);
  CHECK(a.op == b.op);
  CHECK((a.key == b.key));
  CHECK((a.value == b.value));
}

// Scans a copy of just these bytes, so that a sanitizer sees an over-read.
RecordStatus status(ByteSpan bytes, CrcCheck check = CrcCheck::yes) {
  const Bytes copy(bytes.begin(), bytes.end());
  return scan_record(copy, check).status;
}

// With a CRC that is right for whatever the bytes say now.
Bytes resealed(Bytes bytes) {
  store_le(bytes.data() + kCrc, crc32(ByteSpan(bytes).subspan(kLength)));
  return bytes;
}

template <class Number>
Bytes forged(Bytes bytes, std::size_t at, Number number) {
  store_le(bytes.data() + at, number);
  return resealed(std::move(bytes));
}

}  // namespace

TEST_CASE("record_codec: each kind of record, comes back as it was") {
  const auto most = std::numeric_limits<std::uint64_t>::max();
  const std::string zeros("\0\0", 2);
  for (const RecordView& record :
       {sample(), sample("", ""), sample(zeros, zeros),
        RecordView{Generation(most), Lsn(most), ClientId(most), most, Op::del, "k", {}},
        RecordView{Generation(2), Lsn(), ClientId(), 0, Op::generation, {}, {}},
        RecordView{Generation(2), Lsn(4), ClientId(), 0, Op::cut, {}, "12345678"}}) {
    const Bytes bytes = encoded(record);
    CHECK(bytes.size() == encoded_size(record));
    const RecordScan scan = scan_record(bytes);
    REQUIRE(scan.status == RecordStatus::whole);
    CHECK(scan.size == bytes.size());
    check_same(scan.record, record);
    check_same(read_record(bytes), record);
  }
}

TEST_CASE("record_codec: the longest key and value, fit, and one byte more is a broken invariant") {
  const std::string key(kMaxKey, 'k');
  const std::string value(kMaxValue, 'v');
  CHECK(encoded(sample(key, value)).size() == kMaxRecord);
  CHECK(status(encoded(sample(key, value))) == RecordStatus::whole);
  CHECK_THROWS_AS(encoded(sample(key + "k", value)), InvariantBroken);
  CHECK_THROWS_AS(encoded(sample(key, value + "v")), InvariantBroken);
}

TEST_CASE("record_codec: a record in the format of the header, has each field at its place") {
  const Bytes bytes = encoded(sample("k", "vw"));
  const Bytes expected{0, 0, 0, 0, 42, 0, 0, 0,  3, 0,   0, 0, 0, 0, 0,   0,  7,
                       0, 0, 0, 0, 0,  0, 0, 11, 0, 0,   0, 0, 0, 0, 0,   13, 0,
                       0, 0, 0, 0, 0,  0, 1, 1,  0, 'k', 2, 0, 0, 0, 'v', 'w'};
  CHECK(bytes == resealed(expected));
}

TEST_CASE("record_codec: bytes of the next record behind it, are not looked at") {
  Bytes bytes = encoded(sample());
  const std::size_t size = bytes.size();
  bytes.push_back(0xff);
  CHECK(scan_record(bytes).status == RecordStatus::whole);
  CHECK(scan_record(bytes).size == size);
}

TEST_CASE("record_codec: a record that ends early, is incomplete at every length") {
  const Bytes bytes = encoded(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK(status(ByteSpan(bytes).first(size)) == RecordStatus::incomplete);
}

TEST_CASE("record_codec: a flipped bit, is never taken for a record") {
  const Bytes sound = encoded(sample());
  for (std::size_t bit = 0; bit < sound.size() * 8; ++bit) {
    Bytes bytes = sound;
    bytes[bit / 8] = static_cast<Byte>(bytes[bit / 8] ^ (1 << bit % 8));
    CAPTURE(bit);
    CHECK(status(bytes) != RecordStatus::whole);
    // With much behind it, a length that grew can't hide in being incomplete for ever.
    bytes.resize(bytes.size() + kMaxRecord);
    CHECK(status(bytes) == RecordStatus::damaged);
  }
}

TEST_CASE("record_codec: a flipped bit in the value, passes only where the CRC isn't asked for") {
  Bytes bytes = encoded(sample());
  bytes.back() ^= 1;
  CHECK(status(bytes) == RecordStatus::damaged);
  CHECK(status(bytes, CrcCheck::no) == RecordStatus::whole);
}

TEST_CASE("record_codec: a forged length, is refused before it is believed") {
  const Bytes sound = encoded(sample());
  for (const std::uint32_t length :
       {0u, 1u, static_cast<std::uint32_t>(kFixed - kPrefix - 1),
        static_cast<std::uint32_t>(kMaxRecord - kPrefix + 1), 0x7fffffffu, 0xffffffffu})
    CHECK(status(forged(sound, kLength, length)) == RecordStatus::damaged);
}

TEST_CASE("record_codec: inner lengths that don't add up, are damage in spite of a sound CRC") {
  const Bytes sound = encoded(sample());
  for (const int key : {0, 2, 4, 9, 0xffff})
    CHECK(status(forged(sound, kKeyLength, static_cast<std::uint16_t>(key))) ==
          RecordStatus::damaged);
  for (const std::uint32_t value : {0u, 4u, 6u, 0xffffffffu, 0xfffffff8u})
    CHECK(status(forged(sound, kKey + 3, value)) == RecordStatus::damaged);
}

TEST_CASE("record_codec: an op that nobody writes, is damage in spite of a sound CRC") {
  for (int op = 0; op < 256; ++op) {
    const bool known = op >= 1 && op <= 8 && op != 6;  // a cas has a value of its own form
    CHECK(status(forged(encoded(sample()), kOp, static_cast<Byte>(op))) ==
          (known ? RecordStatus::whole : RecordStatus::damaged));
  }
}

TEST_CASE("record_codec: a cas, comes back with what it expects and what it writes") {
  const std::string zeros("\0\0", 2);
  for (const CasValue& cas : {CasValue{"old", "new"}, CasValue{"", "new"}, CasValue{{}, "new"},
                              CasValue{zeros, ""}, CasValue{{}, ""}}) {
    Bytes value;
    encode_cas(cas, value);
    CHECK(value.size() == encoded_size(cas));
    const auto read = read_cas(as_text(value));
    REQUIRE(read);
    CHECK((read->from == cas.from && read->to == cas.to));
    RecordView record = sample("k", as_text(value));
    record.op = Op::cas;
    CHECK(status(encoded(record)) == RecordStatus::whole);
  }
}

TEST_CASE("record_codec: a cas in the format of the header, has each field at its place") {
  Bytes value;
  encode_cas({"ab", "c"}, value);
  CHECK(value == Bytes{1, 2, 0, 0, 0, 'a', 'b', 'c'});
}

TEST_CASE("record_codec: a cas whose value is none, is damage in spite of a sound CRC") {
  for (const std::string& value :
       {std::string(), std::string("\1\0\0\0", 4), std::string("\1\3\0\0\0ab", 7),
        std::string("\0\1\0\0\0a", 6), std::string("\2\0\0\0\0", 5),
        std::string("\1\xff\xff\xff\xff", 5)}) {
    RecordView record = sample("k", value);
    record.op = Op::cas;
    CHECK(status(encoded(record)) == RecordStatus::damaged);
    CHECK(status(encoded(record), CrcCheck::no) == RecordStatus::damaged);
  }
}

TEST_CASE("record_codec: zeros, are no record") {
  CHECK(status(Bytes(7)) == RecordStatus::incomplete);
  CHECK(status(Bytes(8)) == RecordStatus::damaged);
  CHECK(status(Bytes(4096)) == RecordStatus::damaged);
}

TEST_CASE("record_codec: the ops, are named as in trace and JSON") {
  CHECK(to_text(Op::set) == "set");
  CHECK(to_text(Op::del) == "del");
  CHECK(to_text(Op::generation) == "generation");
  CHECK(to_text(Op::cut) == "cut");
  CHECK(to_text(Op::noop) == "noop");
  CHECK(to_text(Op::cas) == "cas");
}
