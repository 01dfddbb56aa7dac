#include "sim/fault/plan.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>
#include "sim/world/node_names.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

constexpr std::uint64_t kSeeds = 300;

// Everything is left to chance.
Scenario wide() {
  Scenario scenario;
  scenario.cluster.followers = {1, 6};
  scenario.workload.clients = {1, 8};
  scenario.workload.keys = {1, 50};
  scenario.workload.writes = {10, 90};
  scenario.workload.value_bytes = {8, 300};
  scenario.workload.think_us = {0, 5000};
  scenario.workload.pipeline = {1, 64};
  scenario.random_faults.window_ms = {20, 200};
  for (int kind = 0; kind < kFaultKinds; ++kind)
    scenario.random_faults.faults.push_back(
        {static_cast<FaultKind>(kind), 50, {1, 3}, {1, 80}, {100, 9000}});
  return scenario;
}

Plan plan_of(const Scenario& scenario, std::uint64_t seed) {
  Plan plan;
  draw_plan(scenario, seed, plan);
  return plan;
}

std::string words(const PlannedFault& fault) {
  std::string text = describe(fault) + " at " + std::to_string(fault.at.us());
  text += " " + std::to_string(fault.survives_percent) + (fault.torn ? " torn" : "");
  return text + " " + std::to_string(static_cast<int>(fault.part)) +
         std::to_string(static_cast<int>(fault.ack));
}

std::string words(const std::vector<PlannedFault>& faults) {
  std::string text;
  for (const PlannedFault& fault : faults) text += words(fault) + "\n";
  return text;
}

// What the plan says of the size of things, but not of faults.
std::vector<std::int64_t> sizes(const Plan& plan) {
  return {plan.world.node.members,
          plan.clients,
          plan.keys,
          plan.writes,
          static_cast<std::int64_t>(plan.value_bytes),
          plan.think.us(),
          plan.pipeline};
}

std::string words(const Plan& plan) {
  std::string text;
  for (const std::int64_t size : sizes(plan)) text += std::to_string(size) + " ";
  return text + "\n" + words(plan.faults);
}

// Drawn from one kind alone, over many seeds.
void each_fault(const Scenario& scenario, FaultKind kind,
                const std::function<void(const PlannedFault&, const Plan&)>& look) {
  int seen = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Plan plan = plan_of(scenario, seed);
    for (const PlannedFault& fault : plan.faults)
      if (fault.kind == kind) look(fault, plan), ++seen;
  }
  CHECK(seen > 30);
}

bool is_of_a_link(FaultKind kind) {
  return kind <= FaultKind::inject_ack;  // the first six
}

FaultEntry cut_of(const std::string& node, const std::string& peer = "") {
  FaultEntry entry;
  entry.fault = FaultKind::cut;
  entry.node = node;
  entry.peer = peer;
  return entry;
}

}  // namespace

TEST_CASE("plan: names of nodes, are leader and follower-1 to follower-9") {
  CHECK(node_by_name("leader", false) == NodeId(1));
  CHECK(node_by_name("follower-1", false) == NodeId(2));
  CHECK(node_by_name("follower-6", false) == NodeId(7));
  for (const std::string none : {"", "Leader", "follower", "follower-", "follower-0", "follower-10",
                                 "follower-x", "follower_1", "leader "})
    CHECK_MESSAGE(node_by_name(none, false).is_none(), none);
}

TEST_CASE("plan: the same scenario and seed, give the same plan, in whatever storage") {
  Plan used = plan_of(wide(), 999);
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    draw_plan(wide(), seed, used);
    REQUIRE(words(used) == words(plan_of(wide(), seed)));
  }
}

