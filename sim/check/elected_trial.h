// What would the checks of elected leaders say of this history? A world in which nothing happens
// but what a test tells.
//
// For tests only; the sister of trial.h for the profile replicated_log. No node runs: the test says
// what reached the disks, what was said, decided, asked and answered, and LogChecker hears it as it
// would from the world. A record is written "a@1", a leader's first entry "+@2"; it follows what
// the node's log holds by then. All nodes are connected, and none is anything but what it says.
#pragma once

#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "core/log/record_codec.h"
#include "core/wire/frame.h"
#include "sim/check/log_checker.h"
#include "sim/world/live_world.h"

namespace quorate::sim {

class ElectedTrial {
 public:
  explicit ElectedTrial(std::uint32_t members = 3) : files_(members) {
    WorldSettings settings = calm_settings(members - 1);
    settings.node.profile = Profile::replicated_log;
    settings.node.snapshot_bytes = NodeConfig().snapshot_bytes;
    world.reset(settings, sound_rules(), 2);
    checker.begin(world, 2);
  }
  ElectedTrial(const ElectedTrial&) = delete;  // the checker knows where the world is
  ElectedTrial& operator=(const ElectedTrial&) = delete;

  // ---- disks

  // "a@1 b@1", behind what is there. A value of a client is written "a@1/1.7": client 1,
  // sequence 7.
  ElectedTrial& write(std::uint32_t node, const std::string& words) {
    std::istringstream in(words);
    for (std::string word; in >> word;) {
      const std::uint64_t lsn = checker.truth(NodeId(node)).last().value() + 1;
      append(node, record(lsn, word));
    }
    return *this;
  }
  static Bytes record(std::uint64_t lsn, const std::string& word) {
    const std::size_t at = word.find('@'), by = word.find('/'), dot = word.find('.');
    const bool of_client = by != std::string::npos;
    const std::string value = word.substr(0, at);
    const bool first = value == "+";
    Bytes bytes;
    encode_record({Generation(std::stoull(word.substr(at + 1))), Lsn(lsn),
                   ClientId(of_client ? std::stoull(word.substr(by + 1)) : 0),
                   of_client ? std::stoull(word.substr(dot + 1)) : 0, first ? Op::noop : Op::set,
                   first ? "" : "k", first ? "" : value},
                  bytes);
    return bytes;
  }
  ElectedTrial& append(std::uint32_t node, const Bytes& bytes) {
    append_bytes(files_[node - 1].bytes, bytes);
    checker.appended(NodeId(node), bytes);
    return *this;
  }
  ElectedTrial& sync(std::uint32_t node) {
    File& file = files_[node - 1];
    file.durable = file.bytes.size();
    checker.durable(NodeId(node), ByteCount(file.durable));
    return *this;
  }
  ElectedTrial& hold(std::uint32_t node, const std::string& words) {
    return write(node, words).sync(node);
  }
  ElectedTrial& all_hold(const std::string& words) {
    for (std::uint32_t node = 1; node <= files_.size(); ++node) hold(node, words);
    return *this;
  }
  // It enters that generation, with its vote for that node (0: for nobody), not durable yet.
  ElectedTrial& enter(std::uint32_t node, std::uint64_t generation, std::uint32_t vote = 0) {
    return note(node, Op::generation, generation, checker.truth(NodeId(node)).last().value(), vote);
  }
  ElectedTrial& all_enter(std::uint64_t generation) {
    for (std::uint32_t node = 1; node <= files_.size(); ++node) enter(node, generation).sync(node);
    return *this;
  }
  ElectedTrial& cut_log(std::uint32_t node, std::uint64_t keep) {
    const NodeTruth& log = checker.truth(NodeId(node));
    const std::uint64_t of = keep == 0 ? 0 : log.record(Lsn(keep)).generation.value();
    return note(node, Op::cut, log.generation().value(), keep, of);
  }
  ElectedTrial& crash(std::uint32_t node) { return crash_with(node, files_[node - 1].durable); }
  // So many bytes of its file are left, synced or not.
  ElectedTrial& crash_with(std::uint32_t node, std::size_t bytes) {
    File& file = files_[node - 1];
    file.bytes.resize(bytes);
    file.durable = bytes;
    checker.crashed(NodeId(node), file.bytes, ByteCount(file.durable));
    checker.started(NodeId(node));
    return *this;
  }
  ElectedTrial& damage(std::uint32_t node, std::size_t byte) {
    files_[node - 1].bytes[byte] ^= 1;
    checker.damaged(NodeId(node), files_[node - 1].bytes);
    return *this;
  }
  ElectedTrial& cut_file(std::uint32_t node, std::size_t bytes) {
    files_[node - 1].bytes.resize(bytes);
    checker.cut(NodeId(node), ByteCount(bytes));
    return *this;
  }
  std::size_t file_size(std::uint32_t node) const { return files_[node - 1].bytes.size(); }

