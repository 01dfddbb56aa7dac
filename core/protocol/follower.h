// What does a follower do? It takes what the leader ships, makes it durable, applies it, and says
// so.
//
// It acknowledges an LSN only when everything up to there is durable here and known to be equal to
// the leader's log (`verified`: the leader's frames have matched so far, in the present
// generation). After it has said that something is missing, it lets pass what was already under way
// behind that.
#pragma once

#include "core/protocol/node_state.h"
#include "core/protocol/snapshots.h"

namespace quorate {

class Follower {
 public:
  void start(NodeState& node, Effects& out);
  // Of the profile replicated_log: waits from now on for a leader, and stands for election when
  // none is heard in time.
  void await_leader(NodeState& node, Time now);
  bool wants_to_stand() const { return wants_to_stand_; }
  bool hears_leader(const NodeState& node, Time now) const {
    return has_heard_ && now < heard_ + node.config.election_timeout;
  }
  NodeId leader() const { return leader_; }
  // Whose leader has not spoken yet.
  void generation_entered();
  bool is_damaged() const { return damaged_; }
  // Is a snapshot of the leader's on its way to us?
  bool takes_snapshot() const { return intake_.is_under_way(); }

  void connected(NodeState& node, const PeerConnected& event, Effects& out);
  void gone(NodeId peer);
  void message(NodeState& node, Time now, const PeerSaid& event, Effects& out);
  void synced(NodeState& node, Time now, Effects& out);
  // `generation_lost`: the record of the generation just entered was among what the disk refused.
  void append_refused(NodeState& node, Time now, bool generation_lost, Effects& out);
  void deadline(NodeState& node, Time now, Effects& out);

  // A node says hello to each peer it gets a connection with, before anything else.
  static Hello hello(const NodeState& node);

 private:
  // Is the message from the leader of our generation? Enters a newer one; notes an older one.
  bool in_generation(NodeState& node, NodeId peer, Generation generation, Effects& out);
  // An elected leader has been heard.
  void follow(NodeState& node, Time now, NodeId leader, Effects& out);
  void confirm(NodeState& node, Time now, NodeId leader, const Confirm& asked, Effects& out);
  void learn_mark(NodeState& node, Lsn said, Effects& out);
  void look_for_leader(NodeState& node, Time now);
  void shipped(NodeState& node, Time now, const PeerSaid& event, const Ship& ship, Effects& out);
  bool prev_matches(NodeState& node, Time now, NodeId leader, const Ship& ship, Effects& out);
  bool take_records(NodeState& node, Time now, const PeerSaid& event, const Ship& ship,
                    Effects& out);
  bool take(NodeState& node, NodeId leader, const RecordView& record, ByteSpan encoded,
            Effects& out);
  void take_chunk(NodeState& node, Time now, const PeerSaid& event, const Chunk& chunk,
                  Effects& out);
  void cut(NodeState& node, Lsn keep, Lsn restore_until, Effects& out);
  void begin_restore(NodeState& node, Effects& out);
  void give(NodeState& node, Time now, NodeId leader, const Fetch& fetch, Effects& out);

  Lsn may_ack(const NodeState& node) const;
  void acknowledge(NodeState& node, Time now, Effects& out);
  void send_ack(NodeState& node, Time now, NodeId leader, Lsn lsn, AckStatus status, Effects& out);
  void apply(NodeState& node, Effects& out);

  NodeId leader_;               // who ships to us; none: nobody yet
  Lsn verified_;                // up to here our log equals the leader's, in this generation
  Lsn acked_;                   // the last success sent on this connection
  bool ack_owed_ = false;       // the leader has asked, and waits for what is being synced
  bool awaits_reship_ = false;  // something was missing; what comes behind it is let pass
  bool wants_to_stand_ = false;
  Time ship_came_;          // the last one, or since when we wait for one
  bool has_heard_ = false;  // a leader of the present generation ...
  Time heard_;              // ... at that time last; or else we wait for one since then
  Duration patience_;       // how long we wait to hear a leader
  SnapshotIntake intake_;
  ByteCount mended_at_;   // nothing is acknowledged before the cut that ends there is durable
  bool damaged_ = false;  // the log lost records: it is cut when the leader's ships give them back
};

}  // namespace quorate
