#include "sim/check/log_checker.h"
#include "sim/check/log_words.h"

#include <algorithm>

namespace quorate::sim {

void LogChecker::begin(const World& world, std::uint32_t clients) {
  forget();
  world_ = &world;
  nodes_.resize(world.node_count());
  for (Judged& node : nodes_) {
    node.truth.clear();
    node.said.assign(nodes_.size(), Generation());
    node.voted_in = Generation();
    node.voted_for = NodeId();
    node.marks.assign(nodes_.size(), Lsn());
    node.applied = Lsn();
    node.vows.clear();
    node.adopted_in = Generation();
    node.answered_at.assign(nodes_.size(), Time());
    node.may_lead_until = Time();
    node.would_lead = Generation();
    node.would_be_elected_by = 0;
  }
  committed_.clear(world.node_count());
  reference_.begin(world.config());
  history_.begin(clients);
  led_by_.clear();
  asked_.assign(clients, {});
  written_.resize(clients);
  for (std::vector<Written>& writes : written_) writes.clear();
  keys_.clear();
  others_wrote_ = false;
  own_.resize(clients);
  for (std::vector<OwnWrite>& own : own_) own.clear();
  elections_ = 0;
  broken_ = 0;
  damages_overlap_ = false;
}

void LogChecker::violate(const CheckName& check, std::string sentence) {
  verdict_.violate(check.name, check.clause, std::move(sentence), world_->now());
}

// ---- disks

void LogChecker::appended(NodeId node, ByteSpan bytes) {
  NodeTruth& truth = at(node).truth;
  while (const NodeTruth::Added* added = truth.append_next(bytes)) {
    if (is_data(added->op))
      record_added(node, *added);
    else
      note_added(node, *added);
  }
  if (truth.bytes_are_malformed())
    violate(kLogsMatch,
            [=] { return name_of(node) + " wrote a record where it doesn't follow in its log"; });
  if ((broken_ & bit(node)) != 0 && !truth.is_broken()) {
    broken_ &= ~bit(node);
    probes_.saw(ProbeId::follower_restored);
  }
}

void LogChecker::note_added(NodeId node, const NodeTruth::Added& added) {
  if (added.op == Op::cut) log_cut(node, added);
  if (added.op == Op::snapshot) snapshot_added(node, added);
  if (added.op == Op::generation && added.record->sequence != 0)
    at(node).vows.push_back({added.record->generation,
                             NodeId(static_cast<std::uint32_t>(added.record->sequence)),
                             added.record->end});
}

void LogChecker::record_added(NodeId node, const NodeTruth::Added& added) {
  const TrueRecord& record = *added.record;
  const auto what = [node, &record] {
    return name_of(node) + " wrote " + text_of(record.lsn) + " of " + text_of(record.generation);
  };
  if (!record.sound)
    return violate(kLogsMatch, [=] { return what() + " although it came damaged"; });
  const Committed::Writing writing = committed_.written(record);
  if (writing == Committed::Writing::contradicts)
    return violate(kLogsMatch, [=] {
      return what() + ", but another record of that LSN and generation exists";
    });
  if (added.op == Op::noop && record.generation == at(node).truth.generation()) {
    // The first entry of a leader's generation: what was committed before must be behind it.
    const Lsn owed = committed_.last_before(record.generation);
    if (!committed_.all_in(at(node).truth, owed))
      return violate(kLeaderIsComplete, [=, &record] {
        return name_of(node) + " has the log of a leader of " + text_of(record.generation) +
               " without what was committed up to " + text_of(owed);
      });
  }
  // The others write what the leader has written: once is enough.
  if (writing != Committed::Writing::first) return;
  reference_.written(record, added);
  if (record.client.is_none()) {
    others_wrote_ = others_wrote_ || added.op != Op::noop;
    return;
  }
  const std::uint32_t content = content_of(added.key, added.value);
  const std::uint32_t left = added.op == Op::cas ? left_by_cas(added) : content;
  written_[SessionClients::whose(record.client, written_.size())].push_back(
      {record.sequence, content, left, added.op, keys_.number(added.key), record.lsn, record.chain,
       record.client});
}

void LogChecker::log_cut(NodeId node, const NodeTruth::Added& added) {
  const Lsn first = added.record->lsn.next();
  if (added.cut_last < first) return;
  probes_.saw(ProbeId::entry_overwritten);
  if (committed_.has(first, added.first_taken))
    violate(kCommittedStays,
            name_of(node) + " cut " + text_of(first) + " from its log, which is committed");
}

void LogChecker::became_durable(NodeId node, Lsn before) {
  if (!committed_.durable(node, at(node).truth, before))
    violate(kCommittedStays, [=] {
      return "with " + name_of(node) +
             " a majority holds a log that contradicts what was committed before";
    });
}

void LogChecker::cut(NodeId node, ByteCount size) {
  if (size < at(node).truth.whole_end())
    violate(kRecoveryIsHonest, name_of(node) + " cut its file to " + std::to_string(size.value()) +
                                   " bytes, though it was sound beyond");
  at(node).truth.cut_file(size);
  forget_vows(node, size);
}

// Those behind the end of its file.
void LogChecker::forget_vows(NodeId node, ByteCount size) {
  std::erase_if(at(node).vows, [&](const Judged::Vow& vow) { return vow.end > size; });
}

void LogChecker::durable(NodeId node, ByteCount up_to) {
  const Lsn before = at(node).truth.durable_lsn();
  at(node).truth.durable(up_to);
  became_durable(node, before);
}

void LogChecker::crashed(NodeId node, ByteSpan file, ByteCount durable) {
  const Lsn before = at(node).truth.durable_lsn();
  at(node).truth.crashed(file, durable);
  became_durable(node, before);  // what was not synced yet and is left, stays
  forget_vows(node, ByteCount(file.size()));
  forget_life(node);
}

void LogChecker::forget_life(NodeId node) {
  for (Asked& asked : asked_)
    if (asked.node == node) asked.node = NodeId();  // its client hears that the connection is over
  at(node).marks.assign(nodes_.size(), Lsn());
  at(node).applied = Lsn();
  at(node).would_lead = Generation();
}

void LogChecker::damaged(NodeId node, ByteSpan file) {
  at(node).truth.damaged(file);
  if (!at(node).truth.is_broken()) return;
  if ((broken_ & ~bit(node)) != 0) damages_overlap_ = true;
  broken_ |= bit(node);
}

void LogChecker::started(NodeId node) { forget_life(node); }

// ---- what is decided

void LogChecker::decided(NodeId node, const Facts& facts) {
  for (const Fact& fact : facts) {
    switch (fact.kind) {
      // What every write brings about, and no probe counts.
      case FactKind::appended:
      case FactKind::synced:
      case FactKind::ack_sent:
      case FactKind::ack_counted:
      case FactKind::mark_learned:
      case FactKind::write_answered:
      case FactKind::forward_ended: break;
      case FactKind::applied: applied(node, fact.lsn); break;
      case FactKind::shipped: probes_.shipped(fact); break;
      case FactKind::forwarded: probes_.saw(ProbeId::request_forwarded); break;
      case FactKind::quorum_reached: mark_is_backed(node, fact.lsn); break;
      default: decided_seldom(node, fact); break;
    }
  }
  const Driver* driver = world_->driver(node);
  if (driver == nullptr) return;
  if (driver->node() != nullptr && driver->node()->leads()) has_majority(node);
  const std::size_t buffered = driver->most_buffered();
  if (buffered > kBufferBound)
    violate(kBuffersBounded, [=] {
      return name_of(node) + " holds " + std::to_string(buffered) +
             " bytes in the buffer of a connection";
    });
}

void LogChecker::decided_seldom(NodeId node, const Fact& fact) {
  probes_.decided_elected(fact);
  switch (fact.kind) {
    case FactKind::started: recovered(node, fact.lsn); break;
    case FactKind::snapshot_installed: at(node).applied = fact.lsn; break;
    case FactKind::state_rebuilt: at(node).applied = fact.lsn; break;
    case FactKind::log_cut: at(node).applied = std::min(at(node).applied, fact.lsn); break;
    case FactKind::adopted: at(node).adopted_in = at(node).truth.generation(); break;
    case FactKind::serving:
      leads_beside_others(node);
      if (at(node).adopted_in == at(node).truth.generation())
        probes_.saw(ProbeId::adopted_log_committed);
      break;
    default: break;
  }
}

void LogChecker::recovered(NodeId node, Lsn last) {
  const NodeTruth& truth = at(node).truth;
  at(node).applied = truth.snapshot();
  if (last != truth.last())
    violate(kRecoveryIsHonest, name_of(node) + " started with a log up to " + text_of(last) +
                                   ", but its file holds it up to " + text_of(truth.last()));
}

// Does somebody still lead who doesn't know yet that this one has been elected?
void LogChecker::leads_beside_others(NodeId node) {
  for (std::uint32_t n = 1; n <= world_->node_count(); ++n) {
    const Node* other = running(NodeId(n));
    if (NodeId(n) != node && other != nullptr && other->leads() && other->is_serving())
      return probes_.saw(ProbeId::two_leaders_at_once);
  }
}

void LogChecker::applied(NodeId node, Lsn lsn) {
  Judged& judged = at(node);
  const Lsn before = judged.applied;
  if (lsn != before.next())
    return violate(kAppliedInOrder, [=] {
      return name_of(node) + " applied " + text_of(lsn) + " after " + text_of(before);
    });
  judged.applied = lsn;
  // What a snapshot has replaced in the same turn can't be looked at any more.
  if (lsn > committed_.last() || !committed_.all_in(judged.truth, lsn))
    violate(kMarkIsBacked, [=] {
      return name_of(node) + " applied " + text_of(lsn) + " before it was committed";
    });
}

}  // namespace quorate::sim
