#include "sim/check/log_checker.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace quorate::sim {

namespace {

constexpr const char* kOneLeader = "always_one_leader";
constexpr const char* kOneVote = "always_one_vote";
constexpr const char* kLogsMatch = "always_logs_agree";
constexpr const char* kCommittedStays = "always_committed_stays";
constexpr const char* kLeaderIsComplete = "always_leader_is_complete";
constexpr const char* kAckIsDurable = "always_ack_is_durable";
constexpr const char* kMarkIsBacked = "always_mark_is_backed";
constexpr const char* kAppliedInOrder = "always_applied_in_order";
constexpr const char* kAsksFirst = "always_asks_first";
constexpr const char* kHasMajority = "always_has_majority";
constexpr const char* kOkIsCommitted = "always_ok_is_committed";
constexpr const char* kBuffersBounded = "always_buffers_bounded";
constexpr const char* kWritesSucceed = "eventually_writes_succeed";

std::string name_of(NodeId node) { return "node-" + std::to_string(node.value()); }
std::string text_of(Lsn lsn) { return "LSN=" + std::to_string(lsn.value()); }
std::string text_of(Generation generation) {
  return "generation " + std::to_string(generation.value());
}
constexpr std::uint32_t bit(NodeId node) { return std::uint32_t{1} << (node.value() - 1); }

}  // namespace

void LogChecker::begin(const World& world, std::uint32_t clients) {
  verdict_.clear();
  probes_.clear();
  answers_ = {};
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
    node.answered_at.assign(nodes_.size(), Time());
    node.would_lead = Generation();
    node.would_be_elected_by = 0;
  }
  committed_.clear(world.node_count());
  history_.begin(clients);
  led_by_.clear();
  written_.resize(clients);
  for (std::vector<Written>& writes : written_) writes.clear();
  elections_ = 0;
  broken_ = 0;
  damages_overlap_ = false;
  must_succeed_from_ = Time::never();
  least_write_us_ = std::numeric_limits<std::int64_t>::max();
  most_write_us_ = 0;
}

void LogChecker::violate(const char* check, const char* clause, std::string sentence) {
  verdict_.violate(check, clause, std::move(sentence), world_->now());
}

// ---- disks

void LogChecker::appended(NodeId node, ByteSpan bytes) {
  NodeTruth& truth = at(node).truth;
  for (const NodeTruth::Added& added : truth.append(bytes)) {
    if (is_data(added.op)) record_added(node, added);
    if (added.op == Op::cut) log_cut(node, added);
    if (added.op == Op::generation && added.record.sequence != 0)
      at(node).vows.push_back({added.record.generation,
                               NodeId(static_cast<std::uint32_t>(added.record.sequence)),
                               added.record.end});
  }
  if (truth.bytes_are_malformed())
    violate(kLogsMatch, "S3", name_of(node) + " wrote a record where it doesn't follow in its log");
  if ((broken_ & bit(node)) != 0 && !truth.is_broken()) {
    broken_ &= ~bit(node);
    probes_.saw(ProbeId::follower_restored);
  }
}

void LogChecker::record_added(NodeId node, const NodeTruth::Added& added) {
  const TrueRecord& record = added.record;
  const std::string what =
      name_of(node) + " wrote " + text_of(record.lsn) + " of " + text_of(record.generation);
  if (!record.sound) return violate(kLogsMatch, "S3", what + " although it came damaged");
  if (!committed_.written(record))
    return violate(kLogsMatch, "S3",
                   what + ", but another record of that LSN and generation exists");
  if (added.op == Op::noop && record.generation == at(node).truth.generation()) {
    // The first entry of a leader's generation: what was committed before must be behind it.
    const Lsn owed = committed_.last_before(record.generation);
    if (!committed_.all_in(at(node).truth, owed))
      return violate(kLeaderIsComplete, "S13",
                     name_of(node) + " has the log of a leader of " + text_of(record.generation) +
                         " without what was committed up to " + text_of(owed));
  }
  const std::uint64_t client = record.client.value();
  if (client == 0 || client > written_.size()) return;
  written_[client - 1].push_back({record.sequence, record.lsn, record.chain});
}

