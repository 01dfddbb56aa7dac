#include "core/protocol/config.h"

namespace quorate {

std::string_view to_text(Profile profile) {
  switch (profile) {
    case Profile::ack_quorum: return "ack_quorum";
    case Profile::replicated_log: return "replicated_log";
  }
  return "?";
}

std::string_view to_text(ElectionRule rule) {
  switch (rule) {
    case ElectionRule::most_up_to_date: return "most_up_to_date";
    case ElectionRule::adopt: return "adopt";
  }
  return "?";
}

}  // namespace quorate
