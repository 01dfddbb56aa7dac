// What must every Env do, simulated or real? The contract of env.h as clauses that each backend
// runs.
//
// For tests only. A backend derives from EnvStage and, in a test of its own, does
//   for (const EnvClause& clause : env_contract())
//     SUBCASE(clause.sentence) { MyStage stage; clause.holds(stage); }
// Each clause has a stage of its own. What only a simulator can do (power lost, a sync that fails,
// a partition) is no part of it. Where env.h leaves a choice, a clause takes either.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/env/disk_clauses.h"
#include "core/env/env_stage.h"

namespace quorate {

struct EnvClause {
  const char* sentence;
  void (*holds)(EnvStage& stage);
};

namespace env_clauses {

// ---- the clauses

inline void clock_stands_still(EnvStage& stage) {
  Env env = stage.env(kOne);
  const Time now = env.clock.now();
  Bytes work(100'000);
  std::fill(work.begin(), work.end(), Byte{1});
  CHECK(env.clock.now() == now);
}

inline void clock_goes_on(EnvStage& stage) {
  Time last = stage.env(kOne).clock.now();
  const Time first = last;
  Wire wire = connect(stage);
  for (int n = 0; n < 20; ++n) {
    wire.one.say("x");
    wire.two.hear(static_cast<std::size_t>(n) + 1);
    const Time now = stage.env(kOne).clock.now();
    REQUIRE(now >= last);
    last = now;
  }
  CHECK(last > first);
}

inline void dial_connects(EnvStage& stage) {
  Wire wire = connect(stage);
  wire.one.say("to two");
  wire.two.say("to one");
  CHECK(wire.two.hear(6) == "to two");
  CHECK(wire.one.hear(6) == "to one");
}

inline void dial_to_nobody(EnvStage& stage) {
  const int before = stage.told(kOne);
  const Result<SocketId> dialed = stage.env(kOne).sockets.dial(kNobody);
  if (!dialed) return;  // known at once: that is final, and nothing is told later
  REQUIRE(stage.goes_on_until([&] { return stage.told(kOne) > before; }));
  End end(stage, kOne, dialed.value());
  end.listen();
  CHECK(end.heard() == "");
  end.close();
}

inline void numbers_are_new(EnvStage& stage) {
  std::vector<SocketId> numbers;
  for (int n = 0; n < 20; ++n) {
    Wire wire = connect(stage);
    CHECK(slot_of(wire.one.socket()) < 100);  // a small number: it indexes a table
    numbers.push_back(wire.one.socket());
    wire.one.close();
    REQUIRE(wire.two.ends());
  }
  std::sort(numbers.begin(), numbers.end());
  CHECK(std::adjacent_find(numbers.begin(), numbers.end()) == numbers.end());
  CHECK_FALSE(numbers.front().is_none());
}

inline void nothing_there(EnvStage& stage) {
  Wire wire = connect(stage);
  CHECK(wire.one.listen() == ErrorKind::would_block);
  CHECK(wire.two.listen() == ErrorKind::would_block);
  wire.one.say("x");
  CHECK(wire.one.listen() == ErrorKind::would_block);  // it doesn't hear itself
}

inline void reader_is_told(EnvStage& stage) {
  Wire wire = connect(stage);
  REQUIRE(wire.two.listen() == ErrorKind::would_block);
  const int before = stage.told(kTwo);
  wire.one.say("x");
  REQUIRE(stage.goes_on_until([&] { return stage.told(kTwo) > before; }));
  wire.two.listen();
  CHECK(wire.two.heard() == "x");
}

inline void in_order_and_whole(EnvStage& stage) {
  Wire wire = connect(stage);
  const std::string text = long_text(100'000);
  for (std::size_t at = 0; at < text.size(); at += 1777) wire.one.say(text.substr(at, 1777));
  CHECK(wire.two.hear(text.size()) == text);
}

inline void small_room(EnvStage& stage) {
  Wire wire = connect(stage);
  const std::string text = long_text(200);
  wire.one.say(text);
  CHECK(wire.two.hear(text.size(), 1) == text);
}

inline void both_ways_at_once(EnvStage& stage) {
  Wire wire = connect(stage);
  const std::string there = long_text(30'000);
  const std::string back(there.rbegin(), there.rend());
  for (std::size_t at = 0; at < there.size(); at += 500) {
    wire.one.say(there.substr(at, 500));
    wire.two.say(back.substr(at, 500));
  }
  CHECK(wire.two.hear(there.size()) == there);
  CHECK(wire.one.hear(back.size()) == back);
}

inline void full_and_empty_again(EnvStage& stage) {
  Wire wire = connect(stage);
  std::string text;  // more than any machine buffers
  const std::string piece = long_text(100'000);
  for (int n = 0; n < 160; ++n) text += piece + std::to_string(n);
  std::size_t sent = 0;
  const auto push = [&] {
    while (sent < text.size()) {
      const Result<std::size_t> taken =
          wire.one.write(as_bytes(std::string_view(text).substr(sent)));
      if (!taken) return taken.error();
      sent += taken.value();
    }
    return ErrorKind::closed;
  };
  // It fills up, maybe in several turns: the other side's machine takes a part, too.
  REQUIRE(stage.goes_on_until([&] { return push() == ErrorKind::would_block; }));
  CHECK((sent > 0 && sent < text.size()));
  const int before = stage.told(kOne);
  REQUIRE(stage.goes_on_until([&] {
    wire.two.listen(65'536);
    return stage.told(kOne) > before;  // there is room again
  }));
  push();
  CHECK(wire.two.hear(sent, 65'536) == text.substr(0, sent));
}

inline void end_comes_behind_all(EnvStage& stage) {
  Wire wire = connect(stage);
  const std::string text = long_text(20'000);
  wire.one.say(text);
  wire.one.close();
  REQUIRE(wire.two.ends());
  CHECK(wire.two.heard() == text);
  CHECK(wire.two.listen() == ErrorKind::closed);  // and stays so
}

inline void write_to_the_gone(EnvStage& stage) {
  Wire wire = connect(stage);
  wire.two.close();
  REQUIRE(wire.one.ends());
  for (int n = 0; n < 5; ++n) {
    const Result<std::size_t> taken = wire.one.write(as_bytes("x"));
    CHECK((taken.ok() || taken.error() == ErrorKind::closed));
  }
  wire.one.close();
}

inline void connections_are_apart(EnvStage& stage) {
  Wire first = connect(stage);
  Wire second = connect(stage);
  CHECK(first.one.socket() != second.one.socket());
  first.one.say("first");
  second.one.say("second");
  CHECK(second.two.hear(6) == "second");
  CHECK(first.two.hear(5) == "first");
  first.one.close();
  REQUIRE(first.two.ends());
  second.one.say("!");
  CHECK(second.two.hear(7) == "second!");
}

inline void dead_process_ends_them(EnvStage& stage) {
  Wire wire = connect(stage);
  stage.restart(kTwo);
  CHECK(wire.one.ends());
  wire.one.close();
  connect(stage).one.say("again");
}

}  // namespace env_clauses

inline const std::vector<EnvClause>& env_contract() {
  using namespace env_clauses;
  static const std::vector<EnvClause> clauses{
      {"the clock: within a turn, stands still", clock_stands_still},
      {"the clock: from turn to turn, goes on and never back", clock_goes_on},
      {"sockets: a dial to who listens, connects both", dial_connects},
      {"sockets: a dial to nobody, is told and nothing comes of it", dial_to_nobody},
      {"sockets: a number, is never used again, though its slot is", numbers_are_new},
      {"sockets: with nothing there, a read would block", nothing_there},
      {"sockets: bytes that arrive, are told to who would read them", reader_is_told},
      {"sockets: what is written, arrives in order and whole", in_order_and_whole},
      {"sockets: a small room, is filled again and again", small_room},
      {"sockets: both ways at once, do not mix", both_ways_at_once},
      {"sockets: a full connection, would block, and tells when there is room",
       full_and_empty_again},
      {"sockets: closed, ends for the other side behind all that was written",
       end_comes_behind_all},
      {"sockets: a write to who is gone, is taken or says closed", write_to_the_gone},
      {"sockets: two connections of the same nodes, are apart", connections_are_apart},
      {"sockets: a process that dies, ends its connections", dead_process_ends_them},
      {"the disk: what is appended, can be read at once and in order", appends_are_read},
      {"the disk: a cut, drops what is behind it, and appends go on from there", cut_drops_the_end},
      {"the disk: the largest record, is taken whole", large_append},
      {"the disk: a sync, is told when it is done, and another can begin", sync_is_told},
      {"the disk: an append while a sync is under way, is kept", append_under_a_sync},
      {"the disk: a head that is dropped, leaves what follows where it was", drop_keeps_the_rest},
      {"the disk: a process that dies, loses nothing that it appended",
       dead_process_keeps_the_file},
  };
  return clauses;
}

}  // namespace quorate
