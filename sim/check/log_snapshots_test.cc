// Can each sentence about a snapshot be said? For each a bad history, and its sound neighbour.
#include <doctest/doctest.h>

#include <string>

#include "core/base/crc32.h"
#include "core/protocol/state_machine.h"
#include "sim/check/elected_trial.h"
#include "sim/check/log_checker.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

// Three nodes in generation 1 that hold "+ a b c", of which "c" is on one disk only.
struct Cutting : ElectedTrial {
  Cutting() {
    all_enter(1).all_hold("+@1 a@1 b@1");
    write(1, "c@1").sync(1);
  }
  // What these records add up to.
  static Bytes state(std::uint64_t up_to, const std::string& third = "b@1") {
    const std::string words[] = {"+@1", "a@1", third, "c@1"};
    StateMachine machine(sound_rules(), NodeConfig().max_sessions);
    for (std::uint64_t lsn = 1; lsn <= up_to; ++lsn)
      machine.apply(read_record(record(lsn, words[lsn - 1])));
    Bytes bytes;
    machine.encode(bytes);
    return bytes;
  }
  // A chunk with these bytes, of a snapshot with those.
  Cutting& chunk(std::uint32_t node, std::uint64_t lsn, const Bytes& bytes, const Bytes& all) {
    return piece(node, lsn, Op::chunk, all, as_text(bytes));
  }
  Cutting& finish(std::uint32_t node, std::uint64_t lsn, const Bytes& all, std::uint64_t base) {
    const std::uint64_t last = checker.truth(NodeId(node)).last().value();
    std::uint64_t starts_at = file_size(node);
    if (base < last) starts_at = end_of(node, base);
    return note_of(node, lsn, all, base, starts_at);
  }
  Cutting& take(std::uint32_t node, std::uint64_t lsn, const Bytes& all, std::uint64_t base) {
    return chunk(node, lsn, all, all).finish(node, lsn, all, base);
  }
  Cutting& install(std::uint32_t node, std::uint64_t lsn, const Bytes& all) {
    chunk(node, lsn, all, all);
    return note_of(node, lsn, all, lsn, file_size(node));
  }
  Cutting& drop(std::uint32_t node, std::uint64_t before) {
    checker.dropped(NodeId(node), ByteCount(before));
    return *this;
  }
  std::uint64_t end_of(std::uint32_t node, std::uint64_t lsn) const {
    return lsn == 0 ? 47 : checker.truth(NodeId(node)).record(Lsn(lsn)).end.value();
  }

 private:
  Cutting& note_of(std::uint32_t node, std::uint64_t lsn, const Bytes& all, std::uint64_t base,
                   std::uint64_t starts_at) {
    Byte value[snapshot_format::kNote];
    const Lsn last = checker.truth(NodeId(node)).last();
    snapshot_format::encode_note({ByteCount(starts_at), ByteCount(starts_at), Lsn(base),
                                  Generation(base > 0 ? 1 : 0), last, Lsn(), NodeId()},
                                 value);
    return piece(node, lsn, Op::snapshot, all, as_text(value));
  }
  Cutting& piece(std::uint32_t node, std::uint64_t lsn, Op op, const Bytes& all,
                 std::string_view value) {
    Byte key[snapshot_format::kKey];
    snapshot_format::encode_key({Lsn(lsn), Generation(1), all.size(), crc32(all)}, key);
    Bytes bytes;
    encode_record({Generation(1), Lsn(lsn), ClientId(file_size(node)), 0, op, as_text(key), value},
                  bytes);
    append(node, bytes);
    return *this;
  }
};

}  // namespace

TEST_CASE("log_checker: an ack of the log before a snapshot that is not durable yet, is true") {
  for (const std::uint64_t lsn : {3u, 4u}) {
    Cutting trial;
    trial.hold(3, "c@1");
    trial.install(2, 4, Cutting::state(4)).ack(2, 1, 1, lsn);
    CHECK(trial.verdict() == (lsn == 3 ? "" : "always_ack_is_durable"));
  }
  Cutting trial;
  trial.hold(3, "c@1");
  trial.install(2, 4, Cutting::state(4)).sync(2).ack(2, 1, 1, 4);
  CHECK(trial.verdict() == "");
}

TEST_CASE("log_snapshots: one that is what the committed records add up to, is sound") {
  CHECK(Cutting().take(2, 3, Cutting::state(3), 3).verdict() == "");
  CHECK(Cutting().take(1, 2, Cutting::state(2), 0).take(2, 3, Cutting::state(3), 1).verdict() ==
        "");
}

