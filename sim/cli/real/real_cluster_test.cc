#include "sim/cli/real/real_cluster.h"

#include <doctest/doctest.h>

#include <csignal>

#include "core/posix/listener.h"
#include "sim/cli/real/processes_fixture.h"
#include "sim/cli/real/real_error.h"
#include "sim/cli/real/relay.h"
#include "sim/cli/real/resp_client.h"

using namespace quorate;
using namespace quorate::cli;

namespace {

constexpr NodeId kLeader(1), kFirst(2), kSecond(3);

RealClusterSettings settings() {
  RealClusterSettings settings;
  settings.program = QUORATE_BINARY;
  settings.write_timeout = milliseconds(5000);  // the machine may be busy with other things
  settings.peer_silence = milliseconds(3000);
  return settings;
}

struct Running : TestFolder {
  RealCluster cluster;

  explicit Running(const RealClusterSettings& how = settings()) : cluster(how) {
    cluster.start_all();
  }
  RespAnswer ask(std::initializer_list<std::string_view> words, NodeId node = kLeader) {
    return RespClient(cluster.clients_of(node), test_deadline()).ask(words, test_deadline());
  }
  // Has `node` decided that, in its present life?
  bool decides(NodeId node, FactKind kind, Lsn lsn = {}) {
    cluster.await("it was decided", cluster.life_of(node), [&](const RealFact& fact) {
      return fact.node == node && fact.fact.kind == kind && fact.fact.lsn >= lsn;
    });
    return true;
  }
};

template <class Action>
std::string error_of(Action action) {
  try {
    action();
  } catch (const RealError& error) {
    return error.what();
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("real cluster: it serves, and followers say where the leader is") {
  Running running;
  CHECK(running.ask({"SET", "k", "v"}).is_ok());
  CHECK(running.ask({"GET", "k"}).text == "v");
  const RespAnswer refused = running.ask({"SET", "k", "w"}, kFirst);
  CHECK(refused.kind == RespKind::error);
  CHECK(contains(refused.text, running.cluster.clients_of(kLeader)));
  CHECK(running.decides(kSecond, FactKind::ack_sent, Lsn(1)));
  CHECK(running.ask({"DEL", "k"}).integer == 1);
  CHECK(running.ask({"GET", "k"}).kind == RespKind::nil);
}

TEST_CASE("real cluster: each member is killed and started again, and nothing is forgotten") {
  Running running;
  RealCluster& cluster = running.cluster;
  CHECK(running.ask({"SET", "k", "v"}).is_ok());
  for (const NodeId node : {kFirst, kSecond, kLeader}) {
    cluster.kill(node);
    CHECK_FALSE(cluster.runs(node));
    cluster.start(node);
    CHECK(running.decides(node, FactKind::started, Lsn(1)));
  }
  CHECK(running.decides(kLeader, FactKind::serving));
  CHECK(running.ask({"GET", "k"}).text == "v");
  CHECK(running.ask({"SET", "k", "w"}).is_ok());
}

TEST_CASE("real cluster: a member that is stopped, says so and ends well, even from a pause") {
  Running running;
  RealCluster& cluster = running.cluster;
  CHECK(cluster.stop(kFirst).text() == "exit code 0");
  CHECK(contains(cluster.output_of(kFirst), "follower-1: stopped, as it was told to\n"));
  cluster.pause(kSecond);
  CHECK(cluster.stop(kSecond).text() == "exit code 0");
}

TEST_CASE("real cluster: a log that can't be read, is an error and not an empty log") {
  Running running;
  RealCluster& cluster = running.cluster;
  CHECK(running.ask({"SET", "k", "v"}).is_ok());
  cluster.stop(kFirst);
  CHECK(cluster.log_file(kFirst).bytes.size() ==
        std::filesystem::file_size(cluster.log_of(kFirst)));
  std::filesystem::remove(cluster.log_of(kFirst));
  CHECK_THROWS_AS(cluster.log_file(kFirst), RealError);
}

TEST_CASE("real cluster: a paused follower holds up a write, until it goes on") {
  Running running;
  running.cluster.pause(kSecond);
  RespClient client(running.cluster.clients_of(kLeader), test_deadline());
  client.send({"SET", "k", "v"}, test_deadline());
  CHECK(running.decides(kFirst, FactKind::ack_sent, Lsn(1)));
  running.cluster.resume(kSecond);
  CHECK(client.receive(test_deadline()).is_ok());
}

TEST_CASE("real cluster: a follower dials through a relay, that damages a record") {
  TestFolder folder;
  RealCluster cluster(settings());
  Relay relay(cluster.peers_of(kLeader));
  cluster.dial_through(kFirst, relay.address());
  cluster.start_all();
  CHECK(relay.counts().connections >= 1);
  relay.corrupt_next(sim::CorruptPart::record);
  RespClient client(cluster.clients_of(kLeader), test_deadline());
  CHECK(client.ask({"SET", "k", "v"}, test_deadline()).is_ok());
  cluster.await("the record came damaged", 0, [](const RealFact& fact) {
    return fact.node == kFirst && fact.fact.kind == FactKind::record_damaged;
  });
}

TEST_CASE("real cluster: only changes of state are asked for, and nothing else is heard") {
  RealClusterSettings few = settings();
  few.every_fact = false;
  Running running(few);
  CHECK(running.ask({"SET", "k", "v"}).is_ok());
  for (const NodeId node : {kLeader, kFirst, kSecond}) running.cluster.stop(node);
  for (const RealFact& fact : running.cluster.more(0, test_deadline()))
    CHECK((fact.fact.kind != FactKind::appended && fact.fact.kind != FactKind::shipped));
}

TEST_CASE("real cluster: a member ends by itself, and whoever waits is told which and why") {
  Running running;
  ::kill(running.cluster.pid(kFirst), SIGKILL);
  const std::string error = error_of([&] {
    running.cluster.await("never", running.cluster.facts().count(),
                          [](const RealFact&) { return false; });
  });
  CHECK(contains(error, "follower-1 has ended by itself (signal 9): "));
}

TEST_CASE("real cluster: what is waited for does not come, and it is said what that was") {
  Running running;
  const std::string error = error_of([&] {
    running.cluster.await("pigs flew", 0, MonotonicClock::at_this_moment() + milliseconds(60),
                          [](const RealFact&) { return false; });
  });
  CHECK(error.starts_with("waited in vain, for "));
  CHECK(error.ends_with(" ms, until pigs flew"));
}

TEST_CASE("real cluster: an interrupt, ends every wait") {
  std::atomic<bool> interrupted{false};
  RealClusterSettings how = settings();
  how.interrupted = &interrupted;
  Running running(how);
  RespClient client(running.cluster.clients_of(kLeader), test_deadline(), &interrupted);
  interrupted = true;
  CHECK_THROWS_AS(running.cluster.await("never", running.cluster.facts().count(),
                                        [](const RealFact&) { return false; }),
                  Interrupted);
  CHECK_THROWS_AS(client.receive(test_deadline()), Interrupted);
}

TEST_CASE("real cluster: whoever asks a member that is not there, is told so") {
  Running running;
  const std::string where = running.cluster.clients_of(kFirst);
  RespClient client(where, test_deadline());
  running.cluster.kill(kFirst);
  CHECK(contains(error_of([&] { client.ask({"PING"}, test_deadline()); }), where));
  CHECK(contains(error_of([&] { RespClient again(where, test_deadline()); }),
                 where + " can't be connected to: Connection refused"));
}

TEST_CASE("real cluster: it is over, and there is no process, no file and no port") {
  TestFolder folder;
  std::string port;
  {
    RealCluster cluster(settings());
    cluster.start_all();
    cluster.pause(kSecond);
    port = cluster.peers_of(kLeader);
    CHECK((folder.processes() == 3 && folder.clusters() == 1));
  }
  CHECK(folder.nothing_is_left());
  CHECK_NOTHROW(Listener(parse_address(port), "a test"));
}

TEST_CASE("real cluster: nodes that elect, have a leader once they are started, and each serves") {
  RealClusterSettings how = settings();
  how.profile = Profile::replicated_log;
  const Running running(how);
  for (std::uint32_t n = 1; n <= 3; ++n) {
    CHECK(running.cluster.name_of(NodeId(n)) == "node-" + std::to_string(n));
    const Time until = test_deadline();
    RespClient client(running.cluster.clients_of(NodeId(n)), until);
    CHECK(comes_true([&] { return client.ask({"SET", "k", "v"}, until).is_ok(); }));
  }
}
