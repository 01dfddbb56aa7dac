// What would the checks say of this history? A world in which nothing happens but what a test
// tells.
//
// For tests only. No node runs: the test says what reached the disks, what was said, asked and
// answered, and the checker hears it as it would from the world. In short:
//   Trial().ask(1).hold(kLeader, 1).hold(kFirst, 1).hold(kSecond, 1).tell("+OK").verdict() == ""
// LSN n is the n-th request of client 0: SET k v<n>, unless it is said otherwise.
#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "core/log/record_codec.h"
#include "core/wire/frame.h"
#include "sim/check/checker.h"
#include "sim/world/live_world.h"

namespace quorate::sim {

// A record's content.
struct What {
  std::string key = "k";
  std::string value = "";  // "": v and the LSN
  std::uint64_t generation = 1;
  Op op = Op::set;
  std::uint32_t client = 0;
  std::uint64_t sequence = 0;  // of the client's request; 0: the LSN
};

class Trial {
 public:
  static constexpr NodeId kLeader{1}, kFirst{2}, kSecond{3};
  static constexpr Duration kTimeout = milliseconds(300);
  static constexpr std::uint64_t kRequestBytes = 100;  // whatever is asked

  explicit Trial(std::uint32_t followers = 2, QuorumRule rule = QuorumRule::followers_majority)
      : files_(followers + 1), durable_(followers + 1) {
    world.reset(calm_settings(followers), sound_rules(), 2);
    checker.begin(world, 2, kTimeout, rule, 8);
  }

  Trial(const Trial&) = delete;  // the checker knows where the world is
  Trial& operator=(const Trial&) = delete;

  // ---- disks

  static Bytes record(std::uint64_t lsn, const What& what) {
    const std::string value =
        what.op == Op::del ? "" : (what.value.empty() ? "v" + std::to_string(lsn) : what.value);
    Bytes bytes;
    encode_record({Generation(what.generation), Lsn(lsn), ClientId(socket_of(what.client).value()),
                   what.sequence == 0 ? lsn : what.sequence, what.op, what.key, value},
                  bytes);
    return bytes;
  }
  Trial& write(NodeId node, std::uint64_t lsn, const What& what = {}) {
    return append(node, record(lsn, what));
  }
  Trial& append(NodeId node, const Bytes& bytes) {
    append_bytes(file(node), bytes);
    checker.appended(node, bytes);
    return *this;
  }
  Trial& sync(NodeId node) {
    durable_[node.value() - 1] = file(node).size();
    checker.durable(node, ByteCount(file(node).size()));
    return *this;
  }
  Trial& hold(NodeId node, std::uint64_t lsn, const What& what = {}) {
    return write(node, lsn, what).sync(node);
  }
  Trial& all_hold(std::uint64_t lsn, const What& what = {}) {
    for (std::uint32_t n = 1; n <= files_.size(); ++n) hold(NodeId(n), lsn, what);
    return *this;
  }
  // The node takes back all after `keep`, which is of generation 1, by a record of its log.
  Trial& cut_log(NodeId node, std::uint64_t keep, std::uint64_t restore_until = 0) {
    Byte value[8];
    store_le(value, restore_until);
    Bytes bytes;
    encode_record({Generation(1),
                   Lsn(keep),
                   ClientId(),
                   keep > 0 ? 1u : 0u,
                   Op::cut,
                   {},
                   as_text({value, restore_until > keep ? 8u : 0u})},
                  bytes);
    return append(node, bytes);
  }
  Trial& enter(NodeId node, std::uint64_t generation) {
    Bytes bytes;
    encode_record({Generation(generation), Lsn(), ClientId(), 0, Op::generation, {}, {}}, bytes);
    return append(node, bytes);
  }
  // Power is lost: what was not durable is gone.
  Trial& crash(NodeId node) {
    file(node).resize(durable_[node.value() - 1]);
    checker.crashed(node, file(node), ByteCount(file(node).size()));
    return *this;
  }
  Trial& damage(NodeId node, std::size_t byte) {
    file(node)[byte] ^= 1;
    checker.damaged(node, file(node));
    return *this;
  }
  Bytes& file(NodeId node) { return files_[node.value() - 1]; }

  // ---- what is said and decided

