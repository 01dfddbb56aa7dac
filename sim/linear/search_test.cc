// Hand-made histories: the anomalies by their names, and what looks like one and is none.
#include <doctest/doctest.h>

#include "sim/linear/history_fixture.h"
#include "sim/linear/judge.h"

using namespace quorate::sim::linear;

namespace {

// "linearizable", or what contradicts each other: "A:w1 (B:w2) C:r"; in brackets what was perhaps.
std::string verdict(const std::string& text, Limits limits = {}) {
  const ToldHistory told_history = told(text);
  Judge judge(limits);
  judge.take(told_history.history);
  const Key key = judge.first_bad();
  if (key == judge.keys()) return "linearizable";
  if (judge.judge(key) == Outcome::undecided) return "undecided";
  const Contradiction found = judge.contradiction(key);
  std::string shown = found.is_minimal ? "" : "perhaps less than ";
  for (OpId op = 0; op < told_history.names.size(); ++op) {
    const std::string& name = told_history.names[op];
    const std::string blank = shown.empty() ? "" : " ";
    if (std::find(found.must.begin(), found.must.end(), op) != found.must.end())
      shown += blank + name;
    else if (std::find(found.may.begin(), found.may.end(), op) != found.may.end())
      shown += blank + "(" + name + ")";
  }
  return shown;
}

constexpr const char* kFine = "linearizable";

}  // namespace

TEST_CASE("linear: nothing, or only what is fine one after the other, is linearizable") {
  CHECK(verdict("") == kFine);
  CHECK(verdict("A:r A=0") == kFine);
  CHECK(verdict("A:w1 A. B:r B=1 B:w0 B. A:r A=0") == kFine);
  CHECK(verdict("A:w1 A. A:c1>2 A+ A:c1>3 A- A:r A=2") == kFine);
}

TEST_CASE("linear: a stale read, contradicts the write before it") {
  CHECK(verdict("A:w1 A. B:w2 B. C:r C=1") == "(A:w1) B:w2 C:r");
  CHECK(verdict("A:w1 A. C:r C=0") == "A:w1 C:r");
  CHECK(verdict("A:w1 A. B:w2 C:r C=1 B.") == kFine);
}

TEST_CASE("linear: a value that nobody wrote, can't be read") {
  CHECK(verdict("A:w1 A. B:r B=7") == "B:r");
  CHECK(verdict("B:r B=7 A:w7 A.") == "B:r");
  CHECK(verdict("A:w7 A! B:r B=7") == "B:r");
  CHECK(verdict("A:w1 A. A:c0>7 A- B:r B=7") == "B:r");
  CHECK(verdict("A:c3>7 A? B:r B=7") == "B:r");
}

TEST_CASE("linear: reads that go back in time, contradict each other") {
  CHECK(verdict("A:w1 A. B:w2 C:r C=2 C:r C=1 B.") == "(A:w1) (B:w2) C:r C:r");
  CHECK(verdict("A:w1 B:w2 C:r C=2 C:r C=1 B. A.") == kFine);
  CHECK(verdict("A:w1 C:r C=1 D:r D=0 A.") == "(A:w1) C:r D:r");
}

TEST_CASE("linear: a lost update, contradicts what both had found") {
  CHECK(verdict("A:w1 A. A:c1>2 B:c1>3 A+ B+") == "(A:w1) A:c1>2 B:c1>3");
  CHECK(verdict("A:w1 A. A:c1>2 B:c1>3 A+ B-") == kFine);
  CHECK(verdict("A:w1 A. A:c1>2 B:c1>3 A+ B+ D:w1 D.") == "(A:w1) A:c1>2 B:c1>3");
  CHECK(verdict("D:w1 A:w1 A. A:c1>2 B:c1>3 A+ B+ D.") == kFine);
  CHECK(verdict("A:c0>1 A+ B:c0>2 B+") == "A:c0>1 B:c0>2");
}

TEST_CASE("linear: a delete that tells what it found, is judged by that") {
  CHECK(verdict("A:w0 A-") == kFine);
  CHECK(verdict("A:w0 A+") == "A:w0");
  CHECK(verdict("A:w1 A. B:w0 B+ B:w0 B- B:r B=0") == kFine);
  CHECK(verdict("A:w1 A. B:w0 B-") == "A:w1 B:w0");
  CHECK(verdict("A:w1 A. B:w0 B. B:w0 B+") == "(A:w1) B:w0 B:w0");
  CHECK(verdict("A:w1 A? B:w0 B+ B:w0 B-") == kFine);
  CHECK(verdict("A:w1 A. B:w0 C:w0 B+ C+") == "(A:w1) B:w0 C:w0");
  CHECK(verdict("A:w1 A. B:w0 C:w0 D:w2 B+ C+ D.") == kFine);
}

TEST_CASE("linear: what is open beside a delete that found something, may stand before or behind") {
  CHECK(verdict("A:w1 A. B:w2 C:w0 C+ D:r D=0 B. D:r D=0") == kFine);
  CHECK(verdict("A:w1 A. B:w0 C:w0 C+ B. D:r D=0") == kFine);
  CHECK(verdict("A:w1 A. B:w0 C:w0 C+ B+ D:r D=0") == "(A:w1) B:w0 C:w0");
  CHECK(verdict("A:w1 A. B:c1>2 C:w0 C+ B+ D:r D=2") == "(A:w1) (B:c1>2) C:w0 D:r");
}

