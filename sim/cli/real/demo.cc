#include "sim/cli/real/demo.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>

#include "core/posix/monotonic_clock.h"
#include "sim/cli/real/real_cluster.h"
#include "sim/cli/real/real_error.h"
#include "sim/cli/real/relay.h"
#include "sim/cli/real/resp_client.h"
#include "sim/cli/real/story.h"

namespace quorate::cli {

namespace {

constexpr Duration kPatience = milliseconds(20'000);
// Nearer to the deadline than this nobody foretells what comes first.
constexpr Duration kUncertain = milliseconds(300);

std::string ms(Duration span) { return std::to_string(span.us() / 1000) + " ms"; }

Lsn damaged(const DemoPlan& plan) { return Lsn((plan.writes + 1) / 2); }

RealClusterSettings settings_of(const DemoPlan& plan) {
  RealClusterSettings settings;
  settings.members = plan.followers + 1;
  settings.quorum = plan.quorum;
  settings.write_timeout = kDemoWriteTimeout;
  settings.peer_silence = milliseconds(3000) + plan.delay;  // what is late is not gone
  settings.patience = kPatience;
  settings.interrupted = plan.interrupted;
  return settings;
}

class Demo {
 public:
  Demo(const DemoPlan& plan, reports::DemoResult& result,
       const std::function<void(const std::string&)>& tell)
      : plan_(plan),
        result_(result),
        tell_([&result, tell](const std::string& line) {
          result.lines.push_back(line);
          tell(line);
        }),
        cluster_(settings_of(plan)),
        story_(tell_) {}

  void play() {
    start();
    kill();
    client_.emplace(cluster_.clients_of(NodeConfig::leader()), cluster_.deadline(),
                    plan_.interrupted);
    for (std::uint32_t n = 1; n <= plan_.writes; ++n) {
      if (plan_.rejoin && n == std::min(2U, plan_.writes)) leave();
      write(n);
    }
    if (plan_.rejoin) come_back();
    result_.committed = std::min<std::uint64_t>(story_.committed().value(), plan_.writes);
  }

 private:
  NodeId last() const { return NodeId(plan_.followers + 1); }
  bool is_there(std::uint32_t n) const { return cluster_.runs(NodeId(n)); }

  Relay& relay_to(NodeId follower) {
    std::unique_ptr<Relay>& relay = relays_[follower.value()];
    if (!relay) {
      relay = std::make_unique<Relay>(cluster_.peers_of(NodeConfig::leader()));
      cluster_.dial_through(follower, relay->address());
    }
    return *relay;
  }

  void start() {
    if (!plan_.delayed.is_none()) relay_to(plan_.delayed);
    if (plan_.corrupt) relay_to(NodeId(2));
    cluster_.start_all();
    hear_until("all followers were connected", [this] {
      for (std::uint32_t n = 2; n <= plan_.followers + 1; ++n)
        if (!story_.is_connected(NodeId(n))) return false;
      return true;
    });
    if (!plan_.delayed.is_none()) relay_to(plan_.delayed).delay_acks(plan_.delay);
    if (plan_.corrupt)
      relay_to(NodeId(2)).corrupt_next(sim::CorruptPart::record, damaged(plan_), 1,
                                       sim::Direction::from_peer);
  }

  void kill() {
    for (std::uint32_t i = 0; i < plan_.kill; ++i) {
      const NodeId victim(plan_.followers + 1 - i);
      cluster_.kill(victim);
      tell_(node_name(victim) + ": killed (SIGKILL)");
      is_gone(victim);
    }
  }

  void leave() {
    cluster_.stop(last());
    tell_(node_name(last()) + ": stopped");
    is_gone(last());
  }

  void is_gone(NodeId follower) {
    story_.ended(follower);
    hear_until("the leader noticed that " + node_name(follower) + " is gone",
               [&] { return !story_.is_connected(follower); });
  }

  void come_back() {
    tell_(node_name(last()) + ": started again");
    cluster_.start(last());
    const Lsn all(plan_.writes);
    hear_until(node_name(last()) + " had caught up",
               [&] { return story_.counted(last()) >= all && story_.acked(last()) >= all; });
    // With it there are enough of them, whatever was missing before.
    hear_until("all records were committed", [&] { return story_.committed() >= all; });
  }

  void write(std::uint32_t n) {
    const std::string number = std::to_string(n);
    const std::size_t before = story_.settled();
    const Time began = MonotonicClock::at_this_moment();
    const Time until = began + kDemoWriteTimeout + kPatience;
    client_->send({"SET", "record-" + number, "value-" + number}, until);
    hear_until("the write of LSN=" + number + " was answered",
               [&] { return story_.settled() > before; });
    const RespAnswer answer = client_->receive(until);
    const Duration took = MonotonicClock::at_this_moment() - began;
    const bool ok = answer.is_ok();
    result_.writes.push_back({n, answer.text, took.us()});
    // So that the next record's lines come after the last of this one.
    hear_until("every follower had LSN=" + number, [&] {
      for (std::uint32_t node = 2; node <= plan_.followers + 1; ++node)
        if (is_there(node) && story_.acked(NodeId(node)) < Lsn(n)) return false;
      return true;
    });
    if (!ok || !plan_.delayed.is_none())
      tell_("client: told \"" + answer.text + "\" after " + ms(took));
    check(n, ok, took);
  }

  // Was that what the rule says?
  void check(std::uint32_t n, bool ok, Duration took) {
    int quick = 0, in_time = 0, uncertain = 0;
    for (std::uint32_t node = 2; node <= plan_.followers + 1; ++node) {
      if (!is_there(node)) continue;
      const Duration late = NodeId(node) == plan_.delayed ? plan_.delay : Duration();
      const std::int64_t left = kDemoWriteTimeout.us() - late.us();
      quick += late == Duration() ? 1 : 0;
      in_time += left > 0 ? 1 : 0;
      uncertain += left < kUncertain.us() && left > -kUncertain.us() ? 1 : 0;
    }
    const int needed = plan_.acks_needed();
    const std::string what = "LSN=" + std::to_string(n);
    if (uncertain == 0 && ok != (in_time >= needed))
      throw RealError(what + (ok ? " was answered OK without its quorum"
                                 : " was not answered OK, though a quorum of followers is there: " +
                                       result_.writes.back().answer));
    const Duration least = !ok ? kDemoWriteTimeout : quick < needed ? plan_.delay : Duration();
    if (took < least)
      throw RealError(what + " was answered after " + ms(took) + ", before the " + ms(least) +
                      " that it must take");
  }

  template <class Done>
  void hear_until(const std::string& what, Done done) {
    for (const Time until = cluster_.deadline() + plan_.delay; !done();) {
      for (const RealFact& fact : cluster_.more(seen_, until)) {
        ++seen_;
        story_.hear(fact);
      }
      if (!done() && MonotonicClock::at_this_moment() >= until)
        throw RealError("waited in vain until " + what);
    }
  }

  const DemoPlan& plan_;
  reports::DemoResult& result_;
  Story::Teller tell_;
  RealCluster cluster_;
  std::map<std::uint32_t, std::unique_ptr<Relay>> relays_;  // by follower
  Story story_;
  std::size_t seen_ = 0;  // facts
  std::optional<RespClient> client_;
};

}  // namespace

std::vector<std::string> about(const DemoPlan& plan) {
  const int needed = plan.acks_needed();
  const int left = static_cast<int>(plan.followers - plan.kill);
  std::vector<std::string> lines{
      "A leader and " + std::to_string(plan.followers) +
      (plan.followers == 1 ? " follower" : " followers") +
      ", processes of their own: a record is committed when Q=" + std::to_string(needed) +
      (needed == 1 ? " follower holds it." : " followers hold it.")};
  if (plan.quorum == QuorumRule::majority_of_all)
    lines.push_back("By the book's rule: a majority of all " + std::to_string(plan.followers + 1) +
                    " nodes, the leader counted.");
  if (plan.kill > 0)
    lines.push_back(
        std::to_string(plan.kill) + " killed, " + std::to_string(left) + " left: " +
        (left >= needed ? "that is still a quorum, and writes go on."
                        : "that is no quorum, so every write times out, and its fate is unknown."));
  if (!plan.delayed.is_none())
    lines.push_back("The acks of " + node_name(plan.delayed) + " come " + ms(plan.delay) +
                    (left - 1 < needed ? " late, and without them there is no quorum."
                                       : " late, but without them there is a quorum, too."));
  if (plan.corrupt)
    lines.push_back(
        "A bit of LSN=" + std::to_string(damaged(plan).value()) +
        " is flipped on its way to follower-1: its CRC tells, and it is shipped again.");
  if (plan.rejoin)
    lines.push_back(node_name(NodeId(plan.followers + 1)) +
                    " is away while records are written, and catches up when it is back.");
  return lines;
}

std::string simulated_by(const DemoPlan& plan) {
  if (plan.rejoin) return "rejoin_after_five_missed_records";
  if (plan.corrupt) return "crc_failure_reship";
  if (!plan.delayed.is_none()) return "slow_ack_500ms";
  if (plan.kill == 0) return "five_records";
  if (plan.quorum == QuorumRule::majority_of_all) return "two_down_majority_of_all";
  return static_cast<int>(plan.followers - plan.kill) >= plan.acks_needed()
             ? "four_followers_one_down"
             : "four_followers_two_down";
}

reports::DemoResult play(const DemoPlan& plan,
                         const std::function<void(const std::string&)>& tell) {
  reports::DemoResult result;
  result.followers = plan.followers;
  result.quorum = to_text(plan.quorum);
  result.acks_needed = plan.acks_needed();
  result.about = about(plan);
  result.simulated = "quorate replay scenarios/" + simulated_by(plan) + ".json --trace";
  try {
    Demo(plan, result, tell).play();
  } catch (const RealError& error) {
    result.failure = error.what();
  }
  return result;
}

}  // namespace quorate::cli
