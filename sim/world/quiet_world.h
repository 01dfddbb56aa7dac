// A world whose nodes keep silent, so that a test can speak for them.
//
// For tests only. Each node is up, but its driver waits for a first sync that takes for ever: it
// accepts connections and does nothing with them. The test writes and reads in its stead, by the
// node's own SimEnv. The last node is not up at all.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/log/record_codec.h"
#include "core/wire/frame.h"
#include "sim/world/sim_env.h"
#include "sim/world/world.h"

namespace quorate::sim {

// Notes what a test asks for, and judges nothing.
class Witness : public Observer {
 public:
  void appended(NodeId, ByteSpan) override {}
  void cut(NodeId, ByteCount) override {}
  void durable(NodeId, ByteCount) override {}
  void crashed(NodeId node, ByteSpan, ByteCount) override { note("crashed", node); }
  void damaged(NodeId node, ByteSpan) override { note("damaged", node); }
  void started(NodeId node) override { note("started", node); }
  void halted(NodeId node) override { note("halted", node); }
  void said(NodeId node, NodeId peer, const TappedFrame& frame) override {
    note("said " + std::to_string(static_cast<int>(frame.kind)), node, peer);
  }
  void reached(NodeId node, const ClientBytes&, Time) override { note("reached", node); }
  void answered(NodeId, std::uint32_t, ByteSpan, bool) override {}
  void corrupted(NodeId node, NodeId peer, Lsn record) override {
    note("corrupted " + std::to_string(record.value()), node, peer);
  }
  void decided(NodeId, const Facts&) override {}

  // All so far: "said 3 2>1, corrupted 0 2>1".
  std::string take() { return std::exchange(notes_, {}); }

 private:
  void note(const std::string& what, NodeId node, NodeId peer = NodeId()) {
    notes_ += (notes_.empty() ? "" : ", ") + what + " " + std::to_string(node.value());
    if (!peer.is_none()) notes_ += ">" + std::to_string(peer.value());
  }
  std::string notes_;
};

// Every message takes 100 us and stays whole.
inline NetworkSpec plain_network() { return {{{100, 100}, Distribution::uniform}, 0, 0, 0}; }

// Streams are cut, joined and stopped as often as can be.
inline NetworkSpec wild_network() { return {{{20, 900}, Distribution::uniform}, 70, 60, 50}; }

class QuietWorld {
 public:
  explicit QuietWorld(const NetworkSpec& network = plain_network(), std::uint64_t seed = 1,
                      std::uint32_t nodes = 3) {
    WorldSettings settings;
    settings.node.members = nodes;
    settings.network = network;
    settings.disk.sync.us = {50, 50};
    settings.seed = seed;
    world.reset(settings, sound_rules(), 2);
    for (std::uint32_t n = 1; n < nodes; ++n) {
      Bytes record;
      encode_record({Generation(1), Lsn(1), ClientId(1), 1, Op::set, "k", "v"}, record);
      world.disk(NodeId(n)).append(record);
      start(NodeId(n));
    }
    witness.take();
  }

  void start(NodeId node) {
    SimDisk& disk = world.disk(node);
    disk.slow_until = Time::never();
    disk.slow_us = kForEver;
    world.start(node, witness);
    disk.slow_until = Time();
    disk.syncing = false;  // so that a test can begin one
    told_.resize(world.node_count() + 1);
  }
  void restart(NodeId node) {
    world.kill(node, witness);
    start(node);
  }

  SimEnv env(NodeId node) { return SimEnv(world, node, witness); }
  int told(NodeId node) const { return told_[node.value()]; }