  // ---- what is said and decided

  ElectedTrial& say(std::uint32_t from, std::uint32_t to, std::uint64_t generation,
                    const MessageBody& body) {
    Bytes frame;
    encode_frame({NodeId(from), Generation(generation), body}, {}, frame);
    checker.said(NodeId(from), NodeId(to), tap_frame(frame));
    return *this;
  }
  ElectedTrial& would_vote(std::uint32_t voter, std::uint32_t candidate, std::uint64_t proposed) {
    return say(voter, candidate, proposed - 1, Vote{Generation(proposed), {}, {}, true, true});
  }
  ElectedTrial& ask_votes(std::uint32_t candidate, std::uint32_t peer, std::uint64_t generation) {
    return say(candidate, peer, generation, VoteRequest{Generation(generation), {}, {}, false});
  }
  ElectedTrial& vote(std::uint32_t voter, std::uint32_t candidate, std::uint64_t generation) {
    return say(voter, candidate, generation, Vote{Generation(generation), {}, {}, false, true});
  }
  ElectedTrial& ack(std::uint32_t node, std::uint32_t leader, std::uint64_t generation,
                    std::uint64_t lsn, AckStatus status = AckStatus::success) {
    return say(node, leader, generation, Ack{Lsn(lsn), status});
  }
  ElectedTrial& confirm(std::uint32_t leader, std::uint32_t peer, std::uint64_t generation,
                        std::uint64_t mark = 0) {
    return say(leader, peer, generation, Confirm{1, Lsn(mark)});
  }
  ElectedTrial& confirmed(std::uint32_t peer, std::uint32_t leader, std::uint64_t generation) {
    return say(peer, leader, generation, Confirmed{1});
  }
  ElectedTrial& ship(std::uint32_t leader, std::uint32_t peer, std::uint64_t generation,
                     std::uint64_t mark = 0) {
    Ship head;
    head.high_water_mark = Lsn(mark);
    return say(leader, peer, generation, head);
  }
  ElectedTrial& decide(std::uint32_t node, FactKind kind, std::uint64_t lsn = 0) {
    checker.decided(NodeId(node), {{kind, NodeId(), Lsn(lsn), 0, 0}});
    return *this;
  }
  ElectedTrial& apply(std::uint32_t node, std::uint64_t lsn) {
    return decide(node, FactKind::applied, lsn);
  }

  // ---- clients (1 and 2)

  ElectedTrial& ask(std::uint32_t client, OperationKind op, std::uint64_t sequence,
                    const std::string& value = "", const std::string& from = "",
                    std::uint32_t place = 0) {
    asked_[{client, place}] = {op, "k", value, from, sequence, world.now(), place, 1};
    checker.began(client - 1, asked_[{client, place}]);
    return *this;
  }
  ElectedTrial& end(std::uint32_t client, Outcome outcome, const Found& found = {},
                    std::uint32_t place = 0) {
    checker.ended(client - 1, asked_[{client, place}], outcome, found);
    return *this;
  }
  ElectedTrial& set(std::uint32_t client, std::uint64_t sequence, const std::string& value) {
    return ask(client, OperationKind::set, sequence, value);
  }
  // A read that is answered at once: "" is that there is nothing.
  ElectedTrial& get(std::uint32_t client, const std::string& value) {
    return ask(client, OperationKind::get, 0)
        .end(client, Outcome::ok, {!value.empty(), value, false});
  }

  // ---- time

  ElectedTrial& at(std::int64_t ms) {
    world.set_alarm(Time() + milliseconds(ms), 0);
    while (world.now() < Time() + milliseconds(ms)) world.step(checker);
    return *this;
  }

  // ---- what came of it: the name of the check that was violated, "" if all is sound
  std::string verdict() const {
    return checker.verdict().sound() ? "" : checker.verdict().violated()->check;
  }
  std::string clause() const {
    return checker.verdict().sound() ? "" : checker.verdict().violated()->clause;
  }
  std::string sentence() const {
    return checker.verdict().sound() ? "" : checker.verdict().violated()->sentence;
  }
  std::string at_the_end() {
    checker.at_the_end();
    return verdict();
  }

  World world;
  LogChecker checker;

 private:
  ElectedTrial& note(std::uint32_t node, Op op, std::uint64_t generation, std::uint64_t lsn,
                     std::uint64_t sequence) {
    Bytes bytes;
    encode_record(
        {Generation(generation), Lsn(lsn), ClientId(file_size(node)), sequence, op, {}, {}}, bytes);
    return append(node, bytes);
  }

  struct File {
    Bytes bytes;
    std::size_t durable = 0;
  };
  std::vector<File> files_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, SessionOperation> asked_;  // by client, place
};

}  // namespace quorate::sim
