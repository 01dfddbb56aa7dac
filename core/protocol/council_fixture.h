// How do nodes that elect their leader behave together? Stages that are all connected with all.
//
// For tests only. The nodes dial as they do in the world; letters travel in rounds, one on each
// wire at a time; time passes only in pass(). Nodes are named by their numbers.
#pragma once

#include <doctest/doctest.h>

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/protocol/node_fixture.h"

namespace quorate {

class Council {
 public:
  using Tweak = std::function<void(NodeConfig&)>;

  explicit Council(
      int members, const Tweak& tweak = [](NodeConfig&) {}, const Rules& rules = sound_rules()) {
    for (std::uint32_t id = 1; id <= static_cast<std::uint32_t>(members); ++id) {
      NodeConfig config = config_of(id, members - 1);
      config.profile = Profile::replicated_log;
      tweak(config);
      stages_.emplace_back(config, rules);
    }
  }

  Stage& node(std::uint32_t id) { return stages_[id - 1]; }

  // ---- lives

  Council& start() {
    for (std::uint32_t id = 1; id <= stages_.size(); ++id) start(id);
    return *this;
  }
  Council& start(std::uint32_t id) {
    node(id).at(now_ms_).start();
    return settle();
  }
  Council& crash(std::uint32_t id, std::size_t kept_bytes = 0) {
    for (std::uint32_t peer = 1; peer <= stages_.size(); ++peer) disconnect(id, peer);
    node(id).crash(kept_bytes);
    return *this;
  }
  Council& restart(std::uint32_t id) { return crash(id).start(id); }

  // ---- the network

  // Nothing gets through between those two, or between that one and all others.
  Council& cut(std::uint32_t a, std::uint32_t b) {
    cut_.insert(pair(a, b));
    disconnect(a, b);
    return *this;
  }
  Council& cut_off(std::uint32_t id) {
    for (std::uint32_t peer = 1; peer <= stages_.size(); ++peer)
      if (peer != id) cut(id, peer);
    return *this;
  }
  Council& heal() {
    cut_.clear();
    return *this;
  }
  // What those letters say never arrives.
  void lose(const std::function<bool(std::uint32_t from, const Letter&)>& lost) { lost_ = lost; }
  Council& hold_sync(std::uint32_t id, bool held = true) {
    if (held)
      unsynced_.insert(id);
    else
      unsynced_.erase(id);
    return settle();
  }

  // ---- clients

  Council& request(std::uint32_t id, const std::string& words) {
    node(id).request(words);
    return settle();
  }
  std::string answers(std::uint32_t id) { return node(id).answers(); }

  // ---- time

  Council& settle() {
    for (int rounds = 0; step(); ++rounds) REQUIRE_MESSAGE(rounds < 5000, "it never comes to rest");
    return *this;
  }
  Council& pass(std::int64_t ms) {
    for (const std::int64_t end = now_ms_ + ms; now_ms_ < end;) {
      now_ms_ = std::min(end, now_ms_ + 5);
      for (Stage& stage : stages_) stage.let_pass_until(now_ms_);
      settle();
    }
    return *this;
  }
  // Until one of them serves. Returns its number; 0: nobody within ten seconds.
  std::uint32_t elect() {
    for (int n = 0; n < 2000; ++n, pass(5))
      if (const std::uint32_t id = leader(); id != 0 && node(id).node().is_serving()) return id;
    return 0;
  }

  // ---- what came of it

  // Who leads in the highest generation; 0: nobody.
  std::uint32_t leader() {
    std::uint32_t found = 0;
    for (std::uint32_t id = 1; id <= stages_.size(); ++id)
      if (node(id).is_up() && node(id).node().leads() &&
          (found == 0 || generation(id) > generation(found)))
        found = id;
    return found;
  }
  std::uint64_t generation(std::uint32_t id) { return node(id).node().log().generation().value(); }
  // "a b@2 | a | a", node by node; "-" where one is down. A noop is "+"; "[2]" as in Stage::log().
  std::string logs() {
    return node_by_node(stages_, [](const Stage& stage) {
      const Wal& wal = stage.node().log().wal();
      std::string text = base_words(wal);
      for (Lsn lsn = wal.base().next(); lsn <= wal.last_lsn(); lsn = lsn.next()) {
        const RecordView record = wal.record(lsn);
        text += (text.empty() ? "" : " ") +
                (record.op == Op::noop ? "+" : std::string(record.value)) + "@" +
                std::to_string(record.generation.value());
      }
      return text;
    });
  }
  std::string states() {
    return node_by_node(stages_, [](const Stage& stage) { return stage.state(); });
  }
  std::string marks() {
    return node_by_node(stages_, [](const Stage& stage) {
      return std::to_string(stage.node().high_water_mark().value());
    });
  }

 private:
  using Wire = std::pair<std::uint32_t, std::uint32_t>;  // from, to

  static Wire pair(std::uint32_t a, std::uint32_t b) { return {std::min(a, b), std::max(a, b)}; }

  bool step() {
    collect();
    bool moved = false;
    for (auto& [wire, letters] : wires_) {
      if (letters.empty()) continue;
      moved = true;
      const Letter letter = std::move(letters.front());
      letters.pop_front();
      if (!lost_ || !lost_(wire.first, letter)) deliver(wire, letter);
      collect();
    }
    return sync_all(stages_, unsynced_) || moved;
  }
  void deliver(const Wire& wire, const Letter& letter) {
    const auto [from, to] = wire;
    const bool is_hello = std::holds_alternative<Hello>(letter.message.body);
    hand_over(node(to), from, letter, is_hello && named_.insert(wire).second);
  }
  void collect() {
    for (std::uint32_t id = 1; id <= stages_.size(); ++id) {
      for (const NodeId peer : node(id).take_dials()) dial(id, peer.value());
      for (Letter& letter : node(id).take_letters()) {
        const std::uint32_t to = letter.to.value();
        if (connected_.count(pair(id, to)) != 0) wires_[{id, to}].push_back(std::move(letter));
      }
    }
    for (std::uint32_t id = 1; id <= stages_.size(); ++id)
      for (const NodeId peer : node(id).take_hang_ups()) disconnect(id, peer.value());
  }
  void dial(std::uint32_t from, std::uint32_t to) {
    if (!node(from).is_up()) return;
    if (!node(to).is_up() || cut_.count(pair(from, to)) != 0) {
      node(from).gone(to);
      return;
    }
    connected_.insert(pair(from, to));
    wires_[{from, to}].push_back(hello_of(node(from), from, to));
  }
  void disconnect(std::uint32_t a, std::uint32_t b) {
    if (connected_.erase(pair(a, b)) == 0) return;
    for (const Wire& wire : {Wire{a, b}, Wire{b, a}}) {
      wires_[wire].clear();
      named_.erase(wire);
    }
    node(a).gone(b);
    node(b).gone(a);
  }

  std::vector<Stage> stages_;
  std::map<Wire, std::deque<Letter>> wires_;
  std::set<Wire> connected_, named_, cut_;
  std::set<std::uint32_t> unsynced_;
  std::function<bool(std::uint32_t, const Letter&)> lost_;
  std::int64_t now_ms_ = 0;
};

}  // namespace quorate
