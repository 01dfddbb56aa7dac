#include "sim/check/truth.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/base/crc32.h"
#include "core/base/mix.h"
#include "core/log/wal.h"
#include "core/protocol/fixture_words.h"
#include "sim/world/choice.h"
#include "sim/world/sim_disk.h"

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

// What is at the LSN of a snapshot that another node gave.
std::uint64_t chain_of(const SnapshotId& id) { return mix(id.lsn.value() * 1000 + id.crc); }

struct Life {
  explicit Life(std::uint64_t seed) : choice(seed) {}

  std::uint64_t draw(std::uint64_t bound) {
    return choice.below(bound, Purpose::fault_by, 0, drawn++);
  }
  // Returns whether it has started anew.
  bool step() {
    const std::uint64_t what = draw(100);
    if (what < 40)
      append();
    else if (what < 62)
      sync();
    else if (what < 66)
      enter();
    else if (what < 71)
      cut();
    else if (what < 76)
      snapshot();
    else if (what < 83)
      give();
    else if (what < 88)
      drop();
    else if (what < 93)
      lose_power();
    else if (what < 97)
      kill();
    else
      damage();
    return what >= 88;
  }
  // What the log's mirror has grown by reaches the file.
  void write() {
    const ByteSpan grown = wal.bytes(disk.size(), wal.end());
    append_bytes(clean, grown);
    disk.append(grown);
    tell(truth, grown);
  }
  static void tell(NodeTruth& to, ByteSpan bytes) {
    while (const NodeTruth::Added* added = to.append_next(bytes)) {
      if (added->op != Op::snapshot) continue;
      REQUIRE(added->is_whole);
      if (added->installs) to.installed(chain_of(added->snapshot));
    }
  }
  void append() {
    for (std::uint64_t n = draw(4); n-- > 0;) {
      const std::string value(draw(40), 'v');
      const Op op = draw(5) == 0 ? Op::del : Op::set;
      const ClientId client(draw(5));
      wal.append(wal.generation(), client, draw(9), op, "k" + std::to_string(draw(9)), value);
    }
    write();
  }
  void sync() {
    disk.begin_sync();
    disk.end_sync();
    truth.durable(disk.durable);
  }
  void enter() {
    wal.enter(wal.generation().next());
    write();
  }
  void cut() {
    const std::uint64_t last = wal.last_lsn().value();
    const std::uint64_t most = std::min<std::uint64_t>(last - wal.snapshot().lsn.value(), 6);
    wal.cut(Lsn(last - draw(most + 1)), Lsn());
    enter();  // what follows is another leader's, or nothing would have been cut
  }
  // In chunks of some bytes; not all of them if `count` is less.
  void append_chunks(const SnapshotId& id, const Bytes& state, std::uint64_t count) {
    const std::uint64_t size = 1 + draw(30);
    for (std::uint64_t at = wal.partial() == id ? wal.partial_held() : 0;
         at < state.size() && count-- > 0;) {
      const ByteSpan rest = ByteSpan(state).subspan(at);
      wal.append_chunk(id, at, rest.first(std::min<std::size_t>(size, rest.size())));
      at = wal.partial_held();
    }
  }
  // One's own, of what follows the one before.
  void snapshot() {
    const std::uint64_t before = wal.snapshot().lsn.value(), last = wal.last_lsn().value();
    if (last == before || !wal.restore_until().is_none()) return;
    const Lsn up_to(before + 1 + draw(last - before));
    const Lsn base(wal.base().value() + draw(up_to.value() - wal.base().value() + 1));
    const Bytes state = state_at(up_to.value());
    append_chunks({up_to, wal.generation_at(up_to), state.size(), crc32(state)}, state, ~0u);
    wal.finish_snapshot(base);
    ++taken;
    write();
  }
  // Some of one that another node gave, or all of it. It stands for more than is here, or for
  // another log.
  void give() {
    const Lsn snapshot = wal.snapshot().lsn;
    if (given.is_none() || given.lsn <= snapshot || draw(4) == 0) {
      const std::uint64_t lsn = wal.last_lsn().value() + 1 + draw(5);
      const Bytes state = state_at(lsn);
      given = {Lsn(lsn), wal.generation(), state.size(), crc32(state)};
    }
    if (given.lsn <= wal.last_lsn() && wal.generation_at(given.lsn) == given.generation) return;
    if (given.generation < wal.last_generation()) return;  // of a leader before
    if (given.generation > wal.generation()) wal.enter(given.generation);
    append_chunks(given, state_at(given.lsn.value()), 1 + draw(9));
    if (wal.partial_held() == given.size) {
      wal.install_snapshot(wal.restore_until());
      ++installed;
    }
    write();
  }
  void drop() {
    if (wal.snapshot_end() > disk.durable || wal.needed_from() <= wal.begin()) return;
    wal.drop_head();
    REQUIRE(wal.begin() <= truth.needed_from());
    truth.dropped(wal.begin());
    disk.drop(wal.begin());
    ++dropped;
  }
  void lose_power() {
    const std::uint64_t keep = draw(disk.unsynced().value() + 1);
    const std::uint64_t torn = draw(20);
    disk.crash(ByteCount(keep), torn, mix(draw(1'000'000)));
    clean.resize(disk.file.size());
    truth.dropped(disk.dropped);
    truth.crashed(disk.file, disk.durable);
    start();
  }
  void kill() {
    disk.kill();
    truth.crashed(disk.file, disk.durable);
    start();
  }
  // A bit of any durable record but the file's last one.
  void damage() {
    std::size_t last = 0;
    for (std::size_t at = 0; at < clean.size(); at += scan_record(ByteSpan(clean).subspan(at)).size)
      last = at;
    last = std::min<std::size_t>(last, disk.durable.value());
    if (last == 0) return kill();
    ++damages;
    const std::size_t at = draw(last);
    disk.file[at] ^= static_cast<Byte>(1 << draw(8));
    truth.damaged(disk.file);
    kill();
  }
  Wal read(WalRecovery& found) const { return Wal::recover(disk.read(), found, disk.begin()); }
  void start() {
    WalRecovery found;
    wal = read(found);
    if (found.torn()) {
      disk.cut(wal.end());
      clean.resize(disk.file.size());
      truth.cut_file(wal.end());
    }
    if (wal.is_damaged()) {  // as a follower does: it asks for the rest again
      wal.cut(wal.last_lsn(), wal.restore_until());
      if (draw(2) == 0)
        enter();
      else
        write();
    }
  }
  // What is on the disk, as somebody says who sees it for the first time.
  NodeTruth scratch() const {
    NodeTruth scratch;
    for (ByteSpan rest(clean); !rest.empty();) {
      const std::size_t size = scan_record(rest).size;
      tell(scratch, rest.first(size));
      rest = rest.subspan(size);
    }
    scratch.dropped(disk.dropped);
    scratch.damaged(disk.file);
    scratch.durable(disk.durable);
    return scratch;
  }
  static Bytes state_at(std::uint64_t lsn) {
    Bytes state(1 + mix(lsn) % 100);
    for (std::size_t at = 0; at < state.size(); ++at) state[at] = static_cast<Byte>(mix(lsn + at));
    return state;
  }

