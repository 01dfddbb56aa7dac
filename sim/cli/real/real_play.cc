#include "sim/cli/real/real_play.h"

#include <algorithm>
#include <memory>

#include "core/posix/monotonic_clock.h"
#include "sim/cli/real/real_clients.h"
#include "sim/cli/real/real_cluster.h"
#include "sim/cli/real/real_faults.h"
#include "sim/cli/real/real_owed.h"
#include "sim/cli/real/real_sessions.h"
#include "sim/client/client.h"
#include "sim/client/session_clients.h"
#include "sim/world/node_names.h"

namespace quorate::cli {

namespace {

constexpr Duration kSlice = milliseconds(1);  // how soon an answer is seen
constexpr Duration kLook = milliseconds(10);  // between two looks at the logs

RealClusterSettings settings_of(const sim::Course& course, const RealPlayOptions& options) {
  RealClusterSettings settings;
  settings.members = course.node.members;
  settings.profile = course.node.profile;
  settings.election = course.node.election;
  settings.election_timeouts = course.election_timeouts;
  settings.stands_after = course.stands_after;
  settings.snapshot_bytes = course.node.snapshot_bytes;
  settings.log_kept_bytes = course.node.log_kept_bytes;
  settings.quorum = course.node.quorum;
  settings.write_timeout = course.node.write_timeout;
  settings.heartbeat = course.node.heartbeat;
  settings.peer_silence = course.node.peer_silence;
  settings.program = options.program;
  settings.interrupted = options.interrupted;
  return settings;
}

Time now() { return MonotonicClock::at_this_moment(); }

class RealPlay {
 public:
  RealPlay(const sim::Course& course, const RealPlayOptions& options)
      : course_(course),
        patience_(course.node.write_timeout + options.patience),
        decisions_(course.node.profile),
        cluster_(settings_of(course, options)),
        resolved_(course.faults),
        faults_(cluster_, resolved_) {
    const auto ended = [this](const sim::CourseRequest& request, const std::string& words) {
      decisions_.answered(since_zero(now()), request.client, request.number, request.op,
                          request.key, words);
    };
    const Duration write = course.node.write_timeout;
    if (!cluster_.elects()) {
      askers_ = std::make_unique<RealClients>(cluster_.clients_of(NodeConfig::leader()),
                                              write + sim::Clients::kPatience, options.interrupted,
                                              ended);
      return;
    }
    std::vector<std::string> nodes;
    for (std::uint32_t n = 1; n <= cluster_.members(); ++n)
      nodes.push_back(cluster_.clients_of(NodeId(n)));
    auto sessions = std::make_unique<RealSessions>(nodes, write + sim::SessionClients::kPatience,
                                                   options.interrupted, ended);
    sessions_ = sessions.get();
    askers_ = std::move(sessions);
  }

  RealPlayed play() {
    begin();
    zero_ = now();
    hear(zero_);
    for (const sim::Step& step : course_.steps) {
      Time due = zero_ + Duration(step.at.us()) + behind_;
      while (now() < due) hear(due);
      wait_for(step);
      behind_ = behind_ + std::max(Duration(), now() - due);
      take(step);
    }
    wait_for({{}, sim::Step::Does::end, 0, course_.end});
    for (const Time until = now() + patience_; !askers_->all_idle() && now() < until;) hear(until);
    faults_.end_all();
    if (cluster_.elects()) judge();
    end_all();
    played_.decided = decisions_.all();
    return std::move(played_);
  }

 private:
  // A scenario of nodes that elect begins before there is a leader, and each counts from its start.
  void begin() {
    if (!cluster_.elects()) {
      cluster_.start_all();
      return faults_.begin();
    }
    for (std::uint32_t n = 1; n <= cluster_.members(); ++n) cluster_.start(NodeId(n));
    for (std::uint32_t n = 1; n <= cluster_.members(); ++n)
      cluster_.await(cluster_.name_of(NodeId(n)) + " has started", 0, [n](const RealFact& fact) {
        return fact.node == NodeId(n) && fact.fact.kind == FactKind::started;
      });
  }

  Time since_zero(Time at) const { return Time((at - zero_).us()); }

