#include "sim/scenario/scenario_json.h"

#include <doctest/doctest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <limits>

#include "sim/scenario/json_text.h"
#include "sim/scenario/scenario_names.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

// A scenario of these members and an about.
std::string with(const std::string& members) { return R"({"about": "A test.", )" + members + "}"; }

Scenario read(const std::string& members) { return read_scenario_text(with(members), "x.json"); }

// What the reader says, without "x.json: ".
std::string refusal_of_text(const std::string& text,
                            std::span<const std::string_view> known_probes = {}) {
  try {
    read_scenario_text(text, "x.json", known_probes);
  } catch (const ScenarioError& error) {
    const std::string_view what = error.what();
    REQUIRE(what.starts_with("x.json: "));
    return std::string(what.substr(8));
  }
  return "it was read";
}

std::string refusal(const std::string& members) { return refusal_of_text(with(members)); }

std::string fault(const std::string& members) { return R"("faults": [{)" + members + "}]"; }

// A file that is gone with its test.
class TestFile {
 public:
  explicit TestFile(const std::string& bytes)
      : path_(std::filesystem::temp_directory_path() / "quorate_scenario_json_test.json") {
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  ~TestFile() { std::filesystem::remove(path_); }
  TestFile(const TestFile&) = delete;
  TestFile& operator=(const TestFile&) = delete;

  std::string path() const { return path_.string(); }

  std::string refusal() const {
    try {
      read_scenario_file(path());
    } catch (const ScenarioError& error) {
      return error.what();
    }
    return "it was read";
  }

 private:
  std::filesystem::path path_;
};

}  // namespace

TEST_CASE("scenario_json: only about is given, all else has its default") {
  const Scenario scenario = read_scenario_text(R"({"about": "Nothing happens."})", "x.json");
  CHECK(scenario.about == "Nothing happens.");
  CHECK(scenario.file == "x.json");
  CHECK(scenario.seed == Scenario().seed);
  CHECK(scenario.cluster == ClusterSpec());
  CHECK(scenario.network == NetworkSpec());
  CHECK(scenario.disk == DiskSpec());
  CHECK(scenario.clock == ClockSpec());
  CHECK(scenario.workload == WorkloadSpec());
  CHECK(scenario.faults.empty());
  CHECK(scenario.random_faults == RandomFaultsSpec());
  CHECK(scenario.recover_within_ms == Scenario().recover_within_ms);
  CHECK(scenario.expect == ExpectSpec());
}

TEST_CASE("scenario_json: $schema, is checked and means nothing more, and profile is one of two") {
  CHECK(read(R"("$schema": "schema/scenario.schema.json", "profile": "ack_quorum")").seed == 1);
  CHECK(refusal(R"("$schema": 1)") == "/$schema: must be a text, not the number 1");
  CHECK(read(R"("profile": "replicated_log")").profile == Profile::replicated_log);
  CHECK(refusal(R"("profile": "replicated-log")") ==
        R"(/profile: there is no "replicated-log"; did you mean "replicated_log"?)"
        " (known: ack_quorum, replicated_log)");
}

TEST_CASE("scenario_json: what belongs to the other profile, is refused") {
  const std::string elects = R"("profile": "replicated_log", )";
  const std::string of_acks =
      ": this is of the profile ack_quorum, and the profile here is replicated_log";
  const std::string of_log =
      ": this is of the profile replicated_log, and the profile here is ack_quorum";
  CHECK(refusal(elects + R"("cluster": {"followers": 4})") == "/cluster/followers" + of_acks);
  CHECK(refusal(elects + R"("cluster": {"quorum": "majority_of_all"})") ==
        "/cluster/quorum" + of_acks);
  CHECK(refusal(R"("cluster": {"nodes": 5})") == "/cluster/nodes" + of_log);
  CHECK(refusal(R"("cluster": {"election": "adopt"})") == "/cluster/election" + of_log);
  CHECK(refusal(R"("cluster": {"eager_percent": 7})") == "/cluster/eager_percent" + of_log);
  CHECK(refusal(R"("cluster": {"election_timeout_ms": 7})") ==
        "/cluster/election_timeout_ms" + of_log);
  CHECK(refusal(R"("workload": {"cas_percent": 7})") == "/workload/cas_percent" + of_log);
  CHECK(refusal(R"("workload": {"asks_leader_percent": 7})") ==
        "/workload/asks_leader_percent" + of_log);
  const auto operation = [](const std::string& members) {
    return R"("workload": {"operations": [{"key": "a", "value": "b", )" + members + "}]}";
  };
  CHECK(refusal(operation(R"("op": "cas", "from": "c")")) == "/workload/operations/0/op" + of_log);
  CHECK(refusal(operation(R"("node": "node-1")")) == "/workload/operations/0/node" + of_log);
}

