// Who judges the profile replicated_log? All its checks together: keeps the truth of all nodes and
// what is committed, and compares what is said and done with both.
//
// Nothing here asks a node what it believes, but for what it says that it has applied, and at the
// end its state.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/crc32.h"
#include "core/log/record_codec.h"
#include "sim/check/client_history.h"
#include "sim/check/committed.h"
#include "sim/check/judge.h"
#include "sim/check/reference_state.h"
#include "sim/check/text_numbers.h"
#include "sim/client/session_clients.h"
#include "sim/world/world.h"

namespace quorate::sim {

struct CheckName;  // log_words.h

class LogChecker final : public Judge, public SessionWatcher {
 public:
  // What a node may hold in the buffers of one connection, one way, in bytes.
  static constexpr std::size_t kBufferBound = std::size_t{2} << 20;
  // A leader that is not answered by a majority may not know it for so much longer than its
  // election timeout and what a connection may be silent: answers may be held on their way, and its
  // clock may be slow.
  static constexpr Duration kAnswersTravel = milliseconds(400);
  // A request that its node has, and that is not answered for the write timeout and so much longer,
  // is forgotten: no slow clock takes that long, and a node that stands still has it from then on.
  static constexpr Duration kForgotten = milliseconds(2000);

  void begin(const World& world, std::uint32_t clients);
  const NodeTruth& truth(NodeId node) const { return nodes_[node.value() - 1].truth; }
  const Committed& what_is_committed() const { return committed_; }

  // Judge
  bool quorum_is_possible(std::uint32_t down_for_good) const override;
  bool may_refuse_for_ever(std::uint32_t down_for_good) const override;
  bool has_converged(std::uint32_t down_for_good) const override;
  std::string waits_for(std::uint32_t down_for_good) const override;
  std::string differing_state(std::uint32_t down_for_good) const override;
  void at_the_end() override;
  Lsn committed() const override { return committed_.last(); }
  Lsn last_lsn() const override;

  // Observer
  void appended(NodeId node, ByteSpan bytes) override;
  void cut(NodeId node, ByteCount size) override;
  void dropped(NodeId node, ByteCount before) override;
  void durable(NodeId node, ByteCount up_to) override;
  void crashed(NodeId node, ByteSpan file, ByteCount durable) override;
  void damaged(NodeId node, ByteSpan file) override;
  void started(NodeId node) override;
  void halted(NodeId) override {}
  void said(NodeId node, NodeId peer, const TappedFrame& frame) override;
  void reached(NodeId node, const ClientBytes& come, Time at) override;
  void answered(NodeId node, std::uint32_t client, ByteSpan bytes, bool all) override;
  void corrupted(NodeId, NodeId, Lsn) override {}
  void decided(NodeId node, const Facts& facts) override;

  // ClientWatcher: of the other profile.
  void invoked(std::uint32_t, const ClientRequestView&) override {}
  void ended(std::uint32_t, const ClientRequestView&, Outcome) override {}

  // SessionWatcher
  void began(std::uint32_t client, const SessionOperation& operation) override;
  void ended(std::uint32_t client, const SessionOperation& operation, Outcome outcome,
             const Found& found) override;

 private:
  struct Judged {
    NodeTruth truth;
    // By whom it is said to: the newest that it has acknowledged, voted or led in.
    std::vector<Generation> said;
    Generation voted_in;  // its last vote that was said
    NodeId voted_for;
    struct Vow {  // a vote on its disk
      Generation generation;
      NodeId candidate;
      ByteCount end;
    };
    std::vector<Vow> vows;
    Generation adopted_in;   // as which it took over another's log
    std::vector<Lsn> marks;  // said in its present life, by whom it was said to
    Lsn applied;             // likewise
    // By node: when it was last answered as a leader, or voted for, by that one ...
    std::vector<Time> answered_at;
    Time may_lead_until;                    // ... and so until when it may lead at least
    Generation would_lead;                  // as which it asked who would elect it, last ...
    std::uint32_t would_be_elected_by = 0;  // ... and who would (bit n: node n + 1)
  };
  // A write that was appended on behalf of a client, maybe more than once.
  struct Written {
    std::uint64_t sequence = 0;
    std::uint32_t content = 0;  // the CRC of key and value ...
    std::uint32_t left = 0;     // ... and of key and what it leaves there
    Op op = Op::set;
    std::uint32_t key = 0;  // its number
    Lsn lsn;
    std::uint64_t chain = 0;
    ClientId session;
  };