  void hear(Time until) {
    const Time slice = std::min(until, now() + kSlice);
    for (const RealFact& fact : cluster_.more(seen_, slice)) {
      ++seen_;
      decisions_.heard(since_zero(fact.at), fact.node, fact.fact);
      if (fact.fact.kind == FactKind::elected) leader_ = fact.node;
    }
    played_.late = std::max(played_.late, now() - slice);
    askers_->poll(now());
    faults_.poll(now());
  }

  // Until the real world has come as far as the simulated one had.
  void wait_for(const sim::Step& step) {
    const bool asks = step.does == sim::Step::Does::request;
    const auto missing = [&]() -> std::string {
      if (asks && !askers_->is_idle(course_.requests[step.which].client))
        return "client " + std::to_string(course_.requests[step.which].client) + " was answered";
      return played_.waited_for.empty()
                 ? decisions_.marks().behind(step.before, course_.node.profile)
                 : "";
    };
    const Time until = now() + patience_;
    std::string what;
    while (!(what = missing()).empty() && now() < until) hear(until);
    if (played_.waited_for.empty()) played_.waited_for = what;
  }

  void take(const sim::Step& step) {
    switch (step.does) {
      case sim::Step::Does::request:
        if (askers_->is_idle(course_.requests[step.which].client))
          askers_->ask(course_.requests[step.which], now());
        break;
      case sim::Step::Does::strike:
        find_leader(resolved_[step.which]);
        faults_.strike(step.which, now());
        break;
      case sim::Step::Does::restart: faults_.restart(step.which); break;
      case sim::Step::Does::end: faults_.end(step.which); break;
    }
  }

  // Whoever leads now is meant: the one that was elected last, or if it is down, another that runs.
  void find_leader(sim::PlannedFault& fault) {
    if (fault.node != sim::kWhoLeads && fault.peer != sim::kWhoLeads) return;
    NodeId found = leader_;
    for (std::uint32_t n = cluster_.members(); n > 0; --n)
      if (found.is_none() || !cluster_.runs(found)) found = NodeId(n);
    if (fault.node == sim::kWhoLeads) fault.node = found;
    if (fault.peer == sim::kWhoLeads) fault.peer = found;
    if (fault.peer == fault.node) fault.peer = NodeId(fault.node.value() % cluster_.members() + 1);
  }

  // All faults are over: what is owed now?
  void judge() {
    const Time until = now() + patience_ + course_.recover_within;
    while (!(played_.broken = differing_logs(cluster_)).empty() && now() < until)
      hear(now() + kLook);
    for (std::uint32_t n = 1; n <= cluster_.members(); ++n) note_log(NodeId(n));
    for (std::uint32_t n = 1; n <= cluster_.members() && played_.broken.empty(); ++n)
      if (cluster_.runs(NodeId(n)))
        played_.broken = lost_write(cluster_.log_file(NodeId(n)), sessions_->done());
    if (played_.broken.empty()) played_.broken = contradiction_in(sessions_->history());
  }

  void note_log(NodeId node) {
    WalRecovery found;
    decisions_.log(node, cluster_.log_file(node).recover(found));
  }

  void end_all() {
    for (std::uint32_t n = 1; n <= cluster_.members(); ++n)
      if (cluster_.runs(NodeId(n))) cluster_.stop(NodeId(n));
    for (std::uint32_t n = 1; n <= cluster_.members() && !cluster_.elects(); ++n)
      note_log(NodeId(n));
    while (cluster_.facts().count() > seen_) hear(now());
  }

  const sim::Course& course_;
  Duration patience_;
  sim::Decisions decisions_;
  RealPlayed played_;
  RealCluster cluster_;
  std::vector<sim::PlannedFault> resolved_;  // its faults, with the node that leads for the leader
  RealFaults faults_;
  std::unique_ptr<RealAskers> askers_;
  const RealSessions* sessions_ = nullptr;  // the same, where nodes elect
  NodeId leader_;                           // who was elected last
  std::size_t seen_ = 0;                    // facts
  Time zero_;
  Duration behind_;
};

}  // namespace

RealPlayed play_for_real(const sim::Course& course, const RealPlayOptions& options) {
  return RealPlay(course, options).play();
}

}  // namespace quorate::cli
