// Each test writes a log, syncs it up to an LSN, and asks what is durable, applied and in the
// state.
#include "core/protocol/replicated_log.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "core/base/check.h"
#include "core/base/crc32.h"

using namespace quorate;

namespace {

class Log {
 public:
  // Values, each of a key of its own ("a" sets ka).
  Log& write(const std::string& values) {
    std::istringstream in(values);
    for (std::string value; in >> value;) log_.append(ClientId(1), 1, Op::set, "k" + value, value);
    return *this;
  }
  Log& enter(std::uint64_t generation) { return log_.enter(Generation(generation)), *this; }
  Log& cut(std::uint64_t keep, bool rebuild = true) {
    rebuilt_ = log_.cut(Lsn(keep), Lsn(), rebuild);
    return *this;
  }
  Log& sync(std::uint64_t lsn) { return sync_to(log_.wal().end_of(Lsn(lsn))); }
  Log& sync_all() { return sync_to(log_.wal().end()); }
  Log& sync_to(ByteCount end) {
    grew_ = log_.synced(end);
    return *this;
  }
  Log& apply(int times) {
    for (; times > 0; --times) log_.apply_next();
    return *this;
  }
  Log& refused_from(ByteCount end) { return log_.forget_unwritten(end), *this; }
  // Of what is applied.
  Log& snapshot(std::uint64_t up_to, std::uint64_t base, std::uint64_t chunk_bytes = 1000) {
    return log_.take_snapshot(Lsn(up_to), Lsn(base), ByteCount(chunk_bytes)), *this;
  }
  Log& drop_head() { return log_.drop_head(), *this; }
  // One of a log with these values comes, of the generation in which this one lives.
  Log& install(const std::string& values) {
    Log given;
    given.enter(log_.generation().value()).write(values);
    const auto last = static_cast<int>(given.log_.last().value());
    const Wal& wal = given.apply(last).snapshot(given.log_.last().value(), 0).log_.wal();
    log_.append_chunk(wal.snapshot(), 0, wal.snapshot_bytes(0));
    REQUIRE(log_.install_partial(Lsn()));
    return *this;
  }
  bool installs(const Bytes& bytes, std::uint32_t crc) {
    log_.append_chunk({Lsn(9), Generation(9), bytes.size(), crc}, 0, bytes);
    return log_.install_partial(Lsn());
  }
  Log& restart() {
    const ByteSpan file = log_.wal().bytes(log_.wal().begin(), log_.wal().end());
    WalRecovery found;
    log_ = ReplicatedLog(Wal::recover(Bytes(file.begin(), file.end()), found, log_.wal().begin()));
    return *this;
  }
  ByteCount end() const { return log_.wal().end(); }
  bool grew() const { return grew_; }
  bool rebuilt() const { return rebuilt_; }
  const ReplicatedLog& operator*() const { return log_; }

  // "last 3, durable 2, applied 1: ka=a"
  std::string tell() const {
    std::string text = "last " + std::to_string(log_.last().value()) + ", durable " +
                       std::to_string(log_.durable().value()) + ", applied " +
                       std::to_string(log_.applied().value()) + ":";
    for (const auto& [key, value] : log_.state().entries()) text += " " + key.text + "=" + value;
    return text;
  }

 private:
  ReplicatedLog log_;
  bool grew_ = false, rebuilt_ = false;
};

}  // namespace

TEST_CASE("replicated_log: a new one, holds nothing") {
  CHECK(Log().tell() == "last 0, durable 0, applied 0:");
}

TEST_CASE("replicated_log: what was recovered, is durable and not yet applied") {
  Wal wal;
  wal.append(Generation(1), ClientId(1), 1, Op::set, "k", "v");
  const ReplicatedLog log(wal);
  CHECK((log.durable() == Lsn(1) && log.applied() == Lsn(0) && log.generation_is_durable()));
}

TEST_CASE("replicated_log: a sync, makes durable the records that end within it") {
  Log log;
  log.enter(1).write("a b c");
  CHECK(log.sync(2).tell() == "last 3, durable 2, applied 0:");
  CHECK(log.grew());
  CHECK(log.sync_to(ByteCount(log.end().value() - 1)).tell() == "last 3, durable 2, applied 0:");
  CHECK_FALSE(log.grew());
  CHECK(log.sync_all().tell() == "last 3, durable 3, applied 0:");
}

TEST_CASE("replicated_log: an earlier sync told late, takes nothing back") {
  Log log;
  log.enter(1).write("a b").sync(2);
  CHECK(log.sync(1).tell() == "last 2, durable 2, applied 0:");
}

TEST_CASE("replicated_log: records applied, are in the state in their order") {
  Log log;
  log.enter(1).write("a b");
  CHECK(log.apply(1).tell() == "last 2, durable 0, applied 1: ka=a");
  CHECK(log.apply(1).tell() == "last 2, durable 0, applied 2: ka=a kb=b");
  CHECK_THROWS_AS(log.apply(1), InvariantBroken);
}