TEST_CASE("plan: seeds, span what the scenario leaves to them") {
  std::vector<std::int64_t> least = sizes(plan_of(wide(), 0));
  std::vector<std::int64_t> most = least;
  for (std::uint64_t seed = 1; seed < 2000; ++seed) {
    const std::vector<std::int64_t> drawn = sizes(plan_of(wide(), seed));
    for (std::size_t i = 0; i < drawn.size(); ++i) {
      least[i] = std::min(least[i], drawn[i]);
      most[i] = std::max(most[i], drawn[i]);
    }
  }
  CHECK((least[0] == 2 && most[0] == 7));    // members
  CHECK((least[1] == 1 && most[1] == 8));    // clients
  CHECK((least[2] == 1 && most[2] == 50));   // keys
  CHECK((least[3] == 10 && most[3] == 90));  // writes
  CHECK((least[4] >= 8 && least[4] < 12 && most[4] > 296 && most[4] <= 300));
  CHECK((least[5] < 50 && most[5] > 4950));
}

// Each draw has a purpose of its own: pinning one thing must not reshuffle the rest of the run.
TEST_CASE("plan: one size that is pinned, leaves all other draws as they were") {
  const std::vector<std::function<void(Scenario&)>> pins{[](Scenario& s) {
                                                           s.cluster.followers = {6, 6};
                                                         },
                                                         [](Scenario& s) {
                                                           s.workload.clients = {3, 3};
                                                         },
                                                         [](Scenario& s) {
                                                           s.workload.keys = {7, 7};
                                                         },
                                                         [](Scenario& s) {
                                                           s.workload.writes = {20, 20};
                                                         },
                                                         [](Scenario& s) {
                                                           s.workload.value_bytes = {9, 9};
                                                         },
                                                         [](Scenario& s) {
                                                           s.workload.think_us = {5, 5};
                                                         },
                                                         [](Scenario& s) {
                                                           s.workload.pipeline = {3, 3};
                                                         }};
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Plan before = plan_of(wide(), seed);
    for (std::size_t i = 0; i < pins.size(); ++i) {
      Scenario scenario = wide();
      pins[i](scenario);
      const Plan after = plan_of(scenario, seed);
      std::vector<std::int64_t> expected = sizes(before);
      expected[i] = sizes(after)[i];
      REQUIRE(sizes(after) == expected);
      if (i > 0) REQUIRE(words(after.faults) == words(before.faults));
    }
  }
}

TEST_CASE("plan: one kind of fault that is left out, leaves all others as they were") {
  for (int left_out = 0; left_out < kFaultKinds; ++left_out) {
    Scenario scenario = wide();
    scenario.random_faults.faults[static_cast<std::size_t>(left_out)].chance_percent = 0;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
      Scenario alone = wide();
      const RandomFault kept = alone.random_faults.faults[static_cast<std::size_t>(left_out)];
      alone.random_faults.faults = {kept};
      // All that the full plan has beyond the one without is what that kind draws alone.
      const std::vector<PlannedFault> whole = plan_of(wide(), seed).faults;
      std::vector<PlannedFault> rest = plan_of(scenario, seed).faults;
      const std::vector<PlannedFault> own = plan_of(alone, seed).faults;
      REQUIRE(whole.size() == rest.size() + own.size());
      std::string expected;
      std::size_t next = 0, mine = 0;
      for (const PlannedFault& fault : whole) {
        const bool is_own = mine < own.size() && words(fault) == words(own[mine]);
        REQUIRE((is_own || (next < rest.size() && words(fault) == words(rest[next]))));
        is_own ? ++mine : ++next;
      }
    }
  }
}

TEST_CASE("plan: a chance of nothing and of a hundred, is never and always") {
  Scenario scenario = wide();
  for (RandomFault& fault : scenario.random_faults.faults) fault.chance_percent = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) CHECK(plan_of(scenario, seed).faults.empty());
  scenario.random_faults.faults = {{FaultKind::cut, 100, {2, 2}, {0, 0}, {0, 0}}};
  for (std::uint64_t seed = 0; seed < 50; ++seed) CHECK(plan_of(scenario, seed).faults.size() == 2);
}

// ---- what random faults may do

