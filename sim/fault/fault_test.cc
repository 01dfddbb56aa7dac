#include "sim/fault/fault.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/log/record_codec.h"
#include "core/log/wal.h"
#include "sim/world/live_world.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

constexpr NodeId kLeader(1), kFirst(2), kSecond(3);

// A fault, as a little language: Fault(FaultKind::crash, kFirst).at(5).back_after(10).
struct Fault : PlannedFault {
  Fault(FaultKind what, NodeId whom) {
    kind = what;
    node = whom;
  }
  Fault& at(std::int64_t ms) { return set(PlannedFault::at, Time() + milliseconds(ms)); }
  Fault& with(NodeId other) { return set(peer, other); }
  Fault& for_ms(std::int64_t ms) { return set(lasts, milliseconds(ms)); }
  Fault& by_us(std::int64_t us) { return set(by, microseconds(us)); }
  Fault& back_after(std::int64_t ms) { return set(restart_after, milliseconds(ms)); }
  Fault& one_way(Direction way) { return set(direction, way); }
  Fault& once(NodeId who, Moment did, std::uint64_t number) {
    return set(after, World::ArmedMoment{who, did, Lsn(number), 0, false});
  }

 private:
  template <class Member, class Value>
  Fault& set(Member& member, Value value) {
    member = value;
    return *this;
  }
};

// A cluster, a client that writes all the time, and these faults.
class Drama {
 public:
  explicit Drama(const std::vector<PlannedFault>& planned = {}, std::uint32_t followers = 2)
      : live_(calm_settings(followers), heard) {
    faults.begin(world(), planned, milliseconds(20));
  }

  World& world() { return live_.world; }
  // Lets the world go on until so many milliseconds after its beginning.
  Drama& until(std::int64_t ms) {
    const Time end = Time() + milliseconds(ms);
    while (world().next_at() <= end) step();
    return *this;
  }
  std::size_t size(NodeId node) { return world().disk(node).file.size(); }
  bool is_up(NodeId node) { return world().is_up(node); }
  std::int64_t over_at_ms() const { return faults.over_at().us() / 1000; }

  Listener heard;
  Faults faults;
  std::string told;  // which faults the run would narrate

  void step() {
    const Happening happening = live_.step(heard);
    const NodeId node(happening.party);
    if (happening.kind == Happening::Kind::alarm)
      narrate_it(faults.alarm(world(), happening.what, heard));
    if (happening.kind == Happening::Kind::node_turn && world().is_halted(node) && is_up(node))
      faults.halted(world(), node, heard);
    const std::vector<std::uint32_t> fired = std::exchange(world().fired(), {});
    for (const std::uint32_t what : fired) narrate_it(faults.fired(world(), what, heard));
  }

 private:
  void narrate_it(const PlannedFault* fault) {
    if (fault != nullptr) told += describe(*fault) + "\n";
  }
  LiveWorld live_;
};

}  // namespace

TEST_CASE("fault: none, and nothing ever goes wrong") {
  Drama drama;
  drama.until(100);
  CHECK((drama.faults.struck() == 0 && drama.over_at_ms() == 0 && drama.told.empty()));
  CHECK(drama.heard.times("leader: answered the write") > 50);
}

TEST_CASE("fault: one with a time, strikes then, once, and is over when it has lasted") {
  Drama drama({Fault(FaultKind::pause, kFirst).at(10).for_ms(30)});
  CHECK(drama.over_at_ms() == 40);
  CHECK(drama.until(9).faults.struck() == 0);
  CHECK(drama.until(100).faults.struck() == 1);
  CHECK(drama.told == "follower-1 stands still for 30 ms\n");
}

TEST_CASE("fault: begun again, has forgotten the run before") {
  Drama drama({Fault(FaultKind::crash, kFirst).at(10)});
  drama.until(50);
  CHECK(drama.faults.down_for_good() == 2);
  drama.faults.begin(drama.world(), {}, milliseconds(20));
  CHECK((drama.faults.struck() == 0 && drama.faults.down_for_good() == 0));
  CHECK(drama.faults.over_at() == Time());
}

// ---- links

