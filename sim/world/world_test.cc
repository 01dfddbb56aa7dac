#include "sim/world/world.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "core/env/env_stage.h"
#include "sim/world/live_world.h"
#include "sim/world/quiet_world.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

constexpr NodeId kOne(1), kTwo(2), kThree(3);

std::string text_of(std::size_t bytes) { return env_clauses::long_text(bytes); }

Witness& nobody() {
  static Witness witness;
  witness.take();
  return witness;
}

// A cluster and a writer, and things that go wrong now and then: all of it is a function of the
// settings and of the number of the happenings.
struct Live : LiveWorld {
  static WorldSettings settings(std::uint64_t seed, std::uint32_t nodes) {
    WorldSettings settings = calm_settings(nodes - 1);
    settings.node.write_timeout = milliseconds(50);
    settings.network = {{{50, 900}, Distribution::long_tail}, 30, 20, 10};
    settings.disk.sync.us = {30, 600};
    settings.clock.drift_ppm = {-300, 300};
    settings.seed = seed;
    return settings;
  }
  explicit Live(std::uint64_t seed, std::uint32_t nodes = 4)
      : LiveWorld(settings(seed, nodes), nobody()) {}

  Live& steps(int count) {
    while (count-- > 0) one_step();
    return *this;
  }
  void one_step() {
    const Happening happening = step(nobody());
    if (happening.kind == Happening::Kind::alarm && !world.is_up(NodeId(happening.what)))
      world.start(NodeId(happening.what), nobody());
    if (world.happenings() % 400 == 0) go_wrong(world.happenings() / 400);
  }
  void go_wrong(std::uint64_t nth) {
    const NodeId node(static_cast<std::uint32_t>(1 + nth % world.node_count()));
    switch (nth % 5) {
      case 0: world.cut(kOne, node); break;
      case 1: world.link(1, node.value()).blocked_until = world.now() + milliseconds(3); break;
      case 2: world.pause(node, world.now() + milliseconds(2)); break;
      default:
        if (!world.is_up(node)) break;
        if (nth % 5 == 3)
          world.lose_power(node, ByteCount(nth % 90), nth % 3, nth, nobody());
        else
          world.kill(node, nobody());
        world.set_alarm(world.now() + milliseconds(5), node.value());
    }
  }
};

// All that the world shows of itself.
std::string picture(const Live& live) {
  std::string text = std::to_string(live.world.digest()) + " " +
                     std::to_string(live.world.now().us()) + " " +
                     std::to_string(live.world.happenings()) + " " + live.answers;
  for (std::uint32_t n = 1; n <= live.world.node_count(); ++n)
    text += "\n" + std::string(as_text(live.world.disk(NodeId(n)).file));
  return text;
}

}  // namespace

// ---- the world is a value

TEST_CASE("world: two copies stepped alike, stay alike for thousands of steps") {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    Live one(seed);
    one.steps(1000);
    Live other = one;
    for (int n = 0; n < 5000; ++n) {
      one.one_step();
      other.one_step();
      REQUIRE(one.world.digest() == other.world.digest());
    }
    CHECK(picture(one) == picture(other));
    CHECK(one.writes > 100);
  }
}

TEST_CASE("world: stepping one, leaves its copy alone, which then catches up") {
  Live one(4);
  one.steps(1500);
  const Live snapshot = one;
  const std::string before = picture(snapshot);
  one.steps(3000);
  CHECK(picture(snapshot) == before);
  Live other = snapshot;
  CHECK(picture(other.steps(3000)) == picture(one));
}

TEST_CASE("world: a copy whose original is gone, goes on") {
  auto one = std::make_unique<Live>(5);
  one->steps(2000);
  Live copy = *one;
  const std::string after = picture(one->steps(1000));
  one.reset();
  CHECK(picture(copy.steps(1000)) == after);
}

TEST_CASE("world: assigned over a used one, is the same") {
  Live one(6), other(7, 2);
  one.steps(900);
  other.steps(2500);
  other = one;
  CHECK(picture(other.steps(2000)) == picture(one.steps(2000)));
}

TEST_CASE("world: a reset one, is as new whatever was played in it") {
  Live fresh(8);
  Live used(9, 7);
  used.steps(4000);
  used = Live(9, 7).steps(700);
  for (Live* live : {&fresh, &used}) {
    live->begin(Live::settings(3, 3), nobody());
    live->steps(4000);
  }
  CHECK(picture(fresh) == picture(used));
}