  Judged& at(NodeId node) { return nodes_[node.value() - 1]; }
  const Node* running(NodeId node) const {
    const Driver* driver = world_->driver(node);
    return driver == nullptr ? nullptr : driver->node();
  }
  bool adds_up_to(const ReplicatedLog& log, std::size_t most_sessions) const;
  std::string first_unlike(const Kv::Entries& state, std::size_t sessions, Lsn up_to,
                           std::uint32_t down_for_good) const;
  void violate(const CheckName& check, std::string sentence);
  // The same, where what is fine comes by often: its words are made only if it is to be said.
  template <std::invocable Words>
  [[gnu::cold, gnu::noinline]] void violate(const CheckName& check, const Words& words) {
    violate(check, std::string(words()));
  }

  void record_added(NodeId node, const NodeTruth::Added& added);
  void note_added(NodeId node, const NodeTruth::Added& added);
  void log_cut(NodeId node, const NodeTruth::Added& added);
  void snapshot_added(NodeId node, const NodeTruth::Added& added);
  void became_durable(NodeId node, Lsn before);
  void leads(NodeId node, NodeId peer, const TappedFrame& frame);
  void votes(NodeId node, NodeId peer, Generation generation, NodeId candidate);
  void acknowledges(NodeId node, NodeId peer, const TappedFrame& frame);
  void speaks_in(NodeId node, NodeId peer, Generation generation);
  void mark_is_backed(NodeId node, Lsn mark);
  static std::uint32_t content_of(std::string_view key, std::string_view value) {
    return crc32(as_bytes(value), crc32(as_bytes(key)));
  }
  static std::uint32_t left_by_cas(const NodeTruth::Added& added);
  void read_shows_own(std::uint32_t client, const SessionOperation& read, const Found& found);
  bool is_what_was_asked(const Written& written, const SessionOperation& operation);
  void forget_life(NodeId node);
  void forget_vows(NodeId node, ByteCount size);
  void recovered(NodeId node, Lsn last);
  void would_vote(NodeId node, NodeId candidate, Generation proposed);
  void stands(NodeId node, Generation proposed);
  void is_answered(NodeId leader, NodeId by);
  void has_majority(NodeId node) {
    if (world_->now() > at(node).may_lead_until) count_majority(node);
  }
  void count_majority(NodeId node);
  void decided_seldom(NodeId node, const Fact& fact);
  void applied(NodeId node, Lsn lsn);
  void leads_beside_others(NodeId node);
  bool is_down(std::uint32_t down_for_good, NodeId node) const {
    return (down_for_good & (1u << (node.value() - 1))) != 0;
  }

  // What a client has asked a node last, while it was not answered anything since it came there.
  struct Asked {
    NodeId node;  // none: nothing
    Time came_at;
    std::uint32_t pipe = 0;
    std::uint64_t up_to = 0;
  };

  // The newest write of a client to a key that was answered OK, and when.
  struct OwnWrite {
    Lsn lsn;
    Time at;
  };

  OwnWrite& own(std::uint32_t client, std::uint32_t key) {
    std::vector<OwnWrite>& all = own_[client];
    if (key >= all.size()) all.resize(key + std::size_t{1});
    return all[key];
  }

  const World* world_ = nullptr;
  std::vector<Judged> nodes_;
  Committed committed_;
  mutable ReferenceState reference_;  // it does the work when it is asked
  ClientHistory history_;
  std::vector<NodeId> led_by_;                 // by generation
  std::vector<Asked> asked_;                   // by client
  std::vector<std::vector<Written>> written_;  // by client
  TextNumbers keys_;                           // of those written, or read
  bool others_wrote_ = false;                  // somebody without a session
  std::vector<std::vector<OwnWrite>> own_;     // by client and key
  std::uint32_t elections_ = 0;
  std::uint32_t broken_ = 0;  // nodes that have lost records to damage (bit n: node n + 1)
  bool damages_overlap_ = false;
  Bytes scratch_;
};

}  // namespace quorate::sim