TEST_CASE("linear: a cas that did not swap, must have found something else") {
  CHECK(verdict("A:w1 A. B:c1>2 B-") == "A:w1 B:c1>2");
  CHECK(verdict("A:c0>2 A-") == "A:c0>2");
  CHECK(verdict("A:w1 A. B:w2 C:c1>3 C- B.") == kFine);
  CHECK(verdict("A:w1 A. B:w2 B? C:c1>3 C-") == kFine);
  CHECK(verdict("A:w1 A. B:c0>0 B-") == kFine);
}

TEST_CASE("linear: what timed out, may take effect at any later time, once, or never") {
  CHECK(verdict("A:w1 A? B:r B=0 B:w2 B. B:r B=2 B:r B=1") == kFine);
  CHECK(verdict("A:w1 B:r B=0 B:r B=0") == kFine);
  CHECK(verdict("A:w1 A? B:r B=1 B:w2 B. B:r B=1") == "(A:w1) B:r B:w2 B:r");
  CHECK(verdict("B:r B=1 A:w1 A?") == "B:r");
  CHECK(verdict("A:c0>1 A? B:r B=0 B:r B=1") == kFine);
  CHECK(verdict("A:c0>1 A? B:w2 B. B:r B=1") == "(A:c0>1) B:w2 B:r");
}

TEST_CASE("linear: a delete, is a write of null") {
  CHECK(verdict("A:w1 A. A:w0 A. B:r B=0") == kFine);
  CHECK(verdict("A:w1 A. A:w0 A. B:r B=1") == "(A:w1) A:w0 B:r");
}

TEST_CASE("linear: registers, are judged one by one") {
  CHECK(verdict("x/A:w1 A. y/B:r B=0 x/C:r C=1") == kFine);
  CHECK(verdict("x/A:w1 A. y/B:w1 B. y/C:r C=0 x/D:r D=1") == "y/B:w1 y/C:r");
}

TEST_CASE("linear: writes seen in two orders by two readers, contradict them") {
  CHECK(verdict("A:w1 B:w2 C:r C=1 D:r D=2 C:r C=2 D:r D=1 A. B.") == "(A:w1) (B:w2) C:r D:r D:r");
}

TEST_CASE("linear: a bound of memory, makes it undecided and never wrong") {
  Shape shape;
  shape.processes = 20;
  shape.operations = 300;
  shape.values = 50;
  shape.lies_percent = 1;
  Judge exact, bound({1 << 14, 1 << 14, 1000});
  int undecided = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const History history = DrawnHistory(seed, shape).draw();
    exact.take(history);
    bound.take(history);
    const Outcome outcome = bound.judge(0);
    undecided += outcome == Outcome::undecided ? 1 : 0;
    if (outcome != Outcome::undecided) CHECK(outcome == exact.judge(0));
  }
  CHECK((undecided > 0 && undecided < 60));
}

TEST_CASE("linear: a contradiction that can't be shrunk to its end, says so") {
  Shape shape;
  shape.processes = 10;
  shape.operations = 200;
  shape.lies_percent = 10;
  const History history = DrawnHistory(1, shape).draw();
  Judge judge({1 << 29, 1 << 21, 10});
  judge.take(history);
  REQUIRE(judge.judge(0) == Outcome::not_linearizable);
  CHECK_FALSE(judge.contradiction(0).is_minimal);
}

TEST_CASE("linear: a judge that has judged others, judges as a new one") {
  Judge used;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Shape shape;
    shape.keys = 1 + static_cast<Key>(seed % 3);
    shape.operations = 40;
    shape.lies_percent = 3;
    const History history = DrawnHistory(seed, shape).draw();
    Judge fresh;
    used.take(history);
    fresh.take(history);
    REQUIRE(used.keys() == fresh.keys());
    for (Key key = 0; key < used.keys(); ++key) {
      REQUIRE(used.judge(key) == fresh.judge(key));
      CHECK(used.configurations() == fresh.configurations());
    }
  }
}

// Each of many writes was seen by nobody, or by somebody late: an order of all is not tried.
TEST_CASE("linear: a history of 10,000 operations, needs few configurations") {
  Shape shape;
  shape.processes = 20;
  shape.keys = 10;
  shape.operations = 10'000;
  shape.values = 0;
  shape.unknown_percent = 5;
  const History history = DrawnHistory(7, shape).draw();
  Judge judge;
  judge.take(history);
  for (Key key = 0; key < judge.keys(); ++key) {
    CHECK(judge.judge(key) == Outcome::linearizable);
    CHECK(judge.configurations() < 5'000);
  }
}

// Thirty writes of unknown fate, each value read once or never: 2^30 sets of them are not tried.
TEST_CASE("linear: many writes of unknown fate, are told apart only by who sees them") {
  std::string text;
  for (int i = 0; i < 30; ++i) {
    const std::string process(1, static_cast<char>('a' + i % 26));
    text += process + ":w" + std::to_string(1 + i % 15) + " " + process + "? ";
  }
  for (int i = 0; i < 15; ++i) text += "X:r X=" + std::to_string(15 - i) + " Y:w99 Y. Y:r Y=99 ";
  CHECK(verdict(text) == kFine);
  const ToldHistory bad = told(text + "X:r X=1 Y:w99 Y. X:r X=1 Y:w99 Y. X:r X=1");
  Judge judge;
  judge.take(bad.history);
  CHECK(judge.judge(0) == Outcome::not_linearizable);
  CHECK(judge.configurations() < 1'000);
}