TEST_CASE("log_snapshots: one without all its bytes, violates always_snapshot_is_true") {
  const Bytes all = Cutting::state(3);
  Bytes half = all, other = all;
  half.pop_back();
  other.back() ^= 1;
  Cutting trial;
  trial.chunk(2, 3, half, all).finish(2, 3, all, 3);
  CHECK(trial.verdict() == "always_snapshot_is_true");
  CHECK(trial.clause() == "S18");
  CHECK(trial.sentence() == "node-2 took a snapshot up to LSN=3, and does not have all of it");
  CHECK(Cutting().chunk(2, 3, other, all).finish(2, 3, all, 3).verdict() ==
        "always_snapshot_is_true");
  CHECK(Cutting().finish(2, 3, all, 3).verdict() == "always_snapshot_is_true");
}

TEST_CASE("log_snapshots: one of what is not committed, violates always_snapshot_is_true") {
  Cutting trial;
  trial.take(1, 4, Cutting::state(4), 4);
  CHECK(trial.verdict() == "always_snapshot_is_true");
  CHECK(trial.sentence() == "node-1 took a snapshot up to LSN=4, but that is not committed");
  Cutting sound;
  sound.write(2, "c@1").sync(2);
  CHECK(sound.take(1, 4, Cutting::state(4), 4).verdict() == "");
}

TEST_CASE("log_snapshots: one of something else, violates always_snapshot_is_true") {
  Cutting trial;
  trial.take(2, 3, Cutting::state(3, "x@1"), 3);
  CHECK(trial.verdict() == "always_snapshot_is_true");
  CHECK(trial.sentence() ==
        "node-2 took a snapshot up to LSN=3, which is not what the committed records up to there "
        "add up to");
  CHECK(Cutting().take(2, 3, Cutting::state(2), 3).verdict() == "always_snapshot_is_true");
  CHECK(Cutting().take(2, 2, Cutting::state(3), 2).verdict() == "always_snapshot_is_true");
}

TEST_CASE("log_snapshots: an installed one, is judged like one's own") {
  const auto behind = [](const Bytes& bytes) {
    Cutting trial;
    trial.write(2, "c@1").sync(2);  // it is committed
    return trial.install(3, 4, bytes).sentence();
  };
  CHECK(behind(Cutting::state(4)) == "");
  CHECK(behind(Cutting::state(3)) ==
        "node-3 installed a snapshot up to LSN=4, which is not what the committed records up to "
        "there add up to");
}

TEST_CASE("log_snapshots: installed over what is committed, violates always_committed_stays") {
  Cutting trial;
  trial.install(2, 2, Cutting::state(2));
  CHECK(trial.verdict() == "always_committed_stays");
  CHECK(trial.sentence() ==
        "node-2 installed a snapshot up to LSN=2 and threw away LSN=3, which is committed and was "
        "in its log");
}

TEST_CASE("log_snapshots: applied and replaced by a snapshot in one turn, is no violation") {
  Cutting sound;
  sound.write(2, "c@1").sync(2);
  sound.install(3, 4, Cutting::state(4)).apply(3, 1).apply(3, 2);
  CHECK(sound.decide(3, FactKind::snapshot_installed, 4).verdict() == "");
  CHECK(sound.apply(3, 5).verdict() == "always_mark_is_backed");
}

TEST_CASE("log_snapshots: a head that a durable snapshot stands for, may be dropped") {
  Cutting trial;
  trial.take(2, 3, Cutting::state(3), 2).sync(2);
  const std::uint64_t second = trial.end_of(2, 2);
  CHECK(trial.drop(2, second).verdict() == "");
  CHECK(trial.drop(2, second).verdict() == "");
  trial.drop(2, second + 1);
  CHECK(trial.verdict() == "always_snapshot_is_true");
}

TEST_CASE("log_snapshots: a head dropped too early or too far, violates always_snapshot_is_true") {
  Cutting early;
  early.take(2, 3, Cutting::state(3), 3).drop(2, early.end_of(2, 3));
  CHECK(early.verdict() == "always_snapshot_is_true");
  CHECK(early.sentence() == "node-2 dropped its log's first " + std::to_string(early.end_of(3, 3)) +
                                " bytes, though without them what is durable goes back only to "
                                "byte 0");
  CHECK(Cutting().drop(2, 1).verdict() == "always_snapshot_is_true");
}
