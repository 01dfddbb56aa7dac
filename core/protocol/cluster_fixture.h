// How do a leader and its followers behave together? A cluster of stages with hand-cranked wires.
//
// For tests only. Node 1 leads, 2 and up follow. Nothing travels and no sync is done but by
// settle(), which lets everything happen that was not held, until nothing is left to happen; a
// cluster that never comes to rest fails there. Time stands still unless a test moves it.
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

class Cluster {
 public:
  using Tweak = std::function<void(NodeConfig&)>;

  explicit Cluster(
      int followers, const Tweak& tweak = [](NodeConfig&) {}) {
    for (std::uint32_t id = 1; id <= static_cast<std::uint32_t>(followers) + 1; ++id) {
      NodeConfig config = config_of(id, followers);
      tweak(config);
      stages_.emplace_back(config);
    }
  }

  Stage& node(std::uint32_t id) { return stages_[id - 1]; }
  Stage& leader() { return stages_[0]; }

  // ---- lives and connections

  // Starts and connects all nodes, or those named, and lets them settle.
  Cluster& start() {
    for (std::uint32_t id = 1; id <= stages_.size(); ++id) node(id).start();
    return connect_all();
  }
  Cluster& start(std::uint32_t id) {
    node(id).start();
    return connect_all();
  }
  Cluster& crash(std::uint32_t id, std::size_t kept_bytes = 0) {
    unplug(id);
    node(id).crash(kept_bytes);
    return *this;
  }
  Cluster& kill(std::uint32_t id) {
    unplug(id);
    node(id).kill();
    return *this;
  }
  // A crash and a start in one; what was not synced is lost.
  Cluster& restart(std::uint32_t id) { return crash(id).start(id); }
  // The connection between the follower (or, for the leader, all followers) and its leader is over.
  Cluster& unplug(std::uint32_t id) {
    for (std::uint32_t peer = 2; peer <= stages_.size(); ++peer)
      if (id == 1 || id == peer) disconnect(peer);
    return *this;
  }
  Cluster& plug(std::uint32_t id) {
    connect(id);
    return settle();
  }
  Cluster& connect_all() {
    connect_some();
    return settle();
  }
  // Those that can be; nothing travels yet.
  void connect_some() {
    for (std::uint32_t id = 2; id <= stages_.size(); ++id) connect(id);
  }
  // Nobody is connected to it before it is let back in.
  Cluster& keep_away(std::uint32_t id) {
    unplug(id);
    away_.insert(id);
    return *this;
  }
  Cluster& let_back(std::uint32_t id) {
    away_.erase(id);
    return plug(id);
  }

  // ---- what is held back

  Cluster& hold_sync(std::uint32_t id, bool held = true, bool settles = true) {
    if (held)
      unsynced_.insert(id);
    else
      unsynced_.erase(id);
    return held || !settles ? *this : settle();
  }
  // Whatever the follower sends, or is sent, waits on the wire.
  Cluster& hold_wire(std::uint32_t id, bool held = true) {
    if (held)
      frozen_.insert(id);
    else
      frozen_.erase(id);
    return held ? *this : settle();
  }
  // What travels to that node is handed to `change` first.
  void on_the_way(std::uint32_t to, const std::function<void(Letter&)>& change) {
    change_[to] = change;
  }

  // ---- clients

  // "x=1", by a client of its own; its number in answers() counts from 1.
  Cluster& write(const std::string& assignment) {
    const std::size_t at = assignment.find('=');
    leader().request("set " + assignment.substr(0, at) + " " + assignment.substr(at + 1));
    return settle();
  }
  Cluster& request(const std::string& words) {
    leader().request(words);
    return settle();
  }
  std::string answers() { return leader().answers(); }

