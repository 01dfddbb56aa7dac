// How does one node behave when the test plays all others? A stage for it, as a little language.
//
// For tests only. Each word is one turn as the driver takes it: events, TurnEnded, then the
// effects, appends first. A sync is done when the test says so. What came of it is asked for in
// words:
//   sent()     "2<ship 4..5 after 3@1, 1<ack 5 success"   to whom, what
//   answers()  "1:ok 2:timeout"                           client, reply
//   log()      "a b c@2"                                  the values, with generations above 1;
//              "[2] c@2"                                  what is before is only in a snapshot
// sent() and answers() forget what they have told; tells() looks at the facts since the start.
#pragma once

#include <algorithm>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "core/base/check.h"
#include "core/protocol/fixture_words.h"
#include "core/protocol/node.h"

namespace quorate {

inline NodeConfig config_of(std::uint32_t id, int followers) {
  NodeConfig config;
  config.id = NodeId(id);
  config.members = static_cast<std::uint32_t>(followers) + 1;
  return config;
}

class Stage {
 public:
  explicit Stage(const NodeConfig& config, const Rules& rules = sound_rules())
      : config_(config), rules_(&rules) {}

  // ---- its life

  // From what the file holds, all of it durable by then. `file` replaces what was there.
  Stage& start(std::optional<Bytes> file = {}) {
    if (file) {
      file_ = std::move(*file);
      dropped_ = 0;
    }
    WalRecovery found;
    const auto begin = file_.begin() + static_cast<std::ptrdiff_t>(dropped_);
    Wal wal = Wal::recover(Bytes(begin, file_.end()), found, ByteCount(dropped_));
    file_.resize(wal.end().value());
    durable_ = file_.size();
    node_.emplace(config_, *rules_, std::move(wal), found);
    effects_.clear();
    story_.clear();
    halted_ = false;
    node_->start(now_, effects_);
    return end_turn();
  }
  // The process dies and the machine with it: what wasn't synced is lost, but for so many bytes.
  void crash(std::size_t kept_bytes = 0) {
    file_.resize(std::min(file_.size(), durable_ + kept_bytes));
    node_.reset();
  }
  // The process dies alone: the file stays.
  void kill() { node_.reset(); }
  bool is_up() const { return node_.has_value() && !halted_; }
  bool halted() const { return halted_; }
  const Node& node() const { return *node_; }
  NodeConfig& config() { return config_; }
  // All that it has written, at its offsets; what it has dropped of it is zeros.
  Bytes& file() { return file_; }
  std::size_t dropped() const { return dropped_; }
  // The disk takes nothing from now on, or takes it again.
  bool disk_is_full = false;

  // ---- what happens to it