TEST_CASE("scenario_json: nodes that elect, are numbered, and leader is whoever leads") {
  const std::string elects = R"("profile": "replicated_log", )";
  const auto fault = [&](const std::string& members) {
    return elects + R"("faults": [{"fault": "crash", )" + members + "}]";
  };
  CHECK(read(fault(R"("at_ms": 1, "node": "node-3")")).faults.size() == 1);
  CHECK(read(fault(R"("at_ms": 1, "node": "leader")")).faults.size() == 1);
  CHECK(refusal(fault(R"("at_ms": 1, "node": "node-4")")) ==
        R"(/faults/0/node: there is no node "node-4" (nodes: leader, node-1 .. node-3))");
  CHECK(refusal(
            fault(R"("after": {"node": "leader", "did": "append", "lsn": 1}, "node": "node-1")")) ==
        "/faults/0/after/node: who will lead is not known here: name a node by its number");
}

TEST_CASE("scenario_json: the greatest seed, is kept to its last bit") {
  CHECK(read(R"("seed": 18446744073709551615)").seed == std::numeric_limits<std::uint64_t>::max());
  CHECK(refusal(R"("seed": 18446744073709551616)") ==
        "/seed: must be a whole number from 0 to 18446744073709551615, not the number "
        "18446744073709551616");
}

TEST_CASE("scenario_json: a range as a number, is pinned") {
  CHECK(read(R"("cluster": {"followers": 4})").cluster.followers == Range{4, 4});
}

TEST_CASE("scenario_json: a range from min to max, is both") {
  CHECK(read(R"("cluster": {"followers": {"min": 2, "max": 4}})").cluster.followers == Range{2, 4});
  CHECK(refusal(R"("cluster": {"followers": {"min": 4, "max": 2}})") ==
        "/cluster/followers: min 4 is greater than max 2");
  CHECK(refusal(R"("cluster": {"followers": {"min": 2}})") ==
        "/cluster/followers/max: a range needs this key");
}

TEST_CASE("scenario_json: a delay, is a number or a range with a distribution") {
  CHECK(read(R"("network": {"delay": 7})").network.delay == Delay{{7, 7}, Distribution::uniform});
  CHECK(read(R"("network": {"delay": {"min": 1, "max": 9}})").network.delay ==
        Delay{{1, 9}, Distribution::uniform});
  CHECK(read(R"("disk": {"sync": {"min": 1, "max": 9, "distribution": "long_tail"}})").disk.sync ==
        Delay{{1, 9}, Distribution::long_tail});
}

TEST_CASE("scenario_json: the cluster, network and clock, fill their members") {
  const Scenario scenario = read(R"(
    "cluster": {"quorum": "majority_of_all", "write_timeout_ms": 1, "heartbeat_ms": 2,
                "peer_silence_ms": {"min": 3, "max": 4}, "ship_bytes": 5},
    "network": {"split_percent": 4, "join_percent": 5, "short_write_percent": 6},
    "clock": {"drift_ppm": {"min": -200000, "max": 200000}}, "recover_within_ms": 7)");
  CHECK(scenario.cluster == ClusterSpec{{2, 2}, QuorumRule::majority_of_all, 1, 2, {3, 4}, {5, 5}});
  CHECK(scenario.network == NetworkSpec{NetworkSpec().delay, 4, 5, 6});
  CHECK(scenario.clock == ClockSpec{{-200000, 200000}});
  CHECK(scenario.recover_within_ms == 7);
}

TEST_CASE("scenario_json: a drawn workload, fills its members") {
  const WorkloadSpec workload = read(R"("workload": {"clients": 2, "keys": 3, "writes": 4,
      "value_bytes": 5, "think_us": 6, "reads_percent": 7, "deletes_percent": 8,
      "pipeline": 9, "pipelined_percent": 10})")
                                    .workload;
  CHECK(workload == WorkloadSpec{{2, 2}, {3, 3}, {4, 4}, {5, 5}, {6, 6}, 7, 8, {9, 9}, 10, {}});
}

