// The whole world of a run as one value: nodes, their disks and clocks, bytes under way, what
// happens next.
//
// Copying it is a snapshot, and two copies stepped alike stay alike: its parts know each other by
// ids, never by pointers (but for the rules and settings, which never change). step() lets the next
// thing happen. What it means to a client or to the plan of faults is handed back, since those live
// above the world; what is true is told to the observer. The functions below step() are how they
// act on the world.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/env/driver.h"
#include "sim/scenario/scenario.h"
#include "sim/world/choice.h"
#include "sim/world/digest.h"
#include "sim/world/event_queue.h"
#include "sim/world/network.h"
#include "sim/world/observer.h"
#include "sim/world/sim_clock.h"
#include "sim/world/sim_disk.h"

namespace quorate::sim {

struct WorldSettings {
  NodeConfig node;                      // the same for all, but for the id and ...
  std::vector<Duration> stands_after;   // ... this, by node; those behind its end draw theirs ...
  Range election_timeout_ms{300, 300};  // ... and this: each draws its own
  NetworkSpec network;
  DiskSpec disk;
  ClockSpec clock;
  std::uint64_t seed = 1;
};

// What the world doesn't decide itself.
struct Happening {
  enum class Kind : std::uint8_t {
    nothing,    // there was nothing left to happen
    node_turn,  // a node has had a turn
    connected,  // client: its dial succeeded
    refused,    // client: its dial failed
    readable,   // client: its pipe has bytes, or has ended
    writable,   // client: there is room again for what was not taken
    alarm,      // what: as set
    passed,     // something happened that concerns nobody here
  };
  Kind kind = Kind::passed;
  Party party = 0;
  std::uint32_t pipe = 0;
  std::uint32_t what = 0;
};

class World {
 public:
  // A new world in the storage of the old one; no node is started yet.
  void reset(const WorldSettings& settings, const Rules& rules, std::uint32_t clients);

  Happening step(Observer& observer);

  Time now() const { return now_; }
  // When the next thing happens; Time::never() if nothing does.
  Time next_at() const { return queue_.empty() ? Time::never() : queue_.top().at; }
  std::uint64_t digest() const { return digest_.value(); }
  std::uint64_t happenings() const { return happenings_; }
  const Choice& choice() const { return choice_; }

  // Of all nodes, but for what each has of its own.
  const NodeConfig& config() const { return settings_.node; }
  bool elects() const { return settings_.node.elects(); }
  // The node that leads in the newest generation; none: nobody does.
  NodeId who_leads() const;

  // ---- nodes
  std::uint32_t node_count() const { return static_cast<std::uint32_t>(nodes_.size()); }
  bool is_up(NodeId node) const { return at(node).driver.has_value(); }
  bool is_halted(NodeId node) const { return at(node).halted; }
  const Driver* driver(NodeId node) const { return at(node).driver ? &*at(node).driver : nullptr; }
  SimDisk& disk(NodeId node) { return at(node).disk; }
  const SimDisk& disk(NodeId node) const { return at(node).disk; }
  const SimClock& clock(NodeId node) const { return at(node).clock; }
  Time paused_until(NodeId node) const { return at(node).paused_until; }

  void start(NodeId node, Observer& observer);
  // Power is lost: connections fall silent; `keep` of the unsynced bytes survive, `torn` of them
  // changed.
  void lose_power(NodeId node, ByteCount keep, std::size_t torn, std::uint64_t noise,
                  Observer& observer);
  // The process dies: connections are reset, the page cache stays.
  void kill(NodeId node, Observer& observer);
  // Ends the process of a node that has halted by itself.
  void end_halted(NodeId node, Observer& observer);
  void pause(NodeId node, Time until);
  // Woken for nothing.
  void wake(NodeId node, Observer& observer);
  void damage(NodeId node, std::size_t byte, std::uint8_t bits, Observer& observer);

