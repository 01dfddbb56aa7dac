#include "core/protocol/rules.h"

#include <tuple>

namespace quorate {

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

std::optional<VoteRefusal> Rules::judge_vote(const VoteCase& asked) const {
  if (asked.restoring) return VoteRefusal::restoring;
  if (asked.request.is_pre) {
    if (asked.hears_leader) return VoteRefusal::leader_lives;
  } else if (!asked.voted_for.is_none() && asked.voted_for != asked.candidate) {
    return VoteRefusal::voted;
  }
  const bool is_older = std::tie(asked.request.last_generation, asked.request.last_lsn) <
                        std::tie(asked.last_generation, asked.last);
  if (is_older && asked.rule == ElectionRule::most_up_to_date) return VoteRefusal::older_log;
  return {};
}

OnceVerdict Rules::judge_once(const OnceCase& write) const {
  if (!write.is_known)
    return write.write.client > write.dropped_up_to ? OnceVerdict::applies : OnceVerdict::unknown;
  if (write.write.sequence == write.last) return OnceVerdict::repeats;
  return write.write.sequence > write.last ? OnceVerdict::applies : OnceVerdict::older;
}

const Rules& sound_rules() {
  static const Rules rules;
  return rules;
}

}  // namespace quorate
