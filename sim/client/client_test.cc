#include "sim/client/client.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/world/live_world.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

constexpr NodeId kLeader(1);

std::string_view to_text(Outcome outcome) {
  constexpr std::string_view kWords[] = {"ok", "timeout", "error", "lost"};
  return kWords[static_cast<int>(outcome)];
}

// What clients asked and were told: "1 set k0 -> ok", with the time where it matters.
struct Log final : ClientWatcher {
  struct Line {
    std::uint32_t client;
    OperationKind op;
    std::string key, value;
    std::uint64_t sequence;
    Time invoked_at, ended_at;
    Outcome outcome;
    bool ended;
  };

  void invoked(std::uint32_t client, const ClientRequestView& request) override {
    REQUIRE(open[client] < most);  // so many requests at a time
    deepest = std::max(deepest, ++open[client]);
    lines.push_back({client,
                     request.op,
                     std::string(request.key),
                     std::string(request.value),
                     request.sequence,
                     request.invoked_at,
                     {},
                     Outcome::ok,
                     false});
  }
  void ended(std::uint32_t client, const ClientRequestView& request, Outcome outcome) override {
    if (request.sequence == 0) {  // it never got through to send it
      unsent += std::string(to_text(outcome)) + " ";
      return;
    }
    --open[client];
    const auto line = std::find_if(lines.begin(), lines.end(),
                                   [&](const Line& l) { return l.client == client && !l.ended; });
    REQUIRE((line->key == request.key && line->value == request.value && !line->ended));
    line->ended = true;
    line->outcome = outcome;
    line->ended_at = world->now();
  }
  std::string outcomes() const {
    std::string text;
    for (const Line& line : lines) text += std::string(to_text(line.outcome)) + " ";
    return text;
  }
  std::size_t first(Outcome outcome) const {
    return static_cast<std::size_t>(
        std::find_if(lines.begin(), lines.end(),
                     [outcome](const Line& l) { return l.ended && l.outcome == outcome; }) -
        lines.begin());
  }
  int count(OperationKind op) const {
    return static_cast<int>(std::count_if(lines.begin(), lines.end(),
                                          [op](const Line& line) { return line.op == op; }));
  }

  const World* world = nullptr;
  int most = 1;
  int deepest = 0;
  std::map<std::uint32_t, int> open;  // by client: so many requests
  std::vector<Line> lines;
  std::string unsent;
};

ClientsSettings settings(std::uint32_t clients, std::uint32_t writes) {
  ClientsSettings wanted;
  wanted.clients = clients;
  wanted.keys = 3;
  wanted.writes = writes;
  wanted.write_timeout = milliseconds(300);
  return wanted;
}

// A calm cluster with these clients.
class Play {
 public:
  explicit Play(const ClientsSettings& wanted, std::uint32_t followers = 2,
                std::uint64_t seed = 1) {
    WorldSettings calm = calm_settings(followers);
    calm.seed = seed;
    world.reset(calm, sound_rules(), wanted.clients);
    for (std::uint32_t n = 1; n <= followers + 1; ++n) world.start(NodeId(n), witness);
    log.world = &world;
    log.most = static_cast<int>(wanted.pipeline);
    clients.begin(world, wanted);
  }
  // Until all clients are done, or so many milliseconds have passed since the beginning.
  Play& until(std::int64_t ms) {
    while (!clients.all_done() && world.next_at() <= Time() + milliseconds(ms)) step();
    return *this;
  }
  bool all_done() const { return clients.all_done(); }

  World world;
  Witness witness;
  Clients clients;
  Log log;

 private:
  void step() {
    const Happening now = world.step(witness);
    switch (now.kind) {
      case Happening::Kind::connected: clients.connected(world, now.party, log); break;
      case Happening::Kind::refused: clients.refused(world, now.party, log); break;
      case Happening::Kind::readable: clients.readable(world, now.party, log); break;
      case Happening::Kind::alarm:
        if (now.what >= Clients::kAlarms) clients.alarm(world, now.what, log);
        break;
      case Happening::Kind::writable: clients.writable(world, now.party); break;
      default: break;
    }
  }
};

}  // namespace

TEST_CASE("client: calm seas, and all writes are made and answered") {
  Play play(settings(1, 20));
  CHECK(play.until(1000).all_done());
  REQUIRE(play.log.lines.size() == 20);
  for (const Log::Line& line : play.log.lines)
    CHECK((line.op == OperationKind::set && line.ended && line.outcome == Outcome::ok));
}

TEST_CASE("client: nothing to write, and it is done at once") {
  Play play(settings(2, 0));
  CHECK(play.until(1000).all_done());
  CHECK(play.log.lines.empty());
}

