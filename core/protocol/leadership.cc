#include "core/protocol/leadership.h"

#include <algorithm>

namespace quorate {

template <class Mark>
Mark Leadership::of_majority(const NodeState& node, const std::array<Mark, kMaxMembers>& marks,
                             Mark own) const {
  std::array<Mark, kMaxMembers> all = marks;
  all[place(node.config.id)] = own;
  const auto end = all.begin() + node.config.members;
  const auto rank = all.begin() + (node.config.majority() - 1);
  std::nth_element(all.begin(), rank, end, [](Mark a, Mark b) { return a > b; });
  return *rank;
}

bool Leadership::has_majority(NodeState& node, Time now) {
  const Time lapses_at = of_majority(node, heard_, now) + node.config.election_timeout;
  const bool is_alone = node.config.majority() == 1;
  const bool has_it = is_alone || now < lapses_at;
  node.deadlines.set(DeadlineName::leadership, is_alone ? Time::never()
                                               : has_it ? lapses_at
                                                        : now + node.config.election_timeout);
  return has_it;
}

void Leadership::confirmed(NodeId follower, std::uint64_t round) {
  std::uint64_t& before = confirmed_[place(follower)];
  before = std::max(before, std::min(round, begun_));
}

void Leadership::turn_ended(NodeState& node, Time now, Effects& out) {
  if (!reads_.empty() && reads_.back().round > begun_) begin_round(node, now, out);
}

void Leadership::begin_round(NodeState& node, Time now, Effects& out) {
  ++begun_;
  std::uint32_t all = 0;
  for (std::uint32_t n = 1; n <= node.config.members; ++n)
    if (node.links.is_connected(NodeId(n))) all |= Links::bit(NodeId(n));
  ask(node, now, all, out);
}

void Leadership::ask(NodeState& node, Time now, std::uint32_t peers, Effects& out) {
  for (std::uint32_t n = 1; n <= node.config.members; ++n)
    if ((peers & Links::bit(NodeId(n))) != 0)
      node.send(NodeId(n), Confirm{begun_, node.high_water_mark}, now, out);
}

void Leadership::take_confirmed(const NodeState& node, std::vector<Read>& to) {
  if (reads_.empty()) return;
  const std::uint64_t round = of_majority(node, confirmed_, begun_);
  auto end = reads_.begin();
  while (end != reads_.end() && (end->round <= round || !node.rules->confirms_reads())) ++end;
  std::move(reads_.begin(), end, std::back_inserter(to));
  reads_.erase(reads_.begin(), end);
}

void Leadership::read(const NodeState& node, const ClientRequest& event, Time now) {
  const Time began = node.began(now, event);
  order_.listed(began, reads_.size());
  reads_.push_back({event.client, event.sequence, std::string(event.key), began, begun_ + 1});
}

void Leadership::expire(const NodeState& node, Time now, Effects& out) {
  if (now < reads_deadline(node)) return;
  std::erase_if(reads_, [&](const Read& read) {
    if (now < read.began + node.config.write_timeout) return false;
    out.replies.push_back({read.client, read.sequence, ReplyKind::timeout, 0, 0, 0});
    return true;
  });
}

void Leadership::refuse_all(ReplyKind why, Effects& out) {
  for (const Read& read : reads_) {
    out.note(FactKind::request_refused, NodeId(), Lsn(), static_cast<std::uint64_t>(why),
             read.client.value());
    out.replies.push_back({read.client, read.sequence, why, 0, 0, 0});
  }
  reads_.clear();
}

}  // namespace quorate