TEST_CASE("scenario_json: operations, are a set unless they say otherwise") {
  const WorkloadSpec workload = read(R"("workload": {"operations": [
      {"key": "a", "value": ""}, {"op": "get", "key": "a", "client": 2, "at_ms": 9},
      {"op": "del", "key": "b"}]})")
                                    .workload;
  CHECK(workload.operations == std::vector<Operation>{{0, 1, OperationKind::set, "a", ""},
                                                      {9, 2, OperationKind::get, "a", ""},
                                                      {0, 1, OperationKind::del, "b", ""}});
}

TEST_CASE("scenario_json: a set without a value or a get with one, is refused") {
  const auto operation = [](const std::string& members) {
    return refusal(R"("workload": {"operations": [{"key": "a", )" + members + "}]}");
  };
  CHECK(operation(R"("op": "set")") == R"(/workload/operations/0/value: op "set" needs this key)");
  CHECK(operation(R"("op": "get", "value": "1")") ==
        R"(/workload/operations/0/value: op "get" has no such key)"
        " (keys: op, at_ms, client, key, node)");
}

TEST_CASE("scenario_json: operations of a client with a pipeline, are its own and their depth") {
  const WorkloadSpec workload =
      read(R"("workload": {"pipeline": 8, "operations": [{"key": "a", "value": "b"}]})").workload;
  CHECK((workload.pipeline == Range{8, 8} && workload.operations.size() == 1));
}

TEST_CASE("scenario_json: operations beside what would be drawn, are refused") {
  CHECK(
      refusal(
          R"("workload": {"pipelined_percent": 9, "operations": [{"key": "a", "value": "b"}]})") ==
      R"(/workload/pipelined_percent: means nothing beside "operations"; leave one of them out)");
  CHECK(refusal(R"("workload": {"writes": 9, "operations": [{"key": "a", "value": "b"}]})") ==
        R"(/workload/writes: means nothing beside "operations"; leave one of them out)");
}

TEST_CASE("scenario_json: every kind of fault with all its keys, is read") {
  const auto faults = read(R"("faults": [
    {"fault": "delay", "at_ms": 1, "node": "leader", "peer": "follower-1", "for_ms": 2, "by_us": 3},
    {"fault": "hold", "at_ms": 1, "node": "leader", "peer": "follower-1", "by_us": 3, "lsn": 4},
    {"fault": "cut", "at_ms": 1, "node": "leader", "peer": "follower-1"},
    {"fault": "partition", "at_ms": 1, "node": "leader", "peer": "follower-1", "for_ms": 2,
     "direction": "from_peer"},
    {"fault": "corrupt", "at_ms": 1, "node": "leader", "peer": "follower-1", "part": "head",
     "lsn": 4, "count": 5},
    {"fault": "inject_ack", "at_ms": 1, "node": "follower-1", "peer": "leader", "ack": "beyond"},
    {"fault": "crash", "at_ms": 1, "node": "leader", "restart_after_ms": 6, "survives_percent": 7,
     "torn": true},
    {"fault": "pause", "at_ms": 1, "node": "leader", "for_ms": 2},
    {"fault": "slow_disk", "at_ms": 1, "node": "leader", "for_ms": 2, "by_us": 3},
    {"fault": "disk_full", "at_ms": 1, "node": "leader", "for_ms": 2, "room_bytes": 8},
    {"fault": "fail_sync", "at_ms": 1, "node": "leader", "restart_after_ms": 6},
    {"fault": "damage_disk", "at_ms": 1, "node": "leader", "lsn": 4},
    {"fault": "wake_up", "at_ms": 1, "node": "leader", "for_ms": 2, "by_us": 3}])")
                          .faults;
  REQUIRE(faults.size() == kFaultKinds);
  for (std::size_t i = 0; i < faults.size(); ++i) CHECK(faults[i].fault == FaultKind(i));
  CHECK(faults[0].by_us == 3);
  CHECK(faults[1].lsn == 4);
  CHECK(faults[3].direction == Direction::from_peer);
  CHECK(faults[4].part == CorruptPart::head);
  CHECK(faults[4].count == 5);
  CHECK(faults[5].ack == InjectedAck::beyond);
  CHECK(faults[6].restart_after_ms == 6);
  CHECK(faults[6].survives_percent == 7);
  CHECK(faults[6].torn);
  CHECK(faults[9].room_bytes == 8);
  CHECK(faults[12].for_ms == 2);
}