TEST_CASE("fault: delay, slows the way to the peer, and to all where none is named") {
  Drama drama({Fault(FaultKind::delay, kLeader).with(kFirst).at(5).for_ms(20).by_us(700),
               Fault(FaultKind::delay, kSecond).at(5).for_ms(20).by_us(900)});
  drama.until(6);
  CHECK(drama.world().link(1, 2).slow_us == 700);
  CHECK(drama.world().link(2, 1).slow_us == 0);
  CHECK(drama.world().link(3, 1).slow_us == 900);
  CHECK(drama.world().link(3, 2).slow_us == 900);
  CHECK(drama.world().link(1, 2).slow_until == Time() + milliseconds(25));
}

TEST_CASE("fault: partition, blocks the ways that it names") {
  const auto blocked = [](Direction way, NodeId peer) {
    Drama drama({Fault(FaultKind::partition, kFirst).with(peer).at(5).for_ms(20).one_way(way)});
    drama.until(6);
    std::string ways;
    for (std::uint32_t from = 1; from <= 3; ++from)
      for (std::uint32_t to = 1; to <= 3; ++to)
        if (drama.world().link(from, to).blocked_until == Time() + milliseconds(25))
          ways += std::to_string(from) + ">" + std::to_string(to) + " ";
    return ways;
  };
  CHECK(blocked(Direction::both, kLeader) == "1>2 2>1 ");
  CHECK(blocked(Direction::to_peer, kLeader) == "2>1 ");
  CHECK(blocked(Direction::from_peer, kLeader) == "1>2 ");
  CHECK(blocked(Direction::both, NodeId()) == "1>2 2>1 2>3 3>2 ");
}

TEST_CASE("fault: a shorter partition within a longer one, does not end it") {
  Drama drama({Fault(FaultKind::partition, kFirst).at(5).for_ms(50),
               Fault(FaultKind::partition, kFirst).at(10).for_ms(5)});
  drama.until(30);
  CHECK(drama.world().link(2, 1).blocked_until == Time() + milliseconds(55));
}

TEST_CASE("fault: cut, ends the connection, which is made anew") {
  Drama drama({Fault(FaultKind::cut, kFirst).with(kLeader).at(10)});
  drama.until(60);
  CHECK(drama.heard.times("leader: follower-1 is connected") == 2);
  CHECK(drama.heard.times("leader: follower-2 is connected") == 1);
}

TEST_CASE("fault: cut of a node, ends all its connections") {
  Drama drama({Fault(FaultKind::cut, kLeader).at(10)});
  drama.until(60);
  CHECK(drama.heard.times("leader: follower-1 is connected") == 2);
  CHECK(drama.heard.times("leader: follower-2 is connected") == 2);
}

