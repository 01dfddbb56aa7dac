#include "sim/scenario/scenario_keys.h"

#include "sim/scenario/fault_keys.h"

namespace quorate::sim::reading {

namespace {

constexpr std::int64_t kLongestAbout = 500;
constexpr std::int64_t kLongestName = 20;        // of a node
constexpr std::int64_t kLongestText = 1000;      // of a text that is only looked at
constexpr std::int64_t kLongestKey = 65'535;     // as the record format has it
constexpr std::int64_t kLongestValue = 1 << 20;  // the same
constexpr std::int64_t kLongestDrawnValue = 65'536;
constexpr std::int64_t kMostOperations = 100'000;
constexpr std::int64_t kMostKeys = 1000;
constexpr std::int64_t kMostUnderWay = 64;  // of one client
constexpr std::int64_t kMostProbes = 100;
constexpr std::int64_t kMostShipBytes = 65'536;  // what a real node ships
constexpr std::int64_t kMostLogBytes = 1'000'000'000;
constexpr std::int64_t kMostSessions = 1024;
constexpr std::int64_t kFastestDriftPpm = 200'000;

Shape percent() { return whole(0, 100); }
Shape count() { return range(0, kMostRequests); }

Fields<ClusterSpec> cluster_keys() {
  return {{
      field("followers", &ClusterSpec::followers, range(1, kMostFollowers)),
      field("quorum", &ClusterSpec::quorum, words(words_of<QuorumRule>())),
      field("nodes", &ClusterSpec::nodes, range(1, kMostFollowers + 1)),
      field("election", &ClusterSpec::election, words(words_of<ElectionRule>())),
      field("election_timeout_ms", &ClusterSpec::election_timeout_ms, range(1, kLongestMs)),
      field("eager_percent", &ClusterSpec::eager_percent, percent()),
      field("stands_after_ms", &ClusterSpec::stands_after_ms,
            list(whole(1, kLongestMs), 1, kMostFollowers + 1)),
      field("names", &ClusterSpec::names,
            list(text(1, kLongestName, TextForm::name), 1, kMostFollowers + 1)),
      field("snapshot_bytes", &ClusterSpec::snapshot_bytes, range(0, kMostLogBytes)),
      field("log_kept_bytes", &ClusterSpec::log_kept_bytes, range(0, kMostLogBytes)),
      field("max_sessions", &ClusterSpec::max_sessions, range(1, kMostSessions)),
      field("write_timeout_ms", &ClusterSpec::write_timeout_ms, whole(1, kLongestMs)),
      field("heartbeat_ms", &ClusterSpec::heartbeat_ms, whole(1, kLongestMs)),
      field("peer_silence_ms", &ClusterSpec::peer_silence_ms, range(1, kLongestMs)),
      field("ship_bytes", &ClusterSpec::ship_bytes, range(1, kMostShipBytes)),
  }};
}

Fields<NetworkSpec> network_keys() {
  return {{
      field("delay", &NetworkSpec::delay, delay(0, kLongestUs)),
      field("split_percent", &NetworkSpec::split_percent, percent()),
      field("join_percent", &NetworkSpec::join_percent, percent()),
      field("short_write_percent", &NetworkSpec::short_write_percent, percent()),
  }};
}

Fields<DiskSpec> disk_keys() { return {{field("sync", &DiskSpec::sync, delay(0, kLongestUs))}}; }

Fields<ClockSpec> clock_keys() {
  return {{field("drift_ppm", &ClockSpec::drift_ppm, range(-kFastestDriftPpm, kFastestDriftPpm))}};
}

Fields<Operation> operation_keys(OperationKind kind) {
  const Need only_if_named = kind == OperationKind::set ? Need::optional : Need::required;
  Fields<Operation> table{{
      field("op", &Operation::op, words({to_text(kind)}), only_if_named),
      field("at_ms", &Operation::at_ms, whole(0, kLongestMs)),
      field("client", &Operation::client, whole(1, kMostClients)),
      field("key", &Operation::key, text(1, kLongestKey), Need::required),
      field("node", &Operation::node, text(1, kLongestText)),
  }};
  if (kind == OperationKind::cas)
    table.fields.push_back(field("from", &Operation::from, text(0, kLongestValue), Need::required));
  if (kind == OperationKind::set || kind == OperationKind::cas)
    table.fields.push_back(
        field("value", &Operation::value, text(0, kLongestValue), Need::required));
  return table;
}

Variants<Operation> operations() {
  Variants<Operation> variants{"op", to_text(OperationKind::set), {}};
  for (const auto& [kind, word] : names<OperationKind>())
    variants.tables.emplace_back(word, operation_keys(kind));
  return variants;
}

Fields<WorkloadSpec> workload_keys() {
  Fields<WorkloadSpec> table{{
      field("clients", &WorkloadSpec::clients, range(1, kMostClients)),
      field("keys", &WorkloadSpec::keys, range(1, kMostKeys)),
      field("writes", &WorkloadSpec::writes, range(0, kMostWrites)),
      field("value_bytes", &WorkloadSpec::value_bytes, range(0, kLongestDrawnValue)),
      field("think_us", &WorkloadSpec::think_us, range(0, kLongestUs)),
      field("reads_percent", &WorkloadSpec::reads_percent, percent()),
      field("deletes_percent", &WorkloadSpec::deletes_percent, percent()),
      field("cas_percent", &WorkloadSpec::cas_percent, percent()),
      field("pipeline", &WorkloadSpec::pipeline, range(1, kMostUnderWay)),
      field("pipelined_percent", &WorkloadSpec::pipelined_percent, percent()),
      field("asks_leader_percent", &WorkloadSpec::asks_leader_percent, percent()),
      items("operations", &WorkloadSpec::operations, {1, kMostOperations}, operations()),
  }};
  table.alone = "operations";
  table.beside = {"pipeline"};
  return table;
}

Fields<ExpectSpec> expect_keys() {
  return {{
      field("ok", &ExpectSpec::ok, count()),
      field("timeout", &ExpectSpec::timeout, count()),
      field("error", &ExpectSpec::error, count()),
      field("lost", &ExpectSpec::lost, count()),
      field("write_ms", &ExpectSpec::write_ms, range(0, kLongestMs)),
      field("last_lsn", &ExpectSpec::last_lsn, range(0, kHighestLsn)),
      field("reached", &ExpectSpec::reached, list(text(1, kLongestText), 0, kMostProbes)),
      field("digest", &ExpectSpec::digest, text(16, 16, TextForm::digest)),
  }};
}

}  // namespace

const Fields<Scenario>& scenario_keys() {
  static const Fields<Scenario> table{{
      unused_field<Scenario>("$schema", text(0, kLongestText)),
      field("about", &Scenario::about, text(1, kLongestAbout, TextForm::sentence), Need::required),
      field("profile", &Scenario::profile, words(words_of<Profile>())),
      field("seed", &Scenario::seed, of_kind(ShapeKind::seed)),
      part("cluster", &Scenario::cluster, cluster_keys()),
      part("network", &Scenario::network, network_keys()),
      part("disk", &Scenario::disk, disk_keys()),
      part("clock", &Scenario::clock, clock_keys()),
      part("workload", &Scenario::workload, workload_keys()),
      items("faults", &Scenario::faults, {0, kMostFaults}, fault_keys()),
      part("random_faults", &Scenario::random_faults, random_fault_keys()),
      field("recover_within_ms", &Scenario::recover_within_ms, whole(1, kLongestMs)),
      part("expect", &Scenario::expect, expect_keys()),
  }};
  return table;
}

const Shape& scenario_shape() {
  static const Shape shape = shape_of(scenario_keys());
  return shape;
}

}  // namespace quorate::sim::reading