void LogChecker::log_cut(NodeId node, const NodeTruth::Added& added) {
  const Lsn first = added.record.lsn.next();
  if (added.cut_last < first) return;
  probes_.saw(ProbeId::entry_overwritten);
  if (committed_.has(first, added.first_taken))
    violate(kCommittedStays, "S13",
            name_of(node) + " cut " + text_of(first) + " from its log, which is committed");
}

void LogChecker::became_durable(NodeId node, Lsn before) {
  if (!committed_.durable(node, at(node).truth, before))
    violate(kCommittedStays, "S13",
            "with " + name_of(node) +
                " a majority holds a log that contradicts what was committed before");
}

void LogChecker::cut(NodeId node, ByteCount size) {
  if (size < at(node).truth.whole_end())
    violate("always_recovery_is_honest", "S7",
            name_of(node) + " cut its file to " + std::to_string(size.value()) +
                " bytes, though it was sound beyond");
  at(node).truth.cut_file(size);
}

void LogChecker::durable(NodeId node, ByteCount up_to) {
  const Lsn before = at(node).truth.durable_lsn();
  at(node).truth.durable(up_to);
  became_durable(node, before);
}

void LogChecker::crashed(NodeId node, ByteSpan file, ByteCount durable) {
  at(node).truth.crashed(file, durable);
  std::erase_if(at(node).vows,
                [&](const Judged::Vow& vow) { return vow.end > ByteCount(file.size()); });
  forget_life(node);
}

void LogChecker::forget_life(NodeId node) {
  at(node).marks.assign(nodes_.size(), Lsn());
  at(node).applied = Lsn();
}

void LogChecker::damaged(NodeId node, ByteSpan file) {
  at(node).truth.damaged(file);
  if (!at(node).truth.is_broken()) return;
  if ((broken_ & ~bit(node)) != 0) damages_overlap_ = true;
  broken_ |= bit(node);
}

void LogChecker::started(NodeId node) { forget_life(node); }

// ---- what is said

void LogChecker::said(NodeId node, NodeId peer, const TappedFrame& frame) {
  switch (frame.kind) {
    case TappedKind::ship:
    case TappedKind::confirm: leads(node, peer, frame); break;
    case TappedKind::ack: acknowledges(node, peer, frame); break;
    case TappedKind::confirmed: is_answered(peer, node); break;
    case TappedKind::vote:
      if (frame.granted && frame.is_pre) would_vote(node, peer, frame.proposed);
      if (!frame.granted || frame.is_pre) break;
      votes(node, peer, frame.proposed, peer);
      is_answered(peer, node);
      break;
    case TappedKind::vote_request:
      if (frame.is_pre) break;
      stands(node, frame.proposed);
      votes(node, peer, frame.proposed, node);
      break;
    default: break;
  }
}

// What is said to one peer arrives in order; to two of them it may leave in any.
void LogChecker::speaks_in(NodeId node, NodeId peer, Generation generation) {
  Judged& judged = at(node);
  Generation& before = judged.said[peer.value() - 1];
  if (generation < before)
    return violate(kOneVote, "S12",
                   name_of(node) + " speaks in " + text_of(generation) +
                       " after it had spoken in " + text_of(before));
  before = generation;
  if (judged.truth.generation() == generation && !judged.truth.generation_is_durable())
    violate(kOneVote, "S12",
            name_of(node) + " speaks in " + text_of(generation) +
                ", which it would not remember after a crash");
}

