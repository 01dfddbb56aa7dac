// Who judges? All checks together: hears what the world and the clients tell, keeps the truth, and
// asks each check what it has to say.
#pragma once

#include <vector>

#include "core/base/buffer.h"
#include "core/wire/resp.h"
#include "sim/check/always_applied_in_order.h"
#include "sim/check/always_crc_failure_is_reshipped.h"
#include "sim/check/always_logs_agree.h"
#include "sim/check/always_quorum_answers.h"
#include "sim/check/always_reads_committed.h"
#include "sim/check/always_timeout_keeps_record.h"
#include "sim/check/court.h"
#include "sim/check/judge.h"
#include "sim/world/world.h"

namespace quorate::sim {

class Checker final : public Judge {
 public:
  // What a node may hold in the buffers of one connection, one way, in bytes.
  static constexpr std::size_t kBufferBound = std::size_t{2} << 20;
  // So much of a client's requests a leader reads although those in front are not answered, in
  // bytes.
  static constexpr std::uint64_t kReadAhead = std::uint64_t{1} << 20;
  static constexpr const char* kBuffersBounded = "always_buffers_bounded";
  static constexpr const char* kBuffersBoundedClause = "S9";
  static constexpr const char* kOneAnswer = "always_one_answer";
  static constexpr const char* kOneAnswerClause = "S6";
  static constexpr const char* kNothingDoneClause = "S5";  // the same check, of a refusal
  static constexpr const char* kWritesSucceed = "eventually_writes_succeed";
  static constexpr const char* kWritesSucceedClause = "L2";

  // Begins anew, in the storage of before. The world must stay where it is until the run is over.
  // A client has at most `pipeline` requests under way.
  void begin(const World& world, std::uint32_t clients, Duration write_timeout, QuorumRule quorum,
             std::uint32_t pipeline = 1);

  const Court& court() const { return court_; }

  // Judge
  bool quorum_is_possible(std::uint32_t down_for_good) const override;
  bool may_refuse_for_ever(std::uint32_t down_for_good) const override;
  bool has_converged(std::uint32_t down_for_good) const override;
  std::string waits_for(std::uint32_t down_for_good) const override;
  std::string differing_state(std::uint32_t down_for_good) const override;
  Lsn committed() const override;
  Lsn last_lsn() const override { return court_.leader().last(); }

  // Observer
  void appended(NodeId node, ByteSpan bytes) override;
  void cut(NodeId node, ByteCount size) override;
  void durable(NodeId node, ByteCount up_to) override;
  void crashed(NodeId node, ByteSpan file, ByteCount durable) override;
  void damaged(NodeId node, ByteSpan file) override;
  void started(NodeId node) override;
  void halted(NodeId node) override;
  void said(NodeId node, NodeId peer, const TappedFrame& frame) override;
  void reached(NodeId node, const ClientBytes& come, Time at) override;
  void answered(NodeId node, std::uint32_t client, ByteSpan bytes, bool all) override;
  void corrupted(NodeId, NodeId, Lsn) override {}
  void decided(NodeId node, const Facts& facts) override;

  // ClientWatcher
  void invoked(std::uint32_t client, const ClientRequestView& request) override;
  void ended(std::uint32_t client, const ClientRequestView& request, Outcome outcome) override;

 private:
  void leader_appended(const NodeTruth::Added& added);
  void decided_seldom(NodeId node, const Fact& fact);
  void quorum_reached(const Fact& fact);
  void log_shrank(NodeId node);
  void leader_is_gone();
  void read_from_now_on();
  void answer_begins(const ClientLine& line, OpenRequest& request);
  void answer(std::uint32_t client, ClientLine& line, OpenRequest& request, const RespReply& reply);
  Lsn first_write_behind(std::uint32_t client, const ClientLine& line, std::uint64_t sequence);

  static constexpr NodeId kLeader{1};

  Court court_;
  AlwaysLogsAgree logs_agree_;
  AlwaysAppliedInOrder applied_in_order_;
  AlwaysCrcFailureIsReshipped crc_failure_is_reshipped_;
  AlwaysTimeoutKeepsRecord timeout_keeps_record_;
  AlwaysReadsCommitted reads_committed_;
  AlwaysQuorumAnswers quorum_answers_;
  bool leader_is_intact_ = true;    // its log is what it wrote: no crash since its generation began
  bool leader_has_started_ = true;  // has read its log, and so can answer
  std::uint32_t restoring_ = 0;  // followers that have lost records to damage (bit n: node n + 1)
};

}  // namespace quorate::sim
