#include "sim/check/truth.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/log/wal.h"
#include "core/protocol/fixture_words.h"
#include "sim/world/choice.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

Bytes record(std::uint64_t lsn, std::uint64_t generation, const std::string& value,
             Op op = Op::set) {
  Bytes bytes;
  encode_record({Generation(generation), Lsn(lsn), ClientId(7), lsn, op, "k", value}, bytes);
  return bytes;
}
// What it keeps is of generation 1.
Bytes cut_record(std::uint64_t keep, std::uint64_t restore_until = 0) {
  Byte value[8];
  store_le(value, restore_until);
  Bytes bytes;
  encode_record({Generation(1),
                 Lsn(keep),
                 ClientId(),
                 keep > 0 ? 1u : 0u,
                 Op::cut,
                 {},
                 as_text({value, restore_until > keep ? 8u : 0u})},
                bytes);
  return bytes;
}

// A truth that has been told of a file with the values of records_after() in generation 1, all of
// it durable: Told("a b c").
struct Told : NodeTruth {
  explicit Told(const std::string& values) {
    add(records_after(Lsn(), Generation(1), values)).sync();
  }
  Told& add(const Bytes& bytes) {
    append_bytes(file, bytes);
    append(bytes);
    return *this;
  }
  Told& sync() {
    durable(ByteCount(file.size()));
    return *this;
  }
  Told& damage(std::size_t at) {
    file[at] ^= 1;
    damaged(file);
    return *this;
  }
  Bytes file;
};

// ---- a file that lives through everything, told as it happens, and read anew each time

struct Life {
  explicit Life(std::uint64_t seed) : choice(seed) {}

  std::uint64_t draw(std::uint64_t bound) {
    return choice.below(bound, Purpose::fault_by, 0, drawn++);
  }
  // What the log's mirror has grown by reaches the file.
  void write() {
    const ByteSpan grown = wal.bytes(ByteCount(file.size()), wal.end());
    append_bytes(file, grown);
    append_bytes(clean, grown);
    truth.append(grown);
  }
  void append() {
    for (std::uint64_t n = draw(4); n-- > 0;) {
      const std::string value(draw(40), 'v');
      wal.append(wal.generation(), ClientId(draw(5)), draw(9), draw(5) == 0 ? Op::del : Op::set,
                 "k" + std::to_string(draw(9)), value);
    }
    write();
  }
  void sync() {
    durable = file.size();
    truth.durable(ByteCount(durable));
  }
  void enter() {
    wal.enter(wal.generation().next());
    write();
  }
  void cut() {
    const std::uint64_t last = wal.last_lsn().value();
    wal.cut(Lsn(last - draw(std::min<std::uint64_t>(last, 6) + 1)), Lsn());
    write();
  }
  void lose_power() {
    file.resize(durable + draw(file.size() - durable + 1));
    clean.resize(file.size());
    for (std::uint64_t torn = draw(20); torn-- > 0 && file.size() - torn - 1 >= durable;)
      if (torn < file.size()) file[file.size() - torn - 1] ^= static_cast<Byte>(1 + draw(255));
    durable = file.size();
    truth.crashed(file, ByteCount(durable));
    start();
  }
  void kill() {
    truth.crashed(file, ByteCount(durable));
    start();
  }
  // A bit of any durable record but the file's last one.
  void damage() {
    std::size_t last = 0;
    for (std::size_t at = 0; at < clean.size(); at += scan_record(ByteSpan(clean).subspan(at)).size)
      last = at;
    if (std::min(last, durable) == 0) return;
    file[draw(std::min(last, durable))] ^= static_cast<Byte>(1 << draw(8));
    truth.damaged(file);
    kill();
  }
  void start() {
    WalRecovery found;
    wal = Wal::recover(file, found);
    if (found.torn()) {
      file.resize(wal.end().value());
      clean.resize(file.size());
      durable = std::min(durable, file.size());
      truth.cut_file(wal.end());
    }
    if (found.corrupt()) {  // as a follower does: it asks for the rest again
      wal.cut(wal.last_lsn(), wal.restore_until());
      write();
    }
  }

  Choice choice;
  std::uint64_t drawn = 0;
  Wal wal;
  Bytes file;
  Bytes clean;  // the same without the damage
  std::size_t durable = 0;
  NodeTruth truth;
};