TEST_CASE("client: writes of several, are shared out, and the first ones have one more") {
  Play play(settings(3, 11));
  REQUIRE(play.until(1000).all_done());
  int made[3] = {0, 0, 0};
  for (const Log::Line& line : play.log.lines) ++made[line.client];
  CHECK((made[0] == 4 && made[1] == 4 && made[2] == 3));
}

TEST_CASE("client: requests on a connection, are numbered from 1 and come one at a time") {
  Play play(settings(1, 5));
  play.until(1000);
  for (std::size_t i = 0; i < play.log.lines.size(); ++i) {
    CHECK(play.log.lines[i].sequence == i + 1);
    if (i > 0) CHECK(play.log.lines[i].invoked_at >= play.log.lines[i - 1].ended_at);
  }
}

TEST_CASE("client: values, are as long as wanted and never alike") {
  ClientsSettings wanted = settings(4, 200);
  wanted.value_bytes = 16;
  Play play(wanted);
  REQUIRE(play.until(5000).all_done());
  std::set<std::string> values;
  for (const Log::Line& line : play.log.lines) {
    CHECK(line.value.size() == 16);
    values.insert(line.value);
  }
  CHECK(values.size() == 200);
}

TEST_CASE("client: short values of several clients, are never alike where there is room") {
  const auto unalike = [](std::uint32_t writes, std::size_t bytes) {
    ClientsSettings wanted = settings(4, writes);
    wanted.value_bytes = bytes;
    wanted.reads_percent = 30;  // which have no value
    Play play(wanted);
    REQUIRE(play.until(60'000).all_done());
    std::set<std::string> values;
    for (const Log::Line& line : play.log.lines) {
      if (line.op != OperationKind::set) continue;
      CHECK(line.value.size() == bytes);
      values.insert(line.value);
    }
    return values.size();
  };
  CHECK(unalike(20, 8) == 20);
  CHECK(unalike(20, 15) == 20);
  CHECK(unalike(300, 2) == 300);
  CHECK(unalike(256, 1) == 256);  // all that there are
  CHECK(unalike(300, 1) == 256);
}

TEST_CASE("client: a value of no bytes, is empty") {
  ClientsSettings wanted = settings(1, 2);
  wanted.value_bytes = 0;
  Play play(wanted);
  REQUIRE(play.until(1000).all_done());
  CHECK(play.log.lines.at(0).op == OperationKind::set);
  CHECK(play.log.lines.at(0).value == "");
}

TEST_CASE("client: one that only reads, reads as often as it should have written") {
  ClientsSettings wanted = settings(2, 31);
  wanted.reads_percent = 100;
  wanted.deletes_percent = 100;  // of no writes at all
  Play play(wanted);
  REQUIRE(play.until(5000).all_done());
  CHECK(std::count_if(play.log.lines.begin(), play.log.lines.end(),
                      [](const Log::Line& line) { return line.op == OperationKind::get; }) == 31);
}

TEST_CASE("client: keys, are those there are, and all of them") {
  ClientsSettings wanted = settings(2, 100);
  wanted.keys = 4;
  Play play(wanted);
  play.until(5000);
  std::set<std::string> keys;
  for (const Log::Line& line : play.log.lines) keys.insert(line.key);
  CHECK(keys == std::set<std::string>{"k0", "k1", "k2", "k3"});
}

TEST_CASE("client: reads and deletes, come as often as they should, and writes are all made") {
  ClientsSettings wanted = settings(1, 300);
  wanted.reads_percent = 40;
  wanted.deletes_percent = 20;
  Play play(wanted);
  REQUIRE(play.until(10'000).all_done());
  const int dels = play.log.count(OperationKind::del);
  CHECK(dels + play.log.count(OperationKind::set) == 300);
  CHECK((dels > 40 && dels < 80));
  const int gets = play.log.count(OperationKind::get);
  CHECK((gets > 150 && gets < 250));
}

TEST_CASE("client: another seed, asks something else") {
  const auto keys = [](std::uint64_t seed) {
    Play play(settings(1, 30), 2, seed);
    play.until(1000);
    std::string all;
    for (const Log::Line& line : play.log.lines) all += line.key;
    return all;
  };
  CHECK(keys(1) != keys(2));
  CHECK(keys(1) == keys(1));
}

TEST_CASE("client: one that thinks, waits so long between an answer and its next request") {
  ClientsSettings wanted = settings(1, 5);
  wanted.think = milliseconds(7);
  Play play(wanted);
  play.until(1000);
  for (std::size_t i = 1; i < play.log.lines.size(); ++i)
    CHECK(play.log.lines[i].invoked_at - play.log.lines[i - 1].ended_at == milliseconds(7));
}

TEST_CASE("client: explicit operations, are played in their order, at their time at the earliest") {
  const std::vector<Operation> operations{{20, 1, OperationKind::set, "a", "1"},
                                          {10, 2, OperationKind::set, "b", "2"},
                                          {5, 1, OperationKind::get, "a", ""},
                                          {40, 1, OperationKind::del, "b", ""}};
  ClientsSettings wanted = settings(2, 99);
  wanted.operations = &operations;
  Play play(wanted);
  REQUIRE(play.until(1000).all_done());
  REQUIRE(play.log.lines.size() == 4);
  CHECK((play.log.lines[0].key == "b" && play.log.lines[0].value == "2"));
  CHECK(play.log.lines[1].invoked_at >= Time() + milliseconds(20));
  CHECK((play.log.lines[2].op == OperationKind::get && play.log.lines[2].client == 0));
  CHECK(play.log.lines[3].invoked_at == Time() + milliseconds(40));
}

TEST_CASE("client: explicit operations of some clients, leave the others done") {
  const std::vector<Operation> operations{{0, 3, OperationKind::set, "a", "1"}};
  ClientsSettings wanted = settings(3, 0);
  wanted.operations = &operations;
  Play play(wanted);
  CHECK(play.until(1000).all_done());
  CHECK(play.log.outcomes() == "ok ");
}

// ---- when things go wrong

TEST_CASE("client: no quorum, is told timeout at the deadline, and goes on") {
  Play play(settings(1, 2));
  play.world.pause(NodeId(2), Time() + milliseconds(10'000));
  play.until(1000);
  CHECK(play.log.outcomes() == "timeout timeout ");
  for (const Log::Line& line : play.log.lines)
    CHECK(line.ended_at - line.invoked_at == milliseconds(300) + microseconds(200));
}

TEST_CASE("client: a leader that is not up, is dialed again and again, until patience is over") {
  Play play(settings(1, 2));
  play.world.kill(kLeader, play.witness);
  play.until(2000);
  CHECK((play.log.lines.empty() && play.log.unsent == ""));
  play.until(2400);
  CHECK(play.log.unsent == "error ");
  CHECK_FALSE(play.all_done());
}

TEST_CASE("client: a leader that comes up at last, is found") {
  Play play(settings(1, 2));
  play.world.kill(kLeader, play.witness);
  play.until(500);
  play.world.start(kLeader, play.witness);
  CHECK(play.until(2000).all_done());
  CHECK(play.log.outcomes() == "ok ok ");
}

TEST_CASE(
    "client: a connection that breaks under a request, leaves its fate unknown, and a new one "
    "begins at 1") {
  Play play(settings(1, 100));
  play.until(20);
  play.world.kill(kLeader, play.witness);
  play.world.start(kLeader, play.witness);
  REQUIRE(play.until(5000).all_done());
  CHECK(play.log.lines.size() == 100);  // a lost one is not tried again
  const std::size_t lost = play.log.first(Outcome::lost);
  CHECK(play.log.lines.at(lost).sequence > 5);
  CHECK(play.log.lines.at(lost + 1).sequence == 1);
}

TEST_CASE("client: a leader that stands still, is waited for so long, and its answer is lost") {
  Play play(settings(1, 2));
  for (std::int64_t ms = 0; play.log.open[0] == 0; ++ms) play.until(ms);
  play.world.pause(kLeader, Time() + milliseconds(60'000));
  play.until(10'000);
  const Log::Line& line = play.log.lines.at(play.log.first(Outcome::lost));
  CHECK(line.ended_at - line.invoked_at >= milliseconds(2300));
  CHECK(line.ended_at - line.invoked_at < milliseconds(2310));
}

TEST_CASE("client: refused for a full disk, pauses before it tries the next") {
  Play play(settings(1, 5));
  play.world.disk(kLeader).full_until = Time() + milliseconds(60);
  REQUIRE(play.until(1000).all_done());
  for (std::size_t i = 1; i < play.log.lines.size(); ++i)
    if (play.log.lines[i - 1].outcome == Outcome::error)
      CHECK(play.log.lines[i].invoked_at - play.log.lines[i - 1].ended_at == milliseconds(15));
  CHECK(play.log.outcomes().find("error ") != std::string::npos);
}

TEST_CASE("client: begun again, has forgotten the run before") {
  Play play(settings(1, 5));
  play.until(1000);
  play.log.lines.clear();
  play.clients.begin(play.world, settings(1, 3));
  CHECK_FALSE(play.all_done());
  CHECK(play.until(2000).all_done());
  CHECK(play.log.lines.size() == 3);
}

// ---- with a pipeline

TEST_CASE(
    "client: a pipeline, is full at once and never holds more, and all is answered in order") {
  ClientsSettings wanted = settings(1, 50);
  wanted.pipeline = 8;
  wanted.reads_percent = 30;
  Play play(wanted);
  REQUIRE(play.until(1000).all_done());
  CHECK(play.log.deepest == 8);
  for (std::size_t i = 0; i < play.log.lines.size(); ++i) {
    CHECK(play.log.lines[i].sequence == i + 1);
    CHECK((play.log.lines[i].ended && play.log.lines[i].outcome == Outcome::ok));
    if (i > 0) CHECK(play.log.lines[i].ended_at >= play.log.lines[i - 1].ended_at);
    if (i < 8) CHECK(play.log.lines[i].invoked_at == play.log.lines[0].invoked_at);
  }
}

TEST_CASE("client: a pipeline deeper than what there is to ask, holds just that") {
  ClientsSettings wanted = settings(2, 5);
  wanted.pipeline = 64;
  Play play(wanted);
  REQUIRE(play.until(1000).all_done());
  CHECK((play.log.lines.size() == 5 && play.log.deepest == 3));
}

TEST_CASE("client: of a hundred, so many have a pipeline and the others one request at a time") {
  const auto deepest = [](std::int64_t percent) {
    ClientsSettings wanted = settings(4, 80);
    wanted.pipeline = 4;
    wanted.pipelined_percent = percent;
    Play play(wanted);
    play.until(1000);
    return play.log.deepest;
  };
  CHECK(deepest(0) == 1);
  CHECK(deepest(100) == 4);
}

TEST_CASE("client: one with a pipeline that thinks, leaves each place free for so long") {
  ClientsSettings wanted = settings(1, 12);
  wanted.pipeline = 3;
  wanted.think = milliseconds(7);
  Play play(wanted);
  REQUIRE(play.until(1000).all_done());
  CHECK(play.log.deepest == 3);
  for (std::size_t i = 3; i < play.log.lines.size(); ++i)
    CHECK(play.log.lines[i].invoked_at - play.log.lines[i - 3].ended_at == milliseconds(7));
}

TEST_CASE("client: explicit operations of one with a pipeline, are sent at their time") {
  const std::vector<Operation> operations{{20, 1, OperationKind::set, "a", "1"},
                                          {20, 1, OperationKind::get, "a", ""},
                                          {30, 1, OperationKind::set, "a", "2"},
                                          {40, 1, OperationKind::del, "a", ""}};
  ClientsSettings wanted = settings(1, 0);
  wanted.operations = &operations;
  wanted.pipeline = 3;
  Play play(wanted);
  play.world.pause(NodeId(2), Time() + milliseconds(400));
  REQUIRE(play.until(1000).all_done());
  REQUIRE(play.log.lines.size() == 4);
  CHECK(play.log.lines[0].invoked_at == Time() + milliseconds(20) + microseconds(200));  // dialed
  CHECK(play.log.lines[1].invoked_at == play.log.lines[0].invoked_at);
  CHECK(play.log.lines[2].invoked_at == Time() + milliseconds(30));
  CHECK(play.log.lines[3].invoked_at == play.log.lines[0].ended_at);  // there was no place before
}

TEST_CASE("client: a connection that breaks, loses all that is under way, once") {
  ClientsSettings wanted = settings(1, 100);
  wanted.pipeline = 10;
  Play play(wanted);
  play.until(3);
  const int under_way = play.log.open[0];
  REQUIRE(under_way > 1);
  play.world.kill(kLeader, play.witness);
  play.world.start(kLeader, play.witness);
  REQUIRE(play.until(5000).all_done());
  CHECK(play.log.lines.size() == 100);
  CHECK(std::count_if(play.log.lines.begin(), play.log.lines.end(), [](const Log::Line& line) {
          return line.outcome == Outcome::lost;
        }) == under_way);
  const std::size_t lost = play.log.first(Outcome::lost);
  CHECK(play.log.lines.at(lost + static_cast<std::size_t>(under_way)).sequence == 1);
}

TEST_CASE("client: with a pipeline, the patience of each counts from when it was drawn") {
  const std::vector<Operation> operations{{0, 1, OperationKind::set, "a", "1"},
                                          {50, 1, OperationKind::set, "a", "2"}};
  ClientsSettings wanted = settings(1, 0);
  wanted.operations = &operations;
  wanted.pipeline = 2;
  Play play(wanted);
  play.world.kill(kLeader, play.witness);
  play.until(2310);
  CHECK(play.log.unsent == "error ");
  play.until(2360);
  CHECK(play.log.unsent == "error error ");
}

TEST_CASE("client: more than a socket takes at once, is sent when there is room") {
  ClientsSettings wanted = settings(1, 40);
  wanted.pipeline = 40;
  wanted.value_bytes = 20'000;
  Play play(wanted);
  REQUIRE(play.until(2000).all_done());
  for (const Log::Line& line : play.log.lines) CHECK(line.outcome == Outcome::ok);
}