TEST_CASE("world: another seed, is another history") {
  CHECK(Live(1).steps(500).world.digest() != Live(2).steps(500).world.digest());
}

// ---- streams

TEST_CASE("world: on a plain network, a message takes as long as it should") {
  QuietWorld quiet;
  const QuietWorld::Wire wire = quiet.connect();
  quiet.say(wire, 0, "hello");
  quiet.run_for(99);
  CHECK(quiet.heard(wire, 1) == "");
  quiet.run_for(1);
  CHECK(quiet.heard(wire, 1) == "hello");
}

TEST_CASE("world: streams that are cut, joined and stopped, bring all in its order") {
  const std::string there = text_of(20'000);
  const std::string back(there.rbegin(), there.rend());
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    QuietWorld quiet(wild_network(), seed);
    const Choice choice(seed);
    const QuietWorld::Wire wire = quiet.connect();
    std::string heard[2];
    const std::string* said[2] = {&there, &back};
    std::size_t at[2] = {0, 0};
    for (std::uint64_t n = 0; at[0] < there.size() || at[1] < back.size(); ++n) {
      const int end = static_cast<int>(choice.below(2, Purpose::fault_node, 0, n));
      const std::size_t size = choice.below(300, Purpose::fault_by, 0, n) + 1;
      const std::string piece = said[end]->substr(std::min(at[end], there.size()), size);
      if (!piece.empty()) at[end] += quiet.write(wire, end, as_bytes(piece));
      if (choice.percent(60, Purpose::fault_on, 0, n)) quiet.step();
      heard[1 - end] += quiet.heard(wire, 1 - end);
    }
    quiet.run_for(100'000);
    REQUIRE(heard[1] + quiet.heard(wire, 1) == there);
    REQUIRE(heard[0] + quiet.heard(wire, 0) == back);
  }
}

TEST_CASE("world: a wild network, does cut and does join") {
  QuietWorld quiet(wild_network());
  const QuietWorld::Wire wire = quiet.connect();
  int arrivals = 0, cut = 0, joined = 0;
  for (int n = 0; n < 200; ++n) {
    quiet.say(wire, 0, "0123456789");
    quiet.run_for(50);
    const std::size_t size = quiet.heard(wire, 1).size();
    if (size == 0) continue;
    ++arrivals;
    cut += size % 10 != 0 ? 1 : 0;
    joined += size > 10 ? 1 : 0;
  }
  CHECK((arrivals > 20 && cut > 5 && joined > 5));
}

TEST_CASE("world: a message that is held, holds all behind it, and none is overtaken") {
  QuietWorld quiet;
  const QuietWorld::Wire wire = quiet.connect();
  quiet.say(wire, 0, "1");
  quiet.world.link(1, 2).hold_us = 5000;
  for (const std::string text : {"2", "3", "4"}) {
    quiet.say(wire, 0, text);
    quiet.run_for(10);
  }
  quiet.say(wire, 1, "back");
  quiet.run_for(1000);
  CHECK(quiet.heard(wire, 1) == "1");
  CHECK(quiet.heard(wire, 0) == "back");
  quiet.run_for(5000 - 1030 + 99);
  CHECK(quiet.heard(wire, 1) == "");
  quiet.run_for(1);
  CHECK(quiet.heard(wire, 1) == "234");
  quiet.say(wire, 0, "5");  // only the one was held
  quiet.run_for(100);
  CHECK(quiet.heard(wire, 1) == "5");
}

TEST_CASE("world: a slow link, is slow as long as it is told, one way") {
  QuietWorld quiet;
  const QuietWorld::Wire wire = quiet.connect();
  quiet.world.link(1, 2).slow_until = quiet.world.now() + microseconds(50);
  quiet.world.link(1, 2).slow_us = 700;
  quiet.say(wire, 0, "slow");
  quiet.say(wire, 1, "fast");
  quiet.run_for(100);
  CHECK(quiet.heard(wire, 0) == "fast");
  quiet.run_for(699);
  CHECK(quiet.heard(wire, 1) == "");
  quiet.run_for(1);
  quiet.say(wire, 0, "!");
  quiet.run_for(100);
  CHECK(quiet.heard(wire, 1) == "slow!");
}

// ---- partitions and cuts

TEST_CASE(
    "world: a partition, holds what is written and what was under way, and releases it whole") {
  QuietWorld quiet;
  const QuietWorld::Wire wire = quiet.connect();
  quiet.say(wire, 0, "under way, ");
  quiet.world.link(1, 2).blocked_until = quiet.world.now() + microseconds(3000);
  quiet.say(wire, 0, "written");
  quiet.say(wire, 1, "the other way");
  quiet.run_for(2999);
  CHECK(quiet.heard(wire, 1) == "");
  CHECK(quiet.heard(wire, 0) == "the other way");
  quiet.run_for(200);
  CHECK(quiet.heard(wire, 1) == "under way, written");
}

TEST_CASE("world: a partition that begins anew before it is over, holds all on") {
  QuietWorld quiet;
  const QuietWorld::Wire wire = quiet.connect();
  Link& link = quiet.world.link(1, 2);
  link.blocked_until = quiet.world.now() + microseconds(1000);
  quiet.say(wire, 0, "held");
  quiet.run_for(900);
  link.blocked_until = quiet.world.now() + microseconds(1000);
  quiet.run_for(999);
  CHECK(quiet.heard(wire, 1) == "");
  quiet.run_for(200);
  CHECK(quiet.heard(wire, 1) == "held");
}

TEST_CASE("world: a dial into a partition, arrives when it is over") {
  QuietWorld quiet;
  quiet.world.link(1, 2).blocked_until = quiet.world.now() + microseconds(3000);
  quiet.env(kOne).dial(kTwo);
  quiet.run_for(3000);
  CHECK(quiet.accepted(kTwo).is_none());
  quiet.run_for(100);
  CHECK_FALSE(quiet.accepted(kTwo).is_none());
}

TEST_CASE("world: a dial under way when a partition begins, is held too") {
  QuietWorld quiet;
  quiet.env(kOne).dial(kTwo);
  quiet.world.link(1, 2).blocked_until = quiet.world.now() + microseconds(3000);
  quiet.run_for(3099);
  CHECK(quiet.accepted(kTwo).is_none());
  quiet.run_for(1);
  CHECK_FALSE(quiet.accepted(kTwo).is_none());
}

TEST_CASE("world: the answer to a dial, is held by a partition that begins behind it") {
  QuietWorld quiet;
  const SocketId dialed = quiet.env(kOne).dial(kTwo).value();
  quiet.run_for(150);  // the other end has accepted, and said so
  REQUIRE_FALSE(quiet.accepted(kTwo).is_none());
  const QuietWorld::Wire wire{{kOne, kTwo}, {dialed, quiet.accepted(kTwo)}};
  quiet.world.link(2, 1).blocked_until = quiet.world.now() + microseconds(3000);
  const int told = quiet.told(kOne);
  quiet.say(wire, 1, "welcome");
  quiet.run_for(3099);
  CHECK((quiet.told(kOne) == told && quiet.heard(wire, 0) == ""));
  quiet.run_for(1);
  CHECK((quiet.told(kOne) > told && quiet.heard(wire, 0) == "welcome"));
}

TEST_CASE("world: the end of a process, is held by a partition that begins behind it") {
  QuietWorld quiet;
  const QuietWorld::Wire wire = quiet.connect();
  quiet.say(wire, 1, "last");
  quiet.world.kill(kTwo, quiet.witness);  // its reset comes behind what it has said
  quiet.world.link(2, 1).blocked_until = quiet.world.now() + microseconds(3000);
  quiet.run_for(3099);
  CHECK(quiet.heard(wire, 0) == "");
  quiet.run_for(1);
  CHECK(quiet.heard(wire, 0) == "last#");
}

TEST_CASE("world: a node that is back, ends its old connections behind what flies and is held") {
  QuietWorld quiet;
  const QuietWorld::Wire wire = quiet.connect();
  quiet.world.link(2, 1).hold_us = 500;
  quiet.say(wire, 1, "last");
  quiet.world.lose_power(kTwo, ByteCount(), 0, 0, quiet.witness);
  quiet.start(kTwo);
  quiet.run_for(599);
  CHECK(quiet.heard(wire, 0) == "");
  quiet.run_for(1);
  CHECK(quiet.heard(wire, 0) == "last#");
}

TEST_CASE("world: a cut within a partition, is known to both at once") {
  QuietWorld quiet;
  const QuietWorld::Wire wire = quiet.connect();
  quiet.world.link(1, 2).blocked_until = quiet.world.link(2, 1).blocked_until =
      quiet.world.now() + microseconds(3000);
  quiet.world.cut(kOne, kTwo);
  quiet.run_for(1);
  CHECK((quiet.heard(wire, 0) == "#" && quiet.heard(wire, 1) == "#"));
}

TEST_CASE("world: an end that closes behind a partition, is learnt of when it is over") {
  QuietWorld quiet;
  const QuietWorld::Wire wire = quiet.connect();
  quiet.say(wire, 0, "last");
  quiet.close(wire, 0);
  quiet.world.link(1, 2).blocked_until = quiet.world.now() + microseconds(3000);
  quiet.run_for(2999);
  CHECK(quiet.heard(wire, 1) == "");
  quiet.run_for(300);
  CHECK(quiet.heard(wire, 1) == "last#");
}

TEST_CASE("world: a cut, ends the connection for both, and what was under way is lost") {
  QuietWorld quiet;
  const QuietWorld::Wire wire = quiet.connect();
  quiet.say(wire, 0, "arrived");
  quiet.run_for(100);
  quiet.say(wire, 0, "under way");
  quiet.world.cut(kTwo, kOne);
  quiet.say(wire, 1, "too late");
  quiet.run_for(1000);
  CHECK(quiet.heard(wire, 1) == "arrived#");
  CHECK(quiet.heard(wire, 0) == "#");
  const QuietWorld::Wire again = quiet.connect();
  quiet.say(again, 0, "again");
  quiet.run_for(100);
  CHECK(quiet.heard(again, 1) == "again");
}

TEST_CASE("world: a cut of two nodes, leaves the others' connections alone") {
  QuietWorld quiet(plain_network(), 1, 4);
  const QuietWorld::Wire cut = quiet.connect(2, 1);
  const QuietWorld::Wire spared = quiet.connect(3, 1);
  quiet.world.cut(kOne, kTwo);
  quiet.say(spared, 0, "here");
  quiet.run_for(1000);
  CHECK(quiet.heard(cut, 1) == "#");
  CHECK(quiet.heard(spared, 1) == "here");
}

// ---- nodes that go

TEST_CASE("world: a killed process, ends its connections behind what it had written") {
  QuietWorld quiet;
  const QuietWorld::Wire wire = quiet.connect();
  quiet.say(wire, 1, "last words");
  quiet.world.kill(kTwo, quiet.witness);
  quiet.run_for(1000);
  CHECK(quiet.heard(wire, 0) == "last words#");
}

TEST_CASE("world: power lost, tells nobody until the node is back") {
  QuietWorld quiet;
  const QuietWorld::Wire wire = quiet.connect();
  quiet.say(wire, 1, "last words");
  quiet.world.lose_power(kTwo, ByteCount(), 0, 0, quiet.witness);
  quiet.run_for(1'000'000);
  CHECK(quiet.heard(wire, 0) == "last words");
  quiet.say(wire, 0, "into the void");
  quiet.start(kTwo);
  quiet.run_for(1000);
  CHECK(quiet.heard(wire, 0) == "#");
}

TEST_CASE("world: power lost and killed, treat the disk each in its way") {
  for (const bool kills : {false, true}) {
    QuietWorld quiet;
    const std::size_t before = quiet.world.disk(kTwo).file.size();
    quiet.world.disk(kTwo).begin_sync();
    quiet.world.disk(kTwo).end_sync();
    quiet.env(kTwo).append(as_bytes("unsynced"));
    if (kills)
      quiet.world.kill(kTwo, quiet.witness);
    else
      quiet.world.lose_power(kTwo, ByteCount(3), 0, 0, quiet.witness);
    CHECK(quiet.world.disk(kTwo).file.size() == before + (kills ? 8 : 3));
    CHECK_FALSE(quiet.world.is_up(kTwo));
    CHECK(quiet.witness.take() == "crashed 2");
  }
}

// What a life had begun (a sync, a timer, a connection) means nothing to the next one.
TEST_CASE("world: a sync of an earlier life, is told to nobody") {
  QuietWorld quiet;
  quiet.env(kTwo).start_sync();
  quiet.world.kill(kTwo, quiet.witness);
  quiet.start(kTwo);
  const int told = quiet.told(kTwo);
  quiet.run_for(1000);
  CHECK(quiet.told(kTwo) == told);
}

TEST_CASE("world: a node that is up, can't be started") {
  QuietWorld quiet;
  CHECK_THROWS_AS(quiet.world.start(kTwo, quiet.witness), InvariantBroken);
}

TEST_CASE("world: a dial to who is not up, is refused in the time that a message takes") {
  QuietWorld quiet;
  const SocketId socket = quiet.env(kOne).dial(kThree).value();
  quiet.run_for(199);
  CHECK(quiet.told(kOne) == 0);
  quiet.run_for(1);
  CHECK(quiet.told(kOne) == 1);
  quiet.env(kOne).close(socket);
}

// ---- pauses, damage, alarms

TEST_CASE(
    "world: a node that stands still, is told nothing until it goes on, and then all in order") {
  QuietWorld quiet;
  const QuietWorld::Wire wire = quiet.connect();
  quiet.world.pause(kTwo, quiet.world.now() + microseconds(5000));
  for (const std::string text : {"a", "b", "c"}) {
    quiet.say(wire, 0, text);
    quiet.run_for(200);
  }
  const int told = quiet.told(kTwo);
  quiet.run_for(5000 - 601);
  CHECK(quiet.told(kTwo) == told);
  quiet.run_for(1);
  CHECK(quiet.told(kTwo) > told);
  CHECK(quiet.heard(wire, 1) == "abc");
}

TEST_CASE("world: a shorter pause within a longer one, does not end it") {
  QuietWorld quiet;
  const QuietWorld::Wire wire = quiet.connect();
  quiet.world.pause(kTwo, quiet.world.now() + microseconds(5000));
  quiet.world.pause(kTwo, quiet.world.now() + microseconds(1000));
  const int told = quiet.told(kTwo);
  quiet.say(wire, 0, "x");
  quiet.run_for(4999);
  CHECK(quiet.told(kTwo) == told);
}

TEST_CASE("world: a damaged byte, is that byte and those bits; beyond the file nothing happens") {
  QuietWorld quiet;
  const Bytes before = quiet.world.disk(kTwo).file;
  quiet.world.damage(kTwo, 5, 0x40, quiet.witness);
  Bytes expected = before;
  expected[5] ^= 0x40;
  CHECK(quiet.world.disk(kTwo).file == expected);
  CHECK(quiet.witness.take() == "damaged 2");
  quiet.world.damage(kTwo, before.size(), 0x40, quiet.witness);
  CHECK(quiet.world.disk(kTwo).file == expected);
  CHECK(quiet.witness.take() == "");
}

TEST_CASE("world: alarms, go off at their time with what they were given") {
  QuietWorld quiet;
  const Time now = quiet.world.now();
  quiet.world.set_alarm(now + microseconds(20), 7);
  quiet.world.set_alarm(now + microseconds(10), 8);
  CHECK(quiet.world.next_at() == now + microseconds(10));
  CHECK(quiet.world.step(quiet.witness).what == 8);
  const Happening second = quiet.world.step(quiet.witness);
  CHECK((second.kind == Happening::Kind::alarm && second.what == 7));
  CHECK(quiet.world.now() == now + microseconds(20));
}

TEST_CASE("world: a cluster of none or too many, is refused") {
  World world;
  WorldSettings settings;
  for (const std::uint32_t members : {0u, kMaxNodes + 1}) {
    settings.node.members = members;
    CHECK_THROWS_AS(world.reset(settings, sound_rules(), 1), InvariantBroken);
  }
}

// ---- clients

TEST_CASE("world: a client's large request to who doesn't read, fills the socket and no more") {
  QuietWorld quiet;
  const std::uint32_t pipe = quiet.world.client_dial(kFirstClient, kOne);
  quiet.run_for(1000);
  quiet.world.client_write(pipe, as_bytes(text_of(kSocketBuffer + 5000)));
  quiet.run_for(1000);
  CHECK(quiet.heard({{kOne, kOne}, {quiet.accepted(kOne), quiet.accepted(kOne)}}, 0) ==
        text_of(kSocketBuffer + 5000).substr(0, kSocketBuffer));
}

TEST_CASE("world: a client that closes, is learnt of by its node") {
  QuietWorld quiet;
  const std::uint32_t pipe = quiet.world.client_dial(kFirstClient + 1, kOne);
  quiet.run_for(1000);
  quiet.world.client_close(pipe);
  quiet.run_for(1000);
  CHECK(quiet.heard({{kOne, kOne}, {quiet.accepted(kOne), quiet.accepted(kOne)}}, 0) == "#");
}
