// Does the history say what the clients saw, and the contradiction what nobody can explain?
#include "sim/check/client_history.h"

#include <doctest/doctest.h>

#include <map>
#include <string>

using namespace quorate;
using namespace quorate::sim;

namespace {

struct Told {
  Told() { history.begin(3); }
  Told& ask(std::uint32_t client, OperationKind op, const std::string& value = "",
            const std::string& from = "", const std::string& key = "k", std::uint32_t place = 0) {
    history.began(client - 1, {op, key, value, from, 0, Time() + milliseconds(++ms), place});
    return *this;
  }
  Told& end(std::uint32_t client, Outcome outcome, const Found& found = {},
            std::uint32_t place = 0) {
    SessionOperation operation;
    operation.place = place;
    history.ended(client - 1, operation, outcome, found);
    return *this;
  }
  Told& set(std::uint32_t client, const std::string& value, Outcome outcome = Outcome::ok) {
    return ask(client, OperationKind::set, value).end(client, outcome);
  }
  Told& del(std::uint32_t client, bool removed = true) {
    return ask(client, OperationKind::del).end(client, Outcome::ok, {false, "", removed});
  }
  Told& get(std::uint32_t client, const std::string& value, const std::string& key = "k") {
    return ask(client, OperationKind::get, "", "", key)
        .end(client, Outcome::ok, {!value.empty(), value, false});
  }
  Told& cas(std::uint32_t client, const std::string& from, const std::string& to, bool changed) {
    return ask(client, OperationKind::cas, to, from).end(client, Outcome::ok, {false, "", changed});
  }
  bool sound() { return history.contradiction().empty(); }
  ClientHistory history;
  std::int64_t ms = 0;
};

}  // namespace

TEST_CASE("client_history: reads of the last write, are sound, of an earlier one or none not") {
  CHECK(Told().get(1, "").sound());
  CHECK(Told().set(1, "a").get(2, "a").sound());
  CHECK_FALSE(Told().set(1, "a").get(2, "").sound());
  CHECK_FALSE(Told().set(1, "a").set(2, "b").get(3, "a").sound());
  CHECK_FALSE(Told().get(1, "never").sound());
  CHECK(Told().set(1, "a").get(2, "", "other").sound());
}

TEST_CASE("client_history: a del, leaves nothing") {
  CHECK(Told().set(1, "a").del(2).get(3, "").sound());
  CHECK_FALSE(Told().set(1, "a").del(2).get(3, "a").sound());
}

TEST_CASE("client_history: a del that removed nothing, found nothing, and the other way round") {
  CHECK(Told().del(1, false).sound());
  CHECK_FALSE(Told().del(1).sound());
  CHECK_FALSE(Told().set(1, "a").del(2, false).sound());
  CHECK(Told().set(1, "a").del(2).del(3, false).sound());
  CHECK_FALSE(Told().set(1, "a").del(2).del(3).sound());
  CHECK(Told().set(1, "a", Outcome::lost).del(2).del(3, false).sound());
  Told told;
  told.set(1, "a").del(2, false);
  CHECK(told.history.contradiction().find("client 2 found nothing to delete in k") !=
        std::string::npos);
}

TEST_CASE("client_history: a cas, changes what it found and says so") {
  CHECK(Told().set(1, "a").cas(2, "a", "b", true).get(3, "b").sound());
  CHECK(Told().set(1, "a").cas(2, "x", "b", false).get(3, "a").sound());
  CHECK_FALSE(Told().set(1, "a").cas(2, "x", "b", true).sound());
  CHECK_FALSE(Told().set(1, "a").cas(2, "a", "b", false).sound());
  CHECK_FALSE(Told().set(1, "a").cas(2, "a", "b", true).get(3, "a").sound());
}

TEST_CASE("client_history: an unknown fate, may have happened late or never, and an error not") {
  for (const Outcome outcome : {Outcome::lost, Outcome::timeout}) {
    CHECK(Told().set(1, "a", outcome).get(2, "").get(2, "a").sound());
    CHECK_FALSE(Told().set(1, "a", outcome).get(2, "a").get(2, "").sound());
  }
  CHECK(Told().set(1, "a", Outcome::error).get(2, "").sound());
  CHECK_FALSE(Told().set(1, "a", Outcome::error).get(2, "a").sound());
}

TEST_CASE("client_history: operations at the same time, may come in any order") {
  Told told;
  told.ask(1, OperationKind::set, "a").ask(2, OperationKind::set, "b").get(3, "b").get(3, "a");
  told.end(1, Outcome::ok).end(2, Outcome::ok);
  CHECK(told.sound());
  CHECK_FALSE(told.get(3, "b").sound());
}

TEST_CASE("client_history: a contradiction, is told in words with who and when") {
  Told told;
  told.set(1, "a").get(2, "");
  CHECK(told.history.contradiction() ==
        "no order of these operations explains what was answered: client 1 wrote a to k (from 1 ms "
        "on); client 2 read nothing of k (from 2 ms on)");
}

TEST_CASE("client_history: begun anew, nothing is left of the one before") {
  Told told;
  told.set(1, "a").get(2, "");
  CHECK_FALSE(told.sound());
  told.history.begin(3);
  CHECK(told.get(2, "").sound());
  CHECK(told.history.history().operations.size() == 1);
}

TEST_CASE("client_history: of several operations of one client, each has its own end") {
  const auto told = [](const std::string& found) {
    Told all;
    all.ask(1, OperationKind::set, "a", "", "k", 0).ask(1, OperationKind::set, "b", "", "k", 1);
    all.end(1, Outcome::ok, {}, 1).end(1, Outcome::error, {}, 0);  // the first has not happened
    return all.get(2, found).sound();
  };
  CHECK(told("b"));
  CHECK_FALSE(told("a"));
}
