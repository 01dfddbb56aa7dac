#include "sim/mistakes/mistakes.h"

#include <algorithm>
#include <vector>

#include "sim/mistakes/wrong.h"
#include "sim/mistakes/wrong_streams.h"

namespace quorate::sim {

namespace {

// ---- the quorum

struct QuorumIsHalf final : Rules {
  int acks_needed(QuorumRule, int followers, int) const override { return followers / 2; }
};
struct QuorumRoundsUpHalf final : Rules {
  int acks_needed(QuorumRule, int followers, int) const override { return (followers + 1) / 2; }
};
struct QuorumIsOne final : Rules {
  int acks_needed(QuorumRule, int followers, int) const override { return followers > 0 ? 1 : 0; }
};
struct QuorumIsAll final : Rules {
  int acks_needed(QuorumRule, int followers, int) const override { return followers; }
};
struct QuorumOfConnected final : Rules {
  int acks_needed(QuorumRule rule, int, int connected) const override {
    return quorate::acks_needed(rule, connected);
  }
};
struct CountsShippedAsHeld final : Rules {
  Lsn counted(const Progress& progress) const override {
    return std::max(progress.match, progress.shipped);
  }
};
struct CountsWhatHelloSays final : Rules {
  Lsn counted(const Progress& progress) const override {
    return std::max(progress.match, progress.hello_last);
  }
};
struct LeaderCopyNotDurable final : Rules {
  Lsn limited_by_leader(Lsn on_quorum, Lsn) const override { return on_quorum; }
};

// ---- acks

// The sound verdict, but for one thing.
struct CountsCrcFailure final : Rules {
  AckVerdict judge_ack(const AckCase& arrived) const override {
    const AckVerdict verdict = Rules::judge_ack(arrived);
    return verdict == AckVerdict::crc_failure ? AckVerdict::counts : verdict;
  }
};
struct CountsStaleGeneration final : Rules {
  AckVerdict judge_ack(const AckCase& arrived) const override {
    AckCase believed = arrived;
    believed.our_generation = arrived.generation;
    return Rules::judge_ack(believed);
  }
};
struct CountsForeignAck final : Rules {
  AckVerdict judge_ack(const AckCase& arrived) const override {
    AckCase believed = arrived;
    believed.from = arrived.connection;
    return Rules::judge_ack(believed);
  }
};
struct CountsNeverShipped final : Rules {
  AckVerdict judge_ack(const AckCase& arrived) const override {
    const AckVerdict verdict = Rules::judge_ack(arrived);
    return verdict == AckVerdict::never_shipped ? AckVerdict::counts : verdict;
  }
};
struct IgnoresCrcFailure final : Rules {
  bool reships_after_crc_failure() const override { return false; }
};

// ---- the wait

struct RestartsTimeout final : Rules {
  Time wait_deadline(Time began, Duration timeout, Time woken_last) const override {
    return std::max(began, woken_last) + timeout;
  }
};
struct WaitsForEver final : Rules {
  Time wait_deadline(Time, Duration, Time) const override { return Time::never(); }
};
struct TimesOutLate final : Rules {
  Time wait_deadline(Time began, Duration timeout, Time) const override {
    return began + timeout + microseconds(1);
  }
};
struct OkAtDeadline final : Rules {
  ReplyKind answer_at_deadline() const override { return ReplyKind::ok; }
};
struct FailedAtDeadline final : Rules {
  ReplyKind answer_at_deadline() const override { return ReplyKind::busy; }
};
struct ForgetsAfterTimeout final : Rules {
  bool keeps_after_timeout() const override { return false; }
};
struct OkBeforeQuorum final : Rules {
  bool may_answer(Lsn, Lsn) const override { return true; }
};
struct AppliesBeforeQuorum final : Rules {
  Lsn leader_applies(Lsn, Lsn last) const override { return last; }
};

// ---- the follower

struct SkipsCrc final : Rules {
  CrcCheck checks_record() const override { return CrcCheck::no; }
};
struct KeepsConflicting final : Rules {
  bool cuts_conflict() const override { return false; }
};
struct KeepsOlderTail final : Rules {
  bool cuts_older_tail() const override { return false; }
};
struct KeepsStateAfterCut final : Rules {
  bool rebuilds_after_cut() const override { return false; }
};
struct AcksBeforeSync final : Rules {
  Lsn may_ack(Lsn verified, Lsn, Lsn appended) const override {
    return std::min(verified, appended);
  }
};
struct AcksUnverified final : Rules {
  Lsn may_ack(Lsn, Lsn durable, Lsn) const override { return durable; }
};
struct AppliesRepeated final : Rules {
  bool applies_repeated() const override { return true; }
};

// ---- catching up, start, recovery

struct ForgetsMissedRecords final : Rules {
  Lsn ship_after(Lsn, const Progress&, Lsn our_last) const override { return our_last; }
  bool prev_matches(bool, bool) const override { return true; }
};
struct ResumesWhereItStopped final : Rules {
  Lsn ship_after(Lsn agreed, const Progress& progress, Lsn our_last) const override {
    return std::min(std::max(agreed, progress.next.prev()), our_last);
  }
  bool prev_matches(bool, bool) const override { return true; }
};
struct ResumesByLsnOnly final : Rules {
  Lsn ship_after(Lsn, const Progress& progress, Lsn our_last) const override {
    return std::min(progress.hello_last, our_last);
  }
  bool prev_matches(bool there, bool) const override { return there; }
};
struct KeepsGeneration final : Rules {
  bool takes_new_generation() const override { return false; }
};
struct SpeaksBeforeGenerationIsDurable final : Rules {
  bool waits_for_durable_generation() const override { return false; }
};
struct ServesAtOnce final : Rules {
  bool waits_for_quorum_at_start() const override { return false; }
};
struct TakesDamageForTheEnd final : Rules {
  bool restores_after_damage() const override { return false; }
};
struct KeepsTornTail final : Rules {
  bool cuts_torn_tail() const override { return false; }
};

const Mistake kMistakes[] = {
    {"quorum_is_half", "acks_needed", "takes F / 2 acks for a quorum",
     "akka-data-replication #44, Xline #635", wrong<QuorumIsHalf>()},
    {"quorum_rounds_up_half", "acks_needed", "takes half of the followers, rounded up",
     "Foundry mesos/kafka cluster #2", wrong<QuorumRoundsUpHalf>()},
    {"quorum_is_one", "acks_needed", "is content with the first ack", "Redis WAIT 1; the lesson",
     wrong<QuorumIsOne>()},
    {"quorum_is_all", "acks_needed", "waits for every follower, so that one that is down stops all",
     "the lesson", wrong<QuorumIsAll>()},
    {"quorum_of_connected", "acks_needed", "takes the majority of those that are connected now",
     "KAFKA-15583 / KIP-966", wrong<QuorumOfConnected>()},
    {"counts_shipped_as_held", "counted", "counts a follower for what was shipped to it",
     "Truxify #10682", wrong<CountsShippedAsHeld>()},
    {"counts_what_hello_says", "counted", "counts a follower's own last LSN as an ack",
     "Ratis-2605", wrong<CountsWhatHelloSays>()},
    {"leader_copy_not_durable", "limited_by_leader", "answers OK while its own copy may be lost",
     "etcd #14370, d-engine #329", wrong<LeaderCopyNotDurable>()},
    {"counts_crc_failure", "judge_ack", "counts a reported CRC failure as an ack", "the lesson",
     wrong<CountsCrcFailure>()},
    {"counts_stale_generation", "judge_ack", "counts acks of an earlier generation",
     "KIP-320 / KAFKA-6880", wrong<CountsStaleGeneration>()},
    {"counts_foreign_ack", "judge_ack", "counts acks by whoever's connection they come",
     "MariaDB PR #4037", wrong<CountsForeignAck>()},
    {"counts_never_shipped", "judge_ack", "counts acks of what it never shipped",
     "adsharma/raft #11", wrong<CountsNeverShipped>()},
    {"ignores_crc_failure", "reships_after_crc_failure",
     "does nothing about a reported CRC failure", "the lesson; etcd #13951",
     wrong<IgnoresCrcFailure>()},
    {"restarts_timeout", "wait_deadline", "starts the timeout anew at each wake-up",
     "capnproto #580, ClickHouse #109602", wrong<RestartsTimeout>()},
    {"waits_for_ever", "wait_deadline", "has no deadline", "Tarantool #11709",
     wrong<WaitsForEver>()},
    {"times_out_late", "wait_deadline", "ends a wait a microsecond late",
     "poll timeouts that are rounded down: poco #55", wrong<TimesOutLate>()},
    {"ok_at_deadline", "answer_at_deadline", "answers OK when the time is over",
     "MongoDB 2.4 majority writes; MySQL semi-sync (tarantool #2796)", wrong<OkAtDeadline>()},
    {"failed_at_deadline", "answer_at_deadline", "says that nothing was done when the time is over",
     "the lesson", wrong<FailedAtDeadline>()},
    {"forgets_after_timeout", "keeps_after_timeout",
     "takes a record that timed out back out of the log", "the lesson",
     wrong<ForgetsAfterTimeout>()},
    {"ok_before_quorum", "may_answer", "answers OK at once", "the lesson", wrong<OkBeforeQuorum>()},
    {"applies_before_quorum", "leader_applies", "shows a write to readers before its quorum",
     "MySQL #62174", wrong<AppliesBeforeQuorum>()},
    {"skips_crc", "checks_record", "takes a record whatever its CRC says", "kuduraft #110",
     wrong<SkipsCrc>()},
    {"keeps_conflicting", "cuts_conflict", "keeps its own record where the leader's differs",
     "rafter #34", wrong<KeepsConflicting>()},
    {"keeps_older_tail", "cuts_older_tail", "keeps what the leader lost in a crash",
     "KIP-101, Redis #2694", wrong<KeepsOlderTail>()},
    {"keeps_state_after_cut", "rebuilds_after_cut", "cuts its log, but not its state",
     "ZOOKEEPER-2845", wrong<KeepsStateAfterCut>()},
    {"acks_before_sync", "may_ack", "acknowledges what it has only appended",
     "NATS #7564, ZOOKEEPER-4646", wrong<AcksBeforeSync>()},
    {"acks_unverified", "may_ack", "acknowledges all that it holds, whoever wrote it",
     "Ratis-2605, c5 #263", wrong<AcksUnverified>()},
    {"applies_repeated", "applies_repeated", "applies a record again that comes again",
     "sofa-jraft #1014", wrong<AppliesRepeated>()},
    {"forgets_missed_records", "ship_after, prev_matches",
     "ships only what is new to a follower that was away, which takes it unseen",
     "the lesson; ZOOKEEPER-4925", wrong<ForgetsMissedRecords>()},
    {"resumes_where_it_stopped", "ship_after, prev_matches",
     "ships on from the last record sent, whatever the follower holds",
     "andrewjstone/rafter #34 and its family", wrong<ResumesWhereItStopped>()},
    {"resumes_by_lsn_only", "ship_after, prev_matches",
     "resumes at the follower's LSN, whatever is before it", "Redis #2694",
     wrong<ResumesByLsnOnly>()},
    {"keeps_generation", "takes_new_generation", "starts again in the generation it died in",
     "etcd #10000", wrong<KeepsGeneration>()},
    {"speaks_before_generation_is_durable", "waits_for_durable_generation",
     "ships in a generation that a crash may take back", "valkey #3887",
     wrong<SpeaksBeforeGenerationIsDurable>()},
    {"serves_at_once", "waits_for_quorum_at_start", "serves before its log is on a quorum again",
     "redisraft #18", wrong<ServesAtOnce>()},
    {"takes_damage_for_the_end", "restores_after_damage",
     "ends its log at a damaged record and goes on as if nothing was lost",
     "FAST '18, NATS #7556, pebble #453", wrong<TakesDamageForTheEnd>()},
    {"keeps_torn_tail", "cuts_torn_tail", "appends behind a torn tail", "amelie #17",
     wrong<KeepsTornTail>()},
    {"sync_covers_later", "durable_after_sync",
     "takes a sync for what was appended while it ran, too", "Redpanda #3114",
     wrong<SyncCoversLater>()},
    {"retries_failed_sync", "stops_after_failed_sync", "tries a failed sync again and believes it",
     "PostgreSQL fsyncgate", wrong<RetriesFailedSync>()},
    {"reads_on_after_damaged_head", "closes_on_damaged_head",
     "looks for the next frame inside a broken one", "auto-mobile #4194, opensomeip #251",
     wrong<ReadsOnAfterDamagedHead>()},
    {"drops_unsent_bytes", "keeps_unsent_bytes", "forgets what a short write left over",
     "OpenVPN #1094", wrong<DropsUnsentBytes>()},
    {"answers_when_ready", "answers_in_order, reads_wait_for_writes",
     "answers as soon as it can, whoever asked before on that connection",
     "redis-node #8, envoy PR #1351", wrong<AnswersWhenReady>()},
    {"reads_ahead_of_writes", "reads_wait_for_writes",
     "reads what the writes in front on that connection are still to change",
     "memcached PR #1011, StackExchange.Redis #1440", wrong<ReadsAheadOfWrites>()},
    {"waits_from_its_turn", "counts_as_waited",
     "counts a wait from the answer before on that connection", "XcodeMCPKit #202, envoy PR #1773",
     wrong<WaitsFromItsTurn>()},
    {"times_out_those_behind", "times_out_alone",
     "ends with one wait all those behind it on that connection", "StackExchange.Redis #1418",
     wrong<TimesOutThoseBehind>()},
    {"drops_requests_behind", "keeps_requests_behind",
     "forgets the requests that came in one piece with another",
     "cpp-httplib #1271, libwebsockets #638", wrong<DropsRequestsBehind>()},
};

}  // namespace

std::span<const Mistake> mistakes() {
  static const std::vector<Mistake> all = [] {
    std::vector<Mistake> found(std::begin(kMistakes), std::end(kMistakes));
    for (const auto more : {log_mistakes(), snapshot_mistakes()})
      found.insert(found.end(), more.begin(), more.end());
    return found;
  }();
  return all;
}

const Mistake* find_mistake(std::string_view name) {
  const auto at = std::find_if(mistakes().begin(), mistakes().end(),
                               [name](const Mistake& mistake) { return mistake.name == name; });
  return at == mistakes().end() ? nullptr : &*at;
}

}  // namespace quorate::sim
