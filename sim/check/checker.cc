#include "sim/check/checker.h"

#include <algorithm>
#include <limits>

#include "sim/check/always_ack_is_durable.h"
#include "sim/check/always_ok_is_on_quorum.h"
#include "sim/check/always_recovery_is_honest.h"
#include "sim/check/always_wait_ends_in_time.h"

namespace quorate::sim {

namespace {

constexpr NodeId kLeader(1);

// By the lesson's and the book's words, not by the code under test.
int followers_needed(QuorumRule rule, int followers) {
  const int all = followers + 1;
  if (followers == 0) return 0;
  return rule == QuorumRule::followers_majority ? followers / 2 + 1 : all / 2 + 1 - 1;
}

constexpr std::uint32_t bit(NodeId node) { return std::uint32_t{1} << (node.value() - 1); }

}  // namespace

void Checker::begin(const World& world, std::uint32_t clients, Duration write_timeout,
                    QuorumRule quorum) {
  verdict_.clear();
  probes_.clear();
  answers_ = {};
  const std::uint32_t nodes = world.node_count();
  court_.world = &world;
  court_.verdict = &verdict_;
  court_.followers = static_cast<int>(nodes) - 1;
  court_.needed = followers_needed(quorum, court_.followers);
  court_.write_timeout = write_timeout;
  court_.leader_life = 0;
  court_.damages_overlap = false;
  court_.ok_lsn = Lsn();
  court_.ok_chain = 0;
  court_.nodes.resize(nodes);
  for (NodeTruth& node : court_.nodes) node.clear();
  court_.requests.assign(clients, {});
  replies_.resize(clients);
  for (Buffer& reply : replies_) reply.clear();
  logs_agree_.begin();
  applied_in_order_.begin(nodes);
  crc_failure_is_reshipped_.begin();
  timeout_keeps_record_.begin();
  reads_committed_.begin();
  quorum_answers_.begin(nodes);
  leader_is_intact_ = leader_has_started_ = true;
  restoring_ = 0;
  must_succeed_from_ = Time::never();
  least_write_us_ = std::numeric_limits<std::int64_t>::max();
  most_write_us_ = 0;
}

// ---- disks

void Checker::appended(NodeId node, ByteSpan bytes) {
  NodeTruth& truth = court_.nodes[node.value() - 1];
  bool is_cut = false;
  for (const NodeTruth::Added& added : truth.append(bytes)) {
    logs_agree_.appended(court_, node, added);
    if (node == kLeader && added.op == Op::generation) leader_is_intact_ = true;
    if (node == kLeader && added.op <= Op::del) leader_appended(added);
    is_cut = is_cut || added.op == Op::cut;
  }
  if (is_cut) log_shrank(node);
  if ((restoring_ & bit(node)) != 0 && !truth.is_broken()) {
    restoring_ &= ~bit(node);
    if (node != kLeader) probes_.saw(ProbeId::follower_restored);
  }
}

void Checker::leader_appended(const NodeTruth::Added& added) {
  reads_committed_.leader_appended(added);
  for (OpenRequest& request : court_.requests) {
    if (!request.is_open || request.socket.value() != added.record.client.value() ||
        request.view.sequence != added.record.sequence)
      continue;
    request.lsn = added.record.lsn;
    request.chain = added.record.chain;
    const bool is_set = added.op == Op::set;
    if (is_set != (request.view.op == OperationKind::set) || added.key != request.view.key ||
        (is_set && added.value != request.view.value))
      court_.violate(AlwaysOkIsOnQuorum::kName, AlwaysOkIsOnQuorum::kClause,
                     lsn_text(added.record.lsn) + " is not what its client asked for");
  }
}

void Checker::log_shrank(NodeId node) {
  AlwaysOkIsOnQuorum::log_shrank(court_, node);
  if (node != kLeader) return;
  reads_committed_.leader_log_shrank(court_);
  timeout_keeps_record_.leader_log_shrank(court_);
}

void Checker::cut(NodeId node, ByteCount size) {
  AlwaysRecoveryIsHonest::cut(court_, node, size);
  court_.nodes[node.value() - 1].cut_file(size);
}

void Checker::durable(NodeId node, ByteCount up_to) {
  court_.nodes[node.value() - 1].durable(up_to);
}

void Checker::leader_is_gone() {
  leader_is_intact_ = leader_has_started_ = false;
  ++court_.leader_life;
  for (Buffer& reply : replies_) reply.clear();
  crc_failure_is_reshipped_.leader_is_gone();
  quorum_answers_.leader_is_gone();
}

void Checker::crashed(NodeId node, ByteSpan file, ByteCount durable) {
  NodeTruth& truth = court_.nodes[node.value() - 1];
  if (file.size() > truth.durable_bytes().value()) probes_.saw(ProbeId::unsynced_bytes_survived);
  truth.crashed(file, durable);
  if (node == kLeader) {
    leader_is_gone();
    timeout_keeps_record_.leader_crashed(court_);
  }
  crc_failure_is_reshipped_.follower_is_gone(node, court_.now());
  log_shrank(node);
}

void Checker::damaged(NodeId node, ByteSpan file) {
  NodeTruth& truth = court_.nodes[node.value() - 1];
  court_.damages_overlap = court_.any_is_broken(node);
  truth.damaged(file);
  if (truth.is_broken()) restoring_ |= bit(node);
  if (node == kLeader) timeout_keeps_record_.begin();  // what rots away is nobody's fault
}

void Checker::started(NodeId node) {
  if (node == kLeader) leader_has_started_ = false;
}

void Checker::halted(NodeId node) {
  if (node == kLeader) leader_is_gone();
  crc_failure_is_reshipped_.follower_is_gone(node, court_.now());
}

// ---- what is said

void Checker::said(NodeId node, NodeId peer, const TappedFrame& frame) {
  AlwaysAckIsDurable::said(court_, node, frame, leader_is_intact_);
  crc_failure_is_reshipped_.said(node, peer, frame);
}

void Checker::decided(NodeId node, const Facts& facts) {
  for (const Fact& fact : facts) {
    switch (fact.kind) {
      // What every write brings about, and no probe counts.
      case FactKind::appended:
      case FactKind::synced:
      case FactKind::ack_sent:
      case FactKind::write_answered: break;
      case FactKind::applied: applied_in_order_.decided(court_, node, fact); break;
      case FactKind::ack_counted: quorum_answers_.ack_counted(fact.peer, fact.lsn); break;
      case FactKind::quorum_reached: quorum_reached(fact); break;
      default: decided_seldom(node, fact); break;
    }
  }
  if (node == kLeader) crc_failure_is_reshipped_.turn_over(court_);
  const Driver* driver = court_.world->driver(node);
  if (driver != nullptr && driver->most_buffered() > kBufferBound)
    court_.violate(kBuffersBounded, kBuffersBoundedClause,
                   node_name(node) + " holds " + std::to_string(driver->most_buffered()) +
                       " bytes in the buffers of one connection");
}

void Checker::decided_seldom(NodeId node, const Fact& fact) {
  probes_.decided(node, fact);
  applied_in_order_.decided(court_, node, fact);
  if (fact.kind == FactKind::started) AlwaysRecoveryIsHonest::started(court_, node, fact.lsn);
  if (node != kLeader) return;
  if (fact.kind == FactKind::started) {
    leader_has_started_ = true;
    for (OpenRequest& request : court_.requests) request.reached_at = court_.now();
  }
  if (fact.kind == FactKind::crc_failure_heard)
    crc_failure_is_reshipped_.crc_failure_heard(court_, fact.peer, fact.lsn);
  // A follower whose disk is full is shipped to later.
  if (fact.kind == FactKind::peer_gone || fact.kind == FactKind::peer_connected ||
      fact.kind == FactKind::no_space_heard)
    crc_failure_is_reshipped_.connection_changed(fact.peer);
}

void Checker::quorum_reached(const Fact& fact) {
  if (fact.a >= static_cast<std::uint64_t>(court_.followers)) return;
  for (std::uint32_t n = 2; n <= court_.world->node_count(); ++n)
    if (!court_.world->is_up(NodeId(n))) return probes_.saw(ProbeId::quorum_with_follower_down);
}

// ---- clients

void Checker::invoked(std::uint32_t client, const ClientRequestView& request) {
  OpenRequest& open = court_.requests[client];
  open = OpenRequest();
  open.is_open = true;
  open.view = request;
  open.ok_before = court_.ok_lsn;
  replies_[client].clear();
}

void Checker::reached(NodeId node, std::uint32_t client, SocketId socket, Time at) {
  static_cast<void>(node);
  OpenRequest& open = court_.requests[client];
  open.has_reached = true;
  open.reached_at = at;
  open.socket = socket;
  open.leader_life = court_.leader_life;
}

void Checker::answered(NodeId, std::uint32_t client, ByteSpan bytes) {
  Buffer& pending = replies_[client];
  OpenRequest& request = court_.requests[client];
  // In the turn of its start it answers before it is heard that it has started.
  if (!leader_has_started_) request.reached_at = court_.now();
  if (!request.is_answered) {
    request.answered_at = court_.now();
    request.quorum_was_heard = quorum_answers_.is_heard(court_, request);
  }
  request.is_answered = true;
  pending.append(bytes);
  RespReply reply;
  const ReplyScan scan = scan_reply(pending.bytes(), reply);
  if (scan.status == RespStatus::incomplete) return;
  if (!request.is_open || scan.status == RespStatus::malformed)
    return court_.violate(
        kOneAnswer, kOneAnswerClause,
        request.is_open ? "an answer is not RESP2" : "a request was answered twice");
  answer(request, reply);
  pending.consume(scan.consumed);
  request.is_open = false;
}

void Checker::answer(OpenRequest& request, const RespReply& reply) {
  const bool is_write = request.view.op != OperationKind::get;
  const bool timed_out = reply.kind == RespKind::error && reply.text.substr(0, 7) == "TIMEOUT";
  AlwaysWaitEndsInTime::answered(court_, request, timed_out);
  if (court_.leader().is_broken() && (reply.kind != RespKind::error || timed_out))
    court_.violate(AlwaysRecoveryIsHonest::kName, AlwaysRecoveryIsHonest::kClause,
                   "the leader served before it had its damaged log back");
  if (timed_out) {
    timeout_keeps_record_.answered_timeout(request);
    AlwaysQuorumAnswers::answered_timeout(court_, request);
    probes_.saw(ProbeId::write_timed_out);
  } else if (reply.kind == RespKind::error) {
    if (!request.lsn.is_none())
      court_.violate(kOneAnswer, kNothingDoneClause,
                     "a client was told that nothing was done, but " + lsn_text(request.lsn) +
                         " is in the leader's log");
  } else if (is_write) {
    AlwaysOkIsOnQuorum::answered_ok(court_, request);
    if (reply.kind == RespKind::integer) reads_committed_.removed(court_, request, reply.integer);
    probes_.saw(ProbeId::write_ok);
    if (answers_.timeout > 0) probes_.saw(ProbeId::write_ok_after_timeout);
    if (request.answered_at == AlwaysWaitEndsInTime::deadline(court_, request))
      probes_.saw(ProbeId::ack_at_the_deadline);
  } else {
    reads_committed_.read(court_, request, reply.kind == RespKind::nil ? nullptr : &reply.text);
    probes_.saw(ProbeId::read_answered);
  }
  const Time paused_until = court_.world->paused_until(kLeader);
  if (request.answered_at >= paused_until &&
      paused_until > AlwaysWaitEndsInTime::deadline(court_, request))
    probes_.saw(ProbeId::node_paused_over_deadline);
}

void Checker::ended(std::uint32_t client, const ClientRequestView& request, Outcome outcome) {
  OpenRequest& open = court_.requests[client];
  switch (outcome) {
    case Outcome::ok: ++answers_.ok; break;
    case Outcome::timeout: ++answers_.timeout; break;
    case Outcome::error: ++answers_.error; break;
    case Outcome::lost:
      ++answers_.lost;
      probes_.saw(ProbeId::request_lost);
      if (open.is_open) AlwaysWaitEndsInTime::given_up(court_, open);
      break;
  }
  if (outcome == Outcome::ok && request.op != OperationKind::get) {
    const std::int64_t took = (court_.now() - request.invoked_at).us();
    least_write_us_ = std::min(least_write_us_, took);
    most_write_us_ = std::max(most_write_us_, took);
  }
  if (outcome != Outcome::ok && request.invoked_at >= must_succeed_from_)
    court_.violate(kWritesSucceed, kWritesSucceedClause,
                   "a request that was sent after the cluster had recovered was "
                   "not answered with success");
  open.is_open = false;
}

}  // namespace quorate::sim
