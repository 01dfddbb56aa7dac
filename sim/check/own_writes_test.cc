// Does a read of an elected leader show what stands in front of it on its connection?
#include <doctest/doctest.h>

#include "sim/check/elected_trial.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

// Client 1 has a write of "b" and a read under way on one connection; "a" was there before.
ElectedTrial& write_and_read(ElectedTrial& trial) {
  trial.set(1, 1, "a").all_hold("a@1/1.1").end(1, Outcome::ok);
  trial.ask(1, OperationKind::set, 2, "b", "", 0).ask(1, OperationKind::get, 0, "", "", 1);
  trial.all_hold("b@1/1.2");
  return trial;
}

// The record of client 1's second write, which swaps "x" for "b".
Bytes swap_of_x() {
  Bytes cas, bytes;
  encode_cas({"x", "b"}, cas);
  encode_record({Generation(1), Lsn(2), ClientId(1), 2, Op::cas, "k", as_text(cas)}, bytes);
  return bytes;
}

Found value(const std::string& text) { return {!text.empty(), text, false}; }

}  // namespace

TEST_CASE("own_writes: a read behind a write that was OK'd, shows it or what came later") {
  for (const std::string shown : {"b", "c"}) {
    ElectedTrial trial;
    write_and_read(trial).all_hold("c@1/2.1").end(1, Outcome::ok, {}, 0);
    trial.end(1, Outcome::ok, value(shown), 1);
    CHECK(trial.verdict() == "");
  }
}

TEST_CASE("own_writes: a read that shows what was before such a write, violates S11") {
  for (const std::string shown : {"a", ""}) {
    ElectedTrial trial;
    write_and_read(trial).end(1, Outcome::ok, {}, 0).end(1, Outcome::ok, value(shown), 1);
    CHECK(trial.clause() == "S11");
    CHECK(trial.sentence() ==
          "client 1 read k as it was before LSN=2, its own write in front of that read, which was "
          "answered OK");
  }
}

TEST_CASE("own_writes: a read that was answered before the write behind it, may miss that one") {
  ElectedTrial trial;
  write_and_read(trial).end(1, Outcome::ok, value("a"), 1).end(1, Outcome::ok, {}, 0);
  CHECK(trial.verdict() == "");
}

TEST_CASE("own_writes: what became of a write is unknown, so a read behind it may show either") {
  ElectedTrial trial;
  write_and_read(trial).end(1, Outcome::lost, {}, 0).end(1, Outcome::ok, value("a"), 1);
  CHECK(trial.verdict() == "");
}

TEST_CASE("own_writes: a compare-and-set that swapped nothing, need not be seen") {
  for (const bool swapped : {false, true}) {
    ElectedTrial trial;
    trial.set(1, 1, "a").all_hold("a@1/1.1").end(1, Outcome::ok);
    trial.ask(1, OperationKind::cas, 2, "b", "x", 0).ask(1, OperationKind::get, 0, "", "", 1);
    for (const std::uint32_t node : {1u, 2u, 3u}) trial.append(node, swap_of_x()).sync(node);
    trial.end(1, Outcome::ok, {false, "", swapped}, 0);
    trial.end(1, Outcome::ok, value("a"), 1);
    CHECK(trial.clause() == (swapped ? "S11" : ""));
  }
}

TEST_CASE("own_writes: of another client's write in front, nothing follows for the connection") {
  ElectedTrial trial;
  trial.set(1, 1, "a").all_hold("a@1/1.1").end(1, Outcome::ok);
  trial.ask(2, OperationKind::set, 1, "b").ask(1, OperationKind::get, 0, "", "", 1);
  trial.all_hold("b@1/2.1").end(2, Outcome::ok).end(1, Outcome::ok, value("a"), 1);
  CHECK(trial.verdict() == "");
}
