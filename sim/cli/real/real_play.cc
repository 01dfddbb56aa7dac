#include "sim/cli/real/real_play.h"

#include <algorithm>

#include "core/posix/monotonic_clock.h"
#include "sim/cli/real/real_clients.h"
#include "sim/cli/real/real_cluster.h"
#include "sim/cli/real/real_faults.h"
#include "sim/client/client.h"

namespace quorate::cli {

namespace {

constexpr Duration kSlice = milliseconds(1);  // how soon an answer is seen

RealClusterSettings settings_of(const sim::Course& course, const RealPlayOptions& options) {
  RealClusterSettings settings;
  settings.members = course.node.members;
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
        cluster_(settings_of(course, options)),
        faults_(cluster_, course.faults),
        clients_(cluster_.clients_of(NodeConfig::leader()),
                 course.node.write_timeout + sim::Clients::kPatience, options.interrupted,
                 [this](const sim::CourseRequest& request, const std::string& words) {
                   decisions_.answered(since_zero(now()), request.client, request.number,
                                       request.op, request.key, words);
                 }) {}

  RealPlayed play() {
    cluster_.start_all();
    faults_.begin();
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
    for (const Time until = now() + patience_; !clients_.all_idle() && now() < until;) hear(until);
    faults_.end_all();
    end_all();
    played_.decided = decisions_.all();
    return std::move(played_);
  }

 private:
  Time since_zero(Time at) const { return Time((at - zero_).us()); }

  void hear(Time until) {
    const Time slice = std::min(until, now() + kSlice);
    for (const RealFact& fact : cluster_.more(seen_, slice)) {
      ++seen_;
      decisions_.heard(since_zero(fact.at), fact.node, fact.fact);
    }
    played_.late = std::max(played_.late, now() - slice);
    clients_.poll(now());
    faults_.poll(now());
  }

  // Until the real world has come as far as the simulated one had.
  void wait_for(const sim::Step& step) {
    const bool asks = step.does == sim::Step::Does::request;
    const auto missing = [&]() -> std::string {
      if (asks && !clients_.is_idle(course_.requests[step.which].client))
        return "client " + std::to_string(course_.requests[step.which].client) + " was answered";
      return played_.waited_for.empty() ? decisions_.marks().behind(step.before) : "";
    };
    const Time until = now() + patience_;
    std::string what;
    while (!(what = missing()).empty() && now() < until) hear(until);
    if (played_.waited_for.empty()) played_.waited_for = what;
  }

  void take(const sim::Step& step) {
    switch (step.does) {
      case sim::Step::Does::request:
        if (clients_.is_idle(course_.requests[step.which].client))
          clients_.ask(course_.requests[step.which], now());
        break;
      case sim::Step::Does::strike: faults_.strike(step.which, now()); break;
      case sim::Step::Does::restart: faults_.restart(step.which); break;
      case sim::Step::Does::end: faults_.end(step.which); break;
    }
  }

  void end_all() {
    for (std::uint32_t n = 1; n <= cluster_.members(); ++n)
      if (cluster_.runs(NodeId(n))) cluster_.stop(NodeId(n));
    for (std::uint32_t n = 1; n <= cluster_.members(); ++n)
      decisions_.log(NodeId(n), cluster_.log_bytes(NodeId(n)));
    while (cluster_.facts().count() > seen_) hear(now());
  }

  const sim::Course& course_;
  Duration patience_;
  sim::Decisions decisions_;
  RealPlayed played_;
  RealCluster cluster_;
  RealFaults faults_;
  RealClients clients_;
  std::size_t seen_ = 0;  // facts
  Time zero_;
  Duration behind_;
};

}  // namespace

RealPlayed play_for_real(const sim::Course& course, const RealPlayOptions& options) {
  return RealPlay(course, options).play();
}

}  // namespace quorate::cli
