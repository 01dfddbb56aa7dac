#include "sim/cli/real/cluster_file.h"

#include <doctest/doctest.h>

#include "sim/cli/bad_input.h"
#include "sim/scenario/scenario_error.h"

using namespace quorate;
using namespace quorate::cli;

namespace {

// A member whose ports begin with its number.
std::string member(const std::string& name, int number, const std::string& more = "") {
  return R"({"name": ")" + name + R"(", "peers": "127.0.0.1:)" + std::to_string(number) +
         R"(01", "clients": "127.0.0.1:)" + std::to_string(number) + R"(02")" + more + "}";
}

std::string file_of(const std::string& members, const std::string& keys = "") {
  return "{" + keys + R"("members": [)" + members + "]}";
}

std::string error_of(const std::string& text) {
  try {
    read_cluster_text(text, "etc/cluster.json");
  } catch (const sim::ScenarioError& error) {
    return error.what();
  }
  return "";
}

const std::string kTwo = member("leader", 70) + ", " + member("follower-1", 71);

}  // namespace

TEST_CASE("cluster file: only addresses are given, and all else has its default") {
  const ClusterFile cluster = read_cluster_text(file_of(kTwo), "etc/cluster.json");
  CHECK((cluster.cluster == 1 && cluster.synced && cluster.max_clients == 10'000));
  CHECK(cluster.quorum == QuorumRule::followers_majority);
  CHECK((cluster.write_timeout_ms == 1000 && cluster.heartbeat_ms == 100));
  CHECK(cluster.peer_silence_ms == 500);
  CHECK(member_config(cluster, "leader").node.snapshot_bytes == NodeConfig().snapshot_bytes);
  CHECK(member_config(cluster, "leader").node.log_kept_bytes == NodeConfig().log_kept_bytes);
  REQUIRE(cluster.members.size() == 2);
  CHECK(cluster.members[1].data == "etc/data/follower-1");
}

TEST_CASE("cluster file: members that elect their leader, are numbered") {
  const std::string three =
      member("node-1", 70) + ", " + member("node-2", 71) + ", " + member("node-3", 72);
  const ClusterFile cluster =
      read_cluster_text(file_of(three, R"("profile": "replicated_log", "election": "adopt",
                 "election_timeout_ms": 250, "snapshot_bytes": 50000,
                 "log_kept_bytes": 0, )"),
                        "etc/cluster.json");
  const MemberConfig config = member_config(cluster, "node-3");
  CHECK((config.node.id == NodeId(3) && config.node.elects()));
  CHECK(config.node.election == ElectionRule::adopt);
  CHECK(config.node.election_timeout == milliseconds(250));
  CHECK(config.folder == "etc/data/node-3");
  const ClusterFile again = read_cluster_text(text_of(cluster), "etc/cluster.json");
  CHECK((again.profile == cluster.profile && again.election == cluster.election));
  CHECK(again.election_timeout_ms == 250);
  for (const MemberConfig& read : {config, member_config(again, "node-1")}) {
    CHECK(read.node.snapshot_bytes == ByteCount(50'000));
    CHECK(read.node.log_kept_bytes == ByteCount());
  }
  CHECK(error_of(file_of(kTwo, R"("profile": "replicated_log", )")) ==
        "etc/cluster.json: /members/0/name: must be \"node-1\", not \"leader\": the members are "
        "numbered, and any may lead");
  CHECK(error_of(file_of(three, R"("profile": "replicated_log", "heartbeat_ms": 300, )")) ==
        "etc/cluster.json: /election_timeout_ms: must be more than heartbeat_ms, which is 300, not "
        "300");
  CHECK(error_of(file_of(three, R"("profile": "replicatedlog", )")) ==
        "etc/cluster.json: /profile: there is no \"replicatedlog\"; did you mean "
        "\"replicated_log\"? (known: ack_quorum, replicated_log)");
}

TEST_CASE("cluster file: all is given, and a member has it") {
  const ClusterFile cluster =
      read_cluster_text(file_of(member("leader", 70, R"(, "data": "/var/lib/q")") + ", " +
                                    member("follower-1", 71, R"(, "data": "far/away")"),
                                R"("cluster": 18446744073709551615, "quorum": "majority_of_all",
                 "write_timeout_ms": 20, "heartbeat_ms": 30, "peer_silence_ms": 40,
                 "synced": false, "max_clients": 50, )"),
                        "etc/cluster.json");
  const MemberConfig config = member_config(cluster, "follower-1");
  CHECK(config.node.id == NodeId(2));
  CHECK((config.node.members == 2 && config.node.cluster == 18446744073709551615U));
  CHECK(config.node.quorum == QuorumRule::majority_of_all);
  CHECK(config.node.write_timeout == milliseconds(20));
  CHECK(config.node.heartbeat == milliseconds(30));
  CHECK(config.node.peer_silence == milliseconds(40));
  CHECK((!config.synced && config.max_clients == 50 && config.folder == "etc/far/away"));
  REQUIRE(config.places.size() == 2);
  CHECK(
      (config.places[0].peers == "127.0.0.1:7001" && config.places[1].clients == "127.0.0.1:7102"));
  CHECK(member_config(cluster, "leader").folder == "/var/lib/q");
}

TEST_CASE("cluster file: what is written, is read as it was") {
  ClusterFile cluster = read_cluster_text(file_of(kTwo, R"("cluster": 9, )"), "/etc/cluster.json");
  cluster.members[0].data = "/a \"quoted\\ \n folder";
  const ClusterFile again = read_cluster_text(text_of(cluster), "/etc/cluster.json");
  CHECK(text_of(again) == text_of(cluster));
  CHECK((again.cluster == 9 && again.members[0].data == cluster.members[0].data));
}

TEST_CASE("cluster file: what can't be meant, is an error with its place and cause") {
  struct Row {
    std::string text;
    std::string error;
  };
  std::string many = kTwo;
  for (int n = 2; n < 33; ++n) many += ", " + member("follower-" + std::to_string(n), 70 + n);
  const Row rows[] = {
      {"", "line 1, column 1: "},
      {"[]", "/: must be an object, not a list"},
      {"{}", "/members: must be given"},
      {file_of(""), "/members: must have from 1 to 32 items, not 0"},
      {file_of(many), "/members: must have from 1 to 32 items, not 33"},
      {file_of(kTwo, R"("qorum": 1, )"), R"(/qorum: there is no such key; did you mean "quorum"?)"},
      {file_of(kTwo, R"("quorum": "all", )"), R"(/quorum: there is no "all")"},
      {file_of(kTwo, R"("cluster": -1, )"), "/cluster: must be a whole number from 0 to"},
      {file_of(kTwo, R"("synced": 1, )"), "/synced: must be true or false, not the number 1"},
      {file_of(kTwo, R"("write_timeout_ms": 0, )"), "/write_timeout_ms: must be from 1 to"},
      {file_of(kTwo, R"("write_timeout_ms": 1.5, )"), "/write_timeout_ms: must be a whole number"},
      {file_of(kTwo, R"("snapshot_bytes": -1, )"), "/snapshot_bytes: must be from 0 to"},
      {file_of(kTwo, R"("log_kept_bytes": 1000000001, )"), "/log_kept_bytes: must be from 0 to"},
      {file_of(kTwo, R"("snapshot_bytes": 50000, )"),
       "/snapshot_bytes: counts in the profile replicated_log only; this is ack_quorum"},
      {file_of(kTwo, R"("log_kept_bytes": 0, )"),
       "/log_kept_bytes: counts in the profile replicated_log only; this is ack_quorum"},
      {file_of(kTwo, R"("max_clients": 0, )"), "/max_clients: must be from 1 to"},
      {file_of(kTwo, R"("peer_silence_ms": 100, )"),
       "/peer_silence_ms: must be more than heartbeat_ms, which is 100, not 100"},
      {file_of(R"({"name": "leader"})"), "/members/0/peers: a member needs this key"},
      {file_of(member("leader", 70, R"(, "port": 1)")),
       "/members/0/port: a member has no such key"},
      {file_of(member("leader", 70, R"(, "data": "")")), "/members/0/data: must not be empty"},
      {file_of(member("alpha", 70)), R"(/members/0/name: must be "leader", not "alpha")"},
      {file_of(member("leader", 70) + "," + member("leader", 71)),
       R"(/members/1/name: "leader" is the name of member 0 too)"},
      {file_of(member("leader", 70) + "," + member("follower-2", 71)),
       R"(/members/1/name: must be "follower-1", not "follower-2")"},
      {file_of(member("leader", 70) + "," + member("follower-1", 70)),
       R"(/members/1/peers: "127.0.0.1:7001" is the address for the peers of leader too)"},
      {file_of(member("leader", 99999)), R"(/members/0/peers: the address "127.0.0.1:9999901")"},
      {file_of(R"({"name": "leader", "peers": "7001", "clients": "127.0.0.1:7002"})"),
       R"(/members/0/peers: the address "7001": write it as host:port)"},
      {file_of(R"({"name": "leader", "peers": "127.0.0.1:7001", "clients": "127.0.0.1:7001"})"),
       R"(/members/0/clients: "127.0.0.1:7001" is the address for the peers of leader too)"},
  };
  for (const Row& row : rows) {
    const std::string error = error_of(row.text);
    CHECK_MESSAGE(error.starts_with("etc/cluster.json: " + row.error), row.text, "\n", error);
  }
}

TEST_CASE("cluster file: two spellings of one address, are one address") {
  const std::string error = error_of(
      file_of(R"({"name": "leader", "peers": "127.0.0.1:7001", "clients": "127.0.0.01:7001"})"));
  CHECK(error.find("is the address for the peers of leader too") != std::string::npos);
}

TEST_CASE("cluster file: a name that there is not, is refused with what was perhaps meant") {
  const ClusterFile cluster = read_cluster_text(file_of(kTwo), "etc/cluster.json");
  try {
    member_config(cluster, "folower-1");
    FAIL("it was taken");
  } catch (const BadInput& error) {
    CHECK(std::string(error.what()) ==
          "--id: etc/cluster.json has no member \"folower-1\"; did you mean \"follower-1\"? "
          "(members: leader, follower-1)");
  }
}
