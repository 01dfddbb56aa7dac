#include "sim/world/sim_env.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>

#include "core/env/env_contract.h"
#include "sim/world/quiet_world.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

class SimStage final : public EnvStage {
 public:
  explicit SimStage(const NetworkSpec& network) : quiet_(network) {}

  Env env(NodeId node) override {
    env_.emplace(quiet_.world, node, quiet_.witness);
    return {*env_, *env_, *env_};
  }
  bool goes_on_until(const std::function<bool()>& done) override { return quiet_.run_until(done); }
  int told(NodeId node) const override { return quiet_.told(node); }
  SocketId accepted(NodeId node) override { return quiet_.accepted(node); }
  void restart(NodeId node) override { quiet_.restart(node); }

 private:
  QuietWorld quiet_;
  std::optional<SimEnv> env_;
};

}  // namespace

TEST_CASE("sim_env: on a plain network, keeps every clause of the contract") {
  for (const EnvClause& clause : env_contract()) {
    SUBCASE(clause.sentence) {
      SimStage stage(plain_network());
      clause.holds(stage);
    }
  }
}

TEST_CASE("sim_env: on a network that cuts and joins all it can, keeps every clause") {
  for (const EnvClause& clause : env_contract()) {
    SUBCASE(clause.sentence) {
      SimStage stage(wild_network());
      clause.holds(stage);
    }
  }
}

TEST_CASE("sim_env: a disk that is full, takes nothing of an append until its time is over") {
  QuietWorld quiet;
  SimDisk& disk = quiet.world.disk(NodeId(2));
  const Bytes before = disk.file;
  disk.full_until = quiet.world.now() + microseconds(100);
  CHECK(quiet.env(NodeId(2)).append(as_bytes("x")).error() == ErrorKind::disk_full);
  CHECK(disk.file == before);
  quiet.run_for(100);
  CHECK(quiet.env(NodeId(2)).append(as_bytes("x")).ok());
}

TEST_CASE(
    "sim_env: a disk with a little room, takes an append that fits, and of a larger one nothing") {
  QuietWorld quiet;
  SimDisk& disk = quiet.world.disk(NodeId(2));
  const Bytes before = disk.file;
  disk.fill(quiet.world.now() + microseconds(100), ByteCount(5));
  CHECK(quiet.env(NodeId(2)).append(as_bytes("123456")).error() == ErrorKind::disk_full);
  CHECK(disk.file == before);
  CHECK(quiet.env(NodeId(2)).append(as_bytes("123")).ok());
  CHECK(quiet.env(NodeId(2)).append(as_bytes("456")).error() == ErrorKind::disk_full);
  CHECK(quiet.env(NodeId(2)).append(as_bytes("45")).ok());
  CHECK(quiet.env(NodeId(2)).append(as_bytes("6")).error() == ErrorKind::disk_full);
  CHECK(disk.size() == ByteCount(before.size() + 5));
  CHECK(quiet.env(NodeId(2)).cut(ByteCount(before.size() + 2)).ok());
  CHECK(quiet.env(NodeId(2)).append(as_bytes("abc")).ok());
  quiet.run_for(100);
  CHECK(quiet.env(NodeId(2)).append(as_bytes("123456")).ok());
}

TEST_CASE("sim_env: a slow disk, takes so much longer for a sync while it is slow") {
  QuietWorld quiet;
  SimDisk& disk = quiet.world.disk(NodeId(2));
  disk.slow_until = quiet.world.now() + microseconds(1);
  disk.slow_us = 700;
  quiet.env(NodeId(2)).start_sync();
  quiet.run_for(749);
  CHECK(disk.syncing);
  quiet.run_for(1);
  CHECK_FALSE(disk.syncing);
  CHECK(disk.unsynced() == ByteCount());
}

TEST_CASE("sim_env: a second sync while one is under way, is a bug that is named") {
  QuietWorld quiet;
  quiet.env(NodeId(2)).start_sync();
  CHECK_THROWS_AS(quiet.env(NodeId(2)).start_sync(), InvariantBroken);
}

TEST_CASE("sim_env: a node's clock, shows its own time and stands still between happenings") {
  QuietWorld quiet;
  const Time began = quiet.env(NodeId(1)).now();
  CHECK(began != quiet.env(NodeId(2)).now());
  quiet.run_for(1234);
  CHECK(quiet.env(NodeId(1)).now() - began == microseconds(1234));
}
