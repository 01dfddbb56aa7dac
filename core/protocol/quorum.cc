#include "core/protocol/quorum.h"

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

}  // namespace quorate
