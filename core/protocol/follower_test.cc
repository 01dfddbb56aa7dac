// What a follower decides, with the test as its leader and its disk (node_fixture.h).
#include "core/protocol/follower.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "core/protocol/node_fixture.h"

using namespace quorate;

namespace {

// A follower of the leader of generation 1, with these values in its log, synced and acknowledged.
Stage following(const std::string& values) {
  Stage follower(config_of(2, 2));
  follower.start().hello(1, "0", 1).ship("0", values, 1).sync();
  follower.sent();
  follower.take_dials();
  return follower;
}

// Its leader has crashed, and leads generation 2 now.
Stage& new_leader(Stage& follower) { return follower.gone(1).hello(1, "0", 2); }

// A ship whose records were changed on the way.
void ship_damaged(Stage& follower, const Position& prev, const std::string& values,
                  std::uint32_t records) {
  Bytes bytes = records_after(prev.lsn, Generation(1), values);
  bytes.back() ^= 1;
  follower.says(1, ship_head(prev, records), bytes);
}

}  // namespace

// ---- acks

TEST_CASE("follower: a record, is acknowledged when it is durable and not before") {
  Stage follower(config_of(2, 2));
  follower.start().hello(1, "0", 1).ship("0", "a", 1);
  CHECK(follower.sent() == "");
  CHECK(follower.sync().sent() == "1<ack 1 success");
  CHECK(follower.state() == "ka=a");
}

TEST_CASE("follower: a record, is applied when it is durable and not before") {
  Stage follower(config_of(2, 2));
  follower.start().hello(1, "0", 1).ship("0", "a", 1);
  CHECK(follower.state() == "");
  CHECK(follower.sync().state() == "ka=a");
}

TEST_CASE("follower: records of one ship, are acknowledged by one ack of the last") {
  Stage follower(config_of(2, 2));
  CHECK(follower.start().hello(1, "0", 1).ship("0", "a b c", 1).sync().sent() == "1<ack 3 success");
}

TEST_CASE("follower: a sync that covers a part, acknowledges that part") {
  Stage follower = following("a");
  follower.ship("1@1", "b", 1);
  const std::size_t half = follower.file().size();
  follower.ship("2@1", "c", 1);
  CHECK(follower.synced_up_to(half).sent() == "1<ack 2 success");
  CHECK(follower.sync().sent() == "1<ack 3 success");
}

TEST_CASE("follower: a question whether it agrees, is answered at once") {
  Stage follower = following("a b");
  CHECK(follower.ship("2@1", "", 1).sent() == "1<ack 2 success");
  CHECK(follower.ship("1@1", "", 1).sent() == "1<ack 2 success");
}

TEST_CASE("follower: after its own start, it acknowledges only what the leader has confirmed") {
  Stage follower = following("a b c");
  follower.crash();
  follower.start().hello(1, "0", 1).ship("1@1", "b", 1);
  CHECK(follower.sent() == "1<ack 2 success");
}

TEST_CASE("follower: a record that comes again, is acknowledged again and applied once") {
  Stage follower = following("a");
  CHECK(follower.ship("0", "a", 1).sent() == "1<ack 1 success");
  CHECK(follower.tells("LSN=1 came again: it is here already"));
  CHECK(follower.times_told("applied LSN=1") == 1);
  CHECK(follower.log() == "a");
}

TEST_CASE("follower: an ack, is not sent before the generation it speaks of is durable") {
  Stage follower = following("a");
  new_leader(follower).ship("1@1", "", 2, 1);
  CHECK(follower.sent() == "");
  CHECK(follower.sync().sent() == "1<ack 1 success");
}

TEST_CASE("follower: a sync that ends when the leader is gone, is told to nobody") {
  Stage follower(config_of(2, 2));
  follower.start().hello(1, "0", 1).ship("0", "a", 1).gone(1).sync();
  CHECK(follower.sent() == "");
}

// ---- damage on the way

