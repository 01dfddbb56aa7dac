// What is to be played? A scenario as plain data: the cluster, the world around it, what its
// clients do, what goes wrong, and what must come out.
//
// Filled in by scenario_json (the only reader of JSON) or in code; read by sim/search, which draws
// one plan a seed from it. Units stand in the names: _us microseconds, _ms milliseconds, _percent
// of one hundred. A Range is inclusive, and each seed draws from it; min == max pins it. The
// members' names are the keys of the JSON, and the enumerators its words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/protocol/config.h"

namespace quorate::sim {

struct Range {
  std::int64_t min = 0;
  std::int64_t max = 0;
  friend bool operator==(const Range&, const Range&) = default;
};

// uniform: every value of the range alike. long_tail: mostly near min, now and then far out: each
// doubling of the distance to min is half as likely, up to max.
enum class Distribution { uniform, long_tail };

struct Delay {
  Range us;
  Distribution distribution = Distribution::uniform;
  friend bool operator==(const Delay&, const Delay&) = default;
};

struct ClusterSpec {
  Range followers{2, 2};  // 1 to 6; of the profile ack_quorum, as is
  QuorumRule quorum = QuorumRule::followers_majority;
  std::int64_t write_timeout_ms = 300;
  std::int64_t heartbeat_ms = 50;
  Range peer_silence_ms{200, 200};   // a connection that is silent for so long is given up
  Range ship_bytes{65'536, 65'536};  // a frame carries so much, or one record that is larger
  Range nodes{3, 3};                 // 1 to 7; of the profile replicated_log, as are
  ElectionRule election = ElectionRule::most_up_to_date;
  Range election_timeout_ms{150, 150};  // each node draws its own
  std::int64_t eager_percent = 0;       // how often one node stands after the least of those
  std::vector<std::int64_t> stands_after_ms = {};  // of node-1, node-2, ...; the others draw
  std::vector<std::string> names = {};             // of node-1, node-2, ..., in text and trace
  Range snapshot_bytes{0, 0};  // a snapshot is taken when the log has grown by so much; 0: never
  Range log_kept_bytes{0, 0};  // of the log before it so much is kept
  Range max_sessions{1024, 1024};  // so many clients' sessions are remembered
  friend bool operator==(const ClusterSpec&, const ClusterSpec&) = default;
};

struct NetworkSpec {
  Delay delay{{100, 400}, Distribution::uniform};  // of each message, one way
  std::int64_t split_percent = 10;                 // how often a write arrives in two pieces
  std::int64_t join_percent = 5;         // how often it waits for the next one and arrives with it
  std::int64_t short_write_percent = 2;  // how often a socket takes only a part
  friend bool operator==(const NetworkSpec&, const NetworkSpec&) = default;
};

struct DiskSpec {
  Delay sync{{50, 300}, Distribution::uniform};
  friend bool operator==(const DiskSpec&, const DiskSpec&) = default;
};

struct ClockSpec {
  Range drift_ppm{0, 0};  // each node's clock runs so many millionths too fast (or slow, negative)
  friend bool operator==(const ClockSpec&, const ClockSpec&) = default;
};

enum class OperationKind { set, get, del, cas };

// One request of one client, at a stated time at the earliest: a client has no more requests at a
// time than its pipeline holds.
struct Operation {
  std::int64_t at_ms = 0;
  std::int64_t client = 1;  // 1, 2, ...
  OperationKind op = OperationKind::set;
  std::string key;
  std::string value;      // for set and cas
  std::string from = {};  // for cas: what must be there
  std::string node = {};  // whom to ask; empty: anyone (of the profile replicated_log)
  friend bool operator==(const Operation&, const Operation&) = default;
};

struct WorkloadSpec {
  Range clients{1, 1};
  Range keys{1, 1};
  Range writes{5, 5};  // of all clients together
  Range value_bytes{16, 16};
  Range think_us{0, 0};              // a client's pause between an answer and its next request
  std::int64_t reads_percent = 0;    // so many gets for each hundred requests
  std::int64_t deletes_percent = 0;  // of the writes
  Range pipeline{1, 1};              // so many requests of one client are under way at most
  std::int64_t pipelined_percent =
      100;  // so many of a hundred clients do that; the others have one
  // When given, these are played, and of the above `pipeline` alone is used.
  std::vector<Operation> operations;
  // Of the profile replicated_log:
  std::int64_t cas_percent = 0;          // of the other writes
  std::int64_t asks_leader_percent = 0;  // so many of a hundred clients ask whoever leads
  friend bool operator==(const WorkloadSpec&, const WorkloadSpec&) = default;
};

// What can go wrong; sim/fault/README.md says what each does and what the cluster owes under it.
enum class FaultKind {
  delay,        // messages of a link take longer for a while
  hold,         // one message, and so all behind it, is held for a time
  cut,          // the connection of two nodes breaks
  partition,    // nothing gets through for a while
  corrupt,      // one byte changes on its way
  inject_ack,   // an ack that nobody should count appears on a connection
  crash,        // a node loses its memory and what its disk had not synced
  pause,        // a node stands still for a while
  slow_disk,    // syncs take longer for a while
  disk_full,    // appends for which there is no room are refused for a while
  fail_sync,    // the next sync fails and what it should have kept is lost
  damage_disk,  // one byte of a record at rest changes; shows at the next start
  wake_up,      // a node is woken for nothing, again and again
};
inline constexpr int kFaultKinds = 13;

enum class Direction { both, to_peer, from_peer };  // of a partition
enum class CorruptPart { record, head, ack };       // where the byte changes
enum class InjectedAck { duplicate, stale, foreign, beyond };
enum class Moment { append, sync, ship, ack, reply };  // what a node has just done

// Strikes right after `node` did that to that LSN, within the same turn: what the node still wanted
// to do in that turn is lost with it when the fault is a crash.
struct After {
  std::string node;
  Moment did = Moment::append;
  std::int64_t lsn = 0;
  friend bool operator==(const After&, const After&) = default;
};

// One explicit fault. Nodes are named leader, follower-1, follower-2, ...
struct FaultEntry {
  std::int64_t at_ms = 0;      // either this ...
  std::optional<After> after;  // ... or that
  FaultKind fault = FaultKind::crash;
  std::string node;         // whom it strikes; the sending side of a link
  std::string peer;         // the other side of a link; empty where all are meant
  std::int64_t for_ms = 0;  // how long it lasts
  std::int64_t by_us = 0;   // delay, hold, slow_disk: how much more; wake_up: the interval
  std::optional<std::int64_t> restart_after_ms;  // crash, fail_sync: without it the node stays down
  std::int64_t survives_percent = 0;             // crash: how much of the unsynced bytes survives
  bool torn = false;                             // crash: the last surviving bytes are damaged
  Direction direction = Direction::both;
  CorruptPart part = CorruptPart::record;
  InjectedAck ack = InjectedAck::duplicate;
  std::int64_t lsn = 0;         // corrupt, hold, damage_disk: the record meant; 0 for any
  std::int64_t count = 1;       // corrupt: so many times
  std::int64_t room_bytes = 0;  // disk_full: so much fits still
  friend bool operator==(const FaultEntry&, const FaultEntry&) = default;
};

// How a seed draws faults of one kind: whether at all, how many, for how long, how hard.
struct RandomFault {
  FaultKind fault = FaultKind::crash;
  std::int64_t chance_percent = 0;
  Range count{1, 1};
  Range for_ms{0, 0};
  Range by_us{0, 0};
  Range room_bytes{0, 0};
  friend bool operator==(const RandomFault&, const RandomFault&) = default;
};

struct RandomFaultsSpec {
  Range window_ms{0, 0};            // faults begin within the first so many milliseconds
  std::vector<RandomFault> faults;  // at most one entry a kind
  friend bool operator==(const RandomFaultsSpec&, const RandomFaultsSpec&) = default;
};

// What must come out, with every seed; the digest only with the scenario's own seed.
struct ExpectSpec {
  std::optional<Range> ok;        // requests answered OK or with a value
  std::optional<Range> timeout;   // requests answered "fate unknown"
  std::optional<Range> error;     // requests refused: nothing has happened
  std::optional<Range> lost;      // requests whose connection broke before the answer
  std::optional<Range> write_ms;  // what each OK'd write took, as its client saw it, rounded down
  std::optional<Range> last_lsn;  // the leader's last at the end
  std::vector<std::string> reached;   // probes that must have been seen at least once
  std::optional<std::string> digest;  // 16 hexadecimal digits
  friend bool operator==(const ExpectSpec&, const ExpectSpec&) = default;
};

struct Scenario {
  std::string file;  // where it was read; not a key
  std::string about;
  Profile profile = Profile::ack_quorum;
  std::uint64_t seed = 1;  // the one that replay plays unless told otherwise
  ClusterSpec cluster;
  NetworkSpec network;
  DiskSpec disk;
  ClockSpec clock;
  WorkloadSpec workload;
  std::vector<FaultEntry> faults;
  RandomFaultsSpec random_faults;
  std::int64_t recover_within_ms = 5000;  // of virtual time, after the last fault has ended
  ExpectSpec expect;
};

}  // namespace quorate::sim
