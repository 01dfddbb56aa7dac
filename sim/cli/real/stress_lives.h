// Who came back after a kill, who leads, and what was said on the way: the facts of a stress run.
#pragma once

#include <string>
#include <vector>

#include "reports/result.h"
#include "sim/cli/real/real_cluster.h"

namespace quorate::cli {

class StressLives {
 public:
  // Outlives neither.
  StressLives(const RealCluster& cluster, reports::StressResult& result)
      : cluster_(cluster), result_(result) {}

  void started(NodeId node);
  void killed(NodeId node);
  // Where nodes elect, the one that was elected last; none: nobody yet.
  NodeId leader();
  // At the end: fills in who rejoined, torn tails and snapshots. What was found damaged at a start
  // is a failure.
  void count();

 private:
  struct Life {
    NodeId node;
    std::size_t begin = 0;  // among the facts
    std::size_t end = 0;
  };
  bool joined(const Life& life, const RealFact& fact) const;

  const RealCluster& cluster_;
  reports::StressResult& result_;
  std::vector<Life> lives_;  // from a restart on; of a leader for good none
  NodeId leader_;
  std::size_t seen_ = 0;  // facts
};

}  // namespace quorate::cli