TEST_CASE(
    "follower: a record with a bad CRC, is asked for again and what is behind it is let "
    "pass") {
  Stage follower = following("a");
  ship_damaged(follower, "1@1", "b", 1);
  CHECK(follower.sent() == "1<ack 2 crc_failure");
  follower.ship("2@1", "c", 1).ship("3@1", "d", 1);
  CHECK(follower.sent() == "");
  CHECK(follower.ship("1@1", "b c d", 1).sync().sent() == "1<ack 4 success");
  CHECK(follower.log() == "a b c d");
}

TEST_CASE("follower: the second record of a ship damaged, the first is kept") {
  Stage follower = following("a");
  ship_damaged(follower, "1@1", "b c", 2);
  CHECK(follower.sent() == "1<ack 3 crc_failure");
  CHECK(follower.sync().sent() == "1<ack 2 success");
  CHECK(follower.log() == "a b");
}

TEST_CASE("follower: fewer records than the head says, are like damaged ones") {
  Stage follower = following("a");
  follower.says(1, ship_head("1@1", 2), records_after(Lsn(1), Generation(1), "b"));
  CHECK(follower.sent() == "1<ack 3 crc_failure");
}

TEST_CASE("follower: each flipped bit of a shipped record, is never taken") {
  const Bytes sound = records_after(Lsn(1), Generation(1), "b");
  const Stage before = following("a");
  for (std::size_t bit = 0; bit < sound.size() * 8; ++bit) {
    Stage follower = before;
    Bytes bytes = sound;
    bytes[bit / 8] = static_cast<Byte>(bytes[bit / 8] ^ (1 << bit % 8));
    follower.says(1, ship_head("1@1", 1), bytes);
    REQUIRE(follower.sent() == "1<ack 2 crc_failure");
    REQUIRE(follower.log() == "a");
  }
}

// ---- agreeing

TEST_CASE("follower: a ship behind what it holds, is answered with its last LSN") {
  Stage follower = following("a");
  CHECK(follower.ship("5@1", "x", 1).sent() == "1<ack 1 mismatch");
  CHECK(follower.log() == "a");
}

TEST_CASE("follower: a ship behind a record of another generation, is answered with where to try") {
  Stage follower = following("a b c");
  new_leader(follower).ship("3@2", "x", 2);
  CHECK(follower.sent() == "1<ack 2 mismatch");
  CHECK(follower.log() == "a b c");
}

TEST_CASE("follower: a hint, skips all that the leader's generation can't match") {
  Stage follower = following("a b");
  new_leader(follower).ship("2@1", "c d e", 2, 2).sync().sent();
  follower.gone(1).hello(1, "0", 3).ship("5@1", "", 3, 5);
  CHECK(follower.sent() == "1<ack 2 mismatch");
}

TEST_CASE("follower: a record that differs from the leader's, is cut with all behind it") {
  Stage follower = following("a b c");
  new_leader(follower).ship("1@1", "x", 2, 1).sync();
  CHECK(follower.sent() == "1<ack 2 success");
  CHECK(follower.log() == "a x@2");
  CHECK(follower.state() == "ka=a kx=x");
  CHECK(follower.tells("cut its log back to LSN=1, it ended at LSN=3"));
}

TEST_CASE("follower: an old tail that nothing replaces, is cut by the leader's question") {
  Stage follower = following("a b c");
  new_leader(follower).ship("2@1", "", 2, 2).sync();
  CHECK(follower.sent() == "1<ack 2 success");
  CHECK(follower.log() == "a b");
  CHECK(follower.tells("rebuilt its state up to LSN=2"));
}

TEST_CASE("follower: what the present generation wrote behind the leader's start, stays") {
  Stage follower = following("a");
  new_leader(follower).ship("1@1", "b c", 2, 1).sync().sent();
  CHECK(follower.ship("1@1", "", 2, 1).sent() == "1<ack 3 success");
  CHECK(follower.log() == "a b@2 c@2");
}

TEST_CASE(
    "follower: records before the leader's start that are not yet compared, are not "
    "vouched for") {
  Stage follower = following("a b c d");
  new_leader(follower).sync().ship("2@1", "", 2, 3);
  CHECK(follower.sent() == "1<ack 2 success");
  CHECK(follower.log() == "a b c");
}