TEST_CASE("replicated_log: a generation, is durable when its own record is") {
  Log log;
  log.enter(1);
  CHECK_FALSE((*log).generation_is_durable());
  const ByteCount end = log.end();
  log.write("a").sync_to(end);
  CHECK((*log).generation_is_durable());
  CHECK_FALSE((*log.enter(2)).generation_is_durable());
  CHECK((*log.sync_all()).generation_is_durable());
}

TEST_CASE("replicated_log: a cut of what was not applied, leaves the state alone") {
  Log log;
  log.enter(1).write("a b c").sync_all().apply(1);
  CHECK(log.cut(2).tell() == "last 2, durable 2, applied 1: ka=a");
  CHECK_FALSE(log.rebuilt());
}

TEST_CASE("replicated_log: a cut of what was applied, builds the state anew") {
  Log log;
  log.enter(1).write("a b c").sync_all().apply(3);
  CHECK(log.cut(1).tell() == "last 1, durable 1, applied 1: ka=a");
  CHECK(log.rebuilt());
  CHECK(log.cut(0).tell() == "last 0, durable 0, applied 0:");
}

TEST_CASE("replicated_log: a cut without rebuilding, leaves what was applied in the state") {
  Log log;
  log.enter(1).write("a b").sync_all().apply(2);
  CHECK(log.cut(1, false).tell() == "last 1, durable 1, applied 1: ka=a kb=b");
  CHECK_FALSE(log.rebuilt());
}

TEST_CASE("replicated_log: a sync from before a cut, vouches for nothing that came after it") {
  Log log;
  log.enter(1).write("a b c");
  const ByteCount under_way = log.end();
  log.cut(1).enter(2).write("x y");
  CHECK(log.sync_to(under_way).tell() == "last 3, durable 1, applied 0:");
  CHECK(log.sync(2).tell() == "last 3, durable 2, applied 0:");
  CHECK(log.sync_all().tell() == "last 3, durable 3, applied 0:");
}

TEST_CASE("replicated_log: records that the file refused, were never there") {
  Log log;
  log.enter(1).write("a").sync_all().apply(1);
  const ByteCount written = log.end();
  CHECK(log.write("b c").refused_from(written).tell() == "last 1, durable 1, applied 1: ka=a");
  CHECK(log.write("d").sync_all().apply(1).tell() == "last 2, durable 2, applied 2: ka=a kd=d");
}

TEST_CASE("replicated_log: a cut that the file refused, is undone and durable is what it was") {
  Log log;
  log.enter(1).write("a b c").sync_all().apply(3);
  const ByteCount written = log.end();
  log.cut(1).write("x");
  CHECK(log.refused_from(written).tell() == "last 3, durable 3, applied 1: ka=a");
  CHECK(log.apply(2).tell() == "last 3, durable 3, applied 3: ka=a kb=b kc=c");
}

TEST_CASE("replicated_log: a generation that the file refused, was not entered") {
  Log log;
  log.enter(1).write("a").sync_all();
  const ByteCount written = log.end();
  log.enter(2).write("b").refused_from(written);
  CHECK(((*log).generation() == Generation(1)));
  CHECK((*log).generation_is_durable());
  CHECK(((*log.enter(3)).generation() == Generation(3)));
}

TEST_CASE("replicated_log: a refusal while a sync is under way, leaves the generation durable") {
  Log log;
  log.enter(1).sync_all();
  log.write("a");
  const ByteCount written = log.end();
  log.write("b").refused_from(written);
  CHECK((*log).generation_is_durable());
  CHECK(log.sync_all().tell() == "last 1, durable 1, applied 0:");
}

// ---- snapshots

TEST_CASE("replicated_log: a snapshot, leaves the log as it is until the head is dropped") {
  Log log;
  log.enter(1).write("a b c").sync_all().apply(2).snapshot(2, 1);
  CHECK(log.tell() == "last 3, durable 3, applied 2: ka=a kb=b");
  CHECK_FALSE((*log).can_drop_head());
  CHECK((*log.sync_all()).can_drop_head());
  CHECK(log.drop_head().tell() == "last 3, durable 3, applied 2: ka=a kb=b");
  CHECK_FALSE((*log).can_drop_head());
  CHECK((*log).wal().base() == Lsn(1));
  CHECK(log.apply(1).tell() == "last 3, durable 3, applied 3: ka=a kb=b kc=c");
}

TEST_CASE("replicated_log: a snapshot, is in chunks of the size that was said") {
  for (const std::uint64_t size : {1u, 7u, 1000u}) {
    Log log;
    log.enter(1).write("a b").apply(2).snapshot(2, 0, size);
    for (std::uint64_t at = 0; at < (*log).wal().snapshot().size; at += size)
      CHECK((*log).wal().snapshot_bytes(at).size() ==
            std::min(size, (*log).wal().snapshot().size - at));
  }
}

