#include "sim/cli/real/real_cluster.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/base/check.h"
#include "core/posix/monotonic_clock.h"
#include "core/posix/posix_error.h"
#include "sim/cli/real/cluster_file.h"
#include "sim/cli/real/real_error.h"

namespace quorate::cli {

namespace {

constexpr Duration kSlice = milliseconds(50);  // how soon an interrupt is seen

std::string text_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string last_line(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

}  // namespace

RealCluster::RealCluster(const RealClusterSettings& settings)
    : settings_(settings), folder_("quorate_real") {
  QUORATE_CHECK(settings_.members >= 1 && settings_.members <= kMaxMembers, "1 to 32 members");
  seats_.resize(settings_.members);
  for (std::uint32_t n = 1; n <= members(); ++n) {
    const std::string data = folder() + "/data/" + name_of(NodeId(n));
    std::error_code error;
    std::filesystem::create_directories(data, error);
    if (error) throw PosixError("the data folder " + data + ": " + error.message());
  }
}

std::string RealCluster::file(NodeId node, const char* ending) const {
  return folder() + "/" + name_of(node) + ending;
}
std::string RealCluster::log_of(NodeId node) const {
  return folder() + "/data/" + name_of(node) + "/log";
}
LogFile RealCluster::log_file(NodeId node) const {
  try {
    return read_log_file(log_of(node));
  } catch (const PosixError& error) {
    throw RealError(error.what());
  }
}
std::string RealCluster::output_of(NodeId node) const {
  return text_of_file(file(node, ".out")) + text_of_file(file(node, ".err"));
}

void RealCluster::dial_through(NodeId dialer, const std::string& address, NodeId target) {
  at(dialer).finds[target] = address;
}

void RealCluster::write_config(NodeId node) const {
  ClusterFile cluster;
  cluster.profile = settings_.profile;
  cluster.election = settings_.election;
  const std::size_t own = node.value() - 1;
  const bool has_own = own < settings_.election_timeouts.size();
  cluster.election_timeout_ms =
      (has_own ? settings_.election_timeouts[own] : settings_.election_timeout).us() / 1000;
  if (elects()) {
    cluster.snapshot_bytes = static_cast<std::int64_t>(settings_.snapshot_bytes.value());
    cluster.log_kept_bytes = static_cast<std::int64_t>(settings_.log_kept_bytes.value());
  }
  cluster.quorum = settings_.quorum;
  cluster.write_timeout_ms = settings_.write_timeout.us() / 1000;
  cluster.heartbeat_ms = settings_.heartbeat.us() / 1000;
  cluster.peer_silence_ms = settings_.peer_silence.us() / 1000;
  cluster.synced = settings_.synced;
  cluster.max_clients = settings_.max_clients;
  for (std::uint32_t n = 1; n <= members(); ++n) {
    const Seat& seat = at(NodeId(n));
    const std::string name = name_of(NodeId(n));
    cluster.members.push_back({name, seat.peers.address(), seat.clients.address(), "data/" + name});
  }
  for (const auto& [target, address] : at(node).finds)
    cluster.members[target.value() - 1].peers = address;
  const std::string path = file(node, ".json");
  std::ofstream out(path, std::ios::binary);
  out << text_of(cluster);
  out.close();
  if (!out) throw PosixError(path + " can't be written");
}

// ---- lives

void RealCluster::start_all() {
  const std::size_t before = feed_.count();
  for (std::uint32_t n = 1; n <= members(); ++n) start(NodeId(n));
  if (settings_.profile == Profile::replicated_log) return await_elected(before);
  const std::size_t life = at(NodeConfig::leader()).life;
  await("the leader served", life, [](const RealFact& fact) {
    return fact.node == NodeConfig::leader() && fact.fact.kind == FactKind::serving;
  });
  // The first ack of a connection says that the two logs agree: what is written is shipped at once.
  const FactKind agreed = settings_.every_fact ? FactKind::ack_counted : FactKind::peer_connected;
  for (std::uint32_t n = 2; n <= members(); ++n)
    await(name_of(NodeId(n)) + " joined the leader", life, [n, agreed](const RealFact& fact) {
      return fact.node == NodeConfig::leader() && fact.fact.kind == agreed &&
             fact.fact.peer == NodeId(n);
    });
}

void RealCluster::await_elected(std::size_t seen) {
  NodeId leader;
  std::map<NodeId, NodeId> follows;
  await("a leader served and all followed it", seen, [&](const RealFact& fact) {
    if (fact.fact.kind == FactKind::leader_found) follows[fact.node] = fact.fact.peer;
    if (fact.fact.kind == FactKind::serving) leader = fact.node;
    if (fact.fact.kind == FactKind::stepped_down && fact.node == leader) leader = NodeId();
    const auto with_it = std::count_if(follows.begin(), follows.end(), [&](const auto& one) {
      return one.first != leader && one.second == leader;
    });
    return !leader.is_none() && static_cast<std::uint32_t>(with_it) + 1 == members();
  });
}

void RealCluster::start(NodeId node) {
  Seat& seat = at(node);
  QUORATE_CHECK(!seat.child, "it does not run");
  write_config(node);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw_errno("a pipe");
  Fd from_child(ends[0]);
  const Fd to_parent(ends[1]);
  std::vector<std::string> arguments{
      "node", "--config", file(node, ".json"), "--id", name_of(node), "--facts-fd", "3"};
  if (!settings_.every_fact) arguments.push_back("--few-facts");
  const std::size_t place = node.value() - 1;
  if (place < settings_.stands_after.size() && settings_.stands_after[place] > Duration()) {
    arguments.push_back("--stands-after-us");
    arguments.push_back(std::to_string(settings_.stands_after[place].us()));
  }
  seat.child = std::make_unique<Child>(settings_.program, arguments, file(node, ".out"),
                                       file(node, ".err"), to_parent.get());
  seat.life = feed_.count();
  feed_.add(node, std::move(from_child));
}

void RealCluster::kill(NodeId node) {
  QUORATE_CHECK(runs(node), "it runs");
  at(node).child->signal(SIGKILL);
  bury(node);
}

Ended RealCluster::stop(NodeId node) {
  QUORATE_CHECK(runs(node), "it runs");
  at(node).child->signal(SIGTERM);
  // Only if need be: who examines its own memory at its end (a sanitizer) stops its threads by a
  // SIGSTOP, which a stray SIGCONT would take away.
  if (at(node).paused) resume(node);
  return bury(node);
}

// Waits for its end, and until all that it said has been heard: so no fact of an earlier life ever
// comes behind one of a later.
Ended RealCluster::bury(NodeId node) {
  const Time until = deadline();
  const std::optional<Ended> ended = at(node).child->wait(until);
  if (!ended) throw RealError(name_of(node) + " did not end in time");
  at(node).child.reset();
  at(node).paused = false;
  if (!feed_.wait_for_end(node, until))
    throw RealError("the facts of " + name_of(node) + " did not end in time");
  return *ended;
}

void RealCluster::pause(NodeId node) {
  QUORATE_CHECK(runs(node), "it runs");
  at(node).child->signal(SIGSTOP);
  at(node).paused = true;
}

void RealCluster::resume(NodeId node) {
  QUORATE_CHECK(runs(node), "it runs");
  at(node).child->signal(SIGCONT);
  at(node).paused = false;
}

// ---- what they decide

Time RealCluster::deadline() const { return MonotonicClock::at_this_moment() + settings_.patience; }

void RealCluster::check_lives() {
  for (std::uint32_t n = 1; n <= members(); ++n) {
    const NodeId node(n);
    if (!runs(node) || !feed_.has_ended(node)) continue;
    const std::optional<Ended> ended = at(node).child->wait(deadline());
    throw RealError(name_of(node) + " has ended by itself (" +
                    (ended ? ended->text() : "still ending") + "): " + last_line(output_of(node)));
  }
}

std::vector<RealFact> RealCluster::more(std::size_t seen, Time until) {
  for (;;) {
    if (settings_.interrupted != nullptr && settings_.interrupted->load()) throw Interrupted();
    const Time slice = std::min(until, MonotonicClock::at_this_moment() + kSlice);
    std::vector<RealFact> facts = feed_.after(seen, slice);
    if (!facts.empty()) return facts;
    check_lives();
    if (MonotonicClock::at_this_moment() >= until) return {};
  }
}

std::size_t RealCluster::await(const std::string& what, std::size_t seen, Time until,
                               const Wanted& wanted) {
  const Time began = MonotonicClock::at_this_moment();
  for (;;) {
    const std::vector<RealFact> facts = more(seen, until);
    for (const RealFact& fact : facts) {
      ++seen;
      if (wanted(fact)) return seen;
    }
    if (!facts.empty()) check_lives();  // more() has done so otherwise
    if (MonotonicClock::at_this_moment() >= until)
      throw RealError("waited in vain, for " +
                      std::to_string((MonotonicClock::at_this_moment() - began).us() / 1000) +
                      " ms, until " + what);
  }
}

std::size_t RealCluster::await(const std::string& what, std::size_t seen, const Wanted& wanted) {
  return await(what, seen, deadline(), wanted);
}

}  // namespace quorate::cli
