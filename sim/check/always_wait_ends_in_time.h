// Every request is answered once, at its deadline at the latest and, if with a timeout, at no other
// moment: in virtual time, exactly, however often the waiter was woken.
//
// So also where a client has many under way. Their answers leave in their order, but that grants
// nobody more time: who came earlier has the earlier deadline, so an answer that is kept for those
// in front of it is free to leave at its own deadline at the latest.
//
// Fault model: holds for as long as the leader runs. A leader that stands still over the deadline
// answers when it runs again; one that crashes owes nothing. Where its socket takes no more, an
// answer leaves as soon as it does. What a leader need not have read yet is not too late.
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

  // `due`: its deadline.
  static void answered(Court& court, const ClientLine& line, const OpenRequest& request, Time due,
                       bool timed_out) {
    if (!request.has_reached) return;
    Time at_the_latest = std::max(due, court.world->paused_until(NodeId(1)));
    if (line.blocked_since <= at_the_latest)
      at_the_latest = std::max(at_the_latest, line.blocked_until);
    if (request.answered_at > at_the_latest && !request.may_be_unread)
      return court.violate(kName, kClause, [due, &request] {
        return "a request was answered " + us(request.answered_at - due) + " after its deadline";
      });
    if (timed_out && request.answered_at < due)
      court.violate(kName, kClause, [due, &request] {
        return "a request was answered with a timeout " + us(due - request.answered_at) +
               " before its deadline";
      });
  }

  // The client's patience is over, and it still has no answer.
  static void given_up(Court& court, const OpenRequest& request) {
    if (!request.has_reached || request.may_be_unread || request.leader_life != court.leader_life)
      return;
    if (court.now() > std::max(deadline(court, request), court.world->paused_until(NodeId(1))))
      court.violate(kName, kClause,
                    "a request was never answered: its deadline passed " +
                        us(court.now() - deadline(court, request)) + " ago");
  }

 private:
  static std::string us(Duration duration) { return std::to_string(duration.us()) + " us"; }
};

}  // namespace quorate::sim
