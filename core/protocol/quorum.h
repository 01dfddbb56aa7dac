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

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/check.h"
#include "core/base/ids.h"

namespace quorate {

enum class QuorumRule { followers_majority, majority_of_all };

std::string_view to_text(QuorumRule rule);

// The number of followers whose ack a record needs. Requires followers >= 0.
// A cluster without followers needs none: the leader's own durable copy is all there is.
inline int acks_needed(QuorumRule rule, int followers) {
  QUORATE_CHECK(followers >= 0, "a count of followers is not negative");
  if (followers == 0) return 0;
  // A majority of F + 1 nodes is (F + 1) / 2 + 1, one of which is the leader.
  return rule == QuorumRule::followers_majority ? followers / 2 + 1 : (followers + 1) / 2;
}

// Up to where does each hold the log? Members of a cluster, at most kMost of them.
class HeldLsns {
 public:
  static constexpr std::size_t kMost = 255;

  HeldLsns() {}  // the places are left unset on purpose: only those that are taken are looked at
  // Insertion, greatest first: clusters are small, and this is on the path of every ack.
  void add(Lsn lsn) {
    QUORATE_CHECK(count_ < kMost, "a cluster has at most 256 members");
    std::size_t place = count_++;
    for (; place > 0 && sorted_[place - 1] < lsn.value(); --place)
      sorted_[place] = sorted_[place - 1];
    sorted_[place] = lsn.value();
  }
  // The greatest LSN that at least `needed` of them hold. With needed == 0 there is no bound by
  // them, and the answer is `otherwise`. Requires 0 <= needed <= as many as were added.
  Lsn by(int needed, Lsn otherwise) const {
    const auto rank = static_cast<std::size_t>(needed);
    QUORATE_CHECK(needed >= 0 && rank <= count_, "a quorum can't be larger than its members");
    return needed == 0 ? otherwise : Lsn(sorted_[rank - 1]);
  }

 private:
  std::array<std::uint64_t, kMost> sorted_;
  std::size_t count_ = 0;
};

}  // namespace quorate
