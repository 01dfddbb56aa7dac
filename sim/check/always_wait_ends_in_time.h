// Every request is answered once, at its deadline at the latest and, if with a timeout, at no other
// moment: in virtual time, exactly, however often the waiter was woken.
//
// Fault model: holds for as long as the leader runs. A leader that stands still over the deadline
// answers when it runs again; one that crashes owes nothing.
#pragma once

#include <algorithm>

#include "sim/check/court.h"

namespace quorate::sim {

class AlwaysWaitEndsInTime {
 public:
  static constexpr const char* kName = "always_wait_ends_in_time";
  static constexpr const char* kClause = "S6";

  static Time deadline(const Court& court, const OpenRequest& request) {
    const SimClock& clock = court.world->clock(NodeId(1));
    return clock.when(clock.shows(request.reached_at) + court.write_timeout);
  }

  static void answered(Court& court, const OpenRequest& request, bool timed_out) {
    if (!request.has_reached) return;
    const Time due = deadline(court, request);
    const Time at_the_latest = std::max(due, court.world->paused_until(NodeId(1)));
    if (request.answered_at > at_the_latest)
      return court.violate(
          kName, kClause,
          "a request was answered " + us(request.answered_at - due) + " after its deadline");
    if (timed_out && request.answered_at < due)
      court.violate(kName, kClause,
                    "a request was answered with a timeout " + us(due - request.answered_at) +
                        " before its deadline");
  }

  // The client's patience is over, and it still has no answer.
  static void given_up(Court& court, const OpenRequest& request) {
    if (!request.has_reached || request.leader_life != court.leader_life) return;
    if (court.now() > std::max(deadline(court, request), court.world->paused_until(NodeId(1))))
      court.violate(kName, kClause,
                    "a request was never answered: its deadline passed " +
                        us(court.now() - deadline(court, request)) + " ago");
  }

 private:
  static std::string us(Duration duration) { return std::to_string(duration.us()) + " us"; }
};

}  // namespace quorate::sim