TEST_CASE("plan: random faults, begin within the window and strike nodes that there are") {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Plan plan = plan_of(wide(), seed);
    const NodeId last(plan.world.node.members);
    for (const PlannedFault& fault : plan.faults) {
      REQUIRE((!fault.node.is_none() && fault.node <= last));
      // One node of every link is the leader: followers do not speak to each other.
      if (is_of_a_link(fault.kind) && !fault.peer.is_none())
        REQUIRE(std::minmax(fault.node, fault.peer).first == NodeId(1));
      REQUIRE((!is_of_a_link(fault.kind) || (fault.peer <= last && fault.peer != fault.node)));
      REQUIRE(fault.at >= Time());
      // What prepares a stale ack takes up to 50 ms more.
      REQUIRE(fault.at <= Time() + milliseconds(200 + 50));
    }
  }
}

TEST_CASE("plan: damage at rest, hits one node at most, however many it draws, and takes it down") {
  Scenario scenario = wide();
  scenario.random_faults.faults = {{FaultKind::damage_disk, 100, {3, 3}, {1, 80}, {0, 0}}};
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const std::vector<PlannedFault> faults = plan_of(scenario, seed).faults;
    REQUIRE(faults.size() == 6);
    for (const PlannedFault& fault : faults) {
      REQUIRE(fault.node == faults.front().node);
      if (fault.kind == FaultKind::crash) REQUIRE((fault.kills && fault.restart_after));
    }
  }
}

// More could leave the cluster without a quorum, and then it would owe nothing.
TEST_CASE("plan: crashes for good, leave a quorum of followers, and the leader") {
  int for_good = 0;
  each_fault(wide(), FaultKind::crash, [&](const PlannedFault& fault, const Plan& plan) {
    if (fault.restart_after) return;
    ++for_good;
    const int followers = plan.world.node.followers();
    REQUIRE(fault.node != NodeId(1));
    REQUIRE(acks_needed(QuorumRule::followers_majority, followers) <= followers - 1);
    REQUIRE(std::count_if(plan.faults.begin(), plan.faults.end(), [](const PlannedFault& f) {
              return f.kind == FaultKind::crash && !f.restart_after;
            }) == 1);
  });
  CHECK(for_good > 0);
}

TEST_CASE("plan: crashes of all kinds, come up: killed, torn, all lost, some survives") {
  int killed = 0, torn = 0, lost = 0, survives = 0;
  each_fault(wide(), FaultKind::crash, [&](const PlannedFault& fault, const Plan&) {
    REQUIRE((fault.survives_percent >= 0 && fault.survives_percent <= 100));
    killed += fault.kills ? 1 : 0;
    torn += fault.torn ? 1 : 0;
    lost += !fault.kills && fault.survives_percent == 0 ? 1 : 0;
    survives += fault.survives_percent > 0 ? 1 : 0;
  });
  CHECK((killed > 20 && torn > 20 && lost > 20 && survives > 20));
}

TEST_CASE("plan: a failed sync, has its way back and lasts no time of its own") {
  each_fault(wide(), FaultKind::fail_sync, [](const PlannedFault& fault, const Plan&) {
    REQUIRE(
        (fault.restart_after && fault.restart_after->us() >= 1000 && fault.lasts == Duration()));
  });
}

TEST_CASE("plan: corruption, is of what that way carries") {
  int parts[3] = {0, 0, 0};
  each_fault(wide(), FaultKind::corrupt, [&](const PlannedFault& fault, const Plan&) {
    ++parts[static_cast<int>(fault.part)];
    if (fault.part == CorruptPart::record) REQUIRE(fault.node == NodeId(1));  // it ships
    if (fault.part == CorruptPart::ack) REQUIRE(fault.node != NodeId(1));
  });
  CHECK((parts[0] > 30 && parts[1] > 10 && parts[2] > 10));
}

TEST_CASE("plan: injected acks, come from followers, of every kind") {
  int kinds[4] = {0, 0, 0, 0};
  each_fault(wide(), FaultKind::inject_ack, [&](const PlannedFault& fault, const Plan&) {
    ++kinds[static_cast<int>(fault.ack)];
    REQUIRE((fault.node != NodeId(1) && fault.peer == NodeId(1)));
  });
  CHECK(*std::min_element(kinds, kinds + 4) > 10);
}

