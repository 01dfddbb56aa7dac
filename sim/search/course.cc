#include "sim/search/course.h"

#include <algorithm>
#include <map>
#include <utility>

#include "sim/search/run.h"
#include "sim/world/node_names.h"

namespace quorate::sim {

namespace {

// Follows one run and writes down its course.
class Recorder final : public ClientEar, public SessionWatcher {
 public:
  Recorder(Course& course, const Scenario& scenario)
      : course_(course), scenario_(scenario), decisions_(scenario.profile) {}

  void play(std::uint64_t seed) {
    runner_.set_ear(this, this);
    runner_.begin(scenario_, seed, sound_rules(), nullptr);
    course_.node = runner_.plan().world.node;
    course_.faults = runner_.plan().faults;
    for (std::uint32_t n = 0; n < course_.node.members; ++n)
      course_.election_timeouts.push_back(milliseconds(runner_.world().choice().in(
          scenario_.cluster.election_timeout_ms, Purpose::election_timeout, n, 0)));
    course_.recover_within = milliseconds(scenario_.recover_within_ms);
    course_.stands_after = runner_.plan().world.stands_after;
    course_.cluster = cluster_text(scenario_, course_.node.members - 1);
    nodes_.resize(runner_.world().node_count());
    look();
    for (bool goes_on = true; goes_on;) {
      goes_on = runner_.advance();
      const Happening& last = runner_.last();
      if (last.kind == Happening::Kind::node_turn) hear(NodeId(last.party));
      look();
    }
    for (std::uint32_t n = 1; n <= nodes_.size(); ++n) {
      const SimDisk& disk = runner_.world().disk(NodeId(n));
      WalRecovery found;
      decisions_.log(NodeId(n), Wal::recover(disk.read(), found, disk.begin()));
    }
    course_.end = decisions_.marks();
    course_.decided = decisions_.all();
    course_.reads_race = !course_.node.elects() && reads_race();
    add_requests();
    add_faults();
  }

  void invoked(std::uint32_t, const ClientRequestView&) override {}
  void told(std::uint32_t client, const RespReply& reply) override {
    asks(client).words = words_of(reply.kind, reply.text, reply.integer);
  }
  void ended(std::uint32_t client, const ClientRequestView& view, Outcome outcome) override {
    Asks& mine = asks(client);
    Request request;
    request.asked.client = client + 1;
    request.asked.number = ++mine.requests;
    request.asked.op = view.op;
    request.asked.key = view.key;
    request.asked.value = view.value;
    const bool was_sent = view.sequence > 0;
    request.at = request.sent_at = was_sent ? view.invoked_at : now();
    request.ended_at = now();
    request.outcome = outcome;
    if (was_sent) {
      const OpenRequest& open = runner_.court().requests.request(client, view.sequence);
      request.asked.lsn = open.lsn;
      if (open.has_reached) request.at = std::max(request.at, open.reached_at);
    }
    if (mine.words.empty()) mine.words = was_sent ? kLost : kNeverSent;
    decisions_.answered(now(), client + 1, mine.requests, view.op, request.asked.key, mine.words);
    marked();
    requests_.push_back(std::move(request));
    mine.words.clear();
  }

  void began(std::uint32_t, const SessionOperation&) override {}
  void ended(std::uint32_t client, const SessionOperation& operation, Outcome outcome,
             const Found& found) override {
    Request request;
    request.asked.client = client + 1;
    request.asked.number = ++asks(client).requests;
    request.asked.op = operation.op;
    request.asked.key = operation.key;
    request.asked.value = operation.value;
    request.asked.from = operation.from;
    request.asked.node = pinned(request.asked);
    request.at = request.sent_at = operation.began_at;
    request.ended_at = now();
    request.outcome = outcome;
    const std::string words =
        outcome == Outcome::ok ? words_of(operation.op, found.has_value, found.value, found.changed)
        : outcome == Outcome::error ? kRefused
                                    : kUnknown;
    decisions_.answered(now(), client + 1, request.asked.number, operation.op, operation.key,
                        words);
    marked();
    requests_.push_back(std::move(request));
  }

 private:
  struct Asks {
    std::uint64_t requests = 0;
    std::string words;
  };
  struct Request {
    CourseRequest asked;
    Time sent_at;
    Time at;  // when it had reached the leader's machine
    Time ended_at;
    Outcome outcome = Outcome::ok;
  };
  struct NodeState {
    bool is_up = false;
    std::uint64_t unsynced = 0;  // bytes of its file
    std::uint64_t size = 0;
  };