void same(const NodeTruth& a, const NodeTruth& b) {
  REQUIRE(a.last() == b.last());
  REQUIRE(a.durable_lsn() == b.durable_lsn());
  REQUIRE(a.generation() == b.generation());
  REQUIRE(a.is_broken() == b.is_broken());
  REQUIRE(a.whole_end() == b.whole_end());
  for (Lsn lsn(1); lsn <= a.last(); lsn = lsn.next())
    REQUIRE(a.record(lsn).chain == b.record(lsn).chain);
}

void same(const NodeTruth& truth, const Wal& wal) {
  REQUIRE(truth.last() == wal.last_lsn());
  REQUIRE(truth.generation() == wal.generation());
  for (Lsn lsn(1); lsn <= truth.last(); lsn = lsn.next()) {
    REQUIRE(truth.record(lsn).generation == wal.generation_at(lsn));
    REQUIRE(truth.record(lsn).end == wal.end_of(lsn));
    REQUIRE((truth.record(lsn).lsn == lsn && truth.record(lsn).sound));
  }
}

}  // namespace

TEST_CASE("truth: whatever a file lives through, is what reading it from scratch says") {
  std::size_t broken = 0, records = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Life life(seed);
    life.enter();
    for (int step = 0; step < 100; ++step) {
      const std::uint64_t what = life.draw(100);
      if (what < 50)
        life.append();
      else if (what < 75)
        life.sync();
      else if (what < 80)
        life.enter();
      else if (what < 85)
        life.cut();
      else if (what < 91)
        life.lose_power();
      else if (what < 97)
        life.kill();
      else
        life.damage();
      NodeTruth scratch;
      scratch.append(life.clean);
      scratch.damaged(life.file);
      scratch.durable(ByteCount(life.durable));
      same(life.truth, scratch);
      same(life.truth, life.wal);
      WalRecovery found;
      same(life.truth, Wal::recover(life.file, found));
      REQUIRE_FALSE(life.truth.bytes_are_malformed());
      broken += life.truth.is_broken() ? 1 : 0;
      records = std::max<std::size_t>(records, life.truth.last().value());
    }
  }
  CHECK(broken > 100);
  CHECK(records > 50);
}

TEST_CASE("truth: an append, tells what is in it") {
  NodeTruth truth;
  Bytes bytes = record(1, 3, "value");
  append_bytes(bytes, record(2, 3, "", Op::del));
  append_bytes(bytes, cut_record(1, 9));
  const std::vector<NodeTruth::Added>& added = truth.append(bytes);
  REQUIRE(added.size() == 3);
  CHECK((added[0].op == Op::set && added[0].key == "k" && added[0].value == "value"));
  CHECK((added[0].record.lsn == Lsn(1) && added[0].record.generation == Generation(3)));
  CHECK((added[0].record.client == ClientId(7) && added[0].record.sequence == 1 &&
         added[0].record.sound));
  CHECK((added[1].op == Op::del && added[1].record.lsn == Lsn(2)));
  CHECK((added[2].op == Op::cut && added[2].record.lsn == Lsn(1) &&
         added[2].restore_until == Lsn(9)));
}

TEST_CASE("truth: what is appended, is in the log at once and durable when it is said to be") {
  Told truth("a");
  truth.add(record(2, 1, "b"));
  CHECK((truth.last() == Lsn(2) && truth.durable_lsn() == Lsn(1)));
  truth.durable(ByteCount(truth.file.size() - 1));  // all but its last byte
  CHECK(truth.durable_lsn() == Lsn(1));
  CHECK(truth.sync().durable_lsn() == Lsn(2));
}

TEST_CASE("truth: two logs, have the same chain up to where they are the same, and no further") {
  const Told one("a b c d"), other("a b x d"), third("a b c d e");
  CHECK(one.record(Lsn(2)).chain == other.record(Lsn(2)).chain);
  CHECK(one.record(Lsn(3)).chain != other.record(Lsn(3)).chain);
  CHECK(one.record(Lsn(4)).chain != other.record(Lsn(4)).chain);  // the same record, behind another
  CHECK(one.record(Lsn(4)).chain == third.record(Lsn(4)).chain);
}

TEST_CASE("truth: a record of another generation, is another record") {
  NodeTruth one, other;
  one.append(record(1, 1, "a"));
  other.append(record(1, 2, "a"));
  CHECK(one.record(Lsn(1)).chain != other.record(Lsn(1)).chain);
}