  Trial& ack(NodeId node, std::uint64_t lsn, AckStatus status = AckStatus::success,
             std::uint64_t generation = 1) {
    return say(node, kLeader, {node, Generation(generation), Ack{Lsn(lsn), status}});
  }
  Trial& ship(NodeId to, std::uint64_t lsn) {
    Ship ship;
    ship.prev_lsn = Lsn(lsn - 1);
    ship.records = 1;
    return say(kLeader, to, {kLeader, Generation(1), ship}, record(lsn, {}));
  }
  Trial& decide(NodeId node, FactKind kind, std::uint64_t lsn = 0, NodeId peer = NodeId(),
                std::uint64_t a = 0) {
    checker.decided(node, {{kind, peer, Lsn(lsn), a, 0}});
    return *this;
  }
  Trial& turn(NodeId node) {
    checker.decided(node, {});
    return *this;
  }

  // ---- clients

  // The client's nth request on its connection (with 1 it begins a new one) is sent ...
  Trial& send(std::uint64_t nth, OperationKind op = OperationKind::set,
              const std::string& key = "k", const std::string& value = "",
              std::uint32_t client = 0) {
    texts_.push_back(
        {key, op == OperationKind::set && value.empty() ? "v" + std::to_string(nth) : value});
    ClientRequestView view;
    view.op = op;
    view.key = texts_.back().first;
    view.value = texts_.back().second;
    view.sequence = nth;
    view.ends_at = nth * kRequestBytes;
    view.pipe = client;
    view.invoked_at = world.now();
    views_[client].resize(nth);
    views_[client].back() = view;
    checker.invoked(client, view);
    return *this;
  }
  // ... and has come to the leader, with all before it, but for so many bytes.
  Trial& come(std::uint64_t nth, std::uint64_t but = 0, std::uint32_t client = 0) {
    checker.reached(kLeader, {client, client, socket_of(client), nth * kRequestBytes - but},
                    world.now());
    return *this;
  }
  Trial& ask(std::uint64_t nth, OperationKind op = OperationKind::set, const std::string& key = "k",
             const std::string& value = "", std::uint32_t client = 0) {
    return send(nth, op, key, value, client).come(nth, 0, client);
  }
  Trial& get(const std::string& key = "k", std::uint32_t client = 1) {
    return ask(1, OperationKind::get, key, "", client);
  }
  // The leader answers: "+OK", ":1", "$2\r\nv1", "$-1", "-TIMEOUT".
  Trial& tell(const std::string& answer, std::uint32_t client = 0) {
    checker.answered(kLeader, client, as_bytes(answer + "\r\n"), true);
    return *this;
  }
  // These bytes of an answer, or of several, have left, and its socket takes no more.
  Trial& tell_part(const std::string& bytes, std::uint32_t client = 0) {
    checker.answered(kLeader, client, as_bytes(bytes), false);
    return *this;
  }
  // The client has heard the answer to its nth request, or to its last one.
  Trial& end(Outcome outcome, std::uint32_t client = 0, std::uint64_t nth = 0) {
    const std::vector<ClientRequestView>& views = views_[client];
    checker.ended(client, nth == 0 ? views.back() : views[nth - 1], outcome);
    return *this;
  }

  // ---- time

  Trial& at(Duration since_the_start) {
    world.set_alarm(Time() + since_the_start, 0);
    while (world.now() < Time() + since_the_start) world.step(checker);
    return *this;
  }

  // ---- what came of it: the name of the check that was violated, "" if all is sound
  std::string verdict() const {
    return checker.verdict().sound() ? "" : checker.verdict().violated()->check;
  }
  std::string clause() const {
    return checker.verdict().sound() ? "" : checker.verdict().violated()->clause;
  }
  std::string sentence() const {
    return checker.verdict().sound() ? "" : checker.verdict().violated()->sentence;
  }

  World world;
  Checker checker;

 private:
  static SocketId socket_of(std::uint32_t client) { return SocketId(100 + client); }
  Trial& say(NodeId from, NodeId to, const Message& message, const Bytes& records = {}) {
    Bytes frame;
    encode_frame(message, records, frame);
    checker.said(from, to, tap_frame(frame));
    return *this;
  }

  std::vector<Bytes> files_;
  std::vector<std::size_t> durable_;
  std::deque<std::pair<std::string, std::string>> texts_;  // that views point into
  std::vector<ClientRequestView> views_[2];                // by client, of its connection
};

}  // namespace quorate::sim
