// How many acks are a quorum, and up to where does a quorum hold the log?
//
// Two rules side by side, so that they can be compared:
// - followers_majority, the lesson's: Q = F / 2 + 1 of the F followers alone. 2 followers, Q = 2;
//   4 followers, Q = 3.
// - majority_of_all, the book's (Patterns of Distributed Systems, "Majority Quorum"): a majority of
//   all F + 1 nodes, the leader counted, so (F + 1) / 2 acks of followers beside the leader's own
//   copy.
// Everything here is arithmetic on plain numbers; who may be counted is decided in rules.h.
#pragma once

#include <span>
#include <string_view>

#include "core/base/ids.h"

namespace quorate {

enum class QuorumRule { followers_majority, majority_of_all };

std::string_view to_text(QuorumRule rule);

// The number of followers whose ack a record needs. Requires followers >= 0.
// A cluster without followers needs none: the leader's own durable copy is all there is.
int acks_needed(QuorumRule rule, int followers);

// The greatest LSN that at least `needed` of the followers hold, given the LSN up to which each
// holds the log. With needed == 0 there is no bound by followers, and the answer is `otherwise`.
// Requires 0 <= needed <= held.size().
Lsn held_by(std::span<const Lsn> held, int needed, Lsn otherwise);

}  // namespace quorate