  Time now() const { return runner_.world().now(); }
  Asks& asks(std::uint32_t client) {
    if (asks_.size() <= client) asks_.resize(client + 1);
    return asks_[client];
  }
  // Whom does the scenario name for that operation of its list?
  NodeId pinned(const CourseRequest& asked) const {
    std::uint64_t number = 0;
    for (const Operation& operation : scenario_.workload.operations)
      if (operation.client == static_cast<std::int64_t>(asked.client) && ++number == asked.number)
        return operation.node.empty() ? NodeId() : node_by_name(operation.node, true);
    return {};
  }
  void marked() { history_.push_back({now(), decisions_.marks()}); }

  void hear(NodeId node) {
    const Driver* driver = runner_.world().driver(node);
    if (driver == nullptr || driver->facts().empty()) return;
    for (const Fact& fact : driver->facts()) decisions_.heard(now(), node, fact);
    marked();
  }

  // Who has gone since, and who is back?
  void look() {
    const World& world = runner_.world();
    for (std::uint32_t n = 1; n <= nodes_.size(); ++n) {
      const NodeId node(n);
      NodeState& state = nodes_[n - 1];
      const SimDisk& disk = world.disk(node);
      if (state.is_up && !world.is_up(node) && state.unsynced > 0)
        course_.unsynced_ends.push_back(
            {node, now(), state.unsynced, state.size - std::min(state.size, disk.size().value())});
      if (!state.is_up && world.is_up(node)) hear(node);
      state = {world.is_up(node), disk.unsynced().value(), disk.size().value()};
    }
  }

  // In the order in which the leader got them; writes in the order of their LSNs.
  void add_requests() {
    std::map<Lsn, Time> at_lsn;
    for (const Request& request : requests_)
      if (!request.asked.lsn.is_none()) at_lsn[request.asked.lsn] = request.at;
    Time least;
    for (auto& [lsn, at] : at_lsn) at = least = std::max(least, at);
    for (Request& request : requests_)
      if (!request.asked.lsn.is_none()) request.at = at_lsn[request.asked.lsn];
    std::stable_sort(requests_.begin(), requests_.end(), [](const Request& a, const Request& b) {
      return a.at != b.at ? a.at < b.at : a.asked.lsn < b.asked.lsn;
    });
    for (const Request& request : requests_) {
      add(request.at, Step::Does::request, course_.requests.size());
      course_.requests.push_back(request.asked);
      // The same order in a world where both are under way at once.
      const Lsn lsn = request.asked.lsn;
      if (!lsn.is_none() && !leader_stands_still())
        course_.steps.back().before.raise(Marks::Of::appended, NodeConfig::leader().value(),
                                          lsn.value() - 1);
    }
  }

  // One that timed out meanwhile had no quorum, and does not get it just then.
  bool reads_race() const {
    for (const Request& read : requests_)
      for (const Request& write : requests_)
        if (read.asked.op == OperationKind::get && write.asked.op != OperationKind::get &&
            read.asked.key == write.asked.key && write.sent_at < read.ended_at &&
            read.sent_at < write.ended_at && write.outcome != Outcome::timeout &&
            write.outcome != Outcome::error)
          return true;
    return false;
  }

  bool leader_stands_still() const {
    return std::any_of(course_.faults.begin(), course_.faults.end(), [](const PlannedFault& f) {
      return f.kind == FaultKind::pause && f.node == NodeConfig::leader();
    });
  }

  void add_faults() {
    for (std::size_t i = 0; i < course_.faults.size(); ++i) {
      const PlannedFault& fault = course_.faults[i];
      if (fault.after) continue;  // its time is that of a moment
      add(fault.at, Step::Does::strike, i);
      if (fault.lasts.us() > 0) add(fault.at + fault.lasts, Step::Does::end, i);
      if (fault.restart_after) add(fault.at + *fault.restart_after, Step::Does::restart, i);
    }
    std::stable_sort(course_.steps.begin(), course_.steps.end(), [](const Step& a, const Step& b) {
      return a.at != b.at ? a.at < b.at : a.does > b.does;
    });
  }

  void add(Time at, Step::Does does, std::size_t which) {
    Step step{at, does, which, {}};
    for (const auto& [when, marks] : history_)
      if (when < at) step.before = marks;
    course_.steps.push_back(step);
  }

  Course& course_;
  const Scenario& scenario_;
  Runner runner_;
  Decisions decisions_;
  std::vector<Asks> asks_;  // by client
  std::vector<NodeState> nodes_;
  std::vector<Request> requests_;
  std::vector<std::pair<Time, Marks>> history_;
};

}  // namespace

Course course_of(const Scenario& scenario, std::uint64_t seed) {
  Course course;
  Runner judge;
  if (const RunOutcome outcome = judge.run(scenario, seed, sound_rules()); outcome.violated) {
    reports::Violation violation;
    violation.check = outcome.violated->check;
    violation.sentence = outcome.violated->sentence;
    violation.at_us = outcome.violated->at.us();
    course.violated = violation;
    return course;
  }
  Recorder(course, scenario).play(seed);
  return course;
}

}  // namespace quorate::sim