void LogChecker::leads(NodeId node, NodeId peer, const TappedFrame& frame) {
  speaks_in(node, peer, frame.generation);
  const std::size_t generation = frame.generation.value();
  constexpr std::size_t kMost = 1 << 16;  // damage at rest lets generations leap
  if (generation < kMost) {
    if (generation >= led_by_.size()) led_by_.resize(generation + 1);
    NodeId& leader = led_by_[generation];
    if (leader.is_none() && ++elections_ == 2) probes_.saw(ProbeId::several_elections);
    if (leader.is_none()) leader = node;
    if (leader != node)
      return violate(kOneLeader, "S11",
                     name_of(node) + " leads in " + text_of(frame.generation) + ", in which " +
                         name_of(leader) + " has led");
  }
  has_majority(node);
  mark_is_backed(node, frame.mark);
  Lsn& before = at(node).marks[peer.value() - 1];
  if (frame.mark < before)
    return violate(kMarkIsBacked, "S14",
                   "the high-water mark of " + name_of(node) + " goes back from " +
                       text_of(before) + " to " + text_of(frame.mark));
  before = frame.mark;
}

void LogChecker::mark_is_backed(NodeId node, Lsn mark) {
  if (mark > committed_.last())
    violate(kMarkIsBacked, "S14",
            name_of(node) + " says that all up to " + text_of(mark) +
                " is committed, but a majority holds only " + text_of(committed_.last()));
}

void LogChecker::votes(NodeId node, NodeId peer, Generation generation, NodeId candidate) {
  speaks_in(node, peer, generation);
  Judged& judged = at(node);
  const bool is_written =
      std::any_of(judged.vows.begin(), judged.vows.end(), [&](const Judged::Vow& vow) {
        return vow.generation == generation && vow.candidate == candidate &&
               vow.end <= judged.truth.durable_bytes();
      });
  if (!is_written)
    return violate(kOneVote, "S12",
                   name_of(node) + " votes for " + name_of(candidate) + " in " +
                       text_of(generation) + " without having that on its disk");
  if (judged.voted_in == generation && judged.voted_for != candidate)
    return violate(kOneVote, "S12",
                   name_of(node) + " votes for " + name_of(candidate) + " in " +
                       text_of(generation) + ", in which it has voted for " +
                       name_of(judged.voted_for));
  judged.voted_in = generation;
  judged.voted_for = candidate;
}

void LogChecker::acknowledges(NodeId node, NodeId peer, const TappedFrame& frame) {
  is_answered(peer, node);
  if (frame.status != 0 || frame.lsn.is_none()) return;
  speaks_in(node, peer, frame.generation);
  const NodeTruth& truth = at(node).truth;
  const std::string what = name_of(node) + " acknowledged " + text_of(frame.lsn);
  if (truth.is_broken())
    return violate(kAckIsDurable, "S2", what + " before it had its damaged log back");
  if (frame.lsn > truth.durable_lsn())
    return violate(kAckIsDurable, "S2",
                   what + ", but only " + text_of(truth.durable_lsn()) + " is durable there");
  const Node* leader = running(peer);
  const bool still_leads =
      leader != nullptr && leader->leads() && leader->log().generation() == frame.generation;
  const NodeTruth& its = at(peer).truth;
  if (!still_leads || its.is_broken()) return;
  if (frame.lsn > its.last() || its.record(frame.lsn).chain != truth.record(frame.lsn).chain)
    violate(kAckIsDurable, "S2", what + ", but its log is not the leader's up to there");
}

// A node that could not be elected leaves the generation alone: it first asks who would vote for
// it.
void LogChecker::would_vote(NodeId node, NodeId candidate, Generation proposed) {
  Judged& asked = at(candidate);
  if (asked.would_lead != proposed) asked.would_be_elected_by = 0;
  asked.would_lead = proposed;
  asked.would_be_elected_by |= bit(node);
}

void LogChecker::stands(NodeId node, Generation proposed) {
  const Judged& asked = at(node);
  const std::uint32_t by =
      bit(node) | (asked.would_lead == proposed ? asked.would_be_elected_by : 0);
  if (static_cast<std::size_t>(std::popcount(by)) > nodes_.size() / 2) return;
  violate(kAsksFirst, "S16",
          name_of(node) + " stands for election in " + text_of(proposed) + ", though only " +
              std::to_string(std::popcount(by)) + " of " + std::to_string(nodes_.size()) +
              " would have voted for it");
}

