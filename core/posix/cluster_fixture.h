// A cluster of real members in one process, a thread each.
//
// For tests only. What they decide is noted under a lock; a test waits for it.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "core/posix/member.h"
#include "core/posix/posix_fixture.h"

namespace quorate {

class Cluster {
 public:
  explicit Cluster(std::uint32_t members = 3) {
    config_.node.members = members;
    config_.node.write_timeout = milliseconds(5000);  // the machine may be busy with other things
    config_.node.peer_silence = milliseconds(3000);
    for (std::uint32_t n = 1; n <= members; ++n) {
      config_.places.push_back({local(free_port()), local(free_port())});
      folders_.push_back(std::make_unique<TempFolder>());
    }
  }
  ~Cluster() {
    for (std::uint32_t n = 1; n <= config_.node.members; ++n) stop(n);
  }

  Cluster& start_all() {
    for (std::uint32_t n = 1; n <= config_.node.members; ++n) start(n);
    for (std::uint32_t n = 2; n <= config_.node.members; ++n)
      REQUIRE(decides(1, FactKind::peer_connected, NodeId(n)));
    REQUIRE(decides(1, FactKind::serving));
    return *this;
  }
  void start(std::uint32_t n) {
    forget(n);
    Running& running = running_[n];
    running.member = std::make_unique<Member>(
        config(n), MemberEars{[this, n](const Fact& fact) { note(n, fact); }, {}});
    running.thread = std::thread([member = running.member.get()] { member->run(); });
  }
  void stop(std::uint32_t n) {
    if (!running_.contains(n)) return;
    running_[n].member->stop();
    running_[n].thread.join();
    running_.erase(n);
  }
  // Waits until it has ended by itself. Says why it halted.
  std::string ended(std::uint32_t n) {
    running_[n].thread.join();
    const std::string why = running_[n].member->halted() ? running_[n].member->why_halted() : "";
    running_.erase(n);
    return why;
  }
  MemberConfig& config() { return config_; }
  MemberConfig config(std::uint32_t n) const {
    MemberConfig config = config_;
    config.node.id = NodeId(n);
    config.folder = folders_[n - 1]->path();
    return config;
  }
  int port(std::uint32_t n) const { return parse_address(config_.places[n - 1].clients).port(); }
  int peer_port(std::uint32_t n) const { return parse_address(config_.places[n - 1].peers).port(); }
  std::string log(std::uint32_t n) const { return folders_[n - 1]->path() + "/log"; }

  // Does that node, since it was started or forgotten, decide that about `peer` and at least `lsn`?
  bool decides(std::uint32_t n, FactKind kind, NodeId peer = NodeId(), Lsn lsn = Lsn()) {
    std::unique_lock lock(mutex_);
    return noted_.wait_for(lock, std::chrono::microseconds(kPatience.us()), [&] {
      for (const Fact& fact : facts_[n])
        if (fact.kind == kind && fact.peer == peer && fact.lsn >= lsn) return true;
      return false;
    });
  }
  void forget(std::uint32_t n) {
    const std::lock_guard lock(mutex_);
    facts_[n].clear();
  }

 private:
  struct Running {
    std::unique_ptr<Member> member;
    std::thread thread;
  };
  void note(std::uint32_t n, const Fact& fact) {
    const std::lock_guard lock(mutex_);
    facts_[n].push_back(fact);
    noted_.notify_all();
  }

  MemberConfig config_;
  std::vector<std::unique_ptr<TempFolder>> folders_;
  std::mutex mutex_;
  std::condition_variable noted_;
  std::map<std::uint32_t, Facts> facts_;
  std::map<std::uint32_t, Running> running_;
};

}  // namespace quorate
