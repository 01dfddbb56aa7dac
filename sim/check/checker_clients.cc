// What the checker makes of the clients: what they asked, what came to the leader, and the answers.
#include <algorithm>

#include "sim/check/always_answers_in_order.h"
#include "sim/check/always_ok_is_on_quorum.h"
#include "sim/check/always_recovery_is_honest.h"
#include "sim/check/always_wait_ends_in_time.h"
#include "sim/check/checker.h"

namespace quorate::sim {

void Checker::invoked(std::uint32_t client, const ClientRequestView& request) {
  ClientLine& line = court_.requests.line(client);
  if (request.sequence == 1) Requests::clear(line);
  line.pipe = request.pipe;
  line.asked = request.sequence;
  OpenRequest& open = court_.requests.request(client, request.sequence);
  open = OpenRequest();
  open.is_open = true;
  open.view = request;
  open.ok_before = court_.ok_lsn;
}

// Whose last byte has come now?
void Checker::reached(NodeId, const ClientBytes& come, Time at) {
  ClientLine& line = court_.requests.line(come.client);
  if (come.pipe != line.pipe) return;  // what is still under way on the connection before
  line.socket = come.socket;
  while (line.reached < line.asked) {
    OpenRequest& next = court_.requests.request(come.client, line.reached + 1);
    if (next.view.ends_at > come.up_to) return;
    ++line.reached;
    next.has_reached = true;
    next.reached_at = at;
    next.leader_life = court_.leader_life;
    next.was_behind = line.answered + 1 < line.reached;
    next.may_be_unread = next.was_behind &&
                         (line.is_blocked || next.view.ends_at - line.answered_bytes > kReadAhead);
  }
}

// The leader has read its log only now: it could read no request before.
void Checker::read_from_now_on() {
  std::uint32_t client = 0;
  for (const ClientLine& line : court_.requests.lines()) {
    for (std::uint64_t n = line.answered + 1; n <= line.reached; ++n)
      court_.requests.request(client, n).reached_at = court_.now();
    ++client;
  }
}

void Checker::leader_appended(const NodeTruth::Added& added) {
  reads_committed_.leader_appended(added);
  std::uint32_t client = 0;
  for (ClientLine& line : court_.requests.lines()) {
    OpenRequest& request = court_.requests.request(client++, added.record->sequence);
    if (line.socket.value() != added.record->client.value() || !request.is_open ||
        request.view.sequence != added.record->sequence)
      continue;
    if (added.record->sequence < line.appended && request.lsn.is_none() &&
        request.leader_life == court_.leader_life)
      court_.violate(AlwaysAnswersInOrder::kName, AlwaysAnswersInOrder::kClause, [&added] {
        return lsn_text(added.record->lsn) +
               " was written behind a request that came later on its connection";
      });
    line.appended = added.record->sequence;
    request.lsn = added.record->lsn;
    request.chain = added.record->chain;
    const bool is_set = added.op == Op::set;
    if (is_set != (request.view.op == OperationKind::set) || added.key != request.view.key ||
        (is_set && added.value != request.view.value))
      court_.violate(AlwaysOkIsOnQuorum::kName, AlwaysOkIsOnQuorum::kClause, [&added] {
        return lsn_text(added.record->lsn) + " is not what its client asked for";
      });
  }
}

void Checker::answered(NodeId, std::uint32_t client, ByteSpan bytes, bool all) {
  ClientLine& line = court_.requests.line(client);
  const Time now = court_.now();
  if (line.is_blocked) line.blocked_until = now;
  line.answer.append(bytes);
  while (!line.answer.empty()) {
    OpenRequest* request =
        line.answered < line.asked ? &court_.requests.request(client, line.answered + 1) : nullptr;
    if (request != nullptr && !request->is_open) request = nullptr;
    if (request != nullptr) answer_begins(line, *request);
    RespReply reply;
    const ReplyScan scan = scan_reply(line.answer.bytes(), reply);
    if (scan.status == RespStatus::incomplete) break;
    if (request == nullptr || scan.status == RespStatus::malformed)
      return court_.violate(kOneAnswer, kOneAnswerClause, [request] {
        return request != nullptr ? "an answer is not RESP2" : "a request was answered twice";
      });
    answer(client, line, *request, reply);
    line.answer.consume(scan.consumed);
    request->is_open = false;
    ++line.answered;
    line.answered_bytes = request->view.ends_at;
  }
  if (!all && !line.is_blocked && line.blocked_until != now) line.blocked_since = now;
  if (!all) line.blocked_until = now;
  line.is_blocked = !all;
}

// Its first byte has left.
void Checker::answer_begins(const ClientLine& line, OpenRequest& request) {
  // In the turn of its start the leader answers before it is heard that it has started.
  if (!leader_has_started_) request.reached_at = court_.now();
  if (request.is_answered) return;
  request.is_answered = true;
  request.answered_at = court_.now();
  // Where its socket took no more, it may have been decided before.
  const bool is_decided_now =
      line.blocked_until != court_.now() || line.blocked_since == court_.now();
  request.quorum_was_heard = is_decided_now && quorum_answers_.is_heard(court_, request);
}

void Checker::answer(std::uint32_t client, ClientLine& line, OpenRequest& request,
                     const RespReply& reply) {
  const bool is_write = request.view.op != OperationKind::get;
  const bool timed_out = reply.kind == RespKind::error && reply.text.substr(0, 7) == "TIMEOUT";
  const Time due = AlwaysWaitEndsInTime::deadline(court_, request);
  AlwaysWaitEndsInTime::answered(court_, line, request, due, timed_out);
  if (court_.leader().is_broken() && (reply.kind != RespKind::error || timed_out))
    court_.violate(AlwaysRecoveryIsHonest::kName, AlwaysRecoveryIsHonest::kClause,
                   [] { return "the leader served before it had its damaged log back"; });
  AlwaysAnswersInOrder::answered(court_, request, reply, timed_out);
  if (timed_out) {
    timeout_keeps_record_.answered_timeout(request);
    AlwaysQuorumAnswers::answered_timeout(court_, request);
    probes_.saw(ProbeId::write_timed_out);
    if (line.reached > request.view.sequence) probes_.saw(ProbeId::timeout_while_others_wait);
  } else if (reply.kind == RespKind::error) {
    if (!request.lsn.is_none())
      court_.violate(kOneAnswer, kNothingDoneClause, [&request] {
        return "a client was told that nothing was done, but " + lsn_text(request.lsn) +
               " is in the leader's log";
      });
  } else if (is_write) {
    AlwaysOkIsOnQuorum::answered_ok(court_, request);
    line.ok_lsn = std::max(line.ok_lsn, request.lsn);
    if (reply.kind == RespKind::integer) reads_committed_.removed(court_, request, reply.integer);
    probes_.saw(ProbeId::write_ok);
    if (answers_.timeout > 0) probes_.saw(ProbeId::write_ok_after_timeout);
    if (line.timed_out_last) probes_.saw(ProbeId::write_ok_right_behind_a_timeout);
    if (request.answered_at == due) probes_.saw(ProbeId::ack_at_the_deadline);
  } else {
    reads_committed_.read(court_, request, reply.kind == RespKind::nil ? nullptr : &reply.text,
                          line.ok_lsn, first_write_behind(client, line, request.view.sequence));
    probes_.saw(ProbeId::read_answered);
    if (request.was_behind) probes_.saw(ProbeId::read_waited_for_its_turn);
  }
  line.timed_out_last = timed_out && request.was_behind;
  const Time paused_until = court_.world->paused_until(kLeader);
  if (request.answered_at >= paused_until && paused_until > due)
    probes_.saw(ProbeId::node_paused_over_deadline);
}

// The LSN of the first write of the connection behind that request that the leader has appended.
Lsn Checker::first_write_behind(std::uint32_t client, const ClientLine& line,
                                std::uint64_t sequence) {
  for (std::uint64_t n = sequence + 1; n <= line.reached; ++n) {
    const Lsn lsn = court_.requests.request(client, n).lsn;
    if (!lsn.is_none()) return lsn;
  }
  return Lsn();
}

void Checker::ended(std::uint32_t client, const ClientRequestView& request, Outcome outcome) {
  const bool was_sent = request.sequence > 0;
  OpenRequest& open = court_.requests.request(client, request.sequence);
  count(request.op, outcome, court_.now() - request.invoked_at);
  if (outcome == Outcome::lost) probes_.saw(ProbeId::request_lost);
  if (outcome == Outcome::lost && open.is_open) {
    AlwaysWaitEndsInTime::given_up(court_, open);
    if (request.sequence > court_.requests.line(client).answered + 1)
      probes_.saw(ProbeId::several_requests_lost);
  }
  if (outcome != Outcome::ok && request.invoked_at >= must_succeed_from_)
    court_.violate(kWritesSucceed, kWritesSucceedClause, [] {
      return "a request that was sent after the cluster had recovered was "
             "not answered with success";
    });
  if (was_sent) open.is_open = false;
}

}  // namespace quorate::sim
