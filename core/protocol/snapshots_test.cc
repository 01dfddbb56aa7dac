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

// Its snapshots travel in chunks of 30 bytes, two of them at once.
NodeConfig in_pieces(NodeConfig config = seat_config(3)) {
  config.snapshot_bytes = ByteCount();
  config.ship_bytes = ByteCount(30);
  config.window_bytes = ByteCount(60);
  return config;
}

const char* const kTwelve = "a@1 b@1 c@1 d@1 e@1 f@1 g@1 h@1 i@1 j@1 k@1 l@1";

// It is offered a snapshot of 124 bytes by node 2, which leads generation 1: all twelve records.
struct Taker : Seat {
  explicit Taker(const std::string& log = "", const NodeConfig& config = in_pieces())
      : Seat(log, config), given(snapshot_of(kTwelve)) {
    REQUIRE(given.id.size == 124);
  }
  void offer() { offers(2, 1, given); }
  void piece(std::size_t at, std::size_t to = 0) { chunk(2, 1, given, at, to == 0 ? at + 30 : to); }
  void pieces(std::size_t from, std::size_t to) {
    for (; from < to; from += 30) piece(from);
  }
  // All of it has come; nothing of it is durable.
  void take_all() {
    offer();
    pieces(0, 124);
    sent();
  }
  TakenSnapshot given;
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

TEST_CASE("snapshots: a disk that refuses one, costs nothing, and it is taken later") {
  Follows node(cutting(47 + 2 * kRecord));
  node.grow("a");
  node.grow("b", false);
  node.disk_is_full = true;
  node.sync();
  CHECK((node.log() == "a b" && node.state() == "ka=a kb=b" && node.mark() == 2));
  CHECK(node.node().log().wal().snapshot().is_none());
  node.disk_is_full = false;
  node.confirm(2, 1, 1, 2);
  node.sync();
  CHECK(node.log() == "[2]");
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

// ---- taking

TEST_CASE("snapshots: what is offered, is asked for window by window") {
  Taker taker;
  taker.offer();
  CHECK(taker.sent() == "2<wants 12@1 0..60");
  taker.piece(0);
  CHECK(taker.sent() == "");
  taker.piece(30);
  CHECK(taker.sent() == "2<wants 12@1 60..120");
  taker.pieces(60, 120);
  CHECK(taker.sent() == "2<wants 12@1 120..124");
  taker.piece(120, 124);
  CHECK(taker.log() == "[12]");
  CHECK(taker.state() == "ka=a kb=b kc=c kd=d ke=e kf=f kg=g kh=h ki=i kj=j kk=k kl=l");
  CHECK((taker.applied() == 12 && taker.mark() == 12));
}

TEST_CASE("snapshots: an installed one, is acknowledged when it is durable and not before") {
  Taker taker;
  taker.take_all();
  CHECK(taker.sent() == "");
  taker.confirm(2, 1, 1, 12);
  CHECK(taker.sent() == "2<confirmed 1");
  CHECK(taker.sync().sent() == "2<ack 12 success");
}

TEST_CASE("snapshots: what is shipped behind an installed one, is acknowledged with it") {
  Taker taker;
  taker.take_all();
  taker.shipped(2, 1, "12@1", "m@1", 12);
  CHECK(taker.sent().find("success") == std::string::npos);
  CHECK(taker.sync().sent() == "2<ack 13 success");
  CHECK(taker.log() == "[12] m");
}

TEST_CASE("snapshots: before an installed one is durable, its node neither votes nor stands") {
  Taker taker("a@1");
  taker.take_all();
  taker.asks(3, 2, "99@9");
  CHECK(taker.sent() == "3<no vote for 2");
  taker.pass(1000);
  CHECK(taker.role() == "follows");
  taker.sync();
  taker.sent();
  taker.asks(3, 3, "12@1");
  CHECK(taker.sync().sent() == "3<a vote for 3 with 12@1");
}

TEST_CASE("snapshots: a crash before an installed one is durable, leaves the log before") {
  Taker taker("a@1 b@1");
  taker.take_all();
  REQUIRE(taker.log() == "[12]");
  taker.restart();
  CHECK(taker.log() == "a b");
}

TEST_CASE("snapshots: a crash behind an installed one, leaves it") {
  Taker taker("a@1 x@1");
  taker.take_all();
  taker.sync();
  taker.restart();
  CHECK(taker.log() == "[12]");
  CHECK(taker.state() == "ka=a kb=b kc=c kd=d ke=e kf=f kg=g kh=h ki=i kj=j kk=k kl=l");
}

TEST_CASE("snapshots: a damaged chunk, is asked for again and what is behind it is let pass") {
  Taker taker;
  taker.offer();
  taker.piece(0);
  taker.sent();
  taker.chunk(2, 1, taker.given, 30, 60, false, true);
  CHECK(taker.sent() == "2<wants 12@1 30..90");
  taker.piece(60);
  CHECK(taker.sent() == "");
  CHECK(taker.node().log().wal().partial_held() == 30);
  taker.pieces(30, 90);
  CHECK(taker.sent() == "2<wants 12@1 90..124");
  taker.pieces(90, 124);
  CHECK(taker.log() == "[12]");
}

TEST_CASE("snapshots: each flipped bit of a chunk, is never taken") {
  Taker before;
  before.offer();
  before.sent();
  Bytes record;
  encode_record({Generation(1),
                 Lsn(12),
                 {},
                 0,
                 Op::chunk,
                 {},
                 as_text(ByteSpan(before.given.bytes).first(30))},
                record);
  for (std::size_t bit = 0; bit < record.size() * 8; ++bit) {
    Taker taker = before;
    Bytes bytes = record;
    bytes[bit / 8] = static_cast<Byte>(bytes[bit / 8] ^ (1 << bit % 8));
    taker.says(2, Chunk{taker.given.id, 0, false, true}, bytes);
    REQUIRE(taker.node().log().wal().partial_held() == 0);
  }
}

TEST_CASE("snapshots: a chunk that comes again, is taken once") {
  Taker taker;
  taker.offer();
  taker.piece(0);
  taker.piece(0);
  CHECK(taker.node().log().wal().partial_held() == 30);
  CHECK(taker.times_told(
            "wants the snapshot up to LSN=12 of follower-1, holds 0 of its 124 bytes") == 1);
}

TEST_CASE("snapshots: a chunk that nobody asked for, is let pass") {
  Taker taker;
  taker.piece(0);
  CHECK((taker.sent() == "" && taker.node().log().wal().partial().is_none()));
}

TEST_CASE("snapshots: a sound chunk that no sound node says, hangs up on its giver") {
  Taker taker;
  taker.offer();
  TakenSnapshot shifted = taker.given;
  Bytes record;
  encode_record({Generation(1), Lsn(12), {}, 5, Op::chunk, {}, "x"}, record);
  taker.says(2, Chunk{taker.given.id, 0, false, true}, record);
  CHECK((taker.take_hang_ups() == std::vector<NodeId>{NodeId(2)}));
  CHECK(taker.node().log().wal().partial_held() == 0);
}

TEST_CASE("snapshots: bytes that don't have the CRC that was said, are asked for all over") {
  Taker taker("a@1");
  taker.given.id.crc ^= 1;
  taker.offer();
  taker.pieces(0, 124);
  CHECK(taker.sent().ends_with("2<wants 12@1 0..60"));
  CHECK(taker.log() == "a");
}

TEST_CASE("snapshots: bytes that are no state, are not installed whatever their CRC") {
  Taker taker("a@1");
  taker.given.bytes.back() ^= 1;
  taker.given.bytes.resize(taker.given.bytes.size() - 1);
  taker.given.id.size = taker.given.bytes.size();
  taker.given.id.crc = crc32(taker.given.bytes);
  taker.offer();
  taker.pieces(0, 123);
  CHECK(taker.log() == "a");
}

TEST_CASE("snapshots: after a cut connection, it goes on where it stopped") {
  Taker taker;
  taker.offer();
  taker.piece(0);
  taker.gone(2).hello(2, "0", 1);
  taker.sent();
  taker.offer();
  CHECK(taker.sent() == "2<wants 12@1 30..90");
  CHECK(taker.tells(
      "goes on with the snapshot up to LSN=12 of follower-1, holds 30 of its 124 bytes"));
  taker.pieces(30, 90);
  CHECK(taker.sent() == "2<wants 12@1 90..124");
}

TEST_CASE("snapshots: after a restart, it goes on behind what was durable") {
  Taker taker;
  taker.offer();
  taker.piece(0);
  taker.sync();
  taker.piece(30);
  taker.restart();
  taker.offer();
  CHECK(taker.sent() == "2<wants 12@1 30..90");
  taker.pieces(30, 124);
  CHECK(taker.log() == "[12]");
}

TEST_CASE("snapshots: all of it durable but the note, is installed at the next offer") {
  Taker taker;
  taker.offer();
  taker.pieces(0, 120);
  taker.sync();
  const std::size_t before = taker.file().size();
  taker.piece(120, 124);
  taker.crash(67 + 4);  // the last chunk, and not the note
  REQUIRE(taker.file().size() == before + 67 + 4);
  taker.start();
  taker.meet();
  taker.offer();
  CHECK(taker.sent() == "");
  CHECK(taker.log() == "[12]");
  CHECK(taker.sync().sent() == "2<ack 12 success");
}

TEST_CASE("snapshots: under another leader, it goes on with the same one") {
  Taker taker;
  taker.offer();
  taker.piece(0);
  taker.sent();
  taker.offers(3, 2, taker.given);
  CHECK(taker.sent() == "3<wants 12@1 30..90");
  taker.chunk(3, 2, taker.given, 30, 60);
  taker.chunk(2, 1, taker.given, 60, 90);  // of the leader before
  CHECK(taker.node().log().wal().partial_held() == 60);
}

TEST_CASE("snapshots: another one that is offered, is begun, and the first one's chunks let pass") {
  Taker taker;
  taker.offer();
  taker.piece(0);
  taker.sent();
  const TakenSnapshot newer = snapshot_of(std::string(kTwelve) + " m@1");
  taker.offers(2, 1, newer);
  CHECK(taker.sent() == "2<wants 13@1 0..60");
  taker.piece(30);
  taker.chunk(2, 1, newer, 0, 30);
  CHECK((taker.node().log().wal().partial() == newer.id));
  CHECK(taker.node().log().wal().partial_held() == 30);
}

TEST_CASE("snapshots: when nothing comes from one heartbeat to the next, it is asked for again") {
  Taker taker;
  taker.offer();
  taker.piece(0);
  taker.confirm(2, 1, 1);
  taker.confirm(2, 1, 1);
  CHECK(taker.sent() == "2<wants 12@1 0..60, 2<confirmed 1, 2<confirmed 1");
  taker.confirm(2, 1, 1);
  CHECK(taker.sent() == "2<confirmed 1, 2<wants 12@1 30..90");
}

TEST_CASE("snapshots: one that is offered and was installed, is answered with where to go on") {
  Taker taker;
  taker.take_all();
  taker.sync();
  taker.sent();
  taker.offer();
  CHECK(taker.sent() == "2<ack 12 mismatch");
}

TEST_CASE("snapshots: one that stands for what is here, is not taken and nothing is lost") {
  for (const char* log : {"a@1 b@1 c@1 d@1", "a@1 b@1 c@1 s3/3 d@1", "a@1 b@1 c@1 s3/1 d@1"}) {
    Taker taker(log);
    const std::string before = taker.log();
    for (const char* words : {"a@1", "a@1 b@1", "a@1 b@1 c@1"}) {
      const TakenSnapshot known = snapshot_of(words);
      taker.offers(2, 1, known);
      CHECK(taker.sent() == "2<ack " + std::to_string(known.id.lsn.value()) + " mismatch");
      CHECK(taker.log() == before);
    }
  }
}

TEST_CASE("snapshots: a log that is not the leader's, is replaced even where it is longer") {
  Taker taker(std::string(kTwelve) + " x@1");
  const TakenSnapshot other = snapshot_of("a@1 b@2");
  taker.offers(3, 2, other);
  taker.chunk(3, 2, other, 0, 30);
  taker.chunk(3, 2, other, 30, 60);
  CHECK(taker.log() == "[2]");
  CHECK(taker.state() == "ka=a kb=b");
  CHECK(taker.sync().sent().ends_with("3<ack 2 success"));
}

TEST_CASE("snapshots: an installed one that the disk refused, leaves all as it was") {
  for (const char* log : {"a@1 b@1", "a@1 s1/1 b@1", "a@1 b@1 x@1"}) {
    const std::string words(log);
    CAPTURE(words);
    Taker taker(log);
    taker.shipped(2, 1, "2@1", "", 2);
    const std::string before = taker.log();
    REQUIRE((taker.state() == "ka=a kb=b" && taker.mark() == 2));
    taker.offer();
    taker.pieces(0, 120);
    taker.sent();
    taker.disk_is_full = true;
    taker.piece(120, 124);
    CHECK(taker.log() == before);
    CHECK(taker.state() == "ka=a kb=b");
    CHECK((taker.mark() == 2 && taker.applied() == 2));
    CHECK(taker.sync().sent().find("success") == std::string::npos);
    taker.disk_is_full = false;
    taker.offer();
    CHECK(taker.sent() == "2<wants 12@1 120..124");
    taker.piece(120, 124);
    CHECK(taker.sync().sent() == "2<ack 12 success");
  }
}

TEST_CASE("snapshots: a damaged log, is replaced by one that reaches beyond the damage") {
  Bytes file = file_with("a@1 b@1 c@1");
  file[60] ^= 1;  // in the second record
  Seat taker("", in_pieces());
  taker.start(file);
  taker.meet();
  const TakenSnapshot given = snapshot_of(kTwelve);
  const std::uint64_t generation = taker.generation();
  taker.offers(2, generation, given);
  for (std::size_t at = 0; at < 124; at += 30) taker.chunk(2, generation, given, at, at + 30);
  taker.sent();
  CHECK(taker.log() == "[12]");
  CHECK(taker.sync().sent() == "2<ack 12 success");
  taker.restart();
  CHECK_FALSE(taker.node().log().wal().is_damaged());
}

// ---- adoption

TEST_CASE("snapshots: the winner of an election, takes over a log that begins with one") {
  NodeConfig config = in_pieces();
  config.election = ElectionRule::adopt;
  Seat winner("a@1 x@1", config);
  CHECK(winner.win("13@1") == "2<fetch after 2@1");
  const TakenSnapshot given = snapshot_of(kTwelve);
  winner.offers(2, winner.generation(), given, true);
  CHECK(winner.sent() == "2<wants 12@1 0..60");
  for (std::size_t at = 0; at < 124; at += 30)
    winner.chunk(2, winner.generation(), given, at, at + 30, true);
  CHECK(winner.sent().ends_with("2<fetch after 12@1"));
  CHECK_FALSE(winner.node().is_serving());
  winner.gives(2, "12@1", "m@1", 13);
  CHECK(winner.entries() == "[12] m@1 +@2");
}

TEST_CASE("snapshots: an offer that is not the source's or not for that, changes no adoption") {
  NodeConfig config = in_pieces();
  config.election = ElectionRule::adopt;
  Seat winner("a@1", config);
  winner.win("13@2");
  const TakenSnapshot given = snapshot_of(kTwelve);
  winner.offers(3, winner.generation(), given, true);
  winner.offers(2, winner.generation(), given, false);
  CHECK(winner.sent() == "");
}

TEST_CASE("snapshots: who stepped down since it won, takes nothing for its adoption") {
  Taker taker;
  taker.offers(2, 1, taker.given, true);
  CHECK(taker.sent() == "");
}

TEST_CASE("snapshots: a source whose log begins with one, offers it and gives what is wanted") {
  Seat source("a@1 b@1 c@1 s3/3 d@1", in_pieces());
  source.says(2, Fetch{Lsn(1), Generation(1)});
  CHECK(source.sent() == "2<offers 3@1 to adopt");
  source.says(2, Want{source.node().log().wal().snapshot(), 0, 60});
  CHECK(source.sent() == "2<chunk 3@1 at 0 to adopt, 2<chunk 3@1 at 30 to adopt");
  source.says(2, Fetch{Lsn(3), Generation(1)});
  CHECK(source.sent() == "2<give 4 after 3@1 of 4");
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
