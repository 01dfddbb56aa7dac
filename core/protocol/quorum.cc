#include "core/protocol/quorum.h"

namespace quorate {

std::string_view to_text(QuorumRule rule) {
  switch (rule) {
    case QuorumRule::followers_majority: return "followers_majority";
    case QuorumRule::majority_of_all: return "majority_of_all";
  }
  return "?";
}

}  // namespace quorate
