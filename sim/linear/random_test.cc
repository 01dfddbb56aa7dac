// Does the judge say what a slow one says that tries every order? On drawn histories, of which
// about half are linearizable.
#include <doctest/doctest.h>

#include "sim/linear/history_fixture.h"
#include "sim/linear/judge.h"

using namespace quorate::sim::linear;

namespace {

// Small histories that differ in what is frequent in them.
Shape small_shape(std::uint64_t seed) {
  Dice dice(seed * 7919);
  Shape shape;
  shape.processes = 2 + dice.below(3);
  shape.operations = 3 + dice.below(5);
  shape.values = 1 + dice.below(3);
  shape.reads_percent = 20 + dice.below(40);
  shape.cas_percent = dice.below(40);
  shape.deletes_percent = dice.percent(50) ? dice.below(70) : 0;
  shape.unknown_percent = dice.below(50);
  shape.failed_percent = dice.below(20);
  shape.lies_percent = dice.below(100);
  return shape;
}

// Is this order one that explains the history? Judged by itself, without the search.
bool explains(const History& history, const std::vector<OpId>& order) {
  std::vector<std::uint32_t> place(history.operations.size(), kNone);
  Value held = kNull;
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    const Operation& op = history.operations[order[i]];
    if (place[order[i]] != kNone || op.fate == Fate::failed) return false;
    place[order[i]] = i;
    if (op.kind == Kind::read && op.value != held) return false;
    if (op.kind == Kind::cas && op.fate == Fate::ok && op.swapped != (op.from == held))
      return false;
    if (op.removed != Removed::untold && (op.removed == Removed::something) != (held != kNull))
      return false;
    if (op.kind == Kind::write || (op.kind == Kind::cas && op.from == held)) held = op.value;
  }
  // What ended before another began stands before it.
  std::uint32_t latest_ended = 0;
  std::vector<std::uint32_t> at_least(history.operations.size(), 0);
  for (const Event& event : history.events) {
    const Operation& op = history.operations[event.op];
    if (!event.is_end)
      at_least[event.op] = latest_ended;
    else if (op.fate == Fate::ok && place[event.op] == kNone)
      return false;
    else if (op.fate == Fate::ok)
      latest_ended = std::max(latest_ended, place[event.op] + 1);
  }
  for (OpId op = 0; op < place.size(); ++op)
    if (place[op] != kNone && place[op] < at_least[op]) return false;
  return true;
}

}  // namespace

TEST_CASE("linear: 60,000 drawn histories, are judged as by trying every order") {
  Judge judge;
  int linearizable = 0, not_linearizable = 0;
  for (std::uint64_t seed = 0; seed < 60'000; ++seed) {
    CAPTURE(seed);
    const History history = DrawnHistory(seed, small_shape(seed)).draw();
    judge.take(history);
    REQUIRE(judge.keys() == 1);
    const Outcome outcome = judge.judge(0);
    REQUIRE((outcome == Outcome::linearizable) == SlowJudge(history).is_linearizable());
    REQUIRE(outcome != Outcome::undecided);
    if (outcome == Outcome::linearizable) {
      ++linearizable;
      REQUIRE(explains(history, judge.order()));
    } else {
      ++not_linearizable;
    }
  }
  CHECK(linearizable > 10'000);
  CHECK(not_linearizable > 10'000);
}

TEST_CASE("linear: what came one after the other, explains itself if and only if it is explained") {
  Judge judge;
  int explained = 0, contradicted = 0;
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    CAPTURE(seed);
    Shape shape = small_shape(seed);
    shape.processes = 1;
    shape.unknown_percent = 0;
    const History history = DrawnHistory(seed, shape).draw();
    judge.take(history);
    const bool is_linearizable = judge.judge(0) == Outcome::linearizable;
    REQUIRE(judge.explains_itself(0) == is_linearizable);
    ++(is_linearizable ? explained : contradicted);
  }
  CHECK(explained > 4'000);
  CHECK(contradicted > 4'000);
}

TEST_CASE(
    "linear: what explains itself, though others or unknown fates are about, is linearizable") {
  Judge judge;
  Dice dice(1);
  int explained = 0;
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    CAPTURE(seed);
    Shape shape = small_shape(seed);
    shape.processes = 1 + dice.below(2);
    const History history = DrawnHistory(seed, shape).draw();
    judge.take(history);
    if (!judge.explains_itself(0)) continue;
    ++explained;
    REQUIRE(judge.judge(0) == Outcome::linearizable);
  }
  CHECK(explained > 200);
}

TEST_CASE(
    "linear: histories of real registers, are linearizable, and the order given explains it") {
  Judge judge;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    Dice dice(seed);
    Shape shape;
    shape.processes = 2 + dice.below(20);
    shape.operations = 200;
    shape.values = dice.below(6);
    shape.cas_percent = dice.below(50);
    shape.deletes_percent = dice.percent(50) ? dice.below(50) : 0;
    shape.unknown_percent = dice.below(30);
    const History history = DrawnHistory(seed, shape).draw();
    judge.take(history);
    REQUIRE(judge.judge(0) == Outcome::linearizable);
    REQUIRE(explains(history, judge.order()));
  }
}

TEST_CASE("linear: contradictions of drawn histories, can't lose any operation") {
  Judge judge;
  int contradictions = 0, with_helpers = 0, with_deletes = 0;
  for (std::uint64_t seed = 0; seed < 12'000; ++seed) {
    CAPTURE(seed);
    const History history = DrawnHistory(seed, small_shape(seed)).draw();
    judge.take(history);
    if (judge.judge(0) == Outcome::linearizable) continue;
    ++contradictions;
    const Contradiction found = judge.contradiction(0);
    REQUIRE(found.is_minimal);
    REQUIRE_FALSE(found.must.empty());
    const bool has_delete = std::any_of(found.must.begin(), found.must.end(), [&](OpId op) {
      return history.operations[op].removed != Removed::untold;
    });
    with_deletes += has_delete ? 1 : 0;
    with_helpers += found.may.empty() ? 0 : 1;
    const auto has = [](const std::vector<OpId>& ops, OpId op) {
      return std::find(ops.begin(), ops.end(), op) != ops.end();
    };
    // Whatever the others did...
    SlowJudge all(history);
    for (OpId op = 0; op < history.operations.size(); ++op)
      if (!has(found.must, op)) all.is_perhaps(op);
    REQUIRE_FALSE(all.is_linearizable());
    // ... and without any one of them the rest makes sense, with those alone that are shown.
    for (const OpId without : found.must) {
      SlowJudge rest(history);
      for (OpId op = 0; op < history.operations.size(); ++op) {
        if (!has(found.must, op) || op == without) rest.is_perhaps(op);
        if (!has(found.must, op) && !has(found.may, op)) rest.leave_out(op);
      }
      REQUIRE(rest.is_linearizable());
    }
  }
  CHECK(contradictions > 1'500);
  CHECK(with_helpers > 100);
  CHECK(with_deletes > 100);
}