  Choice choice;
  std::uint64_t drawn = 0;
  Wal wal;
  SimDisk disk;
  Bytes clean;  // the file without the damage, and with what was dropped
  SnapshotId given;
  NodeTruth truth;
  int taken = 0, installed = 0, dropped = 0, damages = 0;
};

void same(const NodeTruth& a, const NodeTruth& b) {
  REQUIRE(a.last() == b.last());
  REQUIRE(a.snapshot() == b.snapshot());
  REQUIRE(a.needed_from() == b.needed_from());
  REQUIRE(a.generation() == b.generation());
  REQUIRE(a.is_broken() == b.is_broken());
  REQUIRE(a.whole_end() == b.whole_end());
  for (Lsn lsn = std::max({a.base(), b.base(), Lsn(1)}); lsn <= a.last(); lsn = lsn.next())
    REQUIRE(a.record(lsn).chain == b.record(lsn).chain);
}

void same(const NodeTruth& truth, const Wal& wal) {
  REQUIRE(truth.last() == wal.last_lsn());
  REQUIRE(truth.snapshot() == wal.snapshot().lsn);
  REQUIRE(truth.generation() == wal.generation());
  for (Lsn lsn = std::max(truth.base(), wal.base()).next(); lsn <= truth.last(); lsn = lsn.next()) {
    REQUIRE(truth.record(lsn).generation == wal.generation_at(lsn));
    REQUIRE(truth.record(lsn).end == wal.end_of(lsn));
    REQUIRE((truth.record(lsn).lsn == lsn && truth.record(lsn).sound));
  }
}

}  // namespace