TEST_CASE("plan: partitions, are one way, both ways, of a pair and of a node") {
  int ways[3] = {0, 0, 0}, of_a_node = 0;
  each_fault(wide(), FaultKind::partition, [&](const PlannedFault& fault, const Plan&) {
    ++ways[static_cast<int>(fault.direction)];
    of_a_node += fault.peer.is_none() ? 1 : 0;
    REQUIRE((fault.lasts.us() >= 1000 && fault.lasts.us() <= 80'000));
  });
  CHECK((ways[0] > 20 && ways[1] > 20 && ways[2] > 20 && of_a_node > 20));
}

TEST_CASE("plan: one follower alone, can be drawn for") {
  Scenario scenario = wide();
  scenario.cluster.followers = {1, 1};
  for (std::uint64_t seed = 0; seed < 100; ++seed)
    for (const PlannedFault& fault : plan_of(scenario, seed).faults)
      REQUIRE(fault.node <= NodeId(2));
}

TEST_CASE("plan: disks that fill up, have what room each draws, which moves no other draw") {
  Scenario scenario = wide();
  scenario.random_faults.faults = {{FaultKind::disk_full, 100, {3, 3}, {1, 80}, {0, 0}}};
  Scenario roomy = scenario;
  roomy.random_faults.faults[0].room_bytes = {0, 900};
  std::uint64_t least = 900, most = 0;
  int alike = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    std::vector<PlannedFault> faults = plan_of(roomy, seed).faults;
    REQUIRE(faults.size() == 3);
    alike += faults[0].room == faults[1].room ? 1 : 0;
    for (PlannedFault& fault : faults) {
      least = std::min(least, fault.room.value());
      most = std::max(most, fault.room.value());
      fault.room = ByteCount();
    }
    REQUIRE(words(faults) == words(plan_of(scenario, seed).faults));
  }
  CHECK((least < 20 && most > 880 && most <= 900));
  CHECK(alike < 10);
}

// ---- what the scenario says itself

TEST_CASE("plan: what the scenario pins, is what is played") {
  Scenario scenario;
  scenario.cluster = {{4, 4}, QuorumRule::majority_of_all, 250, 40, {160, 160}};
  scenario.clock.drift_ppm = {-5, 5};
  const Plan plan = plan_of(scenario, 77);
  CHECK((plan.world.node.members == 5 && plan.world.node.quorum == QuorumRule::majority_of_all));
  CHECK(plan.world.node.write_timeout == milliseconds(250));
  CHECK(plan.world.node.heartbeat == milliseconds(40));
  CHECK(plan.world.node.peer_silence == milliseconds(160));
  CHECK((plan.world.seed == 77 && plan.world.clock == scenario.clock));
  CHECK((plan.world.network == scenario.network && plan.world.disk == scenario.disk));
}

TEST_CASE("plan: an explicit fault, is planned as it was written") {
  Scenario scenario;
  FaultEntry entry = cut_of("follower-2", "leader");
  entry.at_ms = 12;
  entry.fault = FaultKind::partition;
  entry.for_ms = 30;
  entry.direction = Direction::from_peer;
  scenario.faults = {entry};
  const PlannedFault fault = plan_of(scenario, 1).faults.at(0);
  CHECK((fault.kind == FaultKind::partition && fault.at == Time() + milliseconds(12)));
  CHECK((fault.node == NodeId(3) && fault.peer == NodeId(1) && fault.lasts == milliseconds(30)));
  CHECK((fault.direction == Direction::from_peer && !fault.after && !fault.restart_after));
}

TEST_CASE("plan: an explicit disk_full, has the room that was written, or none") {
  Scenario scenario;
  FaultEntry entry = cut_of("leader");
  entry.fault = FaultKind::disk_full;
  scenario.faults = {entry, entry};
  scenario.faults[1].room_bytes = 700;
  CHECK(plan_of(scenario, 1).faults.at(0).room == ByteCount());
  CHECK(plan_of(scenario, 1).faults.at(1).room == ByteCount(700));
}

TEST_CASE("plan: an explicit fault after a moment, waits for that moment") {
  Scenario scenario;
  FaultEntry entry = cut_of("leader");
  entry.after = After{"follower-1", Moment::ack, 4};
  scenario.faults = {entry};
  const PlannedFault fault = plan_of(scenario, 1).faults.at(0);
  REQUIRE(fault.after);
  CHECK((fault.after->node == NodeId(2) && fault.after->did == Moment::ack &&
         fault.after->lsn == Lsn(4)));
  CHECK(fault.peer.is_none());
}

TEST_CASE("plan: a fault on a follower that a seed leaves out, is left out with it") {
  Scenario scenario;
  scenario.cluster.followers = {1, 3};
  FaultEntry later = cut_of("leader");
  later.after = After{"follower-3", Moment::ack, 1};
  scenario.faults = {cut_of("follower-1"), cut_of("follower-2"), cut_of("leader", "follower-3"),
                     later};
  bool seen[4] = {};
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const Plan plan = plan_of(scenario, seed);
    const std::uint32_t followers = plan.world.node.members - 1;
    seen[followers] = true;
    REQUIRE(plan.faults.size() == (followers == 1 ? 1u : followers == 2 ? 2u : 4u));
  }
  CHECK((seen[1] && seen[2] && seen[3]));
}

