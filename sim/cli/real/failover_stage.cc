#include "sim/cli/real/failover_stage.h"

namespace quorate::cli {

namespace {

RealClusterSettings settings_of(const std::atomic<bool>* interrupted) {
  RealClusterSettings settings;
  settings.members = kFailoverNodes;
  settings.profile = Profile::replicated_log;
  settings.election_timeout = milliseconds(400);
  settings.peer_silence = milliseconds(3000);  // what is held back is not gone
  settings.interrupted = interrupted;
  return settings;
}

}  // namespace

FailoverStage::FailoverStage(const std::atomic<bool>* interrupted, FailoverStory::Teller tell)
    : interrupted_(interrupted),
      tell_(std::move(tell)),
      cluster_(settings_of(interrupted)),
      story_(kFailoverNodes, tell_) {
  for (std::uint32_t high = 2; high <= kFailoverNodes; ++high)
    for (std::uint32_t low = 1; low < high; ++low) {
      auto relay = std::make_unique<Relay>(cluster_.peers_of(NodeId(low)));
      cluster_.dial_through(NodeId(high), relay->address(), NodeId(low));
      relays_[{NodeId(high), NodeId(low)}] = std::move(relay);
    }
}

void FailoverStage::start(NodeId node) {
  story_.began(node);
  cluster_.start(node);
}

void FailoverStage::kill(NodeId node) {
  cluster_.kill(node);
  hear(Time());
  tell_(name(node) + ": killed (SIGKILL)");
  story_.ended(node);
}

void FailoverStage::settle() {
  hear_until("a leader served and all had its log", [this] { return story_.is_settled(); });
}

NodeId FailoverStage::follower() const {
  for (std::uint32_t n = kFailoverNodes; n > 1; --n)
    if (cluster_.runs(NodeId(n)) && NodeId(n) != story_.leader()) return NodeId(n);
  return NodeId(1);
}

void FailoverStage::hold(NodeId node, bool on) {
  for (const auto& [ends, relay] : relays_) {
    if (ends.first == node) relay->block(sim::Direction::to_peer, on);
    if (ends.second == node) relay->block(sim::Direction::from_peer, on);
  }
}

void FailoverStage::cut_wires(NodeId node) {
  for (const auto& [ends, relay] : relays_)
    if (ends.first == node || ends.second == node) relay->cut();
}

void FailoverStage::hear(Time until) {
  for (const RealFact& fact : cluster_.more(seen_, until)) {
    ++seen_;
    story_.hear(fact);
  }
}

}  // namespace quorate::cli
