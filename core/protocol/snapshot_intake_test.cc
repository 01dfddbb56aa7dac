// How is a snapshot taken over that another node gives? Node 1 is the test's.
#include <doctest/doctest.h>

#include <string>

#include "core/protocol/elected_fixture.h"
#include "core/protocol/snapshots.h"

using namespace quorate;

namespace {

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

// It starts with that log, damaged in its second record, and is given all twelve records by node 2.
// The generation.
std::uint64_t take_over_damage(Seat& taker, const std::string& log) {
  Bytes file = file_with(log);
  file[60] ^= 1;
  taker.start(file);
  taker.meet();
  const TakenSnapshot given = snapshot_of(kTwelve);
  const std::uint64_t generation = taker.generation();
  taker.offers(2, generation, given);
  for (std::size_t at = 0; at < 124; at += 30) taker.chunk(2, generation, given, at, at + 30);
  return generation;
}

}  // namespace

// ---- taking

TEST_CASE("snapshot_intake: what is offered, is asked for window by window") {
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

TEST_CASE("snapshot_intake: an installed one, is acknowledged when it is durable and not before") {
  Taker taker;
  taker.take_all();
  CHECK(taker.sent() == "");
  taker.confirm(2, 1, 1, 12);
  CHECK(taker.sent() == "2<confirmed 1");
  CHECK(taker.sync().sent() == "2<ack 12 success");
}

TEST_CASE("snapshot_intake: what is shipped behind an installed one, is acknowledged with it") {
  Taker taker;
  taker.take_all();
  taker.shipped(2, 1, "12@1", "m@1", 12);
  CHECK(taker.sent().find("success") == std::string::npos);
  CHECK(taker.sync().sent() == "2<ack 13 success");
  CHECK(taker.log() == "[12] m");
}

TEST_CASE(
    "snapshot_intake: before an installed one is durable, its node neither votes nor stands") {
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

TEST_CASE("snapshot_intake: a crash before an installed one is durable, leaves the log before") {
  Taker taker("a@1 b@1");
  taker.take_all();
  REQUIRE(taker.log() == "[12]");
  taker.restart();
  CHECK(taker.log() == "a b");
}

TEST_CASE("snapshot_intake: a crash behind an installed one, leaves it") {
  Taker taker("a@1 x@1");
  taker.take_all();
  taker.sync();
  taker.restart();
  CHECK(taker.log() == "[12]");
  CHECK(taker.state() == "ka=a kb=b kc=c kd=d ke=e kf=f kg=g kh=h ki=i kj=j kk=k kl=l");
}

TEST_CASE(
    "snapshot_intake: a damaged chunk, is asked for again and what is behind it is let pass") {
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

TEST_CASE("snapshot_intake: each flipped bit of a chunk, is never taken") {
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

TEST_CASE("snapshot_intake: a chunk that comes again, is taken once") {
  Taker taker;
  taker.offer();
  taker.piece(0);
  taker.piece(0);
  CHECK(taker.node().log().wal().partial_held() == 30);
  CHECK(taker.times_told(
            "wants the snapshot up to LSN=12 of follower-1, holds 0 of its 124 bytes") == 1);
}

TEST_CASE("snapshot_intake: a chunk that nobody asked for, is let pass") {
  Taker taker;
  taker.piece(0);
  CHECK((taker.sent() == "" && taker.node().log().wal().partial().is_none()));
}

TEST_CASE("snapshot_intake: a sound chunk that no sound node says, hangs up on its giver") {
  Taker taker;
  taker.offer();
  TakenSnapshot shifted = taker.given;
  Bytes record;
  encode_record({Generation(1), Lsn(12), {}, 5, Op::chunk, {}, "x"}, record);
  taker.says(2, Chunk{taker.given.id, 0, false, true}, record);
  CHECK((taker.take_hang_ups() == std::vector<NodeId>{NodeId(2)}));
  CHECK(taker.node().log().wal().partial_held() == 0);
}

TEST_CASE("snapshot_intake: bytes that don't have the CRC that was said, are asked for all over") {
  Taker taker("a@1");
  taker.given.id.crc ^= 1;
  taker.offer();
  taker.pieces(0, 124);
  CHECK(taker.sent().ends_with("2<wants 12@1 0..60"));
  CHECK(taker.log() == "a");
}

TEST_CASE("snapshot_intake: bytes that are no state, are not installed whatever their CRC") {
  Taker taker("a@1");
  taker.given.bytes.back() ^= 1;
  taker.given.bytes.resize(taker.given.bytes.size() - 1);
  taker.given.id.size = taker.given.bytes.size();
  taker.given.id.crc = crc32(taker.given.bytes);
  taker.offer();
  taker.pieces(0, 123);
  CHECK(taker.log() == "a");
}

TEST_CASE("snapshot_intake: after a cut connection, it goes on where it stopped") {
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

TEST_CASE("snapshot_intake: after a restart, it goes on behind what was durable") {
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

TEST_CASE("snapshot_intake: all of it durable but the note, is installed at the next offer") {
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

TEST_CASE("snapshot_intake: under another leader, it goes on with the same one") {
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

TEST_CASE("snapshot_intake: one of one's own, waits until what is on its way is here") {
  NodeConfig config = in_pieces();
  config.snapshot_bytes = ByteCount(100);
  config.log_kept_bytes = ByteCount();
  Taker taker("a@1 b@1 c@1", config);
  taker.offer();
  taker.piece(0);
  taker.shipped(2, 1, "3@1", "", 3);  // all three are committed: one's own would be due
  taker.sync();
  CHECK(taker.node().log().wal().snapshot().is_none());
  taker.pieces(30, 124);
  CHECK(taker.log() == "[12]");
}

TEST_CASE(
    "snapshot_intake: who installed one and leads before it could say so, takes its own again") {
  NodeConfig config = in_pieces();
  config.snapshot_bytes = ByteCount(200);
  config.log_kept_bytes = ByteCount();
  Taker taker("", config);
  taker.take_all();
  taker.gone(2);
  taker.sync();  // durable, and nobody to tell
  taker.hello(2, "12@1");
  taker.win("12@1");
  taker.sync();
  taker.ack(2, 13);
  for (int n = 0; n < 20; ++n) {
    taker.request("set k" + std::to_string(n) + " v");
    taker.sync();
    taker.ack(2, taker.node().log().last().value());
  }
  CHECK(taker.node().log().wal().snapshot().lsn > Lsn(13));
}

TEST_CASE(
    "snapshot_intake: another one that is offered, is begun, and the first one's chunks let pass") {
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

TEST_CASE(
    "snapshot_intake: when nothing comes for the time of a heartbeat, it is asked for again") {
  Taker taker("", seat_that_beats(in_pieces()));
  taker.offer();
  taker.piece(0);
  taker.confirm(2, 1, 1);
  taker.confirm(2, 1, 1);
  CHECK(taker.sent() == "2<wants 12@1 0..60, 2<confirmed 1, 2<confirmed 1");
  taker.pass(20);
  taker.sent();
  taker.confirm(2, 1, 2);  // whatever the round
  CHECK(taker.sent() == "2<confirmed 2, 2<wants 12@1 30..90");
  taker.confirm(2, 1, 2);
  CHECK(taker.sent() == "2<confirmed 2");
}

TEST_CASE(
    "snapshot_intake: one that is offered and was installed, is answered with where to go on") {
  Taker taker;
  taker.take_all();
  taker.sync();
  taker.sent();
  taker.offer();
  CHECK(taker.sent() == "2<ack 12 mismatch");
}

TEST_CASE("snapshot_intake: one that stands for what is here, is not taken and nothing is lost") {
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

TEST_CASE("snapshot_intake: a log that is not the leader's, is replaced even where it is longer") {
  Taker taker(std::string(kTwelve) + " x@1");
  const TakenSnapshot other = snapshot_of("a@1 b@2");
  taker.offers(3, 2, other);
  taker.chunk(3, 2, other, 0, 30);
  taker.chunk(3, 2, other, 30, 60);
  CHECK(taker.log() == "[2]");
  CHECK(taker.state() == "ka=a kb=b");
  CHECK(taker.sync().sent().ends_with("3<ack 2 success"));
}

TEST_CASE("snapshot_intake: an installed one that the disk refused, leaves all as it was") {
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

TEST_CASE("snapshot_intake: what a damaged log had beyond it and its leader never had, is let go") {
  Seat taker("", in_pieces());
  const std::uint64_t generation =
      take_over_damage(taker, std::string(kTwelve) + " m@1 n@1 o@1 p@1");
  CHECK(taker.sent().ends_with("2<ack 12 mismatch"));
  CHECK(taker.sync().sent() == "");  // it may be owed four records more
  taker.asks(3, generation + 1, "99@9");
  CHECK(taker.sync().sent().find("no vote") != std::string::npos);
  taker.shipped(2, generation + 1, "12@1", "q@1", 12);  // the leader's log ends there
  CHECK(taker.sync().sent() == "2<ack 13 success");
  taker.asks(3, generation + 2, "99@9");
  CHECK(taker.sync().sent().find("3<a vote") != std::string::npos);
}

TEST_CASE("snapshot_intake: a damaged log, is replaced by one that reaches beyond the damage") {
  Seat taker("", in_pieces());
  take_over_damage(taker, "a@1 b@1 c@1");
  taker.sent();
  CHECK(taker.log() == "[12]");
  CHECK(taker.sync().sent() == "2<ack 12 success");
  taker.restart();
  CHECK_FALSE(taker.node().log().wal().is_damaged());
}

// ---- adoption

TEST_CASE("snapshot_intake: the winner of an election, takes over a log that begins with one") {
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

TEST_CASE(
    "snapshot_intake: an offer that is not the source's or not for that, changes no adoption") {
  NodeConfig config = in_pieces();
  config.election = ElectionRule::adopt;
  Seat winner("a@1", config);
  winner.win("13@2");
  const TakenSnapshot given = snapshot_of(kTwelve);
  winner.offers(3, winner.generation(), given, true);
  winner.offers(2, winner.generation(), given, false);
  CHECK(winner.sent() == "");
}

TEST_CASE("snapshot_intake: who stepped down since it won, takes nothing for its adoption") {
  Taker taker;
  taker.offers(2, 1, taker.given, true);
  CHECK(taker.sent() == "");
}

TEST_CASE(
    "snapshot_intake: a source whose log begins with one, offers it and gives what is wanted") {
  Seat source("a@1 b@1 c@1 s3/3 d@1", in_pieces());
  source.says(2, Fetch{Lsn(1), Generation(1)});
  CHECK(source.sent() == "2<offers 3@1 to adopt");
  source.says(2, Want{source.node().log().wal().snapshot(), 0, 60});
  CHECK(source.sent() == "2<chunk 3@1 at 0 to adopt, 2<chunk 3@1 at 30 to adopt");
  source.says(2, Fetch{Lsn(3), Generation(1)});
  CHECK(source.sent() == "2<give 4 after 3@1 of 4");
}
