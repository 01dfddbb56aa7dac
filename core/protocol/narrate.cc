// Which sentence does each fact make?
#include "core/protocol/effects.h"
#include "core/protocol/facts.h"
#include "core/protocol/rules.h"
#include "core/wire/message.h"

namespace quorate {

namespace {

std::string lsn_text(Lsn lsn) { return "LSN=" + std::to_string(lsn.value()); }

std::string records_text(Lsn first, std::uint64_t last) {
  if (first.value() == last) return "record " + lsn_text(first);
  return "records LSN=" + std::to_string(first.value()) + ".." + std::to_string(last);
}

std::string shipped_text(const Fact& fact, Profile profile) {
  if (fact.a < fact.lsn.value())
    return "asks " + node_name(fact.peer, profile) + " whether it agrees up to " +
           lsn_text(fact.lsn.prev());
  return "shipped " + records_text(fact.lsn, fact.a) + " to " + node_name(fact.peer, profile) +
         ", waiting for quorum (Q=" + std::to_string(fact.b) + ")";
}

std::string ack_text(const Fact& fact) {
  switch (static_cast<AckStatus>(fact.a)) {
    case AckStatus::success: return "ack " + lsn_text(fact.lsn) + " status=OK";
    case AckStatus::crc_failure:
      return "ack " + lsn_text(fact.lsn) + " status=CRC_FAILURE: it came damaged";
    case AckStatus::mismatch:
      return "ack " + lsn_text(fact.lsn) + " status=MISMATCH: ship from behind there";
    case AckStatus::no_space:
      return "ack " + lsn_text(fact.lsn) + " status=NO_SPACE: the disk is full";
  }
  return "ack " + lsn_text(fact.lsn) + " status=?";
}

std::string refusal_text(const Fact& fact, Profile profile) {
  const std::string what = "ack " + lsn_text(fact.lsn) + " of " + node_name(fact.peer, profile);
  switch (static_cast<AckRefusal>(fact.a)) {
    case AckRefusal::duplicate: return what + " not counted: it has acknowledged that before";
    case AckRefusal::stale_generation:
      return what + " not counted: it is from an earlier generation";
    case AckRefusal::foreign:
      return what + " not counted: it is not from the one whose connection it came by";
    case AckRefusal::never_shipped: return what + " not counted: nobody shipped it that far";
  }
  return what + " not counted";
}

std::string refusal_text(VoteRefusal refusal) {
  switch (refusal) {
    case VoteRefusal::older_log: return "its log is older than mine";
    case VoteRefusal::voted: return "my vote there went to another";
    case VoteRefusal::leader_lives: return "I have heard a leader a moment ago";
    case VoteRefusal::restoring: return "I don't know what my own log has lost";
  }
  return "?";
}

std::string step_down_text(StepDown why) {
  switch (why) {
    case StepDown::newer_generation: return "there is a newer generation";
    case StepDown::no_majority: return "no majority was heard in time";
    case StepDown::no_log: return "the best log of its majority could not be had in time";
    case StepDown::disk_full: return "there is no room for its first entry";
  }
  return "?";
}

std::string no_effect_text(OnceVerdict verdict) {
  switch (verdict) {
    case OnceVerdict::applies: break;
    case OnceVerdict::repeats: return "that request has had its effect before";
    case OnceVerdict::older: return "its session has gone on to a later request";
    case OnceVerdict::unknown: return "its session is not known any more";
  }
  return "?";
}

std::string quorum_text(std::uint64_t acks, std::uint64_t needed) {
  return "(" + std::to_string(acks) + "/" + std::to_string(needed) + " acks)";
}

// What concerns the connections and the messages on them.
std::string narrate_wire(const Fact& fact, Profile profile) {
  const std::string peer = node_name(fact.peer, profile);
  switch (fact.kind) {
    case FactKind::peer_connected:
      return peer + " is connected, its log ends at " + lsn_text(fact.lsn) + " of generation " +
             std::to_string(fact.a);
    case FactKind::peer_gone: return "the connection to " + peer + " is over";
    case FactKind::foreign_cluster:
      return peer + " is of cluster " + std::to_string(fact.a) + ", this node of " +
             std::to_string(fact.b) + ": hang up";
    case FactKind::peer_silent:
      return peer + " has been silent for " + std::to_string(fact.a / 1000) + " ms: hang up";
    case FactKind::shipped: return shipped_text(fact, profile);
    case FactKind::reshipped:
      return "shipped " + records_text(fact.lsn, fact.a) + " to " + peer + " again";
    case FactKind::ack_sent: return ack_text(fact);
    case FactKind::ack_counted: return "counts the ack of " + peer + " up to " + lsn_text(fact.lsn);
    case FactKind::ack_refused: return refusal_text(fact, profile);
    case FactKind::crc_failure_heard:
      return lsn_text(fact.lsn) + " reached " + peer + " damaged: ship it again";
    case FactKind::mismatch_heard:
      return peer + " does not agree: try again after " + lsn_text(fact.lsn);
    case FactKind::no_space_heard:
      return "the disk of " + peer + " is full: ship from " + lsn_text(fact.lsn) + " on later";
    case FactKind::record_damaged: return lsn_text(fact.lsn) + " came damaged: its CRC is wrong";
    case FactKind::ship_mismatched:
      return "my log does not agree with the leader's at " + lsn_text(fact.lsn);
    case FactKind::ship_repeated: return lsn_text(fact.lsn) + " came again: it is here already";
    case FactKind::stale_refused:
      return "refuses " + peer + ": it speaks of generation " + std::to_string(fact.a) +
             ", this is " + std::to_string(fact.b);
    case FactKind::frame_damaged:
      return "a frame of " + peer + " came with a damaged head: the connection is closed";
    default: return std::string(to_text(fact.kind));
  }
}

// What concerns this node's disk, log and state.
std::string narrate_log(const Fact& fact) {
  switch (fact.kind) {
    case FactKind::started:
      return "starts with a log up to " + lsn_text(fact.lsn) + ", generation " +
             std::to_string(fact.a);
    case FactKind::torn_tail_cut:
      return "cuts a torn tail of " + std::to_string(fact.a) + " bytes behind " +
             lsn_text(fact.lsn);
    case FactKind::damage_found:
      return "CORRUPTION: " + std::to_string(fact.a) + " bytes behind " + lsn_text(fact.lsn) +
             " are damaged, with sound records after them";
    case FactKind::generation_entered: return "enters generation " + std::to_string(fact.a);
    case FactKind::serving:
      return "serves: what the log held, up to " + lsn_text(fact.lsn) + ", is on a quorum";
    case FactKind::appended: return "appended " + lsn_text(fact.lsn);
    case FactKind::synced: return "durable up to " + lsn_text(fact.lsn);
    case FactKind::applied: return "applied " + lsn_text(fact.lsn);
    case FactKind::log_cut:
      return "cut its log back to " + lsn_text(fact.lsn) +
             ", it ended at LSN=" + std::to_string(fact.a);
    case FactKind::state_rebuilt: return "rebuilt its state up to " + lsn_text(fact.lsn);
    case FactKind::disk_refused: return "the disk is full: no room for " + lsn_text(fact.lsn);
    case FactKind::sync_failed: return "a sync FAILED: this node's word is worth nothing, it stops";
    case FactKind::restore_begun:
      return "vouches for nothing before it holds " + lsn_text(Lsn(fact.a)) + " again";
    case FactKind::restored: return "has its log back, up to " + lsn_text(fact.lsn);
    default: return std::string(to_text(fact.kind));
  }
}

// What concerns the election and who leads.
std::string narrate_election(const Fact& fact, Profile profile) {
  const std::string peer = node_name(fact.peer, profile);
  const std::string generation = "generation " + std::to_string(fact.a);
  switch (fact.kind) {
    case FactKind::stood:
      return fact.b == 1 ? "has heard of no leader: asks who would elect it for " + generation
                         : "stands for election in " + generation;
    case FactKind::vote_given:
      return (fact.b == 1 ? "would vote for " : "votes for ") + peer + " in " + generation;
    case FactKind::vote_refused:
      return "does not vote for " + peer + " in " + generation + ": " +
             refusal_text(static_cast<VoteRefusal>(fact.b));
    case FactKind::vote_counted:
      return "counts the vote of " + peer + " for " + generation + " (" + std::to_string(fact.b) +
             " so far)";
    case FactKind::elected:
      return "is elected and leads in " + generation + ", its log ends at " + lsn_text(fact.lsn);
    case FactKind::adoption_begun:
      return "takes over the log of " + peer + ", which is the best of its majority: up to " +
             lsn_text(fact.lsn) + " of " + generation;
    case FactKind::adopted:
      return "has taken over the log of " + peer + ", up to " + lsn_text(fact.lsn);
    case FactKind::leader_found: return "follows " + peer + " in " + generation;
    case FactKind::stepped_down:
      return "steps down in " + generation + ": " + step_down_text(static_cast<StepDown>(fact.b));
    case FactKind::mark_learned:
      return "learns that all up to " + lsn_text(fact.lsn) + " is committed";
    case FactKind::reads_confirmed:
      return "still leads: answers " + std::to_string(fact.b) + (fact.b == 1 ? " read" : " reads") +
             " as of " + lsn_text(fact.lsn);
    default: return std::string(to_text(fact.kind));
  }
}

// What concerns the clients' sessions, and their requests on the way to the leader.
std::string narrate_session(const Fact& fact, Profile profile) {
  switch (fact.kind) {
    case FactKind::had_no_effect:
      return "applied " + lsn_text(fact.lsn) +
             " without effect: " + no_effect_text(static_cast<OnceVerdict>(fact.a));
    case FactKind::answered_again:
      return "a write came again: answered as " + lsn_text(fact.lsn) + " was";
    case FactKind::forwarded:
      return "passes a client's request on to " + node_name(fact.peer, profile);
    case FactKind::forward_ended:
      return "a request that " + node_name(fact.peer, profile) +
             " was to answer, has ended: " + std::string(to_text(static_cast<ReplyKind>(fact.a)));
    default: return "?";
  }
}

// What concerns snapshots.
std::string narrate_snapshot(const Fact& fact, Profile profile) {
  const std::string peer = node_name(fact.peer, profile);
  const std::string snapshot = "snapshot up to " + lsn_text(fact.lsn);
  const std::string a = std::to_string(fact.a);
  const std::string b = std::to_string(fact.b);
  switch (fact.kind) {
    case FactKind::snapshot_taken:
      return "took a " + snapshot + ", " + a + " bytes: the log up to LSN=" + b + " may go";
    case FactKind::log_dropped:
      return "dropped its log up to " + lsn_text(fact.lsn) + ", " + a + " bytes of the file";
    case FactKind::snapshot_offered:
      return "has no longer what " + peer + " lacks: offers it the " + snapshot + ", " + a +
             " bytes";
    case FactKind::snapshot_wanted:
    case FactKind::snapshot_resumed:
      return std::string(fact.kind == FactKind::snapshot_wanted ? "wants" : "goes on with") +
             " the " + snapshot + " of " + peer + ", holds " + a + " of its " + b + " bytes";
    case FactKind::snapshot_given:
      return "gives " + peer + " the bytes " + a + ".." + b + " of the " + snapshot;
    case FactKind::snapshot_installed:
      return "installed the " + snapshot + " of " + peer + ", " + a +
             " bytes: its log ended at LSN=" + b;
    case FactKind::snapshot_put_off:
      return "the disk has no room for the " + snapshot + ", " + a + " bytes: the next is due in " +
             std::to_string(fact.b / 1000) + " ms at the earliest";
    default: return "?";
  }
}

}  // namespace

std::string narrate(const Fact& fact, Profile profile) {
  if (fact.kind == FactKind::foreign_cluster) return narrate_wire(fact, profile);
  if (fact.kind >= FactKind::snapshot_taken) return narrate_snapshot(fact, profile);
  if (fact.kind >= FactKind::had_no_effect) return narrate_session(fact, profile);
  if (fact.kind >= FactKind::stood) return narrate_election(fact, profile);
  switch (fact.kind) {
    case FactKind::quorum_reached:
      return "quorum reached for " + lsn_text(fact.lsn) + " " + quorum_text(fact.a, fact.b);
    case FactKind::write_answered: return "answered the write of " + lsn_text(fact.lsn);
    case FactKind::wait_timed_out:
      return "no quorum for " + lsn_text(fact.lsn) + " in time " + quorum_text(fact.a, fact.b) +
             ": its fate is unknown, it stays in the log";
    case FactKind::request_refused:
      return "refused a request: " + std::string(to_text(static_cast<ReplyKind>(fact.a)));
    case FactKind::answer_kept:
      return "keeps the answer to request " + std::to_string(fact.a) +
             " of a connection for those before it";
    case FactKind::peer_connected:
    case FactKind::peer_gone:
    case FactKind::peer_silent:
    case FactKind::shipped:
    case FactKind::reshipped:
    case FactKind::ack_sent:
    case FactKind::ack_counted:
    case FactKind::ack_refused:
    case FactKind::crc_failure_heard:
    case FactKind::mismatch_heard:
    case FactKind::no_space_heard:
    case FactKind::record_damaged:
    case FactKind::ship_mismatched:
    case FactKind::ship_repeated:
    case FactKind::stale_refused:
    case FactKind::frame_damaged: return narrate_wire(fact, profile);
    default: return narrate_log(fact);
  }
}

}  // namespace quorate