  // The connection that reached the node last: of those its driver knows the one with the greatest
  // number. A copy of the driver is made to close them all, and says which they were.
  SocketId accepted(NodeId node) {
    struct Closing final : Clock, Sockets, Disk {
      Time now() const override { return {}; }
      Result<SocketId> dial(NodeId) override { return ErrorKind::refused; }
      Result<Taken> read(SocketId, std::span<Byte>) override { return ErrorKind::closed; }
      Result<std::size_t> write(SocketId, ByteSpan) override { return ErrorKind::closed; }
      void close(SocketId socket) override { last = std::max(last, socket); }
      ByteCount begin() const override { return {}; }
      Result<Bytes> read() override { return ErrorKind::io_error; }
      Status append(ByteSpan) override { return ErrorKind::io_error; }
      Status cut(ByteCount) override { return ErrorKind::io_error; }
      void drop(ByteCount) override {}
      void start_sync() override {}
      SocketId last;
    } closing;
    Env env{closing, closing, closing};
    Driver copy = *world.driver(node);
    copy.start(env);
    return closing.last;
  }

  // ---- one connection, from node 1 to node 2 unless others are named

  struct Wire {
    NodeId nodes[2];
    SocketId sockets[2];
  };
  Wire connect(std::uint32_t from = 1, std::uint32_t to = 2) {
    const SocketId before = accepted(NodeId(to));
    const SocketId dialed = env(NodeId(from)).dial(NodeId(to)).value();
    run_until([&] { return accepted(NodeId(to)) != before; });
    run_for(10'000);
    return {{NodeId(from), NodeId(to)}, {dialed, accepted(NodeId(to))}};
  }
  // One write by that end. Returns how many bytes were taken.
  std::size_t write(const Wire& wire, int end, ByteSpan bytes) {
    const Result<std::size_t> taken = env(wire.nodes[end]).write(wire.sockets[end], bytes);
    return taken.ok() ? taken.value() : 0;
  }
  void say(const Wire& wire, int end, std::string_view text) { say(wire, end, as_bytes(text)); }
  void say(const Wire& wire, int end, ByteSpan bytes) {
    while (!bytes.empty()) {
      bytes = bytes.subspan(write(wire, end, bytes));
      if (!bytes.empty()) step();
    }
  }
  // What has arrived at that end and was not heard yet; "#" when the connection is over.
  std::string heard(const Wire& wire, int end) {
    std::string text;
    for (;;) {
      Bytes room(1000);
      const Result<Taken> got = env(wire.nodes[end]).read(wire.sockets[end], room);
      if (!got) return got.error() == ErrorKind::closed ? text + "#" : text;
      text.append(as_text(ByteSpan(room).first(got.value().bytes)));
    }
  }
  void close(const Wire& wire, int end) { env(wire.nodes[end]).close(wire.sockets[end]); }

  // ---- time

  bool step() {
    const Happening happening = world.step(witness);
    if (happening.kind == Happening::Kind::node_turn) ++told_[happening.party];
    return happening.kind != Happening::Kind::nothing;
  }
  void run_for(std::int64_t us) {
    const Time end = world.now() + microseconds(us);
    while (world.next_at() <= end) step();
    world.set_alarm(end, 0);
    while (world.now() < end || world.next_at() <= end) step();
  }
  // False: it takes more than ten seconds.
  bool run_until(const std::function<bool()>& done) {
    const Time end = world.now() + milliseconds(10'000);
    while (!done()) {
      if (world.next_at() > end) return false;
      step();
    }
    return true;
  }

  World world;
  Witness witness;

 private:
  static constexpr std::int64_t kForEver = std::int64_t{1} << 50;  // us
  std::vector<int> told_;
};

// The frame of an ack of node 2, and of a ship of node 1 with records after `prev`.
inline Bytes ack_frame(std::uint64_t lsn, AckStatus status = AckStatus::success) {
  Bytes frame;
  encode_frame({NodeId(2), Generation(1), Ack{Lsn(lsn), status}}, {}, frame);
  return frame;
}
inline Bytes ship_frame(std::uint64_t prev, std::uint32_t records) {
  Bytes carried, frame;
  for (std::uint32_t n = 1; n <= records; ++n)
    encode_record({Generation(1), Lsn(prev + n), ClientId(1), n, Op::set, "key", "value"}, carried);
  Ship ship;
  ship.prev_lsn = Lsn(prev);
  ship.records = records;
  encode_frame({NodeId(1), Generation(1), ship}, carried, frame);
  return frame;
}

}  // namespace quorate::sim
