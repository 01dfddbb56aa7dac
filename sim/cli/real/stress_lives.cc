#include "sim/cli/real/stress_lives.h"

#include <algorithm>

namespace quorate::cli {

void StressLives::started(NodeId node) {
  if (!cluster_.elects() && node == NodeConfig::leader()) return;
  lives_.push_back({node, cluster_.life_of(node), 0});
}

void StressLives::killed(NodeId node) {
  for (Life& life : lives_)
    if (life.node == node && life.end == 0) life.end = cluster_.facts().count();
}

NodeId StressLives::leader() {
  if (!cluster_.elects()) return NodeConfig::leader();
  for (const RealFact& fact : cluster_.facts().after(seen_, Time())) {
    ++seen_;
    if (fact.fact.kind == FactKind::elected) leader_ = fact.node;
  }
  return leader_;
}

// The leader has heard of it, or it has found a leader or is one.
bool StressLives::joined(const Life& life, const RealFact& fact) const {
  const FactKind kind = fact.fact.kind;
  if (cluster_.elects())
    return fact.node == life.node && (kind == FactKind::leader_found || kind == FactKind::elected);
  return fact.node == NodeConfig::leader() && kind == FactKind::peer_connected &&
         fact.fact.peer == life.node;
}

void StressLives::count() {
  const std::vector<RealFact> facts = cluster_.facts().after(0, Time());
  for (const RealFact& fact : facts) {
    const FactKind kind = fact.fact.kind;
    result_.torn_tails += kind == FactKind::torn_tail_cut ? 1 : 0;
    result_.snapshots_taken += kind == FactKind::snapshot_taken ? 1 : 0;
    result_.snapshots_installed += kind == FactKind::snapshot_installed ? 1 : 0;
    if (kind == FactKind::damage_found && result_.failure.empty())
      result_.failure =
          cluster_.name_of(fact.node) + " found its log damaged at a start after SIGKILL";
  }
  for (const Life& life : lives_) {
    const auto begin = facts.begin() + static_cast<std::ptrdiff_t>(life.begin);
    const auto end =
        life.end == 0 ? facts.end() : facts.begin() + static_cast<std::ptrdiff_t>(life.end);
    const bool has =
        std::any_of(begin, end, [&](const RealFact& fact) { return joined(life, fact); });
    ++(has ? result_.rejoined : result_.never_rejoined);
  }
}

}  // namespace quorate::cli
