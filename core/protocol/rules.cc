#include "core/protocol/rules.h"

namespace quorate {

int Rules::acks_needed(QuorumRule rule, int followers, int /*connected*/) const {
  return quorate::acks_needed(rule, followers);
}

AckVerdict Rules::judge_ack(const AckCase& arrived) const {
  if (arrived.from != arrived.connection) return AckVerdict::foreign;
  if (arrived.generation != arrived.our_generation) return AckVerdict::stale_generation;
  if (arrived.ack.status == AckStatus::mismatch) return AckVerdict::mismatch;
  if (arrived.ack.lsn.is_none() && arrived.ack.status != AckStatus::success)
    return AckVerdict::never_shipped;  // there is no record 0 that could be damaged or find no room
  if (arrived.ack.status == AckStatus::no_space) return AckVerdict::no_space;
  if (arrived.ack.lsn > std::max(arrived.progress.shipped, arrived.progress.next.prev()))
    return AckVerdict::never_shipped;
  if (arrived.ack.status == AckStatus::crc_failure) return AckVerdict::crc_failure;
  const bool first_word = arrived.progress.state == Progress::State::probing;
  if (arrived.ack.lsn <= arrived.progress.match && !first_word) return AckVerdict::duplicate;
  return AckVerdict::counts;
}

const Rules& sound_rules() {
  static const Rules rules;
  return rules;
}

}  // namespace quorate
