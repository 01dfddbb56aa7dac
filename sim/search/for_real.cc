#include "sim/search/for_real.h"

#include <algorithm>

#include "sim/world/node_names.h"

namespace quorate::sim {

namespace {

// The speeds of machines on which a scenario must come out alike, in microseconds.
struct Speed {
  Range message;
  Range sync;
  const char* words;
};
constexpr Speed kSpeeds[] = {
    {{20, 100}, {20, 200}, "messages take 20 to 100 us and syncs 20 to 200 us"},
    {{100, 1000}, {200, 3000}, "messages take 0.1 to 1 ms and syncs 0.2 to 3 ms"}};
constexpr std::int64_t kSchedules = 6;  // of each

// Did the leader get the requests in the same order? A real world is made to get them in that of
// the course.
bool same_order(const Course& a, const Course& b) {
  return std::equal(a.requests.begin(), a.requests.end(), b.requests.begin(), b.requests.end(),
                    [](const CourseRequest& x, const CourseRequest& y) {
                      return x.client == y.client && x.number == y.number;
                    });
}

std::string rests_on_speed(const Scenario& scenario, std::uint64_t seed, const Course& course) {
  Scenario other = scenario;
  other.expect = ExpectSpec();
  for (const Speed& speed : kSpeeds) {
    for (std::int64_t n = 0; n < kSchedules; ++n) {
      // The same seed, so that all that it draws but the times stays: other spans draw other times.
      other.network.delay = {{speed.message.min, speed.message.max + n}, Distribution::uniform};
      other.disk.sync = {{speed.sync.min, speed.sync.max + n}, Distribution::uniform};
      const Course played = course_of(other, seed);
      if (played.violated || !same_order(course, played)) continue;
      if (const auto part = first_difference(course.decided, played.decided))
        return "it rests on times finer than a real machine's: where " + std::string(speed.words) +
               ", the simulator itself decides otherwise (" + part->about + ": " + part->simulated +
               "; there: " + part->real + ")";
    }
  }
  return {};
}

std::string of_crash(const PlannedFault& fault, const Course& course) {
  for (const UnsyncedEnd& end : course.unsynced_ends)
    if ((end.node == fault.node || fault.node == kWhoLeads) && end.at == fault.at &&
        (end.lost > 0 || fault.torn))
      return "the power loss takes or damages some of " + std::to_string(end.unsynced) +
             " bytes that were not synced yet; a process that is killed leaves them in the page "
             "cache";
  return {};
}

}  // namespace

bool is_made_on_the_wire(const PlannedFault& fault) {
  return fault.kind == FaultKind::corrupt && fault.after && fault.node == NodeConfig::leader() &&
         fault.after->node == NodeConfig::leader() && fault.after->did == Moment::append &&
         fault.part != CorruptPart::ack && fault.count == 1 && fault.lsn.is_none() &&
         !fault.peer.is_none();
}

std::string why_not_for_real(const PlannedFault& fault, const Course& course) {
  switch (fault.kind) {
    case FaultKind::slow_disk: return "a real disk can't be slowed for one process alone";
    case FaultKind::disk_full: return "a real disk can't be filled for one process alone";
    case FaultKind::fail_sync: return "a real sync can't be made to fail and to forget";
    case FaultKind::inject_ack: return "the relay makes no frames of its own";
    default: break;
  }
  const bool elects = course.node.elects();
  if (!elects && is_made_on_the_wire(fault)) return {};
  if (fault.kind == FaultKind::corrupt && fault.peer.is_none() && course.node.members > 2 &&
      (elects || fault.node == NodeConfig::leader()))
    return "whose connection it strikes first is up to chance";
  if (fault.after)
    return "nobody outside is in time for the moment within the turn in which " +
           node_name(fault.after->node, course.node.profile) +
           " has done that to LSN=" + std::to_string(fault.after->lsn.value());
  return fault.kind == FaultKind::crash ? of_crash(fault, course) : std::string();
}

std::string made_by(const PlannedFault& fault) {
  switch (fault.kind) {
    case FaultKind::crash:
      return "SIGKILL: no byte was lost with the power, so it is the same that the page cache "
             "stays";
    case FaultKind::pause: return "SIGSTOP and SIGCONT";
    case FaultKind::damage_disk: return "a bit flipped in its file before that start";
    case FaultKind::wake_up: return "PINGs, which decide nothing";
    case FaultKind::corrupt:
      return is_made_on_the_wire(fault)
                 ? "a relay on the line, in the frame that carries the record"
                 : "a relay on the line";
    default: return "a relay on the line";
  }
}

std::string told_of(const PlannedFault& fault, Profile profile) {
  const std::string when = fault.after ? "after " + node_name(fault.after->node, profile) +
                                             "'s LSN=" + std::to_string(fault.after->lsn.value())
                                       : "at " + std::to_string(fault.at.us() / 1000) + " ms";
  std::string text = when + ": " + describe(fault, profile);
  const std::string nobody = node_name(kWhoLeads, profile);
  for (std::size_t at = 0; (at = text.find(nobody)) != std::string::npos;)
    text.replace(at, nobody.size(), "whoever leads");
  return text;
}

std::vector<std::string> why_not_for_real(const Scenario& scenario, std::uint64_t seed,
                                          const Course& course) {
  std::vector<std::string> reasons;
  const auto chance = [](const RandomFault& fault) { return fault.chance_percent > 0; };
  const auto& random = scenario.random_faults.faults;
  if (std::any_of(random.begin(), random.end(), chance))
    reasons.push_back(
        "random faults are drawn for the microseconds of a simulated schedule, and not played for "
        "real");
  if (scenario.workload.pipeline.max > 1)
    reasons.push_back(
        "its clients have several requests under way on one connection, those of the real world "
        "one");
  if (scenario.cluster.ship_bytes != ClusterSpec().ship_bytes)
    reasons.push_back("how much a real node puts into a frame can't be chosen");
  if (scenario.cluster.max_sessions != ClusterSpec().max_sessions)
    reasons.push_back("how many sessions a real node remembers can't be chosen");
  const bool elects = scenario.profile == Profile::replicated_log;
  std::int64_t least =
      std::min(scenario.cluster.write_timeout_ms, scenario.cluster.peer_silence_ms.min);
  if (elects) least = std::min(least, scenario.cluster.election_timeout_ms.min);
  if (least < kLeastDeadlineMs)
    reasons.push_back("a deadline of " + std::to_string(least) +
                      " ms is too short to be told from a real machine's own pauses (at least " +
                      std::to_string(kLeastDeadlineMs) + " ms)");
  if (elects && scenario.cluster.election_timeout_ms.min <= scenario.cluster.heartbeat_ms)
    reasons.push_back(
        "real nodes refuse an election timeout that is not longer than their heartbeat");
  // Writes have the order of their LSNs, which the real world is made to follow; a read has none.
  if (course.reads_race)
    reasons.push_back(
        "a client reads a key while another one's write to it is under way: what it sees is "
        "chance");
  if (!reasons.empty() || elects) return reasons;
  const auto can = [&course](const PlannedFault& f) { return why_not_for_real(f, course).empty(); };
  if (!std::all_of(course.faults.begin(), course.faults.end(), can)) return reasons;
  const std::string speed = rests_on_speed(scenario, seed, course);
  if (!speed.empty()) reasons.push_back(speed);
  return reasons;
}

}  // namespace quorate::sim
