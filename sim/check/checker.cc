#include "sim/check/checker.h"

#include <algorithm>

#include "sim/check/always_ack_is_durable.h"
#include "sim/check/always_ok_is_on_quorum.h"
#include "sim/check/always_recovery_is_honest.h"

namespace quorate::sim {

namespace {

// By the lesson's and the book's words, not by the code under test.
int followers_needed(QuorumRule rule, int followers) {
  const int all = followers + 1;
  if (followers == 0) return 0;
  return rule == QuorumRule::followers_majority ? followers / 2 + 1 : all / 2 + 1 - 1;
}

constexpr std::uint32_t bit(NodeId node) { return std::uint32_t{1} << (node.value() - 1); }

}  // namespace

void Checker::begin(const World& world, std::uint32_t clients, Duration write_timeout,
                    QuorumRule quorum, std::uint32_t pipeline) {
  forget();
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
  court_.requests.begin(clients, pipeline);
  logs_agree_.begin();
  applied_in_order_.begin(nodes);
  crc_failure_is_reshipped_.begin();
  timeout_keeps_record_.begin();
  reads_committed_.begin();
  quorum_answers_.begin(nodes);
  leader_is_intact_ = leader_has_started_ = true;
  restoring_ = 0;
}

// ---- disks

void Checker::appended(NodeId node, ByteSpan bytes) {
  NodeTruth& truth = court_.nodes[node.value() - 1];
  bool is_cut = false;
  while (const NodeTruth::Added* added = truth.append_next(bytes)) {
    logs_agree_.appended(court_, node, *added);
    if (node == kLeader && added->op == Op::generation) leader_is_intact_ = true;
    if (node == kLeader && added->op <= Op::del) leader_appended(*added);
    is_cut = is_cut || added->op == Op::cut;
  }
  if (is_cut) log_shrank(node);
  if ((restoring_ & bit(node)) != 0 && !truth.is_broken()) {
    restoring_ &= ~bit(node);
    if (node != kLeader) probes_.saw(ProbeId::follower_restored);
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
  for (ClientLine& line : court_.requests.lines()) {
    line.answer.clear();
    line.is_blocked = false;
  }
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
  if (frame.kind == TappedKind::ack)
    return AlwaysAckIsDurable::said(court_, node, frame, leader_is_intact_);
  if (frame.kind == TappedKind::ship && node == kLeader)
    crc_failure_is_reshipped_.ships(peer, frame);
}

void Checker::decided(NodeId node, const Facts& facts) {
  for (const Fact& fact : facts) {
    switch (fact.kind) {
      // What every write brings about, and no probe counts.
      case FactKind::appended:
      case FactKind::synced:
      case FactKind::ack_sent:
      case FactKind::write_answered: break;
      case FactKind::applied: applied_in_order_.applied(court_, node, fact.lsn); break;
      case FactKind::shipped: probes_.shipped(fact); break;
      case FactKind::ack_counted: quorum_answers_.ack_counted(fact.peer, fact.lsn); break;
      case FactKind::quorum_reached: quorum_reached(fact); break;
      default: decided_seldom(node, fact); break;
    }
  }
  if (node == kLeader) crc_failure_is_reshipped_.turn_over(court_);
  const Driver* driver = court_.world->driver(node);
  const std::size_t buffered = driver == nullptr ? 0 : driver->most_buffered();
  if (buffered > kBufferBound)
    court_.violate(kBuffersBounded, kBuffersBoundedClause, [=] {
      return node_name(node) + " holds " + std::to_string(buffered) +
             " bytes in the buffers of one connection";
    });
}

void Checker::decided_seldom(NodeId node, const Fact& fact) {
  probes_.decided(node, fact);
  applied_in_order_.decided(node, fact);
  if (fact.kind == FactKind::started) AlwaysRecoveryIsHonest::started(court_, node, fact.lsn);
  if (node != kLeader) return;
  if (fact.kind == FactKind::started) {
    leader_has_started_ = true;
    read_from_now_on();
  }
  if (fact.kind == FactKind::crc_failure_heard)
    crc_failure_is_reshipped_.crc_failure_heard(court_, fact.peer, fact.lsn);
  if (fact.kind == FactKind::peer_connected) quorum_answers_.connected(fact.peer, fact.lsn);
  if (fact.kind == FactKind::no_space_heard) crc_failure_is_reshipped_.no_space_heard(fact.peer);
  if (fact.kind == FactKind::peer_gone || fact.kind == FactKind::peer_connected)
    crc_failure_is_reshipped_.connection_changed(fact.peer);
}

void Checker::quorum_reached(const Fact& fact) {
  if (fact.a >= static_cast<std::uint64_t>(court_.followers)) return;
  for (std::uint32_t n = 2; n <= court_.world->node_count(); ++n)
    if (!court_.world->is_up(NodeId(n))) return probes_.saw(ProbeId::quorum_with_follower_down);
}

}  // namespace quorate::sim
