// How do tests write a position in a log, a ship's records, what was sent, and what many nodes are
// asked at once? The words for it.
//
// For tests only. Stages are the nodes of a whole cluster, in the order of their ids.
#pragma once

#include <sstream>
#include <string>

#include "core/base/bytes.h"
#include "core/log/record_codec.h"
#include "core/log/wal.h"
#include "core/protocol/effects.h"
#include "core/wire/message.h"

namespace quorate {

// "3@1" is LSN 3 of generation 1, "0" is the beginning of every log.
struct Position {
  Lsn lsn;
  Generation generation;
  Position(const char* text) : Position(std::string(text)) {}   // NOLINT: tests write "3@1"
  Position(const std::string& text) : lsn(std::stoull(text)) {  // NOLINT: likewise
    const std::size_t at = text.find('@');
    if (at != std::string::npos) generation = Generation(std::stoull(text.substr(at + 1)));
  }
};

inline std::string tell(Lsn lsn, Generation generation) {
  return lsn.is_none() ? "0"
                       : std::to_string(lsn.value()) + "@" + std::to_string(generation.value());
}

struct Letter {
  NodeId to;
  Message message;
  Bytes records;
};

// What a letter says, in words.
struct LetterWords {
  std::string operator()(const Hello& m) const {
    return "hello " + tell(m.last_lsn, m.last_generation) + (m.restoring ? " restoring" : "");
  }
  std::string operator()(const Ship& m) const {
    return "ship " + range(m.prev_lsn, m.records) + tell(m.prev_lsn, m.prev_generation);
  }
  std::string operator()(const Ack& m) const {
    return "ack " + std::to_string(m.lsn.value()) + " " + std::string(to_text(m.status));
  }
  std::string operator()(const Heartbeat& m) const {
    return "heartbeat " + std::to_string(m.high_water_mark.value());
  }
  std::string operator()(const Fetch& m) const {
    return "fetch after " + tell(m.prev_lsn, m.prev_generation);
  }
  std::string operator()(const Give& m) const {
    if (!m.agrees) return "give nothing, try after " + tell(m.prev_lsn, m.prev_generation);
    return "give " + range(m.prev_lsn, m.records) + tell(m.prev_lsn, m.prev_generation) + " of " +
           std::to_string(m.last_lsn.value());
  }
  std::string operator()(const VoteRequest& m) const {
    return std::string(m.is_pre ? "would you vote for " : "vote for ") +
           std::to_string(m.proposed.value()) + " with " + tell(m.last_lsn, m.last_generation);
  }
  std::string operator()(const Vote& m) const {
    if (!m.granted) return "no vote for " + std::to_string(m.proposed.value());
    return std::string(m.is_pre ? "I would vote for " : "a vote for ") +
           std::to_string(m.proposed.value()) + " with " + tell(m.last_lsn, m.last_generation);
  }
  std::string operator()(const Confirm& m) const {
    return "confirm " + std::to_string(m.round) + " mark " +
           std::to_string(m.high_water_mark.value());
  }
  std::string operator()(const Confirmed& m) const {
    return "confirmed " + std::to_string(m.round);
  }
  std::string operator()(const Forward& m) const {
    return "forward " + std::to_string(m.ticket) + (m.is_read ? " read" : " write");
  }
  std::string operator()(const Forwarded& m) const {
    return "forwarded " + std::to_string(m.ticket) + " " + std::string(to_text(m.reply)) +
           (m.number > 0 ? " " + std::to_string(m.number) : "");
  }
  std::string operator()(const Chunk& m) const {
    return std::string(m.has_record ? "chunk " : "offers ") + snapshot(m.id) +
           (m.has_record ? " at " + std::to_string(m.at) : "") +
           (m.for_adoption ? " to adopt" : "");
  }
  std::string operator()(const Want& m) const {
    return "wants " + snapshot(m.id) + " " + std::to_string(m.at) + ".." + std::to_string(m.to);
  }
  static std::string snapshot(const SnapshotId& id) {
    return std::to_string(id.lsn.value()) + "@" + std::to_string(id.generation.value());
  }
  static std::string range(Lsn prev, std::uint32_t records) {
    if (records == 0) return "nothing after ";
    const std::uint64_t first = prev.value() + 1;
    const std::uint64_t last = prev.value() + records;
    return std::to_string(first) + (last > first ? ".." + std::to_string(last) : "") + " after ";
  }
};

// The head of a ship of so many records by a leader that has no more than those.
inline Ship ship_head(const Position& prev, std::uint32_t records) {
  Ship head;
  head.prev_lsn = prev.lsn;
  head.prev_generation = prev.generation;
  head.last_lsn = Lsn(prev.lsn.value() + records);
  head.records = records;
  return head;
}

// "[2]": the log begins behind LSN 2. Nothing for one that is whole.
inline std::string base_words(const Wal& wal) {
  return wal.base().is_none() ? "" : "[" + std::to_string(wal.base().value()) + "]";
}

// The records with these values that follow `prev`, as they travel.
inline Bytes records_after(Lsn prev, Generation generation, const std::string& values) {
  Bytes bytes;
  std::istringstream in(values);
  for (std::string value; in >> value;) {
    prev = prev.next();
    encode_record({generation, prev, ClientId(1), 1, Op::set, "k" + value, value}, bytes);
  }
  return bytes;
}

// "a b | a b | a", node by node; "-" where one is down.
template <class Stages, class Words>
std::string node_by_node(const Stages& stages, Words words) {
  std::string text;
  for (std::size_t i = 0; i < stages.size(); ++i)
    text += (i == 0 ? "" : " | ") + (stages[i].is_up() ? words(stages[i]) : std::string("-"));
  return text;
}

// Syncs that nobody holds are done. Was there any?
template <class Stages, class Ids>
bool sync_all(Stages& stages, const Ids& held) {
  bool moved = false;
  std::uint32_t id = 0;
  for (auto& stage : stages) {
    if (held.count(++id) != 0 || !stage.is_up() || !stage.has_unsynced()) continue;
    stage.sync();
    moved = true;
  }
  return moved;
}

// What a node says first on a connection that it has dialed.
template <class Stage>
Letter hello_of(Stage& stage, std::uint32_t id, std::uint32_t to) {
  return {NodeId(to), {NodeId(id), stage.node().log().generation(), stage.node().hello()}, {}};
}

// A letter arrives; the first hello of a connection is who is there.
template <class Stage>
void hand_over(Stage& stage, std::uint32_t from, const Letter& letter, bool is_first_hello) {
  if (const auto* hello = std::get_if<Hello>(&letter.message.body);
      hello != nullptr && is_first_hello)
    stage.tell_it(PeerConnected{NodeId(from), letter.message.generation, *hello});
  else
    stage.says(from, letter.message, letter.records);
}

}  // namespace quorate
