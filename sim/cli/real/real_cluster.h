// How does a command get a cluster of real processes, and leave nothing behind? A RealCluster: each
// member is a child that runs `quorate node` on loopback.
//
// It has a folder of its own (cluster files, logs, what the children print) and ports of its own,
// also while a member is down. Its destructor ends every child, waits for it and removes the
// folder; children die with this process, whatever ends it. What they decide is heard in order
// (facts()). In the profile ack_quorum node 1 is the leader; in replicated_log they elect theirs.
// All calls from one thread, which outlives the object (child.h); every wait has an end:
// `patience`, a point in time, or `interrupted`.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/posix/log_file.h"
#include "core/protocol/config.h"
#include "sim/cli/real/child.h"
#include "sim/cli/real/fact_feed.h"
#include "sim/cli/real/own_folder.h"
#include "sim/cli/real/own_port.h"

namespace quorate::cli {

struct RealClusterSettings {
  std::uint32_t members = 3;
  Profile profile = Profile::ack_quorum;
  ElectionRule election = ElectionRule::most_up_to_date;  // of replicated_log, as the next two
  Duration election_timeout = milliseconds(300);          // in whole milliseconds
  std::vector<Duration> election_timeouts;                // by node, where it is not that one
  std::vector<Duration> stands_after;  // by node, instead of what it draws; zero: it draws
  ByteCount snapshot_bytes = NodeConfig().snapshot_bytes;  // of replicated_log, as the next one
  ByteCount log_kept_bytes = NodeConfig().log_kept_bytes;
  QuorumRule quorum = QuorumRule::followers_majority;
  Duration write_timeout = milliseconds(1000);  // in whole milliseconds, as the next two
  Duration heartbeat = milliseconds(100);
  Duration peer_silence = milliseconds(500);
  bool synced = true;
  std::int64_t max_clients = 10'000;
  // False: only changes of state are heard, so that nobody's time is measured with the children's.
  bool every_fact = true;
  Duration patience = milliseconds(20'000);        // of calls that name no time
  std::string program = kThisProgram;              // what the children run: quorate
  const std::atomic<bool>* interrupted = nullptr;  // once set, waits throw Interrupted
};

class RealCluster {
 public:
  // Makes folder and ports; starts nobody. Throws PosixError.
  explicit RealCluster(const RealClusterSettings& settings);

  std::uint32_t members() const { return settings_.members; }
  bool elects() const { return settings_.profile == Profile::replicated_log; }
  std::string name_of(NodeId node) const { return node_name(node, settings_.profile); }
  // "host:port"
  const std::string& clients_of(NodeId node) const { return at(node).clients.address(); }
  const std::string& peers_of(NodeId node) const { return at(node).peers.address(); }
  const std::string& folder() const { return folder_.path(); }
  // It stays when this object ends, for who wants to look at what went wrong.
  void keep_folder() { folder_.keep(); }
  std::string log_of(NodeId node) const;     // its write-ahead log, a file
  LogFile log_file(NodeId node) const;       // read now; throws RealError if it can't be read
  std::string output_of(NodeId node) const;  // what it has printed so far, errors last

  // That one finds `target`, by default the leader of ack_quorum, there from its next start on: a
  // relay. In replicated_log the higher number dials the lower.
  void dial_through(NodeId dialer, const std::string& address,
                    NodeId target = NodeConfig::leader());

  // ---- lives; each returns when it is so. Throw RealError, Interrupted, PosixError.

  // Starts all and waits until each follower has agreed with the leader (in replicated_log: knows
  // who leads) and writes are served.
  void start_all();
  // Starts it, or starts it again; requires that it does not run.
  void start(NodeId node);
  // SIGKILL. Requires that it runs.
  void kill(NodeId node);
  // SIGTERM, also for one that is paused. Returns how it ended.
  Ended stop(NodeId node);
  // SIGSTOP and SIGCONT.
  void pause(NodeId node);
  void resume(NodeId node);
  // Throws RealError if one has ended that was not told to.
  void check_lives();
  bool runs(NodeId node) const { return at(node).child != nullptr; }
  pid_t pid(NodeId node) const { return at(node).child ? at(node).child->pid() : -1; }

  // ---- what they decide

  const FactFeed& facts() const { return feed_; }
  // Where the facts of its present life begin among all facts.
  std::size_t life_of(NodeId node) const { return at(node).life; }

  using Wanted = std::function<bool(const RealFact&)>;
  // Waits until one of the facts behind the first `seen` is as wanted, and returns how many had
  // been heard with it. Throws RealError "<what> did not come ..." when there is none until then,
  // or as soon as a member that should run has ended.
  std::size_t await(const std::string& what, std::size_t seen, Time until, const Wanted& wanted);
  // The same within `patience`.
  std::size_t await(const std::string& what, std::size_t seen, const Wanted& wanted);
  // The new facts behind the first `seen`; waits until there are some, but not beyond `until`. For
  // who looks at all of them. Throws like await, but not because nothing came.
  std::vector<RealFact> more(std::size_t seen, Time until);

  // `patience` from now.
  Time deadline() const;

 private:
  struct Seat {
    OwnPort peers;
    OwnPort clients;
    std::map<NodeId, std::string> finds;  // whom this one finds elsewhere than at his own port
    std::unique_ptr<Child> child;
    std::size_t life = 0;
    bool paused = false;
  };

  Seat& at(NodeId node) { return seats_[node.value() - 1]; }
  const Seat& at(NodeId node) const { return seats_[node.value() - 1]; }
  std::string file(NodeId node, const char* ending) const;
  void write_config(NodeId node) const;
  Ended bury(NodeId node);
  void await_elected(std::size_t seen);

  RealClusterSettings settings_;
  OwnFolder folder_;
  FactFeed feed_;
  std::vector<Seat> seats_;  // the children end first
};

}  // namespace quorate::cli
