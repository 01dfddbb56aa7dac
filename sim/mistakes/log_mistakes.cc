// The mistakes that need a leader that is elected: profile replicated_log.
#include <algorithm>
#include <tuple>

#include "sim/mistakes/mistakes.h"
#include "sim/mistakes/wrong.h"

namespace quorate::sim {

namespace {

// ---- votes

// The sound verdict, but for one reason to refuse.
template <VoteRefusal kForgotten>
struct RefusesNotFor : Rules {
  std::optional<VoteRefusal> judge_vote(const VoteCase& asked) const override {
    VoteCase believed = asked;
    if (kForgotten == VoteRefusal::voted) believed.voted_for = NodeId();
    if (kForgotten == VoteRefusal::restoring) believed.restoring = false;
    if (kForgotten == VoteRefusal::leader_lives) believed.hears_leader = false;
    if (kForgotten == VoteRefusal::older_log) believed.rule = ElectionRule::adopt;
    return Rules::judge_vote(believed);
  }
};
struct VotesTwice final : RefusesNotFor<VoteRefusal::voted> {};
struct VotesForOlderLog final : RefusesNotFor<VoteRefusal::older_log> {};
struct VotesWhileRestoring final : RefusesNotFor<VoteRefusal::restoring> {};

// The sound verdict, but for how logs are compared.
template <class IsOlder>
struct ComparesLogs : Rules {
  std::optional<VoteRefusal> judge_vote(const VoteCase& asked) const override {
    VoteCase believed = asked;
    believed.rule = ElectionRule::adopt;
    if (const auto refusal = Rules::judge_vote(believed)) return refusal;
    if (IsOlder()(asked)) return VoteRefusal::older_log;
    return {};
  }
};
struct ShorterIsOlder {
  bool operator()(const VoteCase& c) const { return c.request.last_lsn < c.last; }
};
struct EarlierIsOlder {
  bool operator()(const VoteCase& c) const { return c.request.last_generation < c.last_generation; }
};
struct BothIsOlder {
  bool operator()(const VoteCase& c) const {
    return c.request.last_lsn < c.last && c.request.last_generation < c.last_generation;
  }
};
struct LongerOrLaterIsNewer {
  bool operator()(const VoteCase& c) const {
    return std::tie(c.request.last_lsn, c.request.last_generation) <
           std::tie(c.last, c.last_generation);
  }
};
struct ComparesLsnOnly final : ComparesLogs<ShorterIsOlder> {};
struct ComparesGenerationOnly final : ComparesLogs<EarlierIsOlder> {};
struct RefusesOnlyIfBothAreOlder final : ComparesLogs<BothIsOlder> {};
struct ComparesLsnFirst final : ComparesLogs<LongerOrLaterIsNewer> {};

struct VotesBeforeDurable final : Rules {
  bool waits_for_durable_vote() const override { return false; }
};
struct ElectedByHalf final : Rules {
  int votes_needed(int members) const override { return std::max(1, members / 2); }
};
struct ElectedByRoundedHalf final : Rules {
  int votes_needed(int members) const override { return (members + 1) / 2; }
};
struct ElectedByOwnVote final : Rules {
  int votes_needed(int) const override { return 1; }
};
struct BelievesOlderGeneration final : Rules {
  bool refuses_older_generation() const override { return false; }
};
struct StandsUnasked final : Rules {
  bool asks_before_standing() const override { return false; }
};
struct LeadsAlone final : Rules {
  bool steps_down_without_majority() const override { return false; }
};
struct AdoptsNothing final : Rules {
  bool adopts_best_log() const override { return false; }
};

// ---- the high-water mark

struct CommitsOlderByCount final : Rules {
  bool commits_by_count(Generation, Generation) const override { return true; }
};
struct CountsOwnUnsyncedCopy final : Rules {
  Lsn counts_itself(Lsn, Lsn last) const override { return last; }
};
struct BelievesWholeMark final : Rules {
  Lsn follower_mark(Lsn said, Lsn, Lsn last) const override { return std::min(said, last); }
};
struct FollowerAppliesAtOnce final : Rules {
  Lsn follower_applies(Lsn, Lsn durable, Lsn) const override { return durable; }
};
struct FollowerAppliesUnsynced final : Rules {
  Lsn follower_applies(Lsn, Lsn, Lsn last) const override { return last; }
};
struct LeaderAppliesAtOnce final : Rules {
  Lsn leader_applies(Lsn, Lsn last) const override { return last; }
};
struct ReadsUnconfirmed final : Rules {
  bool confirms_reads() const override { return false; }
};
struct ServesBeforeOwnEntry final : Rules {
  bool waits_for_quorum_at_start() const override { return false; }
};

// ---- copies

struct MajorityIsHalf final : Rules {
  int acks_needed(QuorumRule, int followers, int) const override {
    return std::max(0, (followers + 1) / 2 - 1);
  }
};
struct MajorityOfConnected final : Rules {
  int acks_needed(QuorumRule, int, int connected) const override { return (connected + 1) / 2; }
};
struct NewLeaderCountsShipped final : Rules {
  Lsn counted(const Progress& progress) const override {
    return std::max(progress.match, progress.shipped);
  }
};
struct FollowerAcksUnsynced final : Rules {
  Lsn may_ack(Lsn verified, Lsn, Lsn) const override { return verified; }
};
struct FollowerAcksItsOwnTail final : Rules {
  Lsn may_ack(Lsn, Lsn durable, Lsn) const override { return durable; }
};
struct FollowerSkipsPrev final : Rules {
  bool prev_matches(bool there, bool) const override { return there; }
};
struct FollowerKeepsItsOwn final : Rules {
  bool cuts_conflict() const override { return false; }
};
struct FollowerTakesDamageForTheEnd final : Rules {
  bool restores_after_damage() const override { return false; }
};
struct CutsToItsMarkAtStart final : Rules {
  bool keeps_beyond_mark_at_start() const override { return false; }
};
struct SyncCoversWhatCameLater final : Rules {
  ByteCount durable_after_sync(ByteCount, ByteCount now) const override { return now; }
};
struct AnswersTimeoutWithOk final : Rules {
  ReplyKind answer_at_deadline() const override { return ReplyKind::ok; }
};
struct AnswersBeforeMajority final : Rules {
  bool may_answer(Lsn, Lsn) const override { return true; }
};

// ---- sessions

struct RepeatsTakeEffect final : Rules {
  OnceVerdict judge_once(const OnceCase&) const override { return OnceVerdict::applies; }
};
struct BeginsDroppedSessions final : Rules {
  OnceVerdict judge_once(const OnceCase& write) const override {
    return write.is_known ? Rules::judge_once(write) : OnceVerdict::applies;
  }
};
struct JudgesAtAppend final : Rules {
  bool judges_at_apply() const override { return false; }
};
struct LeaderAloneKeepsSessions final : Rules {
  bool followers_keep_sessions() const override { return false; }
};
struct AnswersUncommittedRepeat final : Rules {
  bool answers_uncommitted_repeat() const override { return true; }
};

struct LeavesThemWaiting final : Rules {
  bool answers_at_step_down() const override { return false; }
};

constexpr Swarm kElected = Swarm::elected;

const Mistake kMistakes[] = {
    {"votes_twice", "judge_vote", "gives a second vote in one generation", "etcd #10000",
     wrong<VotesTwice>(), kElected},
    {"votes_for_older_log", "judge_vote", "votes for any candidate, whatever its log",
     "valkey #3887", wrong<VotesForOlderLog>(), kElected},
    {"votes_while_restoring", "judge_vote",
     "votes though its log has lost records that it had acknowledged",
     "Protocol-Aware Recovery, FAST '18; KAFKA-12181", wrong<VotesWhileRestoring>(), kElected},
    {"compares_lsn_only", "judge_vote", "takes the longer log for the newer one",
     "MongoDB's first election protocol", wrong<ComparesLsnOnly>(), kElected},
    {"compares_generation_only", "judge_vote", "asks for the last generation and not for the LSN",
     "the family of liferaft #8", wrong<ComparesGenerationOnly>(), kElected},
    {"refuses_only_if_both_are_older", "judge_vote",
     "refuses a log only if both its generation and its LSN are lower", "liferaft #8",
     wrong<RefusesOnlyIfBothAreOlder>(), kElected},
    {"compares_lsn_first", "judge_vote", "compares logs by LSN and then by generation",
     "the family of async-raft a48a3282", wrong<ComparesLsnFirst>(), kElected},
    {"votes_before_durable", "waits_for_durable_vote", "lets a vote leave before it is durable",
     "Raft, figure 2; cornerstone #65", wrong<VotesBeforeDurable>(), kElected},
    {"elected_by_half", "votes_needed", "needs N / 2 votes", "akka-data-replication #44",
     wrong<ElectedByHalf>(), kElected},
    {"elected_by_rounded_half", "votes_needed", "needs (N + 1) / 2 votes", "Xline #635",
     wrong<ElectedByRoundedHalf>(), kElected},
    {"elected_by_own_vote", "votes_needed", "leads as soon as it has voted for itself",
     "Redis Sentinel without a quorum", wrong<ElectedByOwnVote>(), kElected},
    {"believes_older_generation", "refuses_older_generation",
     "listens to what an older generation says", "KIP-320, KAFKA-6880",
     wrong<BelievesOlderGeneration>(), kElected},
    {"stands_unasked", "asks_before_standing", "takes a new generation whenever it hears no leader",
     "etcd at Cloudflare, November 2020", wrong<StandsUnasked>(), kElected},
    {"leads_alone", "steps_down_without_majority",
     "goes on leading when no majority answers any more", "openraft #2080", wrong<LeadsAlone>(),
     kElected},
    {"leaves_them_waiting", "answers_at_step_down",
     "steps down without a word to those who wait for it", "Tarantool #11709, libraft #5",
     wrong<LeavesThemWaiting>(), kElected},
    {"adopts_nothing", "adopts_best_log", "leads with its own log, whatever its majority holds",
     "BookKeeper #2614", wrong<AdoptsNothing>(), Swarm::elected_adopt},
    {"commits_older_by_count", "commits_by_count",
     "commits an earlier leader's record by counting its copies", "LogCabin #44, Raft's figure 8",
     wrong<CommitsOlderByCount>(), kElected},
    {"counts_own_unsynced_copy", "counts_itself", "counts its own copy before it is durable",
     "d-engine #329, etcd #14370", wrong<CountsOwnUnsyncedCopy>(), kElected},
    {"believes_whole_mark", "follower_mark",
     "believes the high-water mark beyond what the leader has verified",
     "Copycat #265, ScyllaDB #9965", wrong<BelievesWholeMark>(), kElected},
    {"follower_applies_at_once", "follower_applies",
     "applies what is durable here, committed or not", "ZOOKEEPER-2845",
     wrong<FollowerAppliesAtOnce>(), kElected},
    {"follower_applies_unsynced", "follower_applies", "applies whatever it has appended",
     "the family of ZOOKEEPER-4882", wrong<FollowerAppliesUnsynced>(), kElected},
    {"leader_applies_at_once", "leader_applies", "shows a write to readers before its majority",
     "MySQL #62174", wrong<LeaderAppliesAtOnce>(), kElected},
    {"reads_unconfirmed", "confirms_reads", "reads without making sure that it still leads",
     "Raft thesis 6.4; redisraft #19", wrong<ReadsUnconfirmed>(), kElected},
    {"serves_before_own_entry", "waits_for_quorum_at_start",
     "serves before an entry of its own generation is committed", "redisraft #18",
     wrong<ServesBeforeOwnEntry>(), kElected},
    {"majority_is_half", "acks_needed", "commits with half of the nodes",
     "akka-data-replication #52", wrong<MajorityIsHalf>(), kElected},
    {"majority_of_connected", "acks_needed", "needs a majority of those it is connected with",
     "KAFKA-15583", wrong<MajorityOfConnected>(), kElected},
    {"new_leader_counts_shipped", "counted", "counts what it has shipped as held", "Copycat #29",
     wrong<NewLeaderCountsShipped>(), kElected},
    {"follower_acks_unsynced", "may_ack", "acknowledges before the sync", "NATS #7564",
     wrong<FollowerAcksUnsynced>(), kElected},
    {"follower_acks_its_own_tail", "may_ack", "acknowledges all it holds, whoever wrote it",
     "RATIS-2605", wrong<FollowerAcksItsOwnTail>(), kElected},
    {"follower_skips_prev", "prev_matches", "takes records behind whatever is there",
     "c5 #43, willemt #118", wrong<FollowerSkipsPrev>(), kElected},
    {"follower_keeps_its_own", "cuts_conflict", "keeps its own record where the leader's differs",
     "rafter #34", wrong<FollowerKeepsItsOwn>(), kElected},
    {"follower_takes_damage_for_the_end", "restores_after_damage",
     "ends its log at a damaged record and votes on", "BookKeeper #2908, NATS #7556",
     wrong<FollowerTakesDamageForTheEnd>(), kElected},
    {"cuts_to_its_mark_at_start", "keeps_beyond_mark_at_start",
     "starts with what it knows to be committed, and cuts the rest", "KIP-101, first case",
     wrong<CutsToItsMarkAtStart>(), kElected},
    {"sync_covers_what_came_later", "durable_after_sync",
     "takes a sync for what was appended while it ran, too", "Redpanda #3114",
     wrong<SyncCoversWhatCameLater>(), kElected},
    {"answers_timeout_with_ok", "answer_at_deadline", "says OK when the time is over",
     "MongoDB 2.4's majority writes", wrong<AnswersTimeoutWithOk>(), kElected},
    {"answers_before_majority", "may_answer", "says OK at once", "Redis' asynchronous replication",
     wrong<AnswersBeforeMajority>(), kElected},
    {"repeats_take_effect", "judge_once", "lets a retry take effect again", "sofa-jraft #1014",
     wrong<RepeatsTakeEffect>(), kElected},
    {"begins_dropped_sessions_anew", "judge_once",
     "begins a session anew that was dropped for want of room", "Raft thesis 6.3",
     wrong<BeginsDroppedSessions>(), kElected},
    {"judges_at_append", "judges_at_apply", "looks for repeats only when a write is asked for",
     "redisraft #659", wrong<JudgesAtAppend>(), kElected},
    {"leader_alone_keeps_sessions", "followers_keep_sessions",
     "keeps the table of sessions on the leader alone", "Curvine #676",
     wrong<LeaderAloneKeepsSessions>(), kElected},
    {"answers_uncommitted_repeat", "answers_uncommitted_repeat",
     "answers a repeat although the first is not committed", "the family of rabbitmq/ra #145",
     wrong<AnswersUncommittedRepeat>(), kElected},
};

}  // namespace

std::span<const Mistake> log_mistakes() { return kMistakes; }

}  // namespace quorate::sim