  // Lets so many rounds happen: in each, one letter arrives on each wire, and syncs are done.
  Cluster& run(int rounds) {
    while (rounds-- > 0 && step()) {
    }
    return *this;
  }
  // Lets what can happen happen.
  Cluster& settle() {
    for (int rounds = 0; step(); ++rounds) REQUIRE_MESSAGE(rounds < 2000, "it never comes to rest");
    return *this;
  }
  // As much time passes on all nodes, and all happens in the meantime.
  Cluster& pass(std::int64_t ms) {
    for (const std::int64_t end = now_ms_ + ms; now_ms_ < end;) {
      now_ms_ = std::min(end, now_ms_ + 10);
      for (Stage& stage : stages_) stage.let_pass_until(now_ms_);
      settle();
    }
    return *this;
  }

  // ---- damage

  // Changes a byte of that record in the file of a node that is down.
  Cluster& damage(std::uint32_t id, std::uint64_t lsn) {
    WalRecovery found;
    const Wal wal = Wal::recover(node(id).file(), found);
    REQUIRE(wal.last_lsn() >= Lsn(lsn));
    node(id).file()[wal.end_of(Lsn(lsn)).value() - 1] ^= 0x20;
    return *this;
  }

  // "a b | a b | a", node by node; "-" where one is down.
  std::string logs() {
    return node_by_node(stages_, [](const Stage& stage) { return stage.log(); });
  }
  std::string states() {
    return node_by_node(stages_, [](const Stage& stage) { return stage.state(); });
  }

 private:
  using Wire = std::pair<std::uint32_t, std::uint32_t>;  // from, to

  void connect(std::uint32_t id) {
    const bool can = node(id).is_up() && leader().is_up() && away_.count(id) == 0;
    if (!can || connected_.count(id) != 0) return;
    connected_.insert(id);
    wires_[{id, 1}].push_back(hello_of(node(id), id, 1));
  }
  void disconnect(std::uint32_t id) {
    if (connected_.erase(id) == 0) return;
    wires_[{id, 1}].clear();
    wires_[{1, id}].clear();
    named_.erase(id);
    leader().gone(id);
    node(id).gone(1);
    collect();
  }

  bool step() {
    collect();
    bool moved = false;
    for (std::uint32_t id = 2; id <= stages_.size(); ++id) moved = deliver(id) || moved;
    return sync_all(stages_, unsynced_) || moved;
  }
  bool deliver(std::uint32_t follower) {
    if (frozen_.count(follower) != 0) return false;
    const bool there = deliver({1, follower});
    return deliver({follower, 1}) || there;
  }
  bool deliver(const Wire& wire) {
    auto& letters = wires_[wire];
    if (letters.empty()) return false;
    Letter letter = std::move(letters.front());
    letters.pop_front();
    const auto change = change_.find(wire.second);
    if (change != change_.end()) change->second(letter);
    const bool is_hello = std::holds_alternative<Hello>(letter.message.body);
    const bool first = is_hello && (wire.second == 1 || named_.insert(wire.second).second);
    hand_over(node(wire.second), wire.first, letter, first);
    collect();
    return true;
  }
  // Puts on the wires what the nodes have sent, and hangs up where they want that.
  void collect() {
    for (std::uint32_t id = 1; id <= stages_.size(); ++id) {
      for (Letter& letter : node(id).take_letters()) {
        const std::uint32_t to = letter.to.value();
        if (connected_.count(std::max(id, to)) != 0) wires_[{id, to}].push_back(std::move(letter));
      }
    }
    for (std::uint32_t id = 1; id <= stages_.size(); ++id)
      for (const NodeId peer : node(id).take_hang_ups()) disconnect(std::max(id, peer.value()));
  }

  std::vector<Stage> stages_;
  std::map<Wire, std::deque<Letter>> wires_;
  std::set<std::uint32_t> connected_, named_, away_, unsynced_, frozen_;
  std::map<std::uint32_t, std::function<void(Letter&)>> change_;
  std::int64_t now_ms_ = 0;
};

}  // namespace quorate