TEST_CASE("truth: whatever a file lives through, is what reading it from scratch says") {
  std::size_t broken = 0, records = 0;
  int taken = 0, installed = 0, dropped = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    CAPTURE(seed);
    Life life(seed);
    life.enter();
    for (int step = 0; step < 100; ++step) {
      CAPTURE(step);
      const bool starts = life.step();
      REQUIRE_FALSE(life.truth.bytes_are_malformed());
      broken += life.truth.is_broken() ? 1 : 0;
      records = std::max<std::size_t>(records, life.truth.last().value());
      WalRecovery found;
      const Wal read = life.read(found);
      same(life.truth, life.wal);
      same(life.truth, read);
      NodeTruth again = life.truth;
      again.damaged(life.disk.file);
      same(again, read);
      REQUIRE(again.base() == read.base());
      REQUIRE(life.truth.base() <= read.base());  // who has seen what is before, knows it still
      if (starts) REQUIRE(life.truth.base() == read.base());
      // What a snapshot was taken of, behind damage, is known only to who saw it then.
      const bool any = life.taken + life.installed > 0;
      if (life.damages > 0 && any) continue;
      const NodeTruth scratch = life.scratch();
      same(life.truth, scratch);
      REQUIRE(scratch.base() == read.base());
      if (starts) REQUIRE(life.truth.durable_lsn() == scratch.durable_lsn());
    }
    taken += life.taken;
    installed += life.installed;
    dropped += life.dropped;
  }
  CHECK(broken > 100);
  CHECK(records > 50);
  CHECK((taken > 100 && installed > 50 && dropped > 50));
}

TEST_CASE("truth: an append, tells what is in it") {
  NodeTruth truth;
  Bytes bytes = record(1, 3, "value");
  append_bytes(bytes, record(2, 3, "", Op::del));
  append_bytes(bytes, cut_record(1, 9));
  ByteSpan rest = bytes;
  const NodeTruth::Added* added = truth.append_next(rest);
  REQUIRE(added != nullptr);
  CHECK((added->op == Op::set && added->key == "k" && added->value == "value"));
  CHECK((added->record->lsn == Lsn(1) && added->record->generation == Generation(3)));
  CHECK((added->record->client == ClientId(7) && added->record->sequence == 1 &&
         added->record->sound));
  added = truth.append_next(rest);
  REQUIRE(added != nullptr);
  CHECK((added->op == Op::del && added->record->lsn == Lsn(2)));
  added = truth.append_next(rest);
  REQUIRE(added != nullptr);
  CHECK((added->op == Op::cut && added->record->lsn == Lsn(1) && added->restore_until == Lsn(9)));
  CHECK((added->cut_last == Lsn(2) && added->first_taken != 0));
  CHECK((rest.empty() && truth.append_next(rest) == nullptr));
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
  truth.append(bytes);
  CHECK_FALSE(truth.record(Lsn(1)).sound);
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
  truth.append(record(1, 1, "a"));
  CHECK(truth.last() == Lsn(1));
  CHECK_FALSE(truth.bytes_are_malformed());
}