  Stage& tell_it(const Event& event) {
    effects_.clear();
    if (!is_up()) return *this;
    node_->step(now_, event, effects_);
    return end_turn();
  }
  Stage& at(std::int64_t ms) {
    now_ = Time() + milliseconds(ms);
    return *this;
  }
  Stage& wait_until(std::int64_t ms) { return at(ms).tell_it(DeadlinePassed{}); }
  // A deadline is told when it has come, and not earlier.
  Stage& let_pass_until(std::int64_t ms) {
    const Time end = Time() + milliseconds(ms);
    for (int n = 0; is_up() && node_->next_deadline() <= end; ++n) {
      QUORATE_CHECK(n < 10'000, "a deadline that has passed is set anew, or it wakes for ever");
      now_ = std::max(now_, node_->next_deadline());
      tell_it(DeadlinePassed{});
    }
    return at(ms);
  }
  Stage& hello(std::uint32_t peer, const Position& last, std::uint64_t generation = 0,
               bool restoring = false) {
    return tell_it(PeerConnected{NodeId(peer),
                                 Generation(generation),
                                 {config_.cluster, last.lsn, last.generation, restoring}});
  }
  Stage& gone(std::uint32_t peer) { return tell_it(PeerGone{NodeId(peer)}); }
  Stage& says(std::uint32_t peer, const Message& message, ByteSpan records = {}) {
    return tell_it(PeerSaid{NodeId(peer), message, records});
  }
  Stage& says(std::uint32_t peer, const MessageBody& body, ByteSpan records = {}) {
    return says(peer, Message{NodeId(peer), node_->log().generation(), body}, records);
  }
  Stage& ack(std::uint32_t peer, std::uint64_t lsn, AckStatus status = AckStatus::success) {
    return says(peer, Ack{Lsn(lsn), status});
  }
  // The leader ships records with these values, of `generation`, in which its log began at `start`.
  Stage& ship(const Position& prev, const std::string& values, std::uint64_t generation,
              std::uint64_t start = 0) {
    const Bytes records = records_after(prev.lsn, Generation(generation), values);
    const auto count = static_cast<std::uint32_t>(std::count(values.begin(), values.end(), ' ') +
                                                  (values.empty() ? 0 : 1));
    Ship head = ship_head(prev, count);
    head.generation_start = Lsn(start);
    head.last_lsn = std::max(Lsn(start), Lsn(prev.lsn.value() + count));
    return says(1, Message{NodeId(1), Generation(generation), head}, records);
  }
  // What it has written so far is durable.
  Stage& sync() {
    durable_ = file_.size();
    return tell_it(Synced{ByteCount(durable_)});
  }
  bool has_unsynced() const { return durable_ < file_.size(); }
  Stage& synced_up_to(std::size_t bytes) {
    durable_ = std::max(durable_, bytes);
    return tell_it(Synced{ByteCount(bytes)});
  }
  // "set k v", "get k", "del k", "cas k from to" or "setnx k v", each of which but a get may come
  // behind "once client sequence"; by a connection of its own unless one is named.
  Stage& request(const std::string& words, std::uint64_t client = 0, std::uint64_t sequence = 1) {
    std::istringstream in(words);
    ClientRequest request;
    std::string name, key, value, from;
    in >> name;
    if (name == "once") {
      std::uint64_t session = 0;
      in >> session >> request.once.sequence >> name;
      request.once.client = ClientId(session);
    }
    in >> key;
    if (name == "cas") request.from = (in >> from, from);
    in >> value;
    request.kind = request_kind(name);
    const std::uint64_t who = client != 0 ? client : ++clients_;
    request.client = ClientId(who);
    request.sequence = sequence;
    request.key = key;
    request.value = value;
    return tell_it(request);
  }

  // ---- what came of it

  std::vector<Letter> take_letters() { return std::exchange(letters_, {}); }
  std::string sent() {
    std::string text;
    for (const Letter& letter : take_letters())
      text += (text.empty() ? "" : ", ") + std::to_string(letter.to.value()) + "<" +
              std::visit(LetterWords(), letter.message.body);
    return text;
  }
  std::string answers() { return std::exchange(answers_, {}); }
  std::vector<NodeId> take_hang_ups() { return std::exchange(hang_ups_, {}); }
  std::vector<NodeId> take_dials() { return std::exchange(dials_, {}); }
  bool tells(const std::string& sentence) const {
    return std::find(story_.begin(), story_.end(), sentence) != story_.end();
  }
  std::size_t times_told(const std::string& sentence) const {
    return static_cast<std::size_t>(std::count(story_.begin(), story_.end(), sentence));
  }
  std::string story() const {
    std::string text;
    for (const std::string& sentence : story_) text += sentence + "\n";
    return text;
  }
  std::string log() const {
    const Wal& wal = node_->log().wal();
    std::string text = base_words(wal);
    for (Lsn lsn = wal.base().next(); lsn <= wal.last_lsn(); lsn = lsn.next()) {
      const RecordView record = wal.record(lsn);
      text += (text.empty() ? "" : " ") + std::string(record.value);
      if (record.generation > Generation(1))
        text += "@" + std::to_string(record.generation.value());
    }
    return text;
  }
  std::string state() const {
    std::string text;
    for (const auto& [key, value] : node_->log().state().entries())
      text += (text.empty() ? "" : " ") + key.text + "=" + value;
    return text;
  }

 private:
  static RequestKind request_kind(const std::string& name) {
    if (name == "cas" || name == "setnx") return RequestKind::cas;
    if (name == "set") return RequestKind::set;
    return name == "del" ? RequestKind::del : RequestKind::get;
  }
  Stage& end_turn() {
    Performed done;
    do {
      node_->step(now_, TurnEnded{}, effects_);
    } while (perform(done));
    for (const Fact& fact : effects_.facts) story_.push_back(narrate(fact));
    return *this;
  }

  struct Performed {
    std::size_t sends = 0, replies = 0;
  };
  // As Driver::perform. Returns whether the node has to be told that the turn has ended once more.
  bool perform(Performed& done) {
    halted_ = halted_ || effects_.halt;
    if (halted_) return false;
    append();
    for (; done.sends < effects_.sends.size(); ++done.sends) {
      const Send& send = effects_.sends[done.sends];
      const ByteSpan records =
          send.payload_size > 0
              ? ByteSpan(effects_.payloads).subspan(send.payload_at, send.payload_size)
              : node_->log().wal().bytes(send.from_byte, send.to_byte);
      letters_.push_back({send.to, send.message, Bytes(records.begin(), records.end())});
    }
    for (; done.replies < effects_.replies.size(); ++done.replies)
      answer(effects_.replies[done.replies]);
    for (const NodeId peer : effects_.hang_ups) hang_ups_.push_back(peer);
    for (const NodeId peer : effects_.dials) dials_.push_back(peer);
    drop_head();
    effects_.hang_ups.clear();
    effects_.dials.clear();
    halted_ = halted_ || effects_.halt;
    return !halted_ && node_->log().wal().end() > ByteCount(file_.size());
  }
  void append() {
    const ByteCount written(file_.size());
    const Wal& wal = node_->log().wal();
    if (wal.end() == written) return;
    if (!disk_is_full) return append_bytes(file_, wal.bytes(written, wal.end()));
    node_->step(now_, AppendRefused{written}, effects_);
    std::erase_if(effects_.sends, [written](const Send& send) { return send.to_byte > written; });
  }
  void drop_head() {
    const std::size_t before = effects_.drop_head.value();
    if (before <= dropped_) return;
    QUORATE_CHECK(before <= durable_, "what is not durable yet stands for nothing that is dropped");
    dropped_ = before;
    std::fill_n(file_.begin(), dropped_, Byte{0});
  }
  void answer(const Reply& reply) {
    answers_ += (answers_.empty() ? "" : " ") + std::to_string(reply.client.value()) + ":" +
                std::string(to_text(reply.kind));
    if (reply.kind == ReplyKind::count) answers_ += "=" + std::to_string(reply.count);
    if (reply.kind == ReplyKind::value)
      answers_ +=
          "=" +
          std::string(as_text(ByteSpan(effects_.values).subspan(reply.value_at, reply.value_size)));
  }

  NodeConfig config_;
  const Rules* rules_;
  std::optional<Node> node_;
  Effects effects_;
  Bytes file_;
  std::size_t durable_ = 0;
  std::size_t dropped_ = 0;
  bool halted_ = false;
  Time now_;
  std::uint64_t clients_ = 0;
  std::vector<Letter> letters_;
  std::string answers_;
  std::vector<NodeId> hang_ups_, dials_;
  std::vector<std::string> story_;
};

}  // namespace quorate
