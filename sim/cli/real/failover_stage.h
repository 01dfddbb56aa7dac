// Where does a failover play? Three real nodes that elect their leader, a relay on the wire of each
// two, and the story that is told of them.
//
// Waiting is hearing: what the nodes decide meanwhile goes into the story. Every wait has an end.
#pragma once

#include <map>
#include <memory>
#include <utility>

#include "core/posix/monotonic_clock.h"
#include "sim/cli/real/failover_story.h"
#include "sim/cli/real/real_cluster.h"
#include "sim/cli/real/real_error.h"
#include "sim/cli/real/relay.h"

namespace quorate::cli {

inline constexpr std::uint32_t kFailoverNodes = 3;

class FailoverStage {
 protected:
  // Starts nobody. Throws PosixError.
  FailoverStage(const std::atomic<bool>* interrupted, FailoverStory::Teller tell);

  RealCluster& cluster() { return cluster_; }
  FailoverStory& story() { return story_; }
  const std::atomic<bool>* interrupted() const { return interrupted_; }
  std::string name(NodeId node) const { return cluster_.name_of(node); }
  static Time moment() { return MonotonicClock::at_this_moment(); }
  void tell(const std::string& line) { tell_(line); }

  void start(NodeId node);
  // SIGKILL; what it has said until then is told.
  void kill(NodeId node);
  // Until there is a leader, and all that run have its log.
  void settle();
  // One that runs and doesn't lead. Requires a settled cluster.
  NodeId follower() const;

  // What that node sends to its peers waits, or goes on.
  void hold(NodeId node, bool on);
  // What of its bytes is on the way is lost, and its connections end.
  void cut_wires(NodeId node);

  // Throws RealError "waited in vain until <what>", and Interrupted.
  template <class Done>
  void hear_until(const std::string& what, Done done) {
    for (const Time until = cluster_.deadline(); !done();) {
      hear(moment() + kLook);
      if (!done() && moment() >= until) throw RealError("waited in vain until " + what);
    }
  }

 private:
  static constexpr Duration kLook = milliseconds(5);  // how soon an answer is seen

  void hear(Time until);

  const std::atomic<bool>* interrupted_;
  FailoverStory::Teller tell_;
  RealCluster cluster_;
  std::map<std::pair<NodeId, NodeId>, std::unique_ptr<Relay>> relays_;  // who dials, and whom
  FailoverStory story_;
  std::size_t seen_ = 0;  // facts
};

}  // namespace quorate::cli