TEST_CASE("fault: hold, holds the next message and so all behind it") {
  Drama drama({Fault(FaultKind::hold, kFirst).with(kLeader).at(10).by_us(40'000)});
  drama.until(49);
  const int counted = drama.heard.times("leader: counts the ack of follower-1");
  CHECK(drama.over_at_ms() == 50);
  drama.until(60);
  CHECK(drama.heard.times("leader: counts the ack of follower-1") > counted);
  CHECK(drama.heard.times("timeout") == 0);
}

TEST_CASE("fault: hold of a record, lets all before it pass") {
  PlannedFault hold = Fault(FaultKind::hold, kLeader).with(kFirst).at(10).by_us(100'000);
  hold.lsn = Lsn(1000);
  Drama drama({hold});
  drama.until(20);
  const int before = drama.heard.times("follower-1: appended");
  CHECK(drama.until(40).heard.times("follower-1: appended") > before);
  CHECK((drama.faults.struck() == 0 && drama.told.empty()));
}

TEST_CASE("fault: hold of a record, holds the message that carries it, and so all behind") {
  PlannedFault hold = Fault(FaultKind::hold, kLeader).with(kFirst).at(1).by_us(40'000);
  hold.lsn = Lsn(9);
  Drama drama({hold});
  while (drama.heard.times("leader: shipped record LSN=9 to follower-1") == 0) drama.step();
  const std::int64_t held_at = drama.world().now().us();
  drama.until(held_at / 1000 + 38);
  CHECK(drama.heard.times("follower-1: appended LSN=8") == 1);
  CHECK(drama.heard.times("follower-1: appended LSN=9") == 0);
  CHECK(drama.heard.times("follower-2: appended LSN=9") == 1);
  CHECK(drama.told == "the message with LSN=9 of leader to follower-1 is held for 40000 us\n");
  CHECK(drama.faults.over_at() == Time() + microseconds(held_at + 40'000));
  CHECK(drama.until(60).heard.times("follower-1: appended LSN=9") == 1);
}

TEST_CASE("fault: hold of a record by a follower, holds the ack that speaks for it") {
  PlannedFault hold = Fault(FaultKind::hold, kFirst).at(1).by_us(40'000);
  hold.lsn = Lsn(9);
  Drama drama({hold});
  drama.until(35);
  CHECK(drama.heard.times("leader: counts the ack of follower-1 up to LSN=8") == 1);
  CHECK(drama.heard.times("leader: counts the ack of follower-1 up to LSN=9") == 0);
  CHECK(drama.until(60).heard.times("leader: counts the ack of follower-1 up to LSN=9") == 1);
}

TEST_CASE("fault: corrupt, changes what it names, as often as it says") {
  PlannedFault corrupt = Fault(FaultKind::corrupt, kLeader).with(kFirst).at(10);
  corrupt.count = 2;
  Drama drama({corrupt});
  drama.until(60);
  CHECK(drama.heard.times("follower-1: LSN=") == 2);  // ... came damaged
  CHECK(drama.heard.times("reached follower-1 damaged: ship it again") == 2);
  CHECK(drama.heard.take().find("corrupted") != std::string::npos);
  CHECK_FALSE(drama.world().has_armed_corruption());
}

TEST_CASE("fault: an ack that nobody should count, is refused for what is wrong with it") {
  const auto refusals = [](InjectedAck ack, const char* why) {
    PlannedFault inject = Fault(FaultKind::inject_ack, kFirst).with(kLeader).at(20);
    inject.ack = ack;
    Drama drama({inject});
    return drama.until(60).heard.times(why);
  };
  CHECK(refusals(InjectedAck::duplicate, "it has acknowledged that before") == 1);
  CHECK(refusals(InjectedAck::foreign, "it is not from the one whose connection") == 1);
  CHECK(refusals(InjectedAck::beyond, "nobody shipped it that far") == 1);
  CHECK(refusals(InjectedAck::stale, "not counted") == 0);  // there was no earlier generation
}

// The leader loses what its follower has acknowledged, and ships the same LSNs anew: now the old
// ack would count for what nobody holds.
TEST_CASE("fault: a stale ack, comes when the leader ships anew what it spoke of") {
  int refused = 0;
  for (std::int64_t us = 42'000; us < 46'000; us += 100) {  // its new generation has just begun
    PlannedFault slow = Fault(FaultKind::slow_disk, kLeader).at(10).for_ms(20).by_us(20'000);
    PlannedFault stale = Fault(FaultKind::inject_ack, kFirst).with(kLeader);
    stale.at = Time(us);
    stale.ack = InjectedAck::stale;
    Drama drama({slow, Fault(FaultKind::crash, kLeader).at(20).back_after(2), stale});
    refused += drama.until(60).heard.times("not counted: it is from an earlier generation");
  }
  CHECK(refused > 0);
}

// ---- nodes

TEST_CASE("fault: crash, loses what was not durable, and the node is back when it should") {
  Drama drama({Fault(FaultKind::crash, kFirst).at(10).back_after(30)});
  drama.world().disk(kFirst).slow_until = Time::never();  // so that something is not durable
  drama.world().disk(kFirst).slow_us = 1'000'000;
  drama.until(9);
  CHECK(drama.size(kFirst) > 0);
  drama.until(39);
  CHECK((!drama.is_up(kFirst) && drama.size(kFirst) == 0));
  CHECK(drama.until(40).is_up(kFirst));
  CHECK((drama.over_at_ms() == 40 && drama.faults.down_for_good() == 0));
}

TEST_CASE("fault: crash, lets so much survive as it says") {
  for (const std::int64_t percent : {0, 50, 100}) {
    PlannedFault crash = Fault(FaultKind::crash, kFirst).at(10);
    crash.survives_percent = percent;
    Drama drama({crash});
    drama.world().disk(kFirst).slow_until = Time::never();
    drama.world().disk(kFirst).slow_us = 1'000'000;
    drama.until(9);
    const std::size_t before = drama.size(kFirst);
    const std::size_t left = drama.until(11).size(kFirst);
    CHECK_MESSAGE(
        (left * 100 + 99 >= before * static_cast<std::size_t>(percent) && left <= before + 100),
        percent, "%: ", left, " of ", before);
  }
}

TEST_CASE("fault: crash for good, and the node never comes back") {
  Drama drama({Fault(FaultKind::crash, kSecond).at(10)}, 3);
  drama.until(1000);
  CHECK_FALSE(drama.is_up(kSecond));
  CHECK(drama.faults.down_for_good() == 4);
  CHECK(drama.over_at_ms() == 10);
}

TEST_CASE("fault: crash of a node that is down, does nothing") {
  Drama drama({Fault(FaultKind::crash, kFirst).at(10).back_after(20),
               Fault(FaultKind::crash, kFirst).at(15).back_after(1)});
  CHECK_FALSE(drama.until(29).is_up(kFirst));
  CHECK(drama.until(30).is_up(kFirst));
}

TEST_CASE("fault: a killed process, keeps its file") {
  PlannedFault kill = Fault(FaultKind::crash, kFirst).at(10).back_after(30);
  kill.kills = true;
  Drama drama({kill});
  drama.world().disk(kFirst).slow_until = Time::never();
  drama.world().disk(kFirst).slow_us = 1'000'000;
  drama.until(9);
  const std::size_t before = drama.size(kFirst);
  CHECK(before > 0);
  CHECK(drama.until(11).size(kFirst) >= before);
}

TEST_CASE("fault: after a moment, strikes in the turn of that moment, and is not counted before") {
  Drama drama({Fault(FaultKind::crash, kFirst).once(kFirst, Moment::append, 3).back_after(30)});
  CHECK(drama.over_at_ms() == 0);
  drama.until(30);
  CHECK(drama.faults.struck() == 1);
  CHECK_FALSE(drama.is_up(kFirst));
  CHECK(drama.heard.times("follower-1: ack LSN=3") == 0);
  drama.until(100);
  CHECK(drama.heard.times("follower-1: ack LSN=3") > 0);
  CHECK(drama.over_at_ms() >= 30);
}

TEST_CASE("fault: after a moment of one node, may strike another") {
  Drama drama({Fault(FaultKind::crash, kLeader).once(kFirst, Moment::ack, 2).back_after(30)});
  drama.until(20);
  CHECK((drama.is_up(kFirst) && !drama.is_up(kLeader)));
}

TEST_CASE("fault: two after the same moment, both strike, in their order") {
  Drama drama({Fault(FaultKind::pause, kFirst).once(kFirst, Moment::ack, 3).for_ms(5),
               Fault(FaultKind::cut, kSecond).once(kFirst, Moment::ack, 3)});
  CHECK(drama.until(100).faults.struck() == 2);
  CHECK(drama.told ==
        "follower-1 stands still for 5 ms\n"
        "the connection of follower-2 and everybody is cut\n");
}

// ---- a turn that is cut short

TEST_CASE("fault: crash after an append, and what the turn still wanted to say is not told") {
  Drama drama({Fault(FaultKind::crash, kLeader).once(kLeader, Moment::append, 3)});
  drama.until(100);
  CHECK(drama.heard.times("leader: appended LSN=3") == 1);
  CHECK(drama.heard.times("leader: shipped record LSN=2") == 2);
  CHECK(drama.heard.times("leader: shipped record LSN=3") == 0);
}

TEST_CASE("fault: crash after a ship, and only those that have left are told") {
  Drama drama({Fault(FaultKind::crash, kLeader).once(kLeader, Moment::ship, 3)});
  drama.until(100);
  CHECK(drama.heard.times("leader: shipped record LSN=3 to follower-1") == 1);
  CHECK(drama.heard.times("leader: shipped record LSN=3 to follower-2") == 0);
  CHECK(drama.heard.times("follower-1: appended LSN=3") == 1);
  CHECK(drama.heard.times("follower-2: appended LSN=3") == 0);
}

TEST_CASE("fault: crash after an ack or a reply, and that is told") {
  Drama acks({Fault(FaultKind::crash, kFirst).once(kFirst, Moment::ack, 3)});
  CHECK(acks.until(100).heard.times("follower-1: ack LSN=3") == 1);
  Drama replies({Fault(FaultKind::crash, kLeader).once(kLeader, Moment::reply, 3)});
  CHECK(replies.until(100).heard.times("leader: answered the write of LSN=3") == 1);
  CHECK(replies.is_up(kLeader) == false);
}

TEST_CASE("fault: crash after a sync, strikes before anything follows from it") {
  Drama drama({Fault(FaultKind::crash, kFirst).once(kFirst, Moment::sync, 3)});
  drama.until(100);
  CHECK_FALSE(drama.is_up(kFirst));
  CHECK(drama.heard.times("follower-1: appended LSN=3") == 1);
  CHECK(drama.heard.times("follower-1: durable up to LSN=3") == 0);
  CHECK(drama.heard.times("follower-1: ack LSN=3") == 0);
  const Bytes& file = drama.world().disk(kFirst).file;
  WalRecovery found;
  CHECK(Wal::recover(file, found).last_lsn() == Lsn(3));  // it is durable all the same
}

TEST_CASE("fault: pause, and the node does nothing until it is over") {
  Drama drama({Fault(FaultKind::pause, kFirst).at(10).for_ms(30)});
  drama.until(11);
  const int before = drama.heard.times("follower-1:");
  CHECK(drama.until(39).heard.times("follower-1:") == before);
  CHECK(drama.until(60).heard.times("follower-1:") > before);
}

TEST_CASE("fault: wake_up, wakes as often as it says, and not beyond its end") {
  const auto turns = [](const std::vector<PlannedFault>& faults) {
    Drama drama(faults);
    drama.until(300);
    return drama.world().happenings();
  };
  const std::uint64_t calm = turns({});
  const std::uint64_t woken =
      turns({Fault(FaultKind::wake_up, kLeader).at(10).for_ms(100).by_us(1000)});
  CHECK(woken - calm == 1 + 100);  // the strike, and one each millisecond
}

TEST_CASE("fault: wake_up of a node that is down or stands still, wakes nobody") {
  Drama drama({Fault(FaultKind::crash, kFirst).at(10),
               Fault(FaultKind::pause, kSecond).at(10).for_ms(80),
               Fault(FaultKind::wake_up, kFirst).at(10).for_ms(50).by_us(1000),
               Fault(FaultKind::wake_up, kSecond).at(10).for_ms(50).by_us(1000)});
  drama.until(11);
  const int before = drama.heard.times("follower-");
  CHECK(drama.until(70).heard.times("follower-1:") + drama.heard.times("follower-2:") <= before);
}

// ---- disks

TEST_CASE("fault: slow_disk, makes syncs take longer while it lasts") {
  Drama drama({Fault(FaultKind::slow_disk, kFirst).at(10).for_ms(30).by_us(5000)});
  drama.until(11);
  CHECK(drama.world().disk(kFirst).slow_us == 5000);
  const int before = drama.heard.times("follower-1: durable");
  const int during = drama.until(40).heard.times("follower-1: durable") - before;
  const int after = drama.until(70).heard.times("follower-1: durable") - before - during;
  CHECK((during > 0 && during <= 7 && after > 3 * during));
}

TEST_CASE("fault: disk_full, refuses all until it is over, and then the node catches up") {
  Drama drama({Fault(FaultKind::disk_full, kFirst).at(10).for_ms(30)});
  drama.until(12);
  const std::size_t size = drama.size(kFirst);
  CHECK(drama.until(39).size(kFirst) == size);
  CHECK(drama.until(150).size(kFirst) > size);
}

TEST_CASE("fault: disk_full with a little room, takes what fits until it is used up") {
  PlannedFault full = Fault(FaultKind::disk_full, kFirst).at(10).for_ms(30);
  full.room = ByteCount(200);
  Drama drama({full});
  const std::size_t size = drama.until(10).size(kFirst);
  const std::size_t later = drama.until(39).size(kFirst);
  CHECK((later > size && later <= size + 200));
  CHECK(drama.until(150).size(kFirst) > size + 200);
  CHECK(drama.told == "the disk of follower-1 has room for no more than 200 bytes for 30 ms\n");
}

TEST_CASE("fault: fail_sync, stops the node, which comes back with what was durable before") {
  Drama drama({Fault(FaultKind::fail_sync, kFirst).at(10).back_after(30)});
  drama.until(20);
  CHECK_FALSE(drama.is_up(kFirst));
  CHECK(drama.heard.take().find("halted 2") != std::string::npos);
  CHECK(drama.until(60).is_up(kFirst));
  CHECK(drama.heard.take().find("crashed 2") !=
        std::string::npos);  // with the page cache it lied of
  CHECK(drama.faults.down_for_good() == 0);
}

TEST_CASE("fault: fail_sync without a way back, takes the node down for good") {
  Drama drama({Fault(FaultKind::fail_sync, kFirst).at(10)});
  drama.until(500);
  CHECK_FALSE(drama.is_up(kFirst));
  CHECK(drama.faults.down_for_good() == 2);
}

TEST_CASE("fault: damage_disk, shows at the next start, on that node alone") {
  PlannedFault damage = Fault(FaultKind::damage_disk, kFirst).at(10);
  PlannedFault kill = Fault(FaultKind::crash, kFirst).at(20).back_after(5);
  kill.kills = true;
  Drama drama({damage, kill});
  drama.until(24);
  CHECK(drama.heard.take().find("damaged") == std::string::npos);
  drama.until(26);
  CHECK(drama.heard.take().find("damaged 2") != std::string::npos);
  CHECK(drama.until(500).heard.times("follower-1: ") > 0);
}

// Nobody can tell damage to the last record from a torn tail.
TEST_CASE("fault: damage_disk, hits the record that is meant, and never the last one") {
  for (const std::uint64_t lsn : {0u, 1u, 2u, 3u}) {
    PlannedFault damage = Fault(FaultKind::damage_disk, kFirst).at(1);
    damage.lsn = Lsn(lsn);
    PlannedFault kill = Fault(FaultKind::crash, kFirst).once(kFirst, Moment::ack, 3).back_after(5);
    kill.kills = true;
    Drama drama({damage, kill});
    while (drama.is_up(kFirst)) drama.until(drama.world().now().us() / 1000 + 1);
    const Bytes before = drama.world().disk(kFirst).file;
    drama.until(drama.world().now().us() / 1000 + 5);
    const Bytes after(
        drama.world().disk(kFirst).file.begin(),
        drama.world().disk(kFirst).file.begin() + static_cast<std::ptrdiff_t>(before.size()));
    std::string hit;
    for (std::size_t at = 0; at < before.size();) {
      const RecordScan scan = scan_record(ByteSpan(before).subspan(at));
      if (!std::equal(before.begin() + static_cast<std::ptrdiff_t>(at),
                      before.begin() + static_cast<std::ptrdiff_t>(at + scan.size),
                      after.begin() + static_cast<std::ptrdiff_t>(at)))
        hit += std::to_string(scan.record.lsn.value()) + " ";
      at += scan.size;
    }
    if (lsn == 0) CHECK((hit == "0 " || hit == "1 " || hit == "2 "));  // 0: the generation's record
    if (lsn == 1 || lsn == 2) CHECK(hit == std::to_string(lsn) + " ");
    if (lsn == 3) CHECK(hit == "");
  }
}

// ---- words

TEST_CASE("fault: every kind, has its own words for the trace") {
  std::vector<std::string> all;
  for (int kind = 0; kind < kFaultKinds; ++kind) {
    all.push_back(describe(Fault(static_cast<FaultKind>(kind), kFirst)));
    CHECK(all.back().size() > 10);
  }
  std::sort(all.begin(), all.end());
  CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
  CHECK(describe(Fault(FaultKind::crash, kFirst).back_after(7)) ==
        "follower-1 loses power, back in 7 ms");
  CHECK(describe(Fault(FaultKind::disk_full, kFirst).for_ms(7)) ==
        "the disk of follower-1 is full for 7 ms");
  CHECK(describe(Fault(FaultKind::cut, kLeader)) ==
        "the connection of leader and everybody is cut");
}