TEST_CASE("plan: operations of more clients than are drawn, bring these clients") {
  Scenario scenario;
  scenario.workload.operations = {{0, 1, OperationKind::set, "a", "1"},
                                  {0, 5, OperationKind::get, "a", ""}};
  CHECK(plan_of(scenario, 1).clients == 5);
}

TEST_CASE("plan: of nodes that elect, a seed draws silence, frames and who is eager") {
  Scenario scenario;
  scenario.profile = Profile::replicated_log;
  scenario.cluster.nodes = {3, 5};
  scenario.cluster.election_timeout_ms = {100, 600};
  scenario.cluster.peer_silence_ms = {150, 1500};
  scenario.cluster.ship_bytes = {100, 4000};
  scenario.cluster.eager_percent = 40;
  int eager = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Plan plan = plan_of(scenario, seed);
    const NodeConfig& node = plan.world.node;
    CHECK((node.peer_silence >= milliseconds(150) && node.peer_silence <= milliseconds(1500)));
    CHECK((node.ship_bytes >= ByteCount(100) && node.ship_bytes <= ByteCount(4000)));
    CHECK(node.window_bytes.value() == 8 * node.ship_bytes.value());
    if (plan.world.stands_after.empty()) continue;
    ++eager;
    CHECK(plan.world.stands_after.size() <= node.members);
    CHECK(plan.world.stands_after.back() == milliseconds(100));
  }
  CHECK((eager > 60 && eager < 180));
}

TEST_CASE("plan: while who leads stands still, the next leader is struck now and then") {
  Scenario scenario;
  scenario.profile = Profile::replicated_log;
  scenario.random_faults.window_ms = {500, 500};
  scenario.random_faults.faults = {{FaultKind::pause, 100, {1, 1}, {100, 900}, {0, 0}}};
  int struck = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const std::vector<PlannedFault> faults = plan_of(scenario, seed).faults;
    const PlannedFault& pause = faults.back();
    if (faults.size() == 1) continue;
    ++struck;
    REQUIRE((faults.size() == 2 && faults[0].kind == FaultKind::crash));
    CHECK((pause.kind == FaultKind::pause && pause.node == kWhoLeads));
    CHECK((faults[0].of_next_leader && faults[0].restart_after.has_value()));
    CHECK((faults[0].at == pause.at && faults[0].lasts == pause.lasts));
  }
  CHECK((struck > 30 && struck < 120));
}
