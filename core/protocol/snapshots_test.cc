// When does a node take a snapshot and cut its log, and how does a snapshot come to one who lacks
// what was cut? Node 1 is the test's; a record with a value of one letter has 50 bytes.
#include "core/protocol/snapshots.h"

#include <doctest/doctest.h>

#include <string>

#include "core/protocol/council_fixture.h"
#include "core/protocol/elected_fixture.h"

using namespace quorate;

namespace {

constexpr std::uint64_t kRecord = 50;

NodeConfig cutting(std::uint64_t snapshot_bytes, std::uint64_t kept = 0) {
  NodeConfig config = seat_config(3);
  config.snapshot_bytes = ByteCount(snapshot_bytes);
  config.log_kept_bytes = ByteCount(kept);
  return config;
}

std::string snapshots_in(const std::string& story) {
  std::string text;
  const std::string words = "took a snapshot up to LSN=";
  for (std::size_t at = 0; (at = story.find(words, at)) != std::string::npos;) {
    at += words.size();
    text += (text.empty() ? "" : " ") + story.substr(at, story.find(',', at) - at);
  }
  return text;
}

// It follows node 2 in generation 1, which ships it a record at a time.
struct Follows : Seat {
  explicit Follows(const NodeConfig& config) : Seat("g1", config) {}
  // One more, of that key's value, committed at once.
  void grow(const std::string& value = "a", bool is_durable = true) {
    const std::uint64_t last = node().log().last().value();
    shipped(2, 1, last == 0 ? "0" : std::to_string(last) + "@1", value + "@1", last + 1);
    if (is_durable) sync();
  }
  std::string taken() const { return snapshots_in(story()); }
  const Wal& wal() const { return node().log().wal(); }
};

// Leads generation 2, and its log begins behind LSN 3: node 2 has all of it, node 3 nothing.
struct Giver : Seat {
  explicit Giver(const NodeConfig& config = in_pieces()) : Seat("a@1 b@1 c@1 s3/3 d@1", config) {
    REQUIRE(win("4@1") == "2<ship 5 after 4@1, 3<ship 5 after 4@1");
    sync();
    ack(2, 5);
    sent();
  }
  // Node 3 has said where its log ends: nowhere.
  void mismatch() { ack(3, 0, AckStatus::mismatch); }
  void wants(const SnapshotId& id, std::uint64_t at, std::uint64_t to) {
    says(3, Want{id, at, to});
  }
  // A write that node 2 has as well.
  void write() {
    request("set k" + std::to_string(++writes) + " v");
    sync();
    ack(2, node().log().last().value());
  }
  const SnapshotId& snapshot() const { return node().log().wal().snapshot(); }
  int writes = 0;
};

}  // namespace

// ---- one's own

TEST_CASE("snapshots: a log that has grown enough, is snapshotted, and not before") {
  Follows node(cutting(47 + 4 * kRecord));  // with the note of the generation
  for (const char* value : {"a", "b", "c"}) node.grow(value);
  CHECK(node.taken() == "");
  node.grow("d");
  CHECK(node.taken() == "4");
  CHECK(node.wal().snapshot() == snapshot_of("a@1 b@1 c@1 d@1").id);
}

TEST_CASE("snapshots: with a size of zero, none is ever taken") {
  Follows node(cutting(0));
  for (int n = 0; n < 50; ++n) node.grow();
  CHECK(node.taken() == "");
  CHECK(node.dropped() == 0);
}

TEST_CASE("snapshots: what is not applied yet, makes no snapshot due and is in none") {
  Follows node(cutting(47 + 3 * kRecord));
  node.shipped(2, 1, "0", "a@1 b@1 c@1 d@1 e@1", 2);
  node.sync();
  CHECK(node.taken() == "");
  node.confirm(2, 1, 1, 3);
  CHECK(node.taken() == "3");
  CHECK(node.sync().state() == "ka=a kb=b kc=c");
  CHECK(node.log() == "[3] d e");
}

TEST_CASE("snapshots: the next one, is taken when the log has grown by the last one's size") {
  Follows node(cutting(kRecord));
  for (char letter = 'a'; letter <= 'z'; ++letter) node.grow(std::string(1, letter));
  const SnapshotId before = node.wal().snapshot();
  REQUIRE(before.size > 4 * kRecord);
  while (node.wal().snapshot() == before) node.grow();
  std::uint64_t records = 0;
  for (const SnapshotId id = node.wal().snapshot(); node.wal().snapshot() == id; ++records)
    node.grow();
  const std::uint64_t size = snapshot_of(node.wal(), Lsn()).id.size;
  CHECK(size == 16);
  CHECK(records == (node.wal().snapshot().size + kRecord - 1) / kRecord);
}

