// What if one decision were wrong? The protocol's known mistakes, each as one overridden rule.
//
// A mistake is a subclass of Rules (core/protocol/rules.h) that gets one decision wrong, as some
// real system once did. They exist to judge the harness: a check that no mistake trips proves
// nothing, and a mistake that no check catches is a gap. Production never builds one.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/protocol/rules.h"

namespace quorate::sim {

// Where a mistake shows: the general swarm (general_swarm.h) of which profile and election rule?
enum class Swarm : std::uint8_t { fixed_leader, elected, elected_adopt };

struct Mistake {
  std::string_view name;    // as in --mistake
  std::string_view rule;    // the function of Rules that it overrides
  std::string_view about;   // what it does, in a sentence
  std::string_view source;  // who made it
  const Rules* rules = nullptr;
  Swarm swarm = Swarm::fixed_leader;
};

inline Profile profile_of(const Mistake& mistake) {
  return mistake.swarm == Swarm::fixed_leader ? Profile::ack_quorum : Profile::replicated_log;
}

std::span<const Mistake> mistakes();
// Those of them that need an elected leader.
std::span<const Mistake> log_mistakes();
// And those that need snapshots, too.
std::span<const Mistake> snapshot_mistakes();

// Null if there is none of that name.
const Mistake* find_mistake(std::string_view name);

}  // namespace quorate::sim
