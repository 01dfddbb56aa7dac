#include "sim/check/eventually_converges.h"

#include <doctest/doctest.h>

#include <string>

#include "sim/check/checker.h"
#include "sim/world/live_world.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

constexpr NodeId kLeader(1), kFirst(2);

// A cluster that is judged while it runs. A client writes, as long as it may.
class Judged {
 public:
  explicit Judged(std::uint32_t followers = 2, const Rules& rules = sound_rules(),
                  QuorumRule quorum = QuorumRule::followers_majority) {
    WorldSettings settings = calm_settings(followers);
    settings.node.quorum = quorum;
    world.reset(settings, rules, 1);
    checker.begin(world, 1, settings.node.write_timeout, quorum);
    for (std::uint32_t n = 1; n <= followers + 1; ++n) world.start(NodeId(n), checker);
    pipe_ = world.client_dial(kFirstClient, kLeader);
  }

  // Lets the world go on until so many milliseconds after its beginning.
  Judged& until(std::int64_t ms) { return until(Time() + milliseconds(ms)); }
  Judged& until(Time end) {
    world.set_alarm(end, 0);
    while (world.next_at() <= end) step();
    return *this;
  }
  // A write that gets its answer, or has no time to.
  Judged& write(const std::string& value) {
    const std::string request = "SET k " + value + "\r\n";
    world.client_write(pipe_, as_bytes(request));
    return *this;
  }
  std::int64_t now_ms() const { return world.now().us() / 1000; }
  Judged& for_ms(std::int64_t ms) { return until(now_ms() + ms); }
  Judged& dial() {
    pipe_ = world.client_dial(kFirstClient, kLeader);
    return for_ms(5);
  }
  Judged& lose_power(NodeId node) {
    world.lose_power(node, ByteCount(), 0, 0, checker);
    return *this;
  }
  Judged& start(NodeId node) {
    world.start(node, checker);
    return *this;
  }

  bool has_converged(std::uint32_t down = 0) const {
    return EventuallyConverges::has_converged(checker.court(), down);
  }
  std::string waits_for(std::uint32_t down = 0) const {
    return EventuallyConverges::waits_for(checker.court(), down);
  }
  // By the checker, which knows what the leader wrote; the replayed log must say the same.
  std::string differing_state() const {
    CHECK(EventuallyConverges::differing_state(checker.court(), 0) == checker.differing_state(0));
    return checker.differing_state(0);
  }

  World world;
  Checker checker;

 private:
  void step() {
    const Happening happening = world.step(checker);
    if (happening.kind == Happening::Kind::readable) {
      Buffer answers;
      if (!world.client_read(happening.pipe, answers)) world.client_close(happening.pipe);
    }
    CHECK(has_converged() == waits_for().empty());
    CHECK(has_converged(2) == waits_for(2).empty());
  }
  std::uint32_t pipe_ = 0;
};

}  // namespace

TEST_CASE(
    "eventually_converges: nothing written, and all have what the leader has as soon as it "
    "serves") {
  Judged judged;
  CHECK(judged.waits_for() == "the leader to serve");
  CHECK(judged.until(50).has_converged());
}

TEST_CASE("eventually_converges: a write, is waited for until all have it, durably and applied") {
  Judged judged;
  judged.until(20).write("v");
  std::string waits;
  for (std::int64_t us = 20'000; us < 21'000; us += 50) {
    const std::string now = judged.until(Time(us)).waits_for();
    if (!now.empty() && waits.find(now) == std::string::npos) waits += now + "; ";
  }
  CHECK(waits ==
        "follower-1 to hold LSN=1: it holds LSN=0; "
        "the leader to apply LSN=1: it has applied LSN=0; ");
}

TEST_CASE(
    "eventually_converges: a follower that is down, is waited for, unless it is so for good") {
  Judged judged;
  judged.until(20).lose_power(kFirst);
  CHECK(judged.waits_for() == "follower-1 to start");
  CHECK(judged.has_converged(2));
  CHECK(judged.start(kFirst).for_ms(50).has_converged());
}

TEST_CASE(
    "eventually_converges: a leader that is down, is waited for; one that is gone for good is "
    "not") {
  Judged judged;
  judged.until(20).lose_power(kLeader);
  CHECK(judged.waits_for() == "the leader to start");
  CHECK(judged.has_converged(1));
  CHECK(judged.start(kLeader).for_ms(600).has_converged());
}

TEST_CASE("eventually_converges: a follower cut off, is waited for until it has caught up") {
  Judged judged(4);
  judged.until(20);
  judged.world.link(1, 2).blocked_until = Time() + milliseconds(100);
  judged.write("v").for_ms(20);
  CHECK(judged.waits_for() == "follower-1 to hold LSN=1: it holds LSN=0");
  CHECK(judged.until(150).has_converged());
}

TEST_CASE(
    "eventually_converges: without a quorum for good, nothing must be applied, but all must hold "
    "it") {
  Judged judged;  // 2 followers, both are needed
  judged.until(20).lose_power(kFirst).write("v");
  judged.for_ms(5);
  CHECK(judged.has_converged(2));
  CHECK_FALSE(judged.has_converged(0));
}