TEST_CASE("truth: a cut, takes back what follows, and what is written then is another history") {
  Told truth("a b c");
  const std::uint64_t before = truth.record(Lsn(3)).chain;
  truth.add(cut_record(1));
  CHECK((truth.last() == Lsn(1) && truth.durable_lsn() == Lsn(1)));
  truth.add(record(2, 2, "x")).add(record(3, 2, "c"));
  CHECK((truth.last() == Lsn(3) && truth.durable_lsn() == Lsn(1)));
  CHECK(truth.sync().durable_lsn() == Lsn(3));
  CHECK(truth.record(Lsn(3)).chain != before);
}

TEST_CASE("truth: a cut that a crash takes back, brings back what it had cut") {
  Told truth("a b c");
  const Bytes before = truth.file;
  truth.add(cut_record(1));
  truth.crashed(before, ByteCount(before.size()));
  CHECK((truth.last() == Lsn(3) && truth.durable_lsn() == Lsn(3)));
}

TEST_CASE("truth: a torn record, is not there") {
  Told truth("a b");
  truth.add(record(3, 1, "c")).add(record(4, 1, "d"));
  truth.file.back() ^= 1;
  truth.crashed(truth.file, ByteCount(truth.file.size()));
  CHECK(truth.last() == Lsn(3));
  truth.file.resize(truth.file.size() - 50);
  truth.crashed(truth.file, ByteCount(truth.file.size()));
  CHECK(truth.last() == Lsn(3));  // it is durable now: a crash can't take it
}

TEST_CASE("truth: a node whose log was damaged, is broken until it durably holds all of it again") {
  Told truth("a b c");
  truth.damage(60);  // in the second record
  CHECK((truth.is_broken() && truth.last() == Lsn(1)));
  truth.add(cut_record(1, 3));
  CHECK(truth.is_broken());
  truth.add(record(2, 1, "b")).sync();
  CHECK(truth.is_broken());
  truth.add(record(3, 1, "c"));
  CHECK(truth.is_broken());  // not durable yet
  CHECK_FALSE(truth.sync().is_broken());
}

// No protocol can keep a byte from rotting: what was held counts until the node has it back.
TEST_CASE(
    "truth: a record that rotted away, counts as held until the log is whole, and others don't") {
  Told truth("a b c");
  const std::uint64_t chain = truth.record(Lsn(3)).chain;
  CHECK(truth.holds(Lsn(3), chain));
  CHECK_FALSE(truth.holds(Lsn(3), chain + 1));
  CHECK_FALSE(truth.holds(Lsn(4), chain));
  truth.damage(60);
  CHECK(truth.holds(Lsn(3), chain));
  CHECK_FALSE(truth.holds(Lsn(4), chain));
  truth.add(cut_record(1)).add(record(2, 2, "x")).sync();
  CHECK_FALSE(truth.holds(Lsn(3), chain));
}

TEST_CASE("truth: bytes that are no record or don't follow, are seen") {
  const auto malformed = [](const Bytes& bytes) {
    Told truth("a b");
    truth.add(bytes);
    return truth.bytes_are_malformed();
  };
  CHECK_FALSE(malformed(record(3, 1, "c")));
  CHECK(malformed(record(4, 1, "d")));  // a hole
  CHECK(malformed(record(2, 1, "b")));  // once more
  CHECK(malformed(Bytes(20)));          // too short for a record
  CHECK(malformed(Bytes(100)));         // its length is 0
  Bytes half = record(3, 1, "c");
  half.pop_back();
  CHECK(malformed(half));
  CHECK(malformed(record(3, 1, "c", static_cast<Op>(9))));
}

TEST_CASE("truth: a record written although it is damaged, is told as such") {
  NodeTruth truth;
  Bytes bytes = record(1, 1, "a");
  bytes.back() ^= 1;
  CHECK_FALSE(truth.append(bytes).at(0).record.sound);
}

TEST_CASE("truth: a file that is cut, has what is left") {
  Told truth("a b c");
  const std::size_t size = truth.file.size() / 3;
  truth.cut_file(ByteCount(2 * size));
  CHECK((truth.last() == Lsn(2) && truth.durable_lsn() == Lsn(2)));
  truth.cut_file(ByteCount(2 * size - 1));
  CHECK((truth.last() == Lsn(1) && truth.whole_end() == ByteCount(size)));
}

TEST_CASE("truth: cleared, is as new") {
  Told truth("a b");
  truth.damage(60);
  truth.clear();
  CHECK((truth.last().is_none() && truth.durable_lsn().is_none() && truth.generation().is_none()));
  CHECK((!truth.is_broken() && truth.whole_end().is_none()));
  CHECK(truth.append(record(1, 1, "a")).size() == 1);
  CHECK_FALSE(truth.bytes_are_malformed());
}
