#include "sim/cli/real/stress.h"

#include <poll.h>

#include <algorithm>

#include "core/posix/monotonic_clock.h"
#include "core/posix/posix_error.h"
#include "core/protocol/quorum.h"
#include "sim/cli/real/catch_up.h"
#include "sim/cli/real/real_cluster.h"
#include "sim/cli/real/real_error.h"
#include "sim/cli/real/redis_load.h"
#include "sim/cli/real/served_keys.h"
#include "sim/cli/real/stress_lives.h"
#include "sim/cli/real/stress_load.h"
#include "sim/world/choice.h"

namespace quorate::cli {

namespace {

using sim::Purpose;

constexpr Duration kWriteTimeout = milliseconds(1000);
constexpr Duration kPatience = milliseconds(30'000);
constexpr Duration kNoAnswer = milliseconds(10'000);  // behind all allowances: it never comes
constexpr Duration kLastLoad = milliseconds(300);     // before the last kills, and between them
constexpr int kTickMs = 5;
constexpr NodeId kLeader = NodeConfig::leader();
Time moment() { return MonotonicClock::at_this_moment(); }

RealClusterSettings settings_of(const StressPlan& plan) {
  RealClusterSettings settings;
  settings.members = plan.followers + 1;
  settings.write_timeout = kWriteTimeout;
  settings.profile = plan.elects ? Profile::replicated_log : Profile::ack_quorum;
  settings.election = plan.election;
  settings.snapshot_bytes = plan.snapshot_bytes;
  settings.log_kept_bytes = ByteCount(plan.snapshot_bytes.value() / 4);
  settings.every_fact = false;
  settings.patience = kPatience;
  settings.interrupted = plan.interrupted;
  return settings;
}

class Stress {
 public:
  Stress(const StressPlan& plan, reports::StressResult& result)
      : plan_(plan),
        result_(result),
        choice_(plan.seed),
        cluster_(settings_of(plan)),
        needed_(result.acks_needed),
        back_at_(plan.followers + 2),
        lives_(cluster_, result),
        redis_(plan.redis_benchmark, cluster_.clients_of(kLeader),
               cluster_.folder() + "/redis-benchmark") {}

  void run() {
    cluster_.start_all();
    const Time began = moment();
    try {
      StressLoad load(served_at(), plan_.clients, kWriteTimeout + plan_.allowance + kNoAnswer,
                      plan_.value_bytes);
      kill_and_restart(load);
      kill_all();
      result_.seconds = static_cast<double>((moment() - began).us()) / 1e6;
      load.end();
      redis_.end();
      result_.benchmark_runs = redis_.runs();
      count(load.history());
      judge(load.history());
    } catch (const RealError& error) {
      result_.failure = error.what();
    }
    lives_.count();
    if (result_.failure.empty()) return;
    cluster_.keep_folder();
    result_.folder = cluster_.folder();
  }

 private:
  bool interrupted() const { return plan_.interrupted != nullptr && plan_.interrupted->load(); }

  void kill_and_restart(const StressLoad& load) {
    Time next_kill = moment() + pause();
    while (!interrupted() && (result_.kills < plan_.kills || is_anybody_away())) {
      const Time now = moment();
      cluster_.check_lives();
      if (result_.redis_benchmark && cluster_.runs(kLeader)) redis_.keep_running(now);
      for (std::uint32_t n = 1; n <= cluster_.members(); ++n) {
        if (cluster_.runs(NodeId(n)) || now < back_at_[n]) continue;
        start(NodeId(n));
        next_kill = std::max(next_kill, now + milliseconds(draw_ms(10, 250, Purpose::fault_on)));
      }
      if (result_.kills < plan_.kills && now >= next_kill && kill_one()) {
        next_kill = moment() + pause();
        plan_.progress(std::to_string(result_.kills) + " of " + std::to_string(plan_.kills) +
                       " kills, " + std::to_string(load.ok()) + " writes OK");
      }
      ::poll(nullptr, 0, kTickMs);
    }
    result_.interrupted = interrupted() && result_.kills < plan_.kills;
  }

  std::int64_t draw_ms(std::int64_t min, std::int64_t max, Purpose purpose) const {
    return choice_.in(sim::Range{min, max}, purpose, 0, result_.kills);
  }
  Duration pause() const { return milliseconds(draw_ms(50, 400, Purpose::fault_at)); }

  bool is_anybody_away() const {
    std::uint32_t running = 0;
    for (std::uint32_t n = 1; n <= cluster_.members(); ++n) running += cluster_.runs(NodeId(n));
    return running < cluster_.members();
  }

  // False: whoever it would be, too many are away just now.
  bool kill_one() {
    const bool meant =
        plan_.leader_too && choice_.percent(25, Purpose::crash_kind, 0, result_.kills);
    const NodeId leader = lives_.leader();
    if (meant && (leader.is_none() || !cluster_.runs(leader))) return false;
    if (meant && !plan_.elects) {
      kill(leader);
      return true;
    }
    const std::uint32_t first = plan_.elects ? 1 : 2;  // followers; where nodes elect, all of them
    std::vector<NodeId> running;
    for (std::uint32_t n = first; n <= cluster_.members(); ++n)
      if (cluster_.runs(NodeId(n))) running.push_back(NodeId(n));
    const std::size_t away = cluster_.members() + 1 - first - running.size();
    std::size_t most =
        std::max<std::size_t>(1, plan_.followers - static_cast<std::size_t>(needed_));
    if (choice_.percent(10, Purpose::fault_count, 0, result_.kills)) ++most;
    if (running.empty() || away >= most) return false;
    kill(meant ? leader
               : running[choice_.below(running.size(), Purpose::fault_node, 0, result_.kills)]);
    return true;
  }

  void kill(NodeId node) {
    const bool is_long = choice_.percent(20, Purpose::fault_restart, 1, result_.kills);
    const std::int64_t away_ms =
        is_long ? draw_ms(800, 1800, Purpose::fault_for) : draw_ms(10, 250, Purpose::fault_for);
    result_.leader_kills += node == lives_.leader() ? 1 : 0;
    kill_for_now(node);
    back_at_[node.value()] = moment() + milliseconds(away_ms);
    ++result_.kills;
  }

  void kill_for_now(NodeId node) {
    cluster_.kill(node);
    lives_.killed(node);
  }

  void start(NodeId node) {
    cluster_.start(node);
    ++result_.restarts;
    lives_.started(node);
  }

  // Under load: first so many followers that no quorum is left, and a moment later all others. A
  // leader that goes on without its quorum is seen by what it answers in that moment, for nobody
  // has time to catch up: what is in the files then is what the answers rested on.
  void kill_all() {
    wait(kLastLoad);
    const std::uint64_t first = choice_.below(plan_.followers, Purpose::fault_node, 1, 0);
    const NodeId leader = lives_.leader();
    std::vector<NodeId> others;
    for (std::uint32_t n = 1; n <= cluster_.members(); ++n)
      if (NodeId(n) != leader) others.push_back(NodeId(n));
    for (std::uint32_t i = 0; i < others.size(); ++i) {
      const NodeId node = others[(first + i) % others.size()];
      if (cluster_.runs(node)) kill_for_now(node);
      if (i == plan_.followers - static_cast<std::uint32_t>(needed_)) wait(kLastLoad);
    }
    if (!leader.is_none() && cluster_.runs(leader)) kill_for_now(leader);
  }

  void wait(Duration span) {
    for (const Time until = moment() + span; moment() < until; ::poll(nullptr, 0, kTickMs))
      cluster_.check_lives();
  }

  void judge(const StressHistory& history) {
    plan_.progress("reads the logs");
    check(history, StressLogs::killed);
    if (!result_.failure.empty()) return;
    plan_.progress("waits until all have caught up");
    for (std::uint32_t n = 1; n <= cluster_.members(); ++n) cluster_.start(NodeId(n));
    catch_up();
    const ServedKeys served =
        plan_.elects ? keys_served(cluster_, moment() + kPatience) : ServedKeys();
    stop();
    plan_.progress("reads the logs again");
    check(history, StressLogs::stopped);
    if (result_.failure.empty() && plan_.elects) result_.failure = wrongly_served(served, cluster_);
  }

  void count(const StressHistory& history) {
    reports::Answers& answers = result_.answers;
    for (const StressWrite& write : history.writes) {
      answers.ok += write.fate == WriteFate::ok ? 1 : 0;
      answers.timeout += write.fate == WriteFate::timeout ? 1 : 0;
      answers.error += write.fate == WriteFate::refused ? 1 : 0;
      answers.lost += write.fate == WriteFate::lost ? 1 : 0;
      if (write.is_answered())
        result_.slowest_us = std::max<std::int64_t>(result_.slowest_us, write.took_us);
    }
  }

  void catch_up() {
    for (const Time until = moment() + kPatience;; ::poll(nullptr, 0, 4 * kTickMs)) {
      cluster_.check_lives();
      const std::string late = who_is_late(cluster_, until);
      if (late.empty()) return;
      if (moment() > until)
        throw RealError(late + ", within " + std::to_string(kPatience.us() / 1'000'000) + " s");
    }
  }

  // Where nodes elect, the leader goes last: so that nobody is elected meanwhile, and writes.
  void stop() {
    const NodeId last = plan_.elects ? who_leads(cluster_, moment() + kPatience) : NodeId();
    for (std::uint32_t n = 1; n <= cluster_.members(); ++n)
      if (NodeId(n) != last) stop(NodeId(n));
    if (!last.is_none()) stop(last);
  }

  void stop(NodeId node) {
    const Ended ended = cluster_.stop(node);
    if (ended.code != 0 || ended.signal != 0)
      throw RealError(cluster_.name_of(node) + " was told to stop and ended with " + ended.text());
  }

  std::vector<std::string> served_at() const {
    std::vector<std::string> all{cluster_.clients_of(kLeader)};
    for (std::uint32_t n = 2; n <= cluster_.members() && plan_.elects; ++n)
      all.push_back(cluster_.clients_of(NodeId(n)));
    return all;
  }

  void check(const StressHistory& history, StressLogs logs) {
    StressCheck check(history, {needed_, kWriteTimeout, plan_.allowance, logs, plan_.elects});
    for (std::uint32_t n = 1; n <= cluster_.members(); ++n)
      check.read(cluster_.name_of(NodeId(n)), cluster_.log_file(NodeId(n)));
    result_.records = check.records();
    result_.foreign_records = check.foreign();
    result_.failure = check.verdict();
    if (result_.failure.empty() && result_.answers.ok == 0 && result_.kills > 0)
      result_.failure = "no write was answered OK at all";
  }

  const StressPlan& plan_;
  reports::StressResult& result_;
  sim::Choice choice_;
  RealCluster cluster_;
  int needed_;                 // acks
  std::vector<Time> back_at_;  // by node
  StressLives lives_;
  RedisLoad redis_;
};

}  // namespace

reports::StressResult run(const StressPlan& plan) {
  reports::StressResult result;
  result.seed = plan.seed;
  result.followers = plan.followers;
  result.acks_needed =
      acks_needed(plan.elects ? QuorumRule::majority_of_all : QuorumRule::followers_majority,
                  static_cast<int>(plan.followers));
  if (plan.elects) {
    result.election = to_text(plan.election);
    result.snapshot_bytes = plan.snapshot_bytes.value();
  }
  result.clients = static_cast<std::uint32_t>(plan.clients);
  result.redis_benchmark = !plan.redis_benchmark.empty();
  result.deadline_us = kWriteTimeout.us();
  result.allowance_us = plan.allowance.us();
  Stress(plan, result).run();
  if (result.failure.empty())
    result.checked = {
        "when all had been killed under load, each write that was answered OK was in the logs of " +
            quorum_words({result.acks_needed, {}, {}, {}, plan.elects}, plan.followers + 1) +
            ", once, and so it is, now that all have caught up",
        "no write that was refused is in any log, and none is there twice",
        plan.elects ? "all logs recover whole, end alike, hold the same bytes at each LSN, and "
                      "add up to the same state, which is what the leader answers"
                    : "all logs recover whole, end alike, and hold the same bytes at each LSN",
        "every request was answered within deadline and allowance, or its connection ended",
        std::string(plan.elects ? "every node" : "every follower") +
            " that was killed is back, and none has ended by itself"};
  return result;
}

}  // namespace quorate::cli
