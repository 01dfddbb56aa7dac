// When does a node take a snapshot and cut its log, and how does a snapshot come to one who lacks
// what was cut?
//
// Each node takes its own, of what it has applied, when its log has grown enough; the log before
// the low-water mark is dropped when the snapshot is durable, and not before.
//
// A leader that is to ship what it has no more, offers its snapshot (a Chunk without a record), and
// so does a node whose log an election's winner takes over. The other side asks (Want) for a window
// of it, which comes in chunks, and then for the next; when all is there and its CRC is sound, it
// is installed in one go, by one record of the log. Whoever gives keeps no account of it: what has
// come already is in the taker's log, so that after a cut connection, a restart or under another
// leader it asks for the rest only. A damaged chunk is asked for again. Source: Raft section 7; the
// book's "Low-Water Mark".
#pragma once

#include <cstdint>

#include "core/protocol/node_state.h"

namespace quorate {

// To be looked at when a turn ends: drops what is needed no longer, takes a snapshot when it is
// time for one. While one is on its way to somebody or to us (`one_moves`) the next is put off, so
// that the way comes to an end; but not for ever.
void tend_log(NodeState& node, Time now, bool one_moves, Effects& out);
// The disk had no room for that one: the next one waits for a second, so that records which there
// is room for are not refused together with it each time.
void put_off_snapshot(NodeState& node, Time now, const SnapshotId& refused, Effects& out);

void offer_snapshot(NodeState& node, Time now, NodeId to, bool for_adoption, Effects& out);
// Gives what is wanted, or offers what we have where that is another one.
void give_snapshot(NodeState& node, Time now, NodeId to, const Want& want, bool for_adoption,
                   Effects& out);

// A snapshot that is being taken over from another node.
class SnapshotIntake {
 public:
  enum class Came {
    goes_on,     // more is to come
    installed,   // it has taken the place of our log, and is not durable yet
    not_needed,  // our log has all that it stands for
  };
  // An offer or a chunk.
  Came take(NodeState& node, Time now, const PeerSaid& event, const Chunk& chunk, Effects& out);

  bool is_under_way() const { return under_way_; }
  void stop() { under_way_ = false; }
  // If nothing has come for the time of a heartbeat, asks the giver again.
  void ask_if_idle(NodeState& node, Time now, NodeId giver, Effects& out);

 private:
  // For what follows that which is here.
  void ask(NodeState& node, Time now, NodeId giver, Effects& out, bool resumes = false);
  bool append(NodeState& node, Time now, const PeerSaid& event, const Chunk& chunk, Effects& out);
  Came install(NodeState& node, Time now, NodeId giver, Effects& out);

  SnapshotId id_;
  std::uint64_t asked_to_ = 0;
  bool under_way_ = false;
  Time came_;  // when something did last, or was asked for again
};

}  // namespace quorate