  // ---- links
  Link& link(Party from, Party to) { return links_[from * parties_ + to]; }
  // How much longer than usual a message takes that is sent now.
  Duration slowed(NodeId from, NodeId to) const {
    const Link& link = links_[from.value() * parties_ + to.value()];
    return microseconds(now_ < link.slow_until ? link.slow_us : 0);
  }
  void cut(NodeId a, NodeId b);
  void arm(const ArmedCorruption& corruption) { corruptions_.push_back(corruption); }
  // Is told like a moment when its message has come by.
  void arm(const ArmedHold& hold) { holds_.push_back(hold); }
  bool has_armed_corruption() const { return !corruptions_.empty(); }
  // Puts a frame between those that `from` sends to `to`. Returns whether there was a place for it.
  bool inject(NodeId from, NodeId to, ByteSpan frame);

  // ---- what a node has just done
  struct ArmedMoment {
    NodeId node;
    Moment did = Moment::append;
    Lsn lsn;  // none: the next one, whatever its LSN
    std::uint32_t what = 0;
    bool dooms = false;  // from then on the node's turn leaves no trace
  };
  void arm(const ArmedMoment& moment) { moments_.push_back(moment); }
  // Those that came, in order; each is handed out once.
  std::vector<std::uint32_t>& fired() { return fired_; }
  // Who has had a turn outside of step(): started, or woken. For whoever wants to know; it is for
  // them to clear it.
  std::vector<NodeId>& turned() { return turned_; }
  // What a node that is up has decided in its last turn. When that turn was cut short, only what
  // had been done by then.
  const Facts& decided(NodeId node) const {
    return at(node).doomed ? done_ : at(node).driver->facts();
  }

  // ---- alarms and clients
  void set_alarm(Time at, std::uint32_t what) { queue_.push(at, EventKind::alarm, what); }
  // The pipe that is being dialed.
  std::uint32_t client_dial(Party client, NodeId node);
  // Returns how many bytes were taken; for the rest there will be room later.
  std::size_t client_write(std::uint32_t pipe, ByteSpan bytes);
  // Appends what there is. Returns whether the pipe still stands.
  bool client_read(std::uint32_t pipe, Buffer& to);
  void client_close(std::uint32_t pipe);

 private:
  friend class SimEnv;

  struct SimNode {
    NodeConfig config;
    std::optional<Driver> driver;  // none while it is down
    SimDisk disk;
    SimClock clock;
    std::uint32_t life = 0;  // counts its starts: what speaks of an earlier one is stale
    Time paused_until;
    Time timer_at = Time::never();       // of the one timer that counts ...
    Time timer_for = Time::never();      // ... and the deadline it was set for, by the node's clock
    std::vector<std::uint32_t> sockets;  // by slot: pipe * 2 + end + 1, or 0
    std::uint64_t syncs = 0;
    bool doomed = false;      // its turn goes on, but nothing of it is real any more ...
    std::size_t decided = 0;  // ... beyond the first so many facts of it
    bool halted = false;
  };
  // What a node has said or answered in its turn; kept only while a moment is waited for.
  struct Said {
    TappedKind kind = TappedKind::hello;
    NodeId to;
    Lsn lsn;                   // as in TappedFrame
    std::uint64_t client = 0;  // instead: the socket of one that was answered
  };

  SimNode& at(NodeId node) { return nodes_[node.value() - 1]; }
  const SimNode& at(NodeId node) const { return nodes_[node.value() - 1]; }

  // A turn of a node; `turn` is called with its driver and Env.
  template <class Turn>
  void take_turn(NodeId node, Observer& observer, Turn turn);
  void after_turn(SimNode& node, Observer& observer);
  void arm_timer(SimNode& node);
  void power_off(NodeId node, bool silent);
  // Whether the node stands still; then the event comes again when it goes on.
  bool wait_for_resume(NodeId node, const Event& event) {
    const SimNode& paused = at(node);
    if (now_ >= paused.paused_until) return false;
    queue_.push(paused.paused_until, event.kind, event.a, event.b, event.side);
    return true;
  }
  bool wait_for_partition(const Link& link, const Event& event);
  Time through_partition(const Link& link) const;