TEST_CASE("replicated_log: what a recovered snapshot holds, is applied at once and no more") {
  Log log;
  log.enter(1).write("a b").sync_all().apply(2).snapshot(2, 1).write("c");
  CHECK(log.restart().tell() == "last 3, durable 3, applied 2: ka=a kb=b");
}

TEST_CASE("replicated_log: an installed snapshot, is the log and the state, durable when it is") {
  Log log;
  log.enter(1).write("a x").sync_all().apply(1);
  CHECK(log.install("a b c").tell() == "last 3, durable 0, applied 3: ka=a kb=b kc=c");
  const ByteCount end = log.end();
  log.sync_to(ByteCount(end.value() - 1));
  CHECK(log.tell() == "last 3, durable 0, applied 3: ka=a kb=b kc=c");
  CHECK_FALSE(log.grew());
  CHECK(log.sync_to(end).tell() == "last 3, durable 3, applied 3: ka=a kb=b kc=c");
  CHECK(log.grew());
}

TEST_CASE("replicated_log: what follows an installed snapshot, is not durable before that is") {
  Log log;
  log.enter(1).install("a b");
  const ByteCount installed = log.end();
  log.write("c").sync_to(installed);
  CHECK(log.tell() == "last 3, durable 2, applied 2: ka=a kb=b");
  CHECK(log.sync_all().tell() == "last 3, durable 3, applied 2: ka=a kb=b");
}

TEST_CASE("replicated_log: an installed snapshot that the file refused, leaves all as it was") {
  Log log;
  log.enter(1).write("a b x y").sync_all().apply(2);
  const ByteCount written = log.end();
  CHECK(log.install("a b c").refused_from(written).tell() ==
        "last 4, durable 4, applied 2: ka=a kb=b");
  CHECK(log.install("a b c").sync_all().tell() == "last 3, durable 3, applied 3: ka=a kb=b kc=c");
}

TEST_CASE("replicated_log: two installed at once and refused, leave nothing that wasn't applied") {
  Log log;
  log.enter(1).write("a x y").sync_all().apply(1);
  const ByteCount written = log.end();
  log.install("a b");
  const ByteCount between = log.end();
  log.install("a b c d");
  Log both = log;
  CHECK(both.refused_from(written).tell() == "last 3, durable 3, applied 1: ka=a");
  CHECK(log.refused_from(between).tell() == "last 2, durable 0, applied 2: ka=a kb=b");
  CHECK(log.sync_all().tell() == "last 2, durable 2, applied 2: ka=a kb=b");
}

TEST_CASE("replicated_log: a refusal behind an installed snapshot, leaves it") {
  Log log;
  log.enter(1).write("a").sync_all().apply(1).install("a b c");
  const ByteCount written = log.end();
  log.write("d").refused_from(written);
  CHECK(log.tell() == "last 3, durable 0, applied 3: ka=a kb=b kc=c");
}

TEST_CASE("replicated_log: a snapshot that the file refused, can be taken again") {
  Log log;
  log.enter(1).write("a b").sync_all().apply(2);
  const ByteCount written = log.end();
  log.snapshot(2, 2).refused_from(written);
  CHECK(log.tell() == "last 2, durable 2, applied 2: ka=a kb=b");
  CHECK_FALSE((*log).can_drop_head());
  CHECK((*log.snapshot(2, 2).sync_all()).can_drop_head());
}

TEST_CASE("replicated_log: bytes that are no state, are given up and leave all as it was") {
  Log log;
  log.enter(1).write("a").sync_all().apply(1);
  const Bytes noise{1, 2, 3};
  CHECK_FALSE(log.installs(noise, crc32(noise)));
  CHECK((*log).wal().partial().is_none());
  CHECK(log.tell() == "last 1, durable 1, applied 1: ka=a");
  CHECK_FALSE(log.installs(Bytes(16), crc32(Bytes(16)) + 1));  // the empty state's
  CHECK(log.tell() == "last 1, durable 1, applied 1: ka=a");
  CHECK(log.installs(Bytes(16), crc32(Bytes(16))));
}

TEST_CASE("replicated_log: a cut behind a snapshot, builds the state from that") {
  Log log;
  log.enter(1).write("a b").sync_all().apply(2).snapshot(2, 2).sync_all().drop_head();
  log.write("c d").apply(2);
  CHECK(log.cut(3).tell() == "last 3, durable 2, applied 3: ka=a kb=b kc=c");
  CHECK(log.cut(2).tell() == "last 2, durable 2, applied 2: ka=a kb=b");
}

TEST_CASE("replicated_log: a cut into what a snapshot stands for, is a broken invariant") {
  Log log;
  log.enter(1).write("a b").sync_all().apply(2).snapshot(2, 0);
  CHECK_THROWS_AS(log.cut(1), InvariantBroken);
}