TEST_CASE("snapshots: the head, is dropped when the snapshot is durable and not before") {
  Follows node(cutting(47 + 2 * kRecord));
  node.grow("a");
  node.grow("b", false);
  node.sync();  // it is applied now, and the snapshot is written
  CHECK((node.taken() == "2" && node.log() == "a b" && node.dropped() == 0));
  node.grow("c", false);
  CHECK((node.log() == "a b c" && node.dropped() == 0));
  node.sync();
  CHECK(node.log() == "[2] c");
  CHECK(node.dropped() == 47 + 2 * kRecord);  // the chunk is next
  CHECK(node.tells("dropped its log up to LSN=2, 147 bytes of the file"));
}

TEST_CASE("snapshots: a crash before it is durable, leaves the log, and one behind it the state") {
  for (const bool is_durable : {false, true}) {
    Follows node(cutting(47 + 2 * kRecord));
    node.grow("a");
    node.grow("b");
    if (is_durable) node.sync();
    node.restart();
    CHECK(node.log() == (is_durable ? "[2]" : "a b"));
    CHECK(node.state() == (is_durable ? "ka=a kb=b" : ""));
    CHECK(node.applied() == (is_durable ? 2 : 0));
    node.shipped(2, 1, "2@1", "c@1", 3);
    node.sync();
    CHECK(node.state() == "ka=a kb=b kc=c");
  }
}

TEST_CASE("snapshots: of the log before it, as many bytes are kept as was said, and a record's") {
  struct {
    std::uint64_t kept;
    const char* log;
  } const kCases[] = {{0, "[5]"},
                      {1, "[4] e"},
                      {kRecord, "[4] e"},
                      {kRecord + 1, "[3] d e"},
                      {3 * kRecord, "[2] c d e"},
                      {100 * kRecord, "a b c d e"}};
  for (const auto& expected : kCases) {
    Follows node(cutting(47 + 5 * kRecord, expected.kept));
    for (const char* value : {"a", "b", "c", "d", "e"}) node.grow(value);
    node.sync();
    CHECK(node.taken() == "5");
    CHECK(node.log() == expected.log);
    node.restart();
    CHECK(node.log() == expected.log);
  }
}

TEST_CASE("snapshots: the sessions, are in it") {
  Seat node("", cutting(300));
  node.serve();
  node.request("once 7 1 set k v");
  node.sync();
  node.ack(2, 2);
  for (int n = 0; n < 6; ++n) {
    node.request("set other v");
    node.sync();
    node.ack(2, node.node().log().last().value());
  }
  node.sync();
  REQUIRE(node.node().log().wal().base() >= Lsn(2));
  node.restart();
  REQUIRE(node.node().log().sessions().find(ClientId(7)) != nullptr);
  CHECK(node.node().log().sessions().find(ClientId(7))->sequence == 1);
}

TEST_CASE("snapshots: a disk that refuses one, takes what there is room for, and it later") {
  Follows node(cutting(47 + 2 * kRecord));
  node.grow("a");
  node.grow("b", false);
  node.disk_is_full = true;
  node.sync();
  CHECK((node.log() == "a b" && node.state() == "ka=a kb=b" && node.mark() == 2));
  CHECK(node.node().log().wal().snapshot().is_none());
  CHECK(node.story().find("no room for the snapshot up to LSN=2, ") != std::string::npos);
  node.disk_is_full = false;
  node.grow("c");
  CHECK((node.log() == "a b c" && node.wal().snapshot().is_none()));
  node.pass(1000);
  node.confirm(2, 1, 1, 3);
  node.sync();
  CHECK(node.log() == "[3]");
}

// ---- giving

TEST_CASE("snapshots: who lacks what is in the leader's log no more, is offered the snapshot") {
  Giver leader;
  leader.mismatch();
  CHECK(leader.sent() == "3<offers 3@1");
  leader.write();  // nothing is shipped to it meanwhile
  CHECK(leader.sent() == "2<ship 6 after 5@2");
}

TEST_CASE("snapshots: who lacks only what is there still, is shipped that") {
  Giver leader;
  leader.ack(3, 3, AckStatus::mismatch);
  CHECK(leader.sent() == "3<ship 4 after 3@1");
}

TEST_CASE("snapshots: what is wanted, is given in chunks and no further") {
  Giver leader;
  leader.mismatch();
  leader.sent();
  leader.wants(leader.snapshot(), 0, 40);
  CHECK(leader.sent() == "3<chunk 3@1 at 0, 3<chunk 3@1 at 30");
  leader.wants(leader.snapshot(), 40, 1000);
  CHECK(leader.sent() == "3<chunk 3@1 at 40");
  leader.wants(leader.snapshot(), 43, 1000);
  CHECK(leader.sent() == "");
}

TEST_CASE("snapshots: the chunks, are the snapshot's bytes with a CRC that is right") {
  Giver leader;
  leader.wants(leader.snapshot(), 0, 1000);
  Bytes all;
  for (const Letter& letter : leader.take_letters()) {
    const RecordScan scan = scan_record(letter.records);
    REQUIRE(scan.status == RecordStatus::whole);
    CHECK((scan.record.op == Op::chunk && scan.record.sequence == all.size()));
    append_bytes(all, as_bytes(scan.record.value));
  }
  CHECK(all == snapshot_of("a@1 b@1 c@1").bytes);
}