TEST_CASE(
    "scenario_json: a full disk's room, is none unless given, and one that can't be is refused") {
  const auto full = [](const std::string& keys) {
    return fault(R"("fault": "disk_full", "at_ms": 1, "node": "leader", "for_ms": 2)" + keys);
  };
  CHECK(read(full("")).faults[0].room_bytes == 0);
  CHECK(read(full(R"(, "room_bytes": 0)")).faults == read(full("")).faults);
  CHECK(refusal(full(R"(, "room_bytes": -1)")) ==
        "/faults/0/room_bytes: must be from 0 to 1000000000, not -1");
  CHECK(refusal(full(R"(, "room_bytes": 1000000001)")) ==
        "/faults/0/room_bytes: must be from 0 to 1000000000, not 1000000001");
  CHECK(refusal(full(R"(, "room_bytes": {"min": 1, "max": 2})")) ==
        "/faults/0/room_bytes: must be a whole number from 0 to 1000000000, not an object");
  CHECK(refusal(full(R"(, "room_byte": 1)")) ==
        R"(/faults/0/room_byte: fault "disk_full" has no such key; did you mean "room_bytes"?)"
        " (keys: fault, at_ms, after, node, for_ms, room_bytes)");
  CHECK(refusal(fault(R"("fault": "slow_disk", "at_ms": 1, "node": "leader", "for_ms": 2,
                         "by_us": 3, "room_bytes": 4)")) ==
        R"(/faults/0/room_bytes: fault "slow_disk" has no such key)"
        " (keys: fault, at_ms, after, node, for_ms, by_us)");
}

TEST_CASE("scenario_json: a fault right after a step of a node, is read") {
  const auto faults = read(fault(R"("fault": "crash", "node": "leader",
      "after": {"node": "follower-1", "did": "ack", "lsn": 3})"))
                          .faults;
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].after == After{"follower-1", Moment::ack, 3});
  CHECK_FALSE(faults[0].restart_after_ms.has_value());
}

TEST_CASE("scenario_json: a fault with both at_ms and after or with neither, is refused") {
  CHECK(refusal(fault(R"("fault": "cut", "node": "leader", "at_ms": 1,
                         "after": {"node": "leader", "did": "ship", "lsn": 1})")) ==
        "/faults/0/after: only one of these may be given: at_ms, after");
  CHECK(refusal(fault(R"("fault": "cut", "node": "leader")")) ==
        "/faults/0/at_ms: one of these must be given: at_ms, after");
}

TEST_CASE("scenario_json: a key that means nothing for a kind of fault, is refused") {
  CHECK(
      refusal(fault(R"("fault": "pause", "at_ms": 1, "node": "leader", "for_ms": 1,
                         "torn": true)")) ==
      R"(/faults/0/torn: fault "pause" has no such key (keys: fault, at_ms, after, node, for_ms))");
  CHECK(refusal(fault(R"("fault": "pause", "at_ms": 1, "node": "leader")")) ==
        R"(/faults/0/for_ms: fault "pause" needs this key)");
}

TEST_CASE("scenario_json: a node that is not there, is refused with the nodes there are") {
  const std::string four = R"("cluster": {"followers": {"min": 1, "max": 4}}, )";
  const auto crash = [](const std::string& node) {
    return fault(R"("fault": "crash", "at_ms": 1, "node": ")" + node + '"');
  };
  CHECK(refusal(four + crash("folower-1")) ==
        R"(/faults/0/node: there is no node "folower-1"; did you mean "follower-1"?)"
        " (nodes: leader, follower-1 .. follower-4)");
  CHECK(refusal(crash("follower-3")) ==
        R"(/faults/0/node: there is no node "follower-3" (nodes: leader, follower-1, follower-2))");
  CHECK(refusal(fault(R"("fault": "crash", "node": "leader",
                         "after": {"node": "lead", "did": "sync", "lsn": 1})")) ==
        R"(/faults/0/after/node: there is no node "lead"; did you mean "leader"?)"
        " (nodes: leader, follower-1, follower-2)");
  CHECK(read(four + crash("follower-4")).faults.size() == 1);
}

TEST_CASE("scenario_json: a link from a node to itself, is refused") {
  CHECK(refusal(fault(R"("fault": "cut", "at_ms": 1, "node": "leader", "peer": "leader")")) ==
        R"(/faults/0/peer: a link has two ends, but node is "leader" too)");
}

TEST_CASE("scenario_json: random faults, are kept in the order of their kinds") {
  const RandomFaultsSpec random = read(R"("random_faults": {
      "wake_up": {"chance_percent": 5, "for_ms": 6, "by_us": {"min": 7, "max": 8}},
      "window_ms": {"min": 1, "max": 2},
      "crash": {"chance_percent": 100, "count": {"min": 1, "max": 3}, "for_ms": 4}})")
                                      .random_faults;
  CHECK(random.window_ms == Range{1, 2});
  CHECK(random.faults == std::vector<RandomFault>{{FaultKind::crash, 100, {1, 3}, {4, 4}, {0, 0}},
                                                  {FaultKind::wake_up, 5, {1, 1}, {6, 6}, {7, 8}}});
}

TEST_CASE("scenario_json: the room on disks that fill up at random, is a number or a range") {
  const auto room_of = [](const std::string& keys) {
    return read(R"("random_faults": {"disk_full": {"chance_percent": 5, "for_ms": 6)" + keys + "}}")
        .random_faults.faults.at(0)
        .room_bytes;
  };
  CHECK(room_of("") == Range{0, 0});
  CHECK(room_of(R"(, "room_bytes": 7)") == Range{7, 7});
  CHECK(room_of(R"(, "room_bytes": {"min": 0, "max": 900})") == Range{0, 900});
  CHECK(refusal(R"("random_faults": {"disk_full": {"chance_percent": 5, "for_ms": 6,
                   "room_bytes": {"min": 9, "max": 8}}})") ==
        "/random_faults/disk_full/room_bytes: min 9 is greater than max 8");
  CHECK(refusal(R"("random_faults": {"disk_full": {"chance_percent": 5, "for_ms": 6,
                   "room_bytes": {"min": -9, "max": 8}}})") ==
        "/random_faults/disk_full/room_bytes/min: must be from 0 to 1000000000, not -9");
  CHECK(refusal(R"("random_faults": {"pause": {"chance_percent": 5, "for_ms": 6,
                   "room_bytes": 1}})") ==
        R"(/random_faults/pause/room_bytes: random fault "pause" has no such key)"
        " (keys: chance_percent, count, for_ms)");
}

