// The node in the profile replicated_log: whose generation it lives in, and which role is next.
#include "core/log/record_format.h"
#include "core/protocol/node.h"

namespace quorate {

void Node::start_elected(Time now, Effects& out) {
  // Damage may have hidden generations that this node has voted in: it goes beyond all of them.
  if (state_.log.wal().is_damaged()) {
    const std::uint64_t hidden = found_.damaged_bytes.value() / record_format::kFixed;
    beyond_damage_ = Generation(state_.log.generation().value() + hidden + 1);
    enter(now, beyond_damage_, out);
  }
  auto& follower = std::get<Follower>(role_);
  const Lsn mark = state_.high_water_mark;
  if (state_.log.last() > mark && !state_.rules->keeps_beyond_mark_at_start()) {
    out.note(FactKind::log_cut, NodeId(), mark, state_.log.last().value());
    state_.log.cut(mark, Lsn(), true);
  }
  follower.start(state_, out);
  follower.await_leader(state_, now);
  for (std::uint32_t n = 1; n < state_.config.id.value(); ++n)
    state_.links.want(NodeId(n), now, state_.deadlines, out);
  if (state_.config.majority() == 1 && !follower.is_damaged())
    role_.emplace<Candidate>().stand(state_, now, out);
  change_role(now, out);
}

void Node::change_role(Time now, Effects& out) {
  if (auto* leader = std::get_if<Leader>(&role_)) {
    if (!leader->is_over()) return;
    out.note(FactKind::stepped_down, NodeId(), state_.log.last(), state_.log.generation().value(),
             static_cast<std::uint64_t>(*leader->is_over()));
    become_follower(now, out);
  } else if (auto* follower = std::get_if<Follower>(&role_)) {
    if (!follower->wants_to_stand()) return;
    role_.emplace<Candidate>().stand(state_, now, out);
  }
  const auto* candidate = std::get_if<Candidate>(&role_);
  if (candidate == nullptr || !candidate->has_won()) return;
  const BestLog best = candidate->best();
  out.note(FactKind::elected, NodeId(), state_.log.last(), state_.log.generation().value());
  state_.deadlines.clear(DeadlineName::election);
  role_ = Leader(state_.config);
  std::get<Leader>(role_).lead(state_, now, best, out);
}

void Node::become_follower(Time now, Effects& out) {
  if (auto* leader = std::get_if<Leader>(&role_)) leader->step_down(state_, out);
  state_.deadlines.clear(DeadlineName::quorum_wait);
  state_.deadlines.clear(DeadlineName::no_space);
  state_.deadlines.clear(DeadlineName::leadership);
  role_.emplace<Follower>().await_leader(state_, now);
}

void Node::enter(Time now, Generation generation, Effects& out) {
  state_.log.enter(generation);
  out.note(FactKind::generation_entered, NodeId(), state_.log.last(), generation.value());
  if (leads())
    out.note(FactKind::stepped_down, NodeId(), state_.log.last(), generation.value(),
             static_cast<std::uint64_t>(StepDown::newer_generation));
  auto* follower = std::get_if<Follower>(&role_);
  if (follower != nullptr)
    follower->generation_entered();
  else
    become_follower(now, out);
}

bool Node::is_current(Time now, NodeId peer, Generation generation, Effects& out) {
  const Generation ours = state_.log.generation();
  if (generation > ours) enter(now, generation, out);
  if (generation >= ours || !state_.rules->refuses_older_generation()) return true;
  out.note(FactKind::stale_refused, peer, Lsn(), generation.value(), ours.value());
  state_.send(peer, Heartbeat{}, now, out);  // whose head tells it our generation
  return false;
}

void Node::greet(Time now, const PeerConnected& event, Effects& out) {
  // Who was dialed answers the hello with its own.
  if (event.peer > state_.config.id) state_.send(event.peer, hello(), now, out);
  if (event.generation > state_.log.generation()) enter(now, event.generation, out);
}

// All are connected with all, and each shows that it is there.
void Node::beat(Time now, Effects& out) {
  if (!state_.deadlines.due(DeadlineName::heartbeat, now)) return;
  const std::uint32_t due = state_.links.due_for_heartbeat(now, state_.deadlines);
  for (std::uint32_t n = 1; n <= state_.config.members; ++n)
    if ((due & Links::bit(NodeId(n))) != 0) state_.send(NodeId(n), Heartbeat{}, now, out);
}

bool Node::hears_leader(Time now) const {
  if (leads()) return true;
  const auto* follower = std::get_if<Follower>(&role_);
  return follower != nullptr && follower->hears_leader(state_, now);
}

void Node::hear(Time now, const PeerSaid& event, Effects& out) {
  if (event.message.from != event.peer) {
    out.hang_ups.push_back(event.peer);
    return;
  }
  if (!is_current(now, event.peer, event.message.generation, out)) return;
  const MessageBody& body = event.message.body;
  if (const auto* request = std::get_if<VoteRequest>(&body))
    return voter_.asked(state_, now, event.peer, *request, hears_leader(now), out);
  if (const auto* forward = std::get_if<Forward>(&body))
    return take_forward(now, event, *forward, out);
  if (const auto* answer = std::get_if<Forwarded>(&body))
    return forwards_.answered(state_, event.peer, *answer, event.records, out);
  const bool is_leaders = std::holds_alternative<Ship>(body) ||
                          std::holds_alternative<Confirm>(body) ||
                          std::holds_alternative<Chunk>(body);
  // Another has won the election that we stood for.
  if (is_leaders && stands()) become_follower(now, out);
  if (auto* leader = std::get_if<Leader>(&role_)) {
    leader->message(state_, now, event, out);
  } else if (auto* candidate = std::get_if<Candidate>(&role_)) {
    if (const auto* vote = std::get_if<Vote>(&body))
      candidate->voted(state_, now, event.peer, *vote, out);
  } else {
    std::get<Follower>(role_).message(state_, now, event, out);
  }
}

}  // namespace quorate
