// The leader and what it ships.
#include <algorithm>

#include "core/protocol/leader.h"

namespace quorate {

bool Leader::window_is_open(const NodeState& node, const Progress& follower) const {
  const Wal& wal = node.log.wal();
  const auto end = [&wal](Lsn lsn) { return lsn > wal.base() ? wal.end_of(lsn) : wal.begin(); };
  const Lsn out = follower.next.prev();
  return out <= follower.match || end(out) - end(follower.match) < node.config.window_bytes;
}

void Leader::ship(NodeState& node, Time now, Progress& follower, Effects& out) {
  if (follower.next <= node.log.wal().base()) return offer(node, now, follower, out);
  if (follower.state == Progress::State::probing) {
    if (!follower.asked) ship_run(node, now, follower, out);
    follower.asked = true;
  } else if (follower.state == Progress::State::streaming) {
    while (follower.next <= node.log.last() && window_is_open(node, follower))
      ship_run(node, now, follower, out);
  }
}

// What it lacks is in our log no more.
void Leader::offer(NodeState& node, Time now, Progress& follower, Effects& out) {
  using State = Progress::State;
  if (follower.state != State::probing && follower.state != State::streaming) return;
  if (!node.rules->offers_snapshot()) {  // a mistake: as if it had all that
    follower.next = node.log.wal().base().next();
    follower.asked = false;
    return;
  }
  offer_snapshot(node, now, follower.node, false, out);
  follower.state = State::installing;
  follower.shipped = std::max(follower.shipped, node.log.wal().snapshot().lsn);
}

bool Leader::moves_snapshot() const {
  if (adoption_ && adoption_->takes_snapshot()) return true;
  return std::any_of(progress_.begin(), progress_.end(), [](const Progress& follower) {
    return follower.state == Progress::State::installing;
  });
}

void Leader::ship_run(NodeState& node, Time now, Progress& follower, Effects& out) {
  const Wal& wal = node.log.wal();
  const Lsn first = follower.next;
  const bool empty = first > wal.last_lsn();
  const Lsn last = empty ? first.prev() : wal.run_from(first, node.config.ship_bytes);
  const auto records = static_cast<std::uint32_t>(last.value() + 1 - first.value());
  const Ship ship{first.prev(),      wal.generation_at(first.prev()),
                  generation_start_, node.high_water_mark,
                  wal.last_lsn(),    records};
  if (empty)
    node.send(follower.node, ship, now, out);
  else
    node.send(follower.node, ship, now, out, wal.begin_of(first), wal.end_of(last));
  const bool again = first <= follower.shipped && !empty;
  out.note(again ? FactKind::reshipped : FactKind::shipped, follower.node, first, last.value(),
           static_cast<std::uint64_t>(needed(node)));
  follower.next = last.next();
  follower.shipped = std::max(follower.shipped, last);
}

void Leader::ship_again_from(Progress& follower, Lsn lsn) {
  follower.next = lsn;
  follower.asked = false;
}

}  // namespace quorate