TEST_CASE("follower: a first ship that comes again late, cuts nothing") {
  Stage follower = following("a b c");
  follower.ship("0", "a", 1);
  CHECK(follower.log() == "a b c");
}

TEST_CASE("follower: a cut, is durable before what replaces it is acknowledged") {
  Stage follower = following("a b");
  new_leader(follower).ship("1@1", "x", 2, 1).sync();
  follower.crash();
  CHECK(follower.start().log() == "a x@2");
}

TEST_CASE("follower: a sync of bytes that are cut by now, makes nothing durable") {
  Stage follower = following("a");
  follower.ship("1@1", "b", 1);
  const std::size_t under_way = follower.file().size();
  new_leader(follower).ship("1@1", "x", 2, 1).synced_up_to(under_way);
  CHECK(follower.sent() == "");
  CHECK(follower.node().log().durable() == Lsn(1));
  CHECK(follower.sync().sent() == "1<ack 2 success");
}

// ---- generations

TEST_CASE("follower: a leader of an older generation, is hung up on") {
  Stage follower = following("a");
  new_leader(follower).sync().sent();
  follower.gone(1).hello(1, "0", 1);
  CHECK((follower.take_hang_ups() == std::vector<NodeId>{NodeId(1)}));
  CHECK(follower.tells("refuses leader: it speaks of generation 1, this is 2"));
}

TEST_CASE("follower: a ship of an older generation, is not taken") {
  Stage follower = following("a");
  new_leader(follower).sync().ship("1@1", "b", 1);
  CHECK(follower.sent() == "");
  CHECK(follower.log() == "a");
  CHECK((follower.take_hang_ups() == std::vector<NodeId>{NodeId(1)}));
}

TEST_CASE("follower: a new generation, unverifies what was agreed with the old leader") {
  Stage follower = following("a b");
  new_leader(follower).sync();
  CHECK(follower.sent() == "");
}

TEST_CASE("follower: a record that can't follow its last, hangs up on the leader") {
  Stage follower = following("a");
  follower.says(1, ship_head("1@1", 1), records_after(Lsn(4), Generation(1), "x"));
  CHECK((follower.take_hang_ups() == std::vector<NodeId>{NodeId(1)}));
  CHECK(follower.log() == "a");
}

TEST_CASE("follower: a note among the shipped records, is not taken for one") {
  Stage follower = following("a");
  for (const Op op : {Op::generation, Op::cut}) {
    Bytes note;
    encode_record({Generation(1), Lsn(2), ClientId(), 0, op, {}, {}}, note);
    follower.says(1, ship_head("1@1", 1), note);
    CHECK(follower.log() == "a");
  }
}

TEST_CASE("follower: a hello of a peer that isn't the leader, makes nobody its leader") {
  Stage follower = following("a");
  follower.hello(3, "9@9", 9).sync();
  CHECK(follower.node().log().generation() == Generation(1));
}

TEST_CASE("follower: a leader that is restoring, is no leader yet, whatever its generation") {
  Stage follower = following("a");
  new_leader(follower).sync().gone(1).hello(1, "0", 1, true);
  CHECK(follower.take_hang_ups().empty());
  CHECK(follower.says(1, Fetch{}).sent() == "1<give 1 after 0 of 1");
}

// ---- giving back

TEST_CASE("follower: asked for its records, it gives what is durable and nothing else") {
  Stage follower = following("a b");
  follower.ship("2@1", "c", 1);
  CHECK(follower.says(1, Fetch{Lsn(1), Generation(1)}).sent() == "1<give 2 after 1@1 of 2");
  CHECK(follower.says(1, Fetch{Lsn(2), Generation(1)}).sent() == "1<give nothing after 2@1 of 2");
}

TEST_CASE("follower: asked after what it doesn't hold so, it says where to try") {
  Stage follower = following("a b");
  new_leader(follower).ship("2@1", "c", 2, 2).sync().sent();
  CHECK(follower.says(1, Fetch{Lsn(3), Generation(1)}).sent() == "1<give nothing, try after 2@1");
  CHECK(follower.says(1, Fetch{Lsn(9), Generation(2)}).sent() == "1<give nothing, try after 3@2");
  CHECK(follower.says(1, Fetch{Lsn(9), Generation(1)}).sent() == "1<give nothing, try after 2@1");
}