TEST_CASE("snapshots: one that is wanted and is there no more, is answered with the present one") {
  Giver leader;
  leader.mismatch();
  leader.sent();
  leader.wants(snapshot_of("a@1 b@1").id, 0, 60);
  CHECK(leader.sent() == "3<offers 3@1");
}

TEST_CASE("snapshots: who was given a newer one than was offered, may acknowledge that") {
  NodeConfig config = in_pieces();
  config.snapshot_bytes = ByteCount(100);
  config.log_kept_bytes = ByteCount();
  Giver cuts(config);
  cuts.mismatch();
  const SnapshotId before = cuts.snapshot();
  while (cuts.snapshot() == before && cuts.writes < 100) cuts.write();
  const Lsn newer = cuts.snapshot().lsn;
  cuts.wants(before, 60, 1000);
  cuts.wants(cuts.snapshot(), 0, 1000);
  cuts.sent();
  cuts.ack(3, newer.value());
  CHECK(cuts.story().find("counts the ack of follower-2 up to LSN=" +
                          std::to_string(newer.value())) != std::string::npos);
}

TEST_CASE("snapshots: a want of more than a window, is answered with a window") {
  Giver leader;
  leader.wants(leader.snapshot(), 0, ~std::uint64_t{0});
  CHECK(leader.sent() == "3<chunk 3@1 at 0, 3<chunk 3@1 at 30");
  leader.wants(leader.snapshot(), ~std::uint64_t{0}, ~std::uint64_t{0});
  CHECK(leader.sent() == "");
}

TEST_CASE("snapshots: who has installed it, is shipped what follows") {
  Giver leader;
  leader.mismatch();
  leader.sent();
  leader.wants(leader.snapshot(), 0, 1000);
  leader.write();
  leader.sent();
  leader.ack(3, 3);
  CHECK(leader.sent() == "3<ship 4 after 3@1");  // which fills its window
  leader.ack(3, 4);
  CHECK(leader.sent() == "3<ship 5 after 4@1");
  leader.ack(3, 5);
  CHECK(leader.sent() == "3<ship 6 after 5@2");
}

TEST_CASE("snapshots: an ack of more than was given, is no ack") {
  Giver leader;
  leader.mismatch();
  leader.wants(leader.snapshot(), 0, 1000);
  leader.write();
  leader.sent();
  leader.ack(3, 6);
  CHECK(leader.sent() == "");
}

TEST_CASE("snapshots: a follower that is there anew, is asked anew") {
  Giver leader;
  leader.mismatch();
  leader.gone(3).hello(3, "0");
  leader.sent();
  leader.mismatch();
  CHECK(leader.sent() == "3<offers 3@1");
}

TEST_CASE("snapshots: while one is given away, the next is put off, but not for ever") {
  constexpr std::uint64_t kDue = 400;
  const auto writes_until_next = [](bool gives) {
    NodeConfig config = in_pieces();
    config.snapshot_bytes = ByteCount(kDue);
    config.log_kept_bytes = ByteCount();
    Giver leader(config);
    if (gives) leader.mismatch();
    const SnapshotId before = leader.snapshot();
    while (leader.snapshot() == before && leader.writes < 100) leader.write();
    return leader.writes;
  };
  const int alone = writes_until_next(false), giving = writes_until_next(true);
  CHECK(alone < 10);
  CHECK(giving > 2 * alone);
  CHECK(giving < 40);
}

// ---- all together

TEST_CASE("snapshots: a node that was away while the others cut their logs, gets it all back") {
  for (const ElectionRule rule : {ElectionRule::most_up_to_date, ElectionRule::adopt}) {
    Council council(3, [rule](NodeConfig& config) {
      config.snapshot_bytes = ByteCount(400);
      config.log_kept_bytes = ByteCount(100);
      config.ship_bytes = ByteCount(40);
      config.window_bytes = ByteCount(90);
      config.election = rule;
    });
    const std::uint32_t leader = council.start().elect();
    REQUIRE(leader != 0);
    const std::uint32_t away = leader % 3 + 1;
    council.request(leader, "set before v").pass(200).crash(away);
    for (int n = 0; n < 40; ++n)
      council.request(leader, "set k" + std::to_string(n % 7) + " " + std::to_string(n));
    REQUIRE(council.node(leader).node().log().wal().base() > Lsn(20));
    council.start(away).pass(2000);
    CHECK(council.node(away).story().find("installed the snapshot") != std::string::npos);
    CHECK(council.node(away).state() == council.node(leader).state());
    CHECK(council.node(away).node().log().last() == council.node(leader).node().log().last());
  }
}
