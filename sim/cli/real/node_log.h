// Which of a node's facts does its operator want to read? Those that change its state.
//
// One line for each change and none for a write, so that the log of a month can be read. What would
// come again and again while nothing changes (a disk that stays full) is said when it begins.
#pragma once

#include <cstdint>
#include <string>

#include "core/protocol/facts.h"

namespace quorate::cli {

// Is this fact one of those that only a change of state brings about?
bool is_change_of_state(FactKind kind);

class NodeLog {
 public:
  enum class Shows { changes, every_fact };
  explicit NodeLog(Shows shows = Shows::changes, Profile profile = Profile::ack_quorum)
      : shows_(shows), profile_(profile) {}

  // What to say about it, a sentence without an end; empty: nothing.
  std::string sentence(const Fact& fact);

 private:
  Shows shows_;
  Profile profile_;
  Lsn refused_;                   // found no room; none: there is room
  std::uint32_t full_peers_ = 0;  // a bit for each node
};

}  // namespace quorate::cli
