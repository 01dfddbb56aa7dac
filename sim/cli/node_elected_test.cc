// Do real members elect a leader, and does any of them serve? Three `quorate node` as processes.
#include <doctest/doctest.h>

#include <csignal>
#include <memory>

#include "sim/cli/real/cluster_file.h"
#include "sim/cli/real/own_port.h"
#include "sim/cli/real/processes_fixture.h"
#include "sim/cli/real/real_error.h"
#include "sim/cli/real/resp_client.h"

using namespace quorate;
using namespace quorate::cli;

namespace {

namespace fs = std::filesystem;

// Three members, by their numbers.
class Cluster : public TestFolder {
 public:
  explicit Cluster(ElectionRule election) : ports_(6), nodes_(3) {
    ClusterFile cluster;
    cluster.profile = Profile::replicated_log;
    cluster.election = election;
    for (std::uint32_t n = 1; n <= 3; ++n) {
      const std::string name = node_name(NodeId(n), cluster.profile);
      cluster.members.push_back(
          {name, ports_[n * 2 - 2].address(), ports_[n * 2 - 1].address(), "data/" + name});
      fs::create_directories(path() + "/data/" + name);
    }
    std::ofstream(config(), std::ios::binary) << text_of(cluster);
    for (std::uint32_t n = 1; n <= 3; ++n) start(n);
  }

  void start(std::uint32_t n) {
    nodes_[n - 1] = std::make_unique<Run>(
        *this, std::vector<std::string>{"node", "--config", config(), "--id",
                                        node_name(NodeId(n), Profile::replicated_log)});
  }
  void kill(std::uint32_t n) {
    nodes_[n - 1]->signal(SIGKILL);
    REQUIRE(nodes_[n - 1]->code() == -1);
    nodes_[n - 1].reset();
  }
  int stop(std::uint32_t n) {
    nodes_[n - 1]->signal(SIGTERM);
    return nodes_[n - 1]->code();
  }
  const Run& node(std::uint32_t n) const { return *nodes_[n - 1]; }

  // "OK", the value, the number, or the error; "" where nobody answers.
  std::string ask(std::uint32_t n, std::initializer_list<std::string_view> words) const {
    try {
      const RespAnswer answer =
          RespClient(ports_[n * 2 - 1].address(), test_deadline()).ask(words, test_deadline());
      return answer.kind == RespKind::integer ? std::to_string(answer.integer) : answer.text;
    } catch (const RealError&) {
      return "";
    }
  }
  // Asks again and again until that is the answer: while there is no leader, nothing is done.
  bool comes_to(std::uint32_t n, std::initializer_list<std::string_view> words,
                const std::string& wanted) const {
    return comes_true([&] { return nodes_[n - 1] != nullptr && ask(n, words) == wanted; });
  }
  // Who leads, as those that run say. 0: they don't agree, or nobody does.
  std::uint32_t leader() const {
    std::uint32_t leader = 0;
    for (std::uint32_t n = 1; n <= 3; ++n) {
      if (nodes_[n - 1] == nullptr) continue;
      const std::string info = ask(n, {"INFO"});
      const std::size_t at = info.find("leader:");
      const std::uint32_t said =
          at == std::string::npos ? 0 : static_cast<std::uint32_t>(info[at + 7] - '0');
      if (said == 0 || (leader != 0 && said != leader)) return 0;
      leader = said;
    }
    return nodes_[leader - (leader > 0 ? 1 : 0)] == nullptr ? 0 : leader;
  }

 private:
  std::string config() const { return path() + "/cluster.json"; }

  std::vector<OwnPort> ports_;
  std::vector<std::unique_ptr<Run>> nodes_;
};

}  // namespace

TEST_CASE("node: three that elect their leader, serve at each, and go on when it is killed") {
  for (const ElectionRule rule : {ElectionRule::most_up_to_date, ElectionRule::adopt}) {
    CAPTURE(to_text(rule));
    Cluster cluster(rule);
    for (std::uint32_t n = 1; n <= 3; ++n) {
      CHECK(cluster.comes_to(n, {"SET", "k", std::to_string(n)}, "OK"));
      for (std::uint32_t at = 1; at <= 3; ++at)
        CHECK(cluster.comes_to(at, {"GET", "k"}, std::to_string(n)));
    }
    CHECK(cluster.comes_to(2, {"ONCE", "7", "1", "CAS", "k", "3", "4"}, "1"));
    std::uint32_t first = 0;
    REQUIRE(comes_true([&] { return (first = cluster.leader()) != 0; }));
    CHECK(cluster.node(first).says("is elected and leads in generation"));
    cluster.kill(first);
    for (std::uint32_t n = 1; n <= 3; ++n) {
      if (n == first) continue;
      CHECK(cluster.comes_to(n, {"GET", "k"}, "4"));
      CHECK(cluster.comes_to(n, {"ONCE", "7", "1", "CAS", "k", "3", "4"}, "1"));  // as before
    }
    const std::uint32_t other = first == 1 ? 2 : 1;
    CHECK(cluster.comes_to(other, {"SET", "k", "5"}, "OK"));
    cluster.start(first);
    CHECK(cluster.comes_to(first, {"GET", "k"}, "5"));
    CHECK(cluster.node(first).says("follows node-"));
    for (std::uint32_t n = 1; n <= 3; ++n) CHECK(cluster.stop(n) == 0);
  }
}

TEST_CASE("node: one of three that elect, alone, says that no leader is known") {
  Cluster cluster(ElectionRule::most_up_to_date);
  REQUIRE(cluster.comes_to(1, {"SET", "k", "v"}, "OK"));
  cluster.kill(2);
  cluster.kill(3);
  CHECK(cluster.comes_to(1, {"SET", "k", "w"}, "NOTLEADER no leader is known; nothing was done"));
}
