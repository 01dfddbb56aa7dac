// What becomes of one scenario with one seed? A whole run, from an empty world to its verdict.
//
// A Runner keeps its storage from run to run, so a sweep uses one a thread. The same scenario, seed
// and rules give the same outcome, whatever ran before and whoever runs beside it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/protocol/rules.h"
#include "reports/result.h"
#include "sim/check/checker.h"
#include "sim/check/log_checker.h"
#include "sim/client/client.h"
#include "sim/client/session_clients.h"
#include "sim/fault/fault.h"
#include "sim/fault/plan.h"
#include "sim/scenario/scenario.h"
#include "sim/world/world.h"

namespace quorate::sim {

struct RunOutcome {
  std::uint64_t digest = 0;
  std::uint64_t happenings = 0;
  Time ended_at;
  std::uint64_t faults = 0;
  Lsn committed;  // on a quorum at the end
  std::uint32_t followers = 0;
  AnswerCounts answers;
  std::optional<Violated> violated;
};

class Runner {
 public:
  // The world of a run goes no further than this: a run that does is a bug of ours or of the
  // scenario.
  static constexpr std::uint64_t kMostHappenings = 20'000'000;

  // `trace`: where to put the narrated lines; null for none, which costs nothing.
  RunOutcome run(const Scenario& scenario, std::uint64_t seed, const Rules& rules,
                 std::vector<std::string>* trace = nullptr);

  // Of the run before.
  const Probes& probes() const { return judge().probes(); }
  const World& world() const { return world_; }

  // For whoever wants to stop in the middle (a snapshot, an explorer): run() is begin(), advance()
  // until it says that the run is over, and outcome().
  void begin(const Scenario& scenario, std::uint64_t seed, const Rules& rules,
             std::vector<std::string>* trace);
  bool advance();
  RunOutcome outcome();
  // What advance() has just seen; and what this run plays. Good after begin().
  const Happening& last() const { return last_; }
  const Plan& plan() const { return plan_; }
  const Court& court() const { return checker_.court(); }
  // Hears the clients of the runs that begin from then on, those of ack_quorum and those of
  // replicated_log; null: nobody. It must outlive them.
  void set_ear(ClientEar* ear, SessionWatcher* session_ear = nullptr) {
    ear_ = ear;
    session_ear_ = session_ear;
  }

 private:
  Judge& judge() {
    if (elects_) return log_checker_;
    return checker_;
  }
  const Judge& judge() const { return const_cast<Runner*>(this)->judge(); }
  void begin_clients();
  void begin_sessions();
  void tell_client(const Happening& happening);
  void dispatch(const Happening& happening);
  bool all_clients_done() const { return elects_ ? sessions_.all_done() : clients_.all_done(); }
  void strike(std::uint32_t alarm);
  void owe_writes();
  void narrate_fault(const PlannedFault* fault);
  void narrate_turn(NodeId node);
  void tell(const std::string& who, const std::string& what);
  void turn_over(NodeId node);
  void turns_over();
  void strike_fired();
  bool is_over();
  void judge_end();
  void judge_convergence();
  bool may_refuse_for_ever() const;
  void expect(const char* what, const std::optional<Range>& range, std::int64_t value);
  Time must_recover_by() const;

  const Scenario* scenario_ = nullptr;
  std::uint64_t seed_ = 0;
  bool is_sound_core_ = true;
  Plan plan_;
  World world_;
  Faults faults_;
  // Of the profile ack_quorum, and of replicated_log.
  Clients clients_;
  Checker checker_;
  SessionClients sessions_;
  LogChecker log_checker_;
  bool elects_ = false;
  std::vector<std::string>* trace_ = nullptr;
  ClientEar* ear_ = nullptr;
  SessionWatcher* session_ear_ = nullptr;
  Happening last_;
  Time clients_done_at_;
  bool clients_done_ = false;
};

// What a result may carry, and need not.
struct ReplayExtras {
  bool trace = false;    // the story, line by line
  bool history = false;  // what the clients asked and were told, for `quorate check`
};

// The same as a whole result for the reports; when something was broken, with its last lines and
// the command that shows it again.
reports::ReplayResult replay(const Scenario& scenario, std::uint64_t seed, const Rules& rules,
                             const std::string& mistake, ReplayExtras extras = {});

// "1 leader, 2 followers, Q = 2 of the followers alone"
std::string cluster_text(const Scenario& scenario, std::uint32_t followers);

// The command that plays one run again.
std::string repro_command(const Scenario& scenario, std::uint64_t seed, const std::string& mistake);

}  // namespace quorate::sim
