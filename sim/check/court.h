// What may a check look at? The truth of all nodes, the world, and the requests under way.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include "core/protocol/quorum.h"
#include "reports/words.h"
#include "sim/check/requests.h"
#include "sim/check/truth.h"
#include "sim/check/verdict.h"
#include "sim/client/history.h"
#include "sim/world/world.h"

namespace quorate::sim {

struct Court {
  const World* world = nullptr;
  Verdict* verdict = nullptr;
  int followers = 0;
  int needed = 0;  // followers that must hold a record
  Duration write_timeout;
  std::uint32_t leader_life = 0;  // counts the leader's ends
  bool damages_overlap = false;   // a node was damaged before the one before had its log back
  Lsn ok_lsn;                     // the greatest LSN that was OK'd
  std::uint64_t ok_chain = 0;
  std::vector<NodeTruth> nodes;
  Requests requests;

  const NodeTruth& truth(NodeId node) const { return nodes[node.value() - 1]; }
  const NodeTruth& leader() const { return nodes[0]; }
  Time now() const { return world->now(); }

  // Has any node, but that one, lost records to damage and not got them back?
  bool any_is_broken(NodeId but = NodeId()) const {
    for (std::size_t i = 0; i < nodes.size(); ++i)
      if (i + 1 != but.value() && nodes[i].is_broken()) return true;
    return false;
  }
  // How many followers hold that record durably.
  int holders(Lsn lsn, std::uint64_t chain) const {
    int count = 0;
    for (std::size_t i = 1; i < nodes.size(); ++i) count += nodes[i].holds(lsn, chain) ? 1 : 0;
    return count;
  }
  // A quorum holds the leader's record at that LSN, and so does the leader.
  bool is_on_quorum(Lsn lsn) const {
    if (lsn.is_none()) return true;
    if (lsn > leader().durable_lsn()) return leader().is_broken();
    return holders(lsn, leader().record(lsn).chain) >= needed;
  }
  [[gnu::cold]] void violate(const char* check, const char* clause, std::string sentence) {
    verdict->violate(check, clause, std::move(sentence), now());
  }
  // The same, where what is fine comes by often: its words are made only if it is to be said.
  template <std::invocable Words>
  [[gnu::cold, gnu::noinline]] void violate(const char* check, const char* clause,
                                            const Words& words) {
    violate(check, clause, std::string(words()));
  }
};

inline std::string lsn_text(Lsn lsn) { return "LSN=" + std::to_string(lsn.value()); }
inline std::string followers_text(int count) {
  return reports::counted(static_cast<std::uint64_t>(count), "follower");
}

}  // namespace quorate::sim
