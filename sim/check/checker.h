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
#include "sim/check/probes.h"
#include "sim/client/history.h"
#include "sim/world/observer.h"
#include "sim/world/world.h"

namespace quorate::sim {

struct AnswerCounts {
  std::uint64_t ok = 0, timeout = 0, error = 0, lost = 0;
};

class Checker final : public Observer, public ClientWatcher {
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

  // From then on every write that is sent must succeed (Time::never(): not yet, or no longer).
  void writes_must_succeed_from(Time at) { must_succeed_from_ = at; }

  const Verdict& verdict() const { return verdict_; }
  Verdict& verdict() { return verdict_; }
  const Court& court() const { return court_; }
  const Probes& probes() const { return probes_; }
  const AnswerCounts& answers() const { return answers_; }
  // Of the writes answered OK, in microseconds as their clients saw it; least above most: there was
  // none.
  std::int64_t least_write_us() const { return least_write_us_; }
  std::int64_t most_write_us() const { return most_write_us_; }

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

  Verdict verdict_;
  Court court_;
  Probes probes_;
  AnswerCounts answers_;
  AlwaysLogsAgree logs_agree_;
  AlwaysAppliedInOrder applied_in_order_;
  AlwaysCrcFailureIsReshipped crc_failure_is_reshipped_;
  AlwaysTimeoutKeepsRecord timeout_keeps_record_;
  AlwaysReadsCommitted reads_committed_;
  AlwaysQuorumAnswers quorum_answers_;
  bool leader_is_intact_ = true;    // its log is what it wrote: no crash since its generation began
  bool leader_has_started_ = true;  // has read its log, and so can answer
  std::uint32_t restoring_ = 0;  // followers that have lost records to damage (bit n: node n + 1)
  Time must_succeed_from_ = Time::never();
  std::int64_t least_write_us_ = 0;
  std::int64_t most_write_us_ = 0;
};

}  // namespace quorate::sim
