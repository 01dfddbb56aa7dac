// How does one node behave where any may lead? A stage for it, with the words of elections.
//
// For tests only. The node is number 1; the test plays all others, which meet() connects. Nothing
// beats and nobody falls silent unless the test lets it. A log is written "a@1 +@2 b@2": values
// with their generations, "+" for a leader's first entry; in a file "g3" enters generation 3, and
// "v2" gives its vote there to node 2, and "s3/2" takes a snapshot up to LSN 3, with which the log
// up to LSN 2 may go.
#pragma once

#include <doctest/doctest.h>

#include <sstream>
#include <string>

#include "core/base/crc32.h"
#include "core/protocol/node_fixture.h"

namespace quorate {

inline NodeConfig seat_config(std::uint32_t members,
                              ElectionRule rule = ElectionRule::most_up_to_date) {
  NodeConfig config = config_of(1, static_cast<int>(members) - 1);
  config.profile = Profile::replicated_log;
  config.election = rule;
  config.heartbeat = config.peer_silence = milliseconds(100'000);
  return config;
}

// It asks again for what doesn't come within 20 ms.
inline NodeConfig seat_that_beats(NodeConfig config = seat_config(3)) {
  config.heartbeat = milliseconds(20);
  return config;
}

// It takes none, and snapshots travel in chunks of 30 bytes, two of them at once.
inline NodeConfig in_pieces(NodeConfig config = seat_config(3)) {
  config.snapshot_bytes = ByteCount();
  config.ship_bytes = ByteCount(30);
  config.window_bytes = ByteCount(60);
  return config;
}

// The records that follow `prev`, as they travel.
inline Bytes records_of(Lsn prev, const std::string& words) {
  Bytes bytes;
  std::istringstream in(words);
  for (std::string word; in >> word;) {
    const std::size_t at = word.find('@');
    const std::string value = word.substr(0, at);
    prev = prev.next();
    const bool first = value == "+";
    encode_record({Generation(std::stoull(word.substr(at + 1))), prev, ClientId(), 0,
                   first ? Op::noop : Op::set, first ? "" : "k" + value, first ? "" : value},
                  bytes);
  }
  return bytes;
}

inline std::uint32_t count_of(const std::string& words) {
  std::istringstream in(words);
  std::uint32_t count = 0;
  for (std::string word; in >> word;) ++count;
  return count;
}

// What a node has that has applied the log up to there, as a snapshot. Requires that it is whole.
struct TakenSnapshot {
  SnapshotId id;
  Bytes bytes;
};
inline TakenSnapshot snapshot_of(const Wal& wal, Lsn up_to) {
  StateMachine machine(sound_rules(), NodeConfig().max_sessions);
  for (Lsn lsn(1); lsn <= up_to; lsn = lsn.next()) machine.apply(wal.record(lsn));
  TakenSnapshot taken;
  machine.encode(taken.bytes);
  taken.id = {up_to, wal.generation_at(up_to), taken.bytes.size(), crc32(taken.bytes)};
  return taken;
}
inline TakenSnapshot snapshot_of(const std::string& words) {
  Wal wal;
  const Bytes records = records_of(Lsn(), words);
  for (ByteSpan rest = records; !rest.empty();) {
    const RecordScan scan = scan_record(rest);
    wal.append_shipped(scan.record, rest.first(scan.size));
    rest = rest.subspan(scan.size);
  }
  return snapshot_of(wal, wal.last_lsn());
}

inline Bytes file_with(const std::string& words) {
  Wal wal;
  std::istringstream in(words);
  for (std::string word; in >> word;) {
    if (word.find('@') == std::string::npos) {
      const std::uint64_t number = std::stoull(word.substr(1));
      if (word[0] == 'g') wal.enter(Generation(number));
      if (word[0] == 'v') wal.vote(NodeId(static_cast<std::uint32_t>(number)));
      if (word[0] == 's') {
        const TakenSnapshot taken = snapshot_of(wal, Lsn(number));
        wal.append_chunk(taken.id, 0, taken.bytes);
        wal.finish_snapshot(Lsn(std::stoull(word.substr(word.find('/') + 1))));
      }
      continue;
    }
    const Bytes record = records_of(wal.last_lsn(), word);
    wal.append_shipped(read_record(record), record);
  }
  const ByteSpan bytes = wal.bytes(ByteCount(), wal.end());
  return {bytes.begin(), bytes.end()};
}

class Seat : public Stage {
 public:
  // Up, with that log on its disk, and connected with all others, which know of no newer
  // generation.
  explicit Seat(const std::string& log = "", const NodeConfig& config = seat_config(3),
                const Rules& rules = sound_rules())
      : Stage(config, rules) {
    start(file_with(log));
    meet();
  }
  void meet() {
    for (std::uint32_t peer = 2; peer <= config().members; ++peer) hello(peer, "0");
    sent();
  }
  void restart() {
    crash();
    start();
    meet();
  }

  // ---- time

  void pass(std::int64_t ms) { let_pass_until(ms_ += ms); }
  // Until it asks who would elect it, or for votes. What it has sent.
  std::string stand() {
    for (int n = 0; n < 700; ++n) {
      pass(1);
      if (const std::string said = sent(); said.find("vote for") != std::string::npos) return said;
    }
    return "it doesn't stand";
  }

  // ---- elections

  // A peer asks for a vote, or whether it would be given one. `generation`: the one it lives in.
  void asks(std::uint32_t peer, std::uint64_t proposed, const Position& last = "0") {
    says(peer, Message{NodeId(peer), Generation(proposed),
                       VoteRequest{Generation(proposed), last.lsn, last.generation, false}});
  }
  void would_you(std::uint32_t peer, std::uint64_t proposed, const Position& last = "0") {
    says(peer, Message{NodeId(peer), Generation(proposed - 1),
                       VoteRequest{Generation(proposed), last.lsn, last.generation, true}});
  }
  void votes(std::uint32_t peer, std::uint64_t proposed, const Position& last = "0",
             bool granted = true) {
    says(peer, Message{NodeId(peer), Generation(proposed),
                       Vote{Generation(proposed), last.lsn, last.generation, false, granted}});
  }
  void would(std::uint32_t peer, std::uint64_t proposed, bool granted = true) {
    says(peer, Vote{Generation(proposed), Lsn(), Generation(), true, granted});
  }
  // Node 2 and so many more elect it, each with a log that ends there. What it says then.
  std::string win(const Position& last = "0") {
    stand();
    const std::uint32_t voters = config().members / 2;
    const std::uint64_t proposed = generation() + 1;
    for (std::uint32_t peer = 2; peer < 2 + voters; ++peer) would(peer, proposed);
    sync();
    sent();
    for (std::uint32_t peer = 2; peer < 2 + voters; ++peer) votes(peer, proposed, last);
    return sent();
  }
  // The same, and its first entry is committed.
  void serve() {
    win();
    sync();
    const Lsn last = node().log().last();
    for (std::uint32_t peer = 2; peer < 2 + config().members / 2; ++peer) ack(peer, last.value());
    REQUIRE(node().is_serving());
    sent();
  }

  // ---- an elected leader speaks, in its generation

  void shipped(std::uint32_t leader, std::uint64_t generation, const Position& prev,
               const std::string& words, std::uint64_t mark = 0) {
    Ship head = ship_head(prev, count_of(words));
    head.high_water_mark = Lsn(mark);
    const Bytes records = records_of(prev.lsn, words);
    says(leader, Message{NodeId(leader), Generation(generation), head}, records);
  }
  void confirm(std::uint32_t leader, std::uint64_t generation, std::uint64_t round,
               std::uint64_t mark = 0) {
    says(leader, Message{NodeId(leader), Generation(generation), Confirm{round, Lsn(mark)}});
  }
  void confirmed(std::uint32_t peer, std::uint64_t round) { says(peer, Confirmed{round}); }
  // The best log of its majority is given to it: records that follow `prev`, up to `last` there.
  void gives(std::uint32_t peer, const Position& prev, const std::string& words,
             std::uint64_t last) {
    const Bytes records = records_of(prev.lsn, words);
    says(peer, Give{prev.lsn, prev.generation, Lsn(last), true, count_of(words)}, records);
  }
  void gives_nothing(std::uint32_t peer, const Position& try_after) {
    says(peer, Give{try_after.lsn, try_after.generation, Lsn(), false, 0});
  }

  // ---- a snapshot is given to it, in an elected leader's generation

  void offers(std::uint32_t giver, std::uint64_t generation, const TakenSnapshot& taken,
              bool to_adopt = false) {
    says(giver,
         Message{NodeId(giver), Generation(generation), Chunk{taken.id, 0, to_adopt, false}});
  }
  // Its bytes from `at` up to `to`, as one chunk.
  void chunk(std::uint32_t giver, std::uint64_t generation, const TakenSnapshot& taken,
             std::size_t at, std::size_t to, bool to_adopt = false, bool is_damaged = false) {
    const ByteSpan bytes = ByteSpan(taken.bytes).subspan(at, std::min(to, taken.bytes.size()) - at);
    Bytes record;
    encode_record({Generation(generation), taken.id.lsn, {}, at, Op::chunk, {}, as_text(bytes)},
                  record);
    if (is_damaged) record.back() ^= 1;
    says(giver, Message{NodeId(giver), Generation(generation), Chunk{taken.id, at, to_adopt, true}},
         record);
  }

  // ---- what came of it

  std::uint64_t generation() const { return node().log().generation().value(); }
  std::uint64_t voted_for() const { return node().log().wal().voted_for().value(); }
  std::uint64_t mark() const { return node().high_water_mark().value(); }
  std::uint64_t applied() const { return node().log().applied().value(); }
  std::string role() const {
    return node().leads() ? "leads" : node().stands() ? "stands" : "follows";
  }
  // As file_with() takes it, without the notes.
  std::string entries() const {
    const Wal& wal = node().log().wal();
    std::string text = base_words(wal);
    for (Lsn lsn = wal.base().next(); lsn <= wal.last_lsn(); lsn = lsn.next()) {
      const RecordView record = wal.record(lsn);
      text += (text.empty() ? "" : " ") +
              (record.op == Op::noop ? "+" : std::string(record.value)) + "@" +
              std::to_string(record.generation.value());
    }
    return text;
  }

 private:
  std::int64_t ms_ = 0;
};

}  // namespace quorate