TEST_CASE("eventually_converges: what is possible without some, is by the rule's own count") {
  const auto possible = [](std::uint32_t followers, QuorumRule rule, std::uint32_t down) {
    const Judged judged(followers, sound_rules(), rule);
    return EventuallyConverges::quorum_is_possible(judged.checker.court(), down);
  };
  CHECK(possible(4, QuorumRule::followers_majority, 0b00010));
  CHECK_FALSE(possible(4, QuorumRule::followers_majority, 0b00110));
  CHECK(possible(4, QuorumRule::majority_of_all, 0b00110));
  CHECK_FALSE(possible(4, QuorumRule::majority_of_all, 0b01110));
  CHECK_FALSE(possible(4, QuorumRule::followers_majority, 0b00001));  // the leader
}

TEST_CASE(
    "eventually_converges: a follower with more than its leader, is waited for until it has cut "
    "it") {
  Judged judged;
  judged.until(20);
  judged.world.disk(kLeader).slow_until = Time::never();
  judged.world.disk(kLeader).slow_us = 50'000;
  judged.write("v").for_ms(10);
  judged.world.link(1, 2).blocked_until = Time() + milliseconds(300);
  judged.world.disk(kLeader).slow_us = 0;
  judged.lose_power(kLeader).start(kLeader).for_ms(30);
  CHECK(judged.waits_for() ==
        "follower-1 to cut its log, which reaches to LSN=1, to the leader's LSN=0");
  CHECK(judged.for_ms(600).has_converged());
}

TEST_CASE("eventually_converges: a damaged log, is waited for until it is whole") {
  Judged judged;
  judged.until(20).write("a").for_ms(5).write("b").for_ms(5);
  judged.world.kill(kFirst, judged.checker);
  judged.world.damage(kFirst, 90, 1, judged.checker);
  CHECK(judged.waits_for() == "follower-1 to start");
  judged.world.link(1, 2).blocked_until = Time() + milliseconds(300);
  CHECK(judged.start(kFirst).for_ms(20).waits_for() == "follower-1 to get its damaged log back");
  CHECK(judged.for_ms(900).has_converged());
}

TEST_CASE("eventually_converges: damage within the budget, is no excuse") {
  const auto beyond = [](std::initializer_list<NodeId> damaged, std::uint32_t down) {
    Judged judged(4);
    judged.until(20).write("a").for_ms(5).write("b").for_ms(5);
    for (const NodeId node : damaged) judged.world.kill(node, judged.checker);
    for (const NodeId node : damaged) judged.world.damage(node, 90, 1, judged.checker);
    return EventuallyConverges::is_damaged_beyond_budget(judged.checker.court(), down);
  };
  CHECK_FALSE(beyond({}, 0b11110));
  CHECK_FALSE(beyond({kFirst}, 0));
  CHECK_FALSE(beyond({kFirst, kFirst}, 0));  // two records of one node
  CHECK_FALSE(beyond({kLeader}, 0b00110));   // 4 followers, Q = 3: two can witness
  CHECK(beyond({kLeader}, 0b01110));
  CHECK(beyond({kFirst, NodeId(3)}, 0));
  CHECK(beyond({kLeader, kFirst}, 0));
}

TEST_CASE("eventually_converges: two damaged one after the other, are within the budget") {
  Judged judged;
  judged.until(20).write("a").for_ms(5).write("b").for_ms(5);
  for (const NodeId node : {kFirst, NodeId(3), kLeader}) {
    judged.world.kill(node, judged.checker);
    judged.world.damage(node, 90, 1, judged.checker);
    CHECK(judged.checker.court().any_is_broken());
    CHECK_FALSE(judged.checker.court().damages_overlap);
    CHECK(judged.start(node).for_ms(900).has_converged());
  }
}

TEST_CASE("eventually_converges: states, are what the leader's log adds up to") {
  Judged judged;
  judged.until(20).write("a").for_ms(5).write("b").for_ms(5);
  CHECK(judged.has_converged());
  CHECK(judged.differing_state() == "");
}

// The follower applies what its leader then loses, and never takes it back from its state.
TEST_CASE("eventually_converges: a state that keeps what its log has lost, is seen") {
  struct KeepsState final : Rules {
    bool rebuilds_after_cut() const override { return false; }
  };
  const KeepsState wrong;
  for (const Rules* rules : {&sound_rules(), static_cast<const Rules*>(&wrong)}) {
    Judged judged(2, *rules);
    judged.until(20);
    judged.world.disk(kLeader).slow_until = Time::never();
    judged.world.disk(kLeader).slow_us = 50'000;
    judged.write("v").for_ms(10);
    judged.world.disk(kLeader).slow_us = 0;
    judged.lose_power(kLeader).start(kLeader).for_ms(600);
    CHECK(judged.has_converged());
    CHECK(judged.differing_state() ==
          (rules == &wrong
               ? "the state of follower-1 is not what the leader's log up to LSN=0 adds up to"
               : ""));
  }
}
