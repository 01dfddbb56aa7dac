#include "core/protocol/quorum.h"

#include <algorithm>
#include <array>

#include "core/base/check.h"

namespace quorate {

std::string_view to_text(QuorumRule rule) {
  switch (rule) {
    case QuorumRule::followers_majority: return "followers_majority";
    case QuorumRule::majority_of_all: return "majority_of_all";
  }
  return "?";
}

int acks_needed(QuorumRule rule, int followers) {
  QUORATE_CHECK(followers >= 0, "a count of followers is not negative");
  if (followers == 0) return 0;
  // A majority of F + 1 nodes is (F + 1) / 2 + 1, one of which is the leader.
  return rule == QuorumRule::followers_majority ? followers / 2 + 1 : (followers + 1) / 2;
}

Lsn held_by(std::span<const Lsn> held, int needed, Lsn otherwise) {
  const auto rank = static_cast<std::size_t>(needed);
  QUORATE_CHECK(needed >= 0 && rank <= held.size(), "a quorum can't be larger than its members");
  if (needed == 0) return otherwise;
  constexpr std::size_t kMost = 255;
  QUORATE_CHECK(held.size() <= kMost, "a cluster has at most 256 members");
  std::array<std::uint64_t, kMost> sorted;  // left unset on purpose: only `count` of it is used
  // Insertion, greatest first: clusters are small, and this is on the path of every ack.
  std::size_t count = 0;
  for (const Lsn lsn : held) {
    std::size_t place = count++;
    for (; place > 0 && sorted[place - 1] < lsn.value(); --place) sorted[place] = sorted[place - 1];
    sorted[place] = lsn.value();
  }
  return Lsn(sorted[rank - 1]);
}

}  // namespace quorate