TEST_CASE("scenario_json: a random fault without its chance or with a foreign key, is refused") {
  CHECK(refusal(R"("random_faults": {"cut": {}})") ==
        R"(/random_faults/cut/chance_percent: random fault "cut" needs this key)");
  CHECK(refusal(R"("random_faults": {"cut": {"chance_percent": 1, "by_us": 1}})") ==
        R"(/random_faults/cut/by_us: random fault "cut" has no such key)"
        " (keys: chance_percent, count)");
  CHECK(refusal(R"("random_faults": {"crush": {}})").find(R"(mean "crash"?)") != std::string::npos);
}

TEST_CASE("scenario_json: what must come out, is read") {
  const ExpectSpec expect = read(R"("expect": {"ok": 1, "timeout": 2, "error": {"min": 3, "max": 4},
      "lost": 5, "write_ms": 6, "last_lsn": 7, "reached": ["sometimes_a"],
      "digest": "0123456789abcdef"})")
                                .expect;
  CHECK(expect == ExpectSpec{Range{1, 1},
                             Range{2, 2},
                             Range{3, 4},
                             Range{5, 5},
                             Range{6, 6},
                             Range{7, 7},
                             {"sometimes_a"},
                             "0123456789abcdef"});
}

TEST_CASE("scenario_json: a digest that is not 16 digits in lower case, is refused") {
  for (const char* digest : {"0123456789abcde", "0123456789ABCDEF", "", "0x23456789abcdef"})
    CHECK(refusal(R"("expect": {"digest": ")" + std::string(digest) + R"("})") ==
          R"(/expect/digest: must be 16 hexadecimal digits in lower case, not ")" +
              std::string(digest) + '"');
}

TEST_CASE("scenario_json: a probe that is not known, is refused when the known ones are told") {
  constexpr std::array<std::string_view, 2> kKnown{"sometimes_torn_tail", "sometimes_timeout"};
  const std::string text =
      with(R"("expect": {"reached": ["sometimes_timeout", "sometimes_timout"]})");
  CHECK(refusal_of_text(text, kKnown) ==
        R"(/expect/reached/1: there is no probe "sometimes_timout"; did you mean)"
        R"( "sometimes_timeout"? (known: sometimes_torn_tail, sometimes_timeout))");
  CHECK(refusal_of_text(text) == "it was read");
}

