// Each test writes a log, syncs it up to an LSN, and asks what is durable, applied and in the
// state.
#include "core/protocol/replicated_log.h"

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <vector>

#include "core/base/check.h"

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
  ByteCount end() const { return log_.wal().end(); }
  bool grew() const { return grew_; }
  bool rebuilt() const { return rebuilt_; }
  const ReplicatedLog& operator*() const { return log_; }

  // "last 3, durable 2, applied 1: ka=a"
  std::string tell() const {
    std::string text = "last " + std::to_string(log_.last().value()) + ", durable " +
                       std::to_string(log_.durable().value()) + ", applied " +
                       std::to_string(log_.applied().value()) + ":";
    for (const auto& [key, value] : log_.state().entries()) text += " " + key + "=" + value;
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
