// Can this be played by real processes, so that the two worlds can be compared? Or why not?
//
// What can be made for real: slow, held, cut, blocked and damaged connections, processes that are
// killed, paused and started again, bytes that rot while their node is down. What can't: what only
// a simulated disk, a simulated power supply or a simulated clock does, and what has to happen
// within a turn of a node. And where the simulator itself decides otherwise as soon as its messages
// and disks have other speeds, a real machine would agree only by luck.
//
// Nodes that elect their leader are played by the same means, and with the same moments at which
// each stands for election. Who leads may come out otherwise all the same, and then so does the
// rest: that is no bug, so speeds keep nothing from being played, and what is owed is judged.
// They take their snapshots at the same sizes of their logs; what a snapshot stands for in one of
// the two worlds is no difference.
#pragma once

#include <string>
#include <vector>

#include "sim/scenario/scenario.h"
#include "sim/search/course.h"

namespace quorate::sim {

// A deadline that is shorter can't be held against a machine that has other things to do.
inline constexpr std::int64_t kLeastDeadlineMs = 50;

// Is it made where nobody has to be in time for the moment? The relay does it to the frame that
// carries the record.
bool is_made_on_the_wire(const PlannedFault& fault);

// Of one fault; empty: it can be made for real.
std::string why_not_for_real(const PlannedFault& fault, const Course& course);
// With what is it made? Requires that it can be.
std::string made_by(const PlannedFault& fault);
// A fault as a line in the report.
std::string told_of(const PlannedFault& fault, Profile profile = Profile::ack_quorum);

// Reasons that concern more than one fault: chance, deadlines that are too short, speeds.
std::vector<std::string> why_not_for_real(const Scenario& scenario, std::uint64_t seed,
                                          const Course& course);

}  // namespace quorate::sim