TEST_CASE("scenario_json: a misspelt key or word, is told what was meant") {
  CHECK(refusal(R"("cluster": {"folowers": 2})") ==
        R"(/cluster/folowers: there is no such key; did you mean "followers"? (keys: followers,)"
        " quorum, nodes, election, election_timeout_ms, eager_percent, stands_after_ms, names, "
        "snapshot_bytes, log_kept_bytes, max_sessions, write_timeout_ms, heartbeat_ms, "
        "peer_silence_ms, ship_bytes)");
  CHECK(refusal(R"("cluster": {"quorum": "Majority-of-all"})") ==
        R"(/cluster/quorum: there is no "Majority-of-all"; did you mean "majority_of_all"?)"
        " (known: followers_majority, majority_of_all)");
}

TEST_CASE("scenario_json: a number beyond its limits, is told them") {
  CHECK(refusal(R"("cluster": {"followers": 7})") ==
        "/cluster/followers: must be from 1 to 6, not 7");
  CHECK(refusal(R"("network": {"join_percent": -1})") ==
        "/network/join_percent: must be from 0 to 100, not -1");
  CHECK(refusal(R"("recover_within_ms": 99999999999999999999)") ==
        "/recover_within_ms: must be from 1 to 3600000, not 99999999999999999999");
  CHECK(refusal(R"("network": {"join_percent": 5.0})") ==
        "/network/join_percent: must be a whole number from 0 to 100, not the number 5.0");
}

TEST_CASE("scenario_json: no about or a blank one or two lines, is refused") {
  CHECK(refusal_of_text("{}") == "/about: must be given");
  CHECK(refusal_of_text(R"({"about": "  "})") == "/about: must be one sentence; it is blank");
  CHECK(refusal_of_text(R"({"about": "a\nb"})") ==
        "/about: must be one sentence on one line, without control characters");
}

TEST_CASE("scenario_json: keys and texts that break lines, are told on one line") {
  CHECK(refusal(R"("a/b~\nc": 1)").starts_with(R"(/a~1b~0\nc: there is no such key (keys: )"));
  CHECK(refusal(R"("seed": "1\n2")").ends_with(R"(not the text "1\n2")"));
}

TEST_CASE("scenario_json: a file, is read and named") {
  const TestFile file(R"({"about": "A file."})");
  CHECK(read_scenario_file(file.path()).about == "A file.");
  CHECK(read_scenario_file(file.path()).file == file.path());
}

TEST_CASE("scenario_json: a file that is not there or a directory, is refused") {
  CHECK_THROWS_WITH_AS(read_scenario_file("/no/such.json"), "/no/such.json: there is no such file",
                       ScenarioError);
  CHECK_THROWS_WITH_AS(read_scenario_file("/"), "/: this is a directory, not a file",
                       ScenarioError);
}

TEST_CASE("scenario_json: a file that nobody may read, is refused") {
  const TestFile file(R"({"about": "A file."})");
  std::filesystem::permissions(file.path(), std::filesystem::perms::none);
  if (std::ifstream(file.path()).is_open()) return;  // root may read everything
  CHECK(file.refusal().starts_with(file.path() + ": can't be opened: "));
}

TEST_CASE("scenario_json: an empty file or one above 4 MiB, is refused") {
  CHECK(TestFile("").refusal().ends_with(".json: line 1, column 1: the text is empty"));
  const std::string largest = R"({"about": "Large."})" + std::string(reading::kLargestText, ' ');
  CHECK(TestFile(largest.substr(0, reading::kLargestText)).refusal() == "it was read");
  CHECK(TestFile(largest.substr(0, reading::kLargestText + 1)).refusal().find("is larger than") !=
        std::string::npos);
}

TEST_CASE("scenario_json: each word, stands for one enumerator and back") {
  for (const auto& [value, word] : names<FaultKind>()) {
    CHECK(to_text(value) == word);
    CHECK(from_text<FaultKind>(word) == value);
  }
  CHECK(to_text(Moment::reply) == "reply");
  CHECK(from_text<QuorumRule>("majority_of_all") == QuorumRule::majority_of_all);
  CHECK_FALSE(from_text<Direction>("sideways").has_value());
}