// ---- the disk

TEST_CASE("follower: a full disk, is told from the first record that found no room") {
  Stage follower = following("a");
  follower.disk_is_full = true;
  follower.ship("1@1", "b c", 1);
  CHECK(follower.sent() == "1<ack 2 no_space");
  follower.ship("3@1", "d", 1);
  CHECK(follower.sent() == "");
  follower.disk_is_full = false;
  CHECK(follower.ship("1@1", "b c d", 1).sync().sent() == "1<ack 4 success");
}

TEST_CASE("follower: a full disk when a tail was cut for new records, vouches for the tail never") {
  Stage follower = following("a b c");
  new_leader(follower);
  follower.disk_is_full = true;
  follower.ship("1@1", "x y", 2, 1);
  CHECK(follower.log() == "a b c");
  const std::string sent = follower.sync().sent();
  for (const char* false_ack : {"ack 2 success", "ack 3 success"})
    CHECK(sent.find(false_ack) == std::string::npos);
  follower.disk_is_full = false;
  CHECK(follower.ship("1@1", "x y", 2, 1).sync().sent().ends_with("1<ack 3 success"));
  CHECK(follower.log() == "a x@2 y@2");
  CHECK(follower.state() == "ka=a kx=x ky=y");
}

TEST_CASE("follower: a full disk when an old tail was cut, vouches for the tail never") {
  Stage follower = following("a b c");
  new_leader(follower);
  follower.disk_is_full = true;
  follower.ship("2@1", "", 2, 2);
  CHECK(follower.sync().sent().find("ack 3 success") == std::string::npos);
}

TEST_CASE("follower: no room for the generation, hangs up rather than speak of the older one") {
  Stage follower = following("a");
  follower.disk_is_full = true;
  new_leader(follower);
  CHECK(follower.node().log().generation() == Generation(1));
  CHECK((follower.take_hang_ups() == std::vector<NodeId>{NodeId(1)}));
  CHECK(follower.sent() == "");
}

TEST_CASE(
    "follower: what was applied and refused by no disk, is what its log says after each "
    "turn") {
  Stage follower = following("a b c");
  new_leader(follower).sync();
  follower.disk_is_full = true;
  follower.ship("1@1", "x", 2, 1).sync();
  follower.disk_is_full = false;
  follower.crash();
  CHECK(follower.start().state() == "ka=a kb=b kc=c");
}

// ---- connections

TEST_CASE("follower: at its start, it dials the leader, and again after a pause that doubles") {
  Stage follower(config_of(2, 2));
  CHECK(follower.start().take_dials().size() == 1);
  std::int64_t ms = 0;
  for (const std::int64_t pause : {10, 20, 40, 80, 160, 320, 500, 500}) {
    follower.gone(1).let_pass_until(ms + pause - 1);
    CHECK(follower.take_dials().empty());
    follower.let_pass_until(ms += pause);
    CHECK(follower.take_dials().size() == 1);
  }
  follower.hello(1, "0", 1).let_pass_until(ms += 100);  // a heartbeat
  follower.says(1, Heartbeat{}).gone(1).let_pass_until(ms + 10);
  CHECK(follower.take_dials().size() == 1);
}

TEST_CASE("follower: with nothing to say, it sends heartbeats to its leader") {
  Stage follower = following("a");
  follower.let_pass_until(100);
  CHECK(follower.sent() == "1<heartbeat 0");
  follower.gone(1).let_pass_until(400);
  CHECK(follower.sent() == "");
}

TEST_CASE("follower: a connection made anew, begins with nothing owed and nothing missing") {
  Stage follower = following("a");
  ship_damaged(follower, "1@1", "b", 1);
  follower.sent();
  follower.gone(1).hello(1, "0", 1).ship("2@1", "c", 1);
  CHECK(follower.sent() == "1<ack 1 mismatch");
}
