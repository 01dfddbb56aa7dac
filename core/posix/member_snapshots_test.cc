// Does a real member outlive its own snapshots? Its log loses its head, and it restarts from the
// rest, or gets from another what it lacks.
#include <doctest/doctest.h>

#include <filesystem>

#include "core/posix/cluster_fixture.h"
#include "core/posix/log_file.h"

using namespace quorate;

namespace {

// Members that elect their leader and take a snapshot at every few writes.
struct Snapshooters : Cluster {
  explicit Snapshooters(std::uint32_t members) : Cluster(members) {
    config().node.profile = Profile::replicated_log;
    config().node.snapshot_bytes = ByteCount(20'000);
    config().node.log_kept_bytes = ByteCount(2'000);
  }
  // Writes "key-0" to "key-<count - 1>" with values of 500 bytes that end in `mark`, to that node.
  void write(std::uint32_t n, int count, char mark) {
    RawClient client(port(n));
    for (int i = 0; i < count; ++i)
      REQUIRE(client.ask({"SET", "key-" + std::to_string(i), std::string(500, mark)}) == "+OK");
  }
  bool has(std::uint32_t n, int count, char mark) {
    RawClient client(port(n));
    for (int i = 0; i < count; ++i) {
      if (client.ask({"GET", "key-" + std::to_string(i)}) != "$500") return false;
      if (client.line() != std::string(500, mark)) return false;
    }
    return true;
  }
};

// The number that INFO says of it.
std::uint64_t told(int port, const std::string& name) {
  RawClient client(port);
  const std::string head = client.ask({"INFO"});
  const std::string info = client.hear(std::stoull(head.substr(1)));
  const std::size_t at = info.find("\n" + name + ":");
  REQUIRE_MESSAGE(at != std::string::npos, info);
  return std::stoull(info.substr(at + name.size() + 2));
}

}  // namespace

TEST_CASE("member: it restarts from a log whose head is dropped, and serves what was in it") {
  Snapshooters cluster(1);
  cluster.start(1);
  REQUIRE(cluster.decides(1, FactKind::serving));
  for (const char mark : {'a', 'b', 'c', 'd'}) cluster.write(1, 40, mark);
  CHECK(cluster.decides(1, FactKind::log_dropped, NodeId(), Lsn(40)));
  const std::uint64_t snapshot = told(cluster.port(1), "snapshot_lsn");
  CHECK(snapshot >= 40);
  CHECK(told(cluster.port(1), "snapshot_bytes") >= 20'000);
  const std::uint64_t low = told(cluster.port(1), "low_water_mark");
  CHECK((low > 0 && low <= snapshot));
  CHECK(told(cluster.port(1), "log_bytes") < std::filesystem::file_size(cluster.log(1)));
  cluster.stop(1);
  REQUIRE(read_log_file(cluster.log(1)).begin > ByteCount());
  cluster.start(1);
  REQUIRE(cluster.decides(1, FactKind::serving));
  CHECK(told(cluster.port(1), "snapshot_lsn") == snapshot);
  CHECK(cluster.has(1, 40, 'd'));
  cluster.write(1, 40, 'e');
  CHECK(cluster.has(1, 40, 'e'));
}

TEST_CASE("member: who was away for longer than the log reaches back, is given a snapshot") {
  Snapshooters cluster(3);
  cluster.start(1);
  cluster.start(2);
  const auto serves = [&cluster] {
    for (const Time end = from_now(kPatience); MonotonicClock::at_this_moment() < end;)
      if (RawClient(cluster.port(1)).ask({"SET", "k", "v"}) == "+OK") return true;
    return false;
  };
  REQUIRE(serves());
  for (const char mark : {'a', 'b', 'c', 'd'}) cluster.write(1, 40, mark);
  const NodeId given_by(static_cast<std::uint32_t>(told(cluster.port(1), "leader")));
  cluster.start(3);
  CHECK((cluster.decides(3, FactKind::snapshot_installed, given_by, Lsn(40))));
  cluster.stop(1);  // the others go on, and the one that has it from a snapshot answers
  for (const Time end = from_now(kPatience); MonotonicClock::at_this_moment() < end;)
    if (RawClient(cluster.port(3)).ask({"SET", "k", "w"}) == "+OK") break;
  CHECK(cluster.has(3, 40, 'd'));
  CHECK(told(cluster.port(3), "low_water_mark") > 0);
}
