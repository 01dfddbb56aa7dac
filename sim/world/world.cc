#include "sim/world/world.h"

#include <algorithm>

#include "core/base/check.h"
#include "sim/world/sim_env.h"

namespace quorate::sim {

void World::reset(const WorldSettings& settings, const Rules& rules, std::uint32_t clients) {
  const std::uint32_t count = settings.node.members;
  QUORATE_CHECK(count >= 1 && count <= kMaxNodes, "a simulated cluster has 1 to 7 nodes");
  settings_ = settings;
  rules_ = &rules;
  choice_ = Choice(settings.seed);
  odds_ = Odds(settings.network);
  now_ = Time();
  queue_.clear();
  digest_ = Digest();
  happenings_ = sockets_opened_ = corrupted_ = 0;
  nodes_.resize(count);
  for (std::uint32_t n = 0; n < count; ++n) {
    SimNode& node = nodes_[n];
    node.config = settings.node;
    node.config.id = NodeId(n + 1);
    node.config.election_timeout =
        milliseconds(choice_.in(settings.election_timeout_ms, Purpose::election_timeout, n, 0));
    if (n < settings.stands_after.size()) node.config.stands_after = settings.stands_after[n];
    node.driver.reset();
    node.disk.clear();
    node.clock = SimClock(
        static_cast<std::int64_t>(choice_.below(1'000'000'000, Purpose::clock_offset, n, 0)),
        choice_.in(settings.clock.drift_ppm, Purpose::clock_drift, n, 0));
    node.life = 0;
    node.paused_until = Time();
    node.timer_at = node.timer_for = Time::never();
    node.sockets.clear();
    node.syncs = 0;
    node.doomed = node.halted = false;
  }
  free_pipes_.clear();
  for (std::uint32_t index = static_cast<std::uint32_t>(pipes_.size()); index-- > 0;) {
    pipes_[index].in_use = false;
    ++pipes_[index].use;
    free_pipes_.push_back(index);
  }
  parties_ = kFirstClient + clients;
  links_.clear();
  links_.resize(std::size_t{parties_} * parties_);
  corruptions_.clear();
  holds_.clear();
  moments_.clear();
  said_.clear();
  fired_.clear();
  turned_.clear();
}

// ---- the next thing

Happening World::step(Observer& observer) {
  if (queue_.empty()) return {Happening::Kind::nothing, 0, 0, 0};
  const Event event = queue_.pop();
  QUORATE_CHECK(event.at >= now_, "time never goes back");
  now_ = event.at;
  ++happenings_;
  digest_.add(static_cast<std::uint64_t>(now_.us()) ^
              (static_cast<std::uint64_t>(event.kind) << 56) ^ (std::uint64_t{event.a} << 40));
  return event.kind == EventKind::arrival ? arrival(event, observer) : happen(event, observer);
}

Happening World::happen(const Event& event, Observer& observer) {
  switch (event.kind) {
    case EventKind::arrival: break;
    case EventKind::dial_in: return dial_in(event, observer);
    case EventKind::dial_out: return dial_out(event, observer);
    case EventKind::reset: return reset_end(event, observer);
    case EventKind::sync_done: return sync_done(event, observer);
    case EventKind::timer: return timer(event, observer);
    case EventKind::alarm: return {Happening::Kind::alarm, 0, 0, event.a};
    case EventKind::resume: return {Happening::Kind::passed, 0, 0, 0};
    case EventKind::writable: {
      Pipe& pipe = pipes_[event.a];
      const Party writer = pipe.ends[event.side];
      if (pipe.use != event.b || !pipe.open[event.side]) break;
      if (!is_client(writer) && wait_for_resume(NodeId(writer), event)) break;
      pipe.to[1 - event.side].writer_waits = false;
      if (is_client(writer)) return {Happening::Kind::writable, writer, event.a, 0};
      const SocketId socket = pipe.sockets[event.side];
      take_turn(NodeId(writer), observer,
                [socket](Driver& driver, Env& env) { driver.writable(env, socket); });
      return {Happening::Kind::node_turn, writer, 0, 0};
    }
  }
  return {};
}

template <class Turn>
void World::take_turn(NodeId id, Observer& observer, Turn turn) {
  SimNode& node = at(id);
  SimEnv sim_env(*this, id, observer);
  Env env{sim_env, sim_env, sim_env};
  turn(*node.driver, env);
  after_turn(node, observer);
}

void World::after_turn(SimNode& node, Observer& observer) {
  const NodeId id = node.config.id;
  if (node.doomed) forget_undone(id);
  if (!said_.empty()) said_.clear();
  const Facts& facts = node.doomed ? done_ : node.driver->facts();
  for (const Fact& fact : facts)
    digest_.add((static_cast<std::uint64_t>(fact.kind) << 56) ^ (fact.lsn.value() << 24) ^
                (std::uint64_t{fact.peer.value()} << 16) ^ fact.a);
  observer.decided(id, facts);
  if (node.doomed) return;  // whoever doomed it takes it down
  if (node.driver->halted()) {
    node.halted = true;
    return;  // whoever sees that lets it end
  }
  arm_timer(node);
}

inline void World::arm_timer(SimNode& node) {
  const Time deadline = node.driver->next_deadline();
  if (deadline >= node.timer_for) return;  // the timer that is set comes soon enough
  const Time due = std::max(now_, node.clock.when(deadline));
  if (due >= node.timer_at) return;
  node.timer_at = due;
  node.timer_for = deadline;
  queue_.push(due, EventKind::timer, node.config.id.value(), node.life);
}

Happening World::timer(const Event& event, Observer& observer) {
  const NodeId id(event.a);
  SimNode& node = at(id);
  if (!node.driver || node.life != event.b || event.at != node.timer_at) return {};
  if (wait_for_resume(id, event)) {
    node.timer_at = node.paused_until;
    return {};
  }
  // What arrives at the very moment of a deadline is looked at before the clock is.
  if (!queue_.empty() && queue_.top().at == now_ && queue_.top().kind != EventKind::timer) {
    queue_.push(now_, EventKind::timer, event.a, event.b);
    return {};
  }
  node.timer_at = node.timer_for = Time::never();
  if (node.clock.shows(now_) >= node.driver->next_deadline()) {
    take_turn(id, observer, [](Driver& driver, Env& env) { driver.time_passed(env); });
    return {Happening::Kind::node_turn, event.a, 0, 0};
  }
  arm_timer(node);
  return {};
}

Happening World::sync_done(const Event& event, Observer& observer) {
  const NodeId id(event.a);
  SimNode& node = at(id);
  if (!node.driver || node.life != event.b || wait_for_resume(id, event)) return {};
  const std::size_t before = node.disk.durable.value();
  const bool succeeded = node.disk.end_sync();
  if (succeeded) observer.durable(id, node.disk.durable);
  if (succeeded && !moments_.empty()) {
    const ByteSpan durable = ByteSpan(node.disk.file).first(node.disk.durable.value());
    moment(id, Moment::sync, durable.subspan(before));
    if (node.doomed) return {};  // it never learns of it
  }
  take_turn(id, observer, [succeeded](Driver& driver, Env& env) { driver.synced(env, succeeded); });
  return {Happening::Kind::node_turn, event.a, 0, 0};
}

// The sender tries again and again: it gets through when the partition is over.
Time World::through_partition(const Link& link) const {
  return link.blocked_until + microseconds(settings_.network.delay.us.min);
}

bool World::wait_for_partition(const Link& link, const Event& event) {
  if (now_ >= link.blocked_until) return false;
  queue_.push(through_partition(link), event.kind, event.a, event.b, event.side);
  return true;
}

// ---- pipes

inline Happening World::arrival(const Event& event, Observer& observer) {
  Pipe& pipe = pipes_[event.a];
  const std::uint32_t end = event.side;
  if (pipe.use != event.b || !pipe.open[end]) return {};
  const Party reader = pipe.ends[end];
  Stream& stream = pipe.to[end];
  if (stream.arrivals.empty()) return {};
  Link& in = link(pipe.ends[1 - end], reader);
  if (now_ < in.blocked_until) {
    const Time at = through_partition(in);
    stream.arrivals.hold_until(at);
    stream.last_at = std::max(stream.last_at, at);
    queue_.push(at, event.kind, event.a, event.b, event.side);
    return {};
  }
  if (!is_client(reader) && wait_for_resume(NodeId(reader), event)) return {};
  stream.arrive(now_);
  return tell_readable(event.a, end, observer);
}

inline Happening World::tell_readable(std::uint32_t index, std::uint32_t end, Observer& observer) {
  const Pipe& pipe = pipes_[index];
  const Party reader = pipe.ends[end];
  if (is_client(reader)) return {Happening::Kind::readable, reader, index, 0};
  const SocketId socket = pipe.sockets[end];
  if (is_client(pipe.ends[1 - end]))
    observer.reached(NodeId(reader),
                     {pipe.ends[1 - end] - kFirstClient, index, socket, pipe.to[end].arrived},
                     now_);
  take_turn(NodeId(reader), observer,
            [socket](Driver& driver, Env& env) { driver.readable(env, socket); });
  return {Happening::Kind::node_turn, reader, index, 0};
}

Happening World::dial_in(const Event& event, Observer& observer) {
  Pipe& pipe = pipes_[event.a];
  if (pipe.use != event.b || !pipe.open[0]) return {};
  const NodeId id(pipe.ends[1]);
  SimNode& node = at(id);
  Link& back = link(pipe.ends[1], pipe.ends[0]);
  if (wait_for_partition(link(pipe.ends[0], pipe.ends[1]), event)) return {};
  if (node.driver && wait_for_resume(id, event)) return {};
  const Time answer_at =
      std::max(now_, back.blocked_until) +
      microseconds(delay_us(back, both(pipe.ends[1], pipe.ends[0]), back.messages++));
  pipe.refused = !node.driver;
  pipe.to[0].last_at = answer_at;  // nothing reaches the dialer before it knows
  queue_.push(answer_at, EventKind::dial_out, event.a, event.b);
  if (pipe.refused) return {};
  pipe.open[1] = true;
  const SocketId socket = new_socket(node, event.a, 1);
  pipe.sockets[1] = socket;
  const bool from_client = is_client(pipe.ends[0]);
  take_turn(id, observer, [socket, from_client](Driver& driver, Env& env) {
    if (from_client)
      driver.accepted_client(env, socket);
    else
      driver.accepted_peer(env, socket);
  });
  return {Happening::Kind::node_turn, id.value(), event.a, 0};
}

Happening World::dial_out(const Event& event, Observer& observer) {
  Pipe& pipe = pipes_[event.a];
  if (pipe.use != event.b || !pipe.open[0]) return {};
  const Party dialer = pipe.ends[0];
  const Link& back = link(pipe.ends[1], dialer);
  if (now_ < back.blocked_until) {  // and what was said behind the answer stays behind it
    pipe.to[0].last_at = std::max(pipe.to[0].last_at, through_partition(back));
    wait_for_partition(back, event);
    return {};
  }
  if (is_client(dialer)) {
    const auto kind = pipe.refused ? Happening::Kind::refused : Happening::Kind::connected;
    if (pipe.refused) close_end(event.a, 0);
    return {kind, dialer, event.a, 0};
  }
  if (wait_for_resume(NodeId(dialer), event)) return {};
  const SocketId socket = pipe.sockets[0];
  const bool established = !pipe.refused;
  take_turn(NodeId(dialer), observer, [socket, established](Driver& driver, Env& env) {
    driver.dialed(env, socket, established);
  });
  return {Happening::Kind::node_turn, dialer, event.a, 0};
}

Happening World::reset_end(const Event& event, Observer& observer) {
  Pipe& pipe = pipes_[event.a];
  if (pipe.use != event.b || !pipe.open[event.side]) return {};
  const Party party = pipe.ends[event.side];
  // What a cut has done is known at once, an end that has gone is a message like others.
  if (!pipe.broken && wait_for_partition(link(pipe.ends[1 - event.side], party), event)) return {};
  if (!is_client(party) && wait_for_resume(NodeId(party), event)) return {};
  pipe.to[event.side].drop_arrivals();
  pipe.to[event.side].ended = true;
  return tell_readable(event.a, event.side, observer);
}

}  // namespace quorate::sim
