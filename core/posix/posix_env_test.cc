// The contract of every Env (core/env/env_contract.h), on real sockets and files.
#include <doctest/doctest.h>

#include <memory>

#include "core/env/env_contract.h"
#include "core/posix/poll_loop.h"
#include "core/posix/posix_fixture.h"

using namespace quorate;

namespace {

// Nodes 1 and 2 are two loops in one thread, turn by turn; the port of node 3 is nobody's.
class PosixStage final : public EnvStage {
 public:
  explicit PosixStage(bool synced) : synced_(synced) {
    for (int n = 0; n < 3; ++n) peers_.push_back(parse_address(local(free_port())));
    start(0);
    start(1);
  }

  Env env(NodeId node) override { return at(node).loop->env(); }
  bool goes_on_until(const std::function<bool()>& done) override {
    const Time end = from_now(kPatience);
    while (!done()) {
      if (MonotonicClock::at_this_moment() > end) return false;
      const bool first = turn(0, Time());
      const bool second = turn(1, Time());
      if (!first && !second) turn(0, from_now(milliseconds(1)));
    }
    return true;
  }
  int told(NodeId node) const override { return nodes_[node.value() - 1].told; }
  SocketId accepted(NodeId node) override { return at(node).accepted; }
  void restart(NodeId node) override {
    at(node).loop.reset();
    at(node).accepted = SocketId();  // its next life counts anew
    start(node.value() - 1);
  }

 private:
  struct Node {
    TempFolder folder;
    std::unique_ptr<PollLoop> loop;
    SocketId accepted;
    int told = 0;
  };

  Node& at(NodeId node) { return nodes_[node.value() - 1]; }
  void start(std::size_t n) {
    PollLoopSettings settings;
    settings.peers = peers_;
    settings.listen_peers = peers_[n];
    settings.listen_clients = parse_address(local(free_port()));
    settings.disk = {nodes_[n].folder.path(), synced_, {}, {}};
    nodes_[n].loop = std::make_unique<PollLoop>(std::move(settings));
  }
  bool turn(std::size_t n, Time until) {
    const Happenings& happenings = nodes_[n].loop->wait(until);
    for (const Happening& happening : happenings) {
      ++nodes_[n].told;
      if (happening.kind == Happening::Kind::peer_accepted) nodes_[n].accepted = happening.socket;
    }
    return !happenings.empty();
  }

  bool synced_;
  std::vector<Address> peers_;
  Node nodes_[2];
};

}  // namespace

TEST_CASE("posix_env: with a disk that syncs, keeps every clause of the contract") {
  for (const EnvClause& clause : env_contract()) {
    SUBCASE(clause.sentence) {
      PosixStage stage(true);
      clause.holds(stage);
    }
  }
}

TEST_CASE("posix_env: with a disk that does not, keeps every clause of the contract") {
  for (const EnvClause& clause : env_contract()) {
    SUBCASE(clause.sentence) {
      PosixStage stage(false);
      clause.holds(stage);
    }
  }
}