void LogChecker::is_answered(NodeId leader, NodeId by) {
  at(leader).answered_at[by.value() - 1] = world_->now();
}

// Who leads on without a majority answers from a past that others have left.
void LogChecker::has_majority(NodeId node) {
  const Driver* driver = world_->driver(node);
  if (driver == nullptr || driver->node() == nullptr) return;
  const Time since = world_->now() + Duration(-kAnswersTravel.us()) +
                     Duration(-driver->node()->config().election_timeout.us());
  std::size_t answering = 1;
  for (const Time at_last : at(node).answered_at) answering += at_last >= since ? 1 : 0;
  if (since > Time() && answering <= nodes_.size() / 2)
    violate(kHasMajority, "S17",
            name_of(node) + " still leads, though no majority has answered it for " +
                std::to_string((world_->now() - since).us() / 1000) + " ms");
}

// ---- what is decided

void LogChecker::decided(NodeId node, const Facts& facts) {
  for (const Fact& fact : facts) {
    probes_.decided_elected(fact);
    switch (fact.kind) {
      case FactKind::started: at(node).applied = Lsn(); break;
      case FactKind::state_rebuilt: at(node).applied = fact.lsn; break;
      case FactKind::log_cut: at(node).applied = std::min(at(node).applied, fact.lsn); break;
      case FactKind::applied: applied(node, fact.lsn); break;
      case FactKind::quorum_reached: mark_is_backed(node, fact.lsn); break;
      default: break;
    }
  }
  const Driver* driver = world_->driver(node);
  if (driver != nullptr && driver->most_buffered() > kBufferBound)
    violate(kBuffersBounded, "S9",
            name_of(node) + " holds " + std::to_string(driver->most_buffered()) +
                " bytes in the buffer of a connection");
}

void LogChecker::applied(NodeId node, Lsn lsn) {
  Judged& judged = at(node);
  if (lsn != judged.applied.next())
    return violate(
        kAppliedInOrder, "S3",
        name_of(node) + " applied " + text_of(lsn) + " after " + text_of(judged.applied));
  judged.applied = lsn;
  if (lsn > judged.truth.last() || !committed_.has(lsn, judged.truth.record(lsn).chain))
    violate(kMarkIsBacked, "S14",
            name_of(node) + " applied " + text_of(lsn) + " before it was committed");
}

// ---- clients

void LogChecker::began(std::uint32_t client, const SessionOperation& operation) {
  history_.began(client, operation);
}

void LogChecker::at_the_end() {
  const std::string contradiction = history_.contradiction();
  if (!contradiction.empty()) violate(ClientHistory::kName, ClientHistory::kClause, contradiction);
}

void LogChecker::ended(std::uint32_t client, const SessionOperation& operation, Outcome outcome,
                       const Found& found) {
  history_.ended(client, outcome, found);
  answers_.ok += outcome == Outcome::ok ? 1 : 0;
  answers_.timeout += outcome == Outcome::timeout ? 1 : 0;
  answers_.error += outcome == Outcome::error ? 1 : 0;
  answers_.lost += outcome == Outcome::lost ? 1 : 0;
  if (outcome != Outcome::ok && operation.began_at >= must_succeed_from_)
    violate(kWritesSucceed, "L2",
            "client " + std::to_string(client + 1) +
                " has no answer, though all faults were over when it asked");
  if (outcome != Outcome::ok || operation.op == OperationKind::get) return;
  probes_.saw(ProbeId::write_ok);
  const std::int64_t took = (world_->now() - operation.began_at).us();
  least_write_us_ = std::min(least_write_us_, took);
  most_write_us_ = std::max(most_write_us_, took);
  bool is_committed = false;
  for (const Written& written : written_[client])
    is_committed = is_committed || (written.sequence == operation.sequence &&
                                    committed_.has(written.lsn, written.chain));
  if (!is_committed)
    violate(kOkIsCommitted, "S1",
            "client " + std::to_string(client + 1) + " was told that its write " +
                std::to_string(operation.sequence) + " of " + operation.key +
                " is done, but no majority holds it");
}

}  // namespace quorate::sim