  // All but arrivals, which are most of what happens.
  Happening happen(const Event& event, Observer& observer);
  Happening arrival(const Event& event, Observer& observer);
  Happening dial_in(const Event& event, Observer& observer);
  Happening dial_out(const Event& event, Observer& observer);
  Happening reset_end(const Event& event, Observer& observer);
  Happening tell_readable(std::uint32_t pipe, std::uint32_t end, Observer& observer);
  Happening timer(const Event& event, Observer& observer);
  Happening sync_done(const Event& event, Observer& observer);

  // ---- pipes (pipes.cc)
  std::uint32_t open_pipe(Party from, Party to);
  void close_end(std::uint32_t pipe, std::uint32_t end);
  void free_if_done(std::uint32_t pipe);
  SocketId new_socket(SimNode& node, std::uint32_t pipe, std::uint32_t end);
  std::size_t write(std::uint32_t pipe, std::uint32_t end, ByteSpan bytes, bool may_be_short,
                    Observer* observer);
  void tap(Pipe& pipe, std::uint32_t end, ByteSpan written, Observer& observer);
  void tap_pieces(Pipe& pipe, std::uint32_t end, ByteSpan written, Observer& observer);
  void tap_unheard(const Pipe& pipe, std::uint32_t end, ByteSpan written, Observer& observer);
  void tapped(Pipe& pipe, std::uint32_t end, ByteSpan bytes, std::uint64_t offset,
              Observer& observer);
  void corrupt(Pipe& pipe, std::uint32_t end, const TappedFrame& frame, std::uint64_t offset,
               Observer& observer);
  struct Message {        // a write on its way
    std::uint32_t index;  // of the pipe
    std::uint32_t reader;
    Pipe& pipe;
    Link& link;
    std::uint64_t whom;
    std::uint64_t nth;
    Fate fate;
  };
  Message next_message(std::uint32_t pipe, std::uint32_t reader);
  void schedule(std::uint32_t pipe, std::uint32_t reader, Time at);
  void schedule_written(const Message& message, std::size_t size);
  Time split(std::uint32_t pipe, std::uint32_t reader, Time at, std::size_t size,
             std::uint64_t nth);
  void tell_writer(std::uint32_t pipe, std::uint32_t reader);
  static std::uint64_t both(Party from, Party to) { return (std::uint64_t{from} << 32) | to; }
  std::int64_t delay_us(Link& link, std::uint64_t whom, std::uint64_t nth) const {
    std::int64_t takes = choice_.in(settings_.network.delay, Purpose::delay, whom, nth);
    if (now_ < link.slow_until) takes += link.slow_us;
    if (link.hold_us > 0) {
      takes += link.hold_us;
      link.hold_us = 0;
    }
    return takes;
  }
  void hold(NodeId from, NodeId to, const TappedFrame& frame);

  // ---- moments (moments.cc)
  bool moments_matter() const { return !moments_.empty() || !said_.empty(); }
  void moment(NodeId node, Moment did, Lsn first, Lsn last);
  void moment(NodeId node, Moment did, ByteSpan records);
  void moment_of(NodeId from, NodeId to, const TappedFrame& frame);
  void moment_of_answer(NodeId node, SocketId client);
  void forget_undone(NodeId node);
  bool is_done(const Fact& fact) const;

  WorldSettings settings_;
  const Rules* rules_ = nullptr;
  Choice choice_;
  Odds odds_;
  Time now_;
  EventQueue queue_;
  Digest digest_;
  std::uint64_t happenings_ = 0;
  std::uint64_t sockets_opened_ = 0;
  std::uint64_t corrupted_ = 0;
  std::vector<SimNode> nodes_;
  std::vector<Pipe> pipes_;
  std::vector<std::uint32_t> free_pipes_;
  std::vector<Link> links_;
  std::uint32_t parties_ = 0;
  std::vector<ArmedCorruption> corruptions_;
  std::vector<ArmedHold> holds_;
  std::vector<ArmedMoment> moments_;
  std::vector<Said> said_;
  Facts done_;  // of the turn that was cut short last
  std::vector<std::uint32_t> fired_;
  std::vector<NodeId> turned_;
};

}  // namespace quorate::sim
