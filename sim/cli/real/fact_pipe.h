// How does a parent learn what its children decide? Each writes its facts to a pipe, as structs of
// one size.
//
// Both ends are the same executable, so the bytes are those of memory. `at` is CLOCK_MONOTONIC,
// which all processes of a machine share, read at the end of the turn that decided: what a node
// sent in that turn may have been answered by then. So times of two nodes do not tell who was
// first; causes do (story.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/protocol/facts.h"

namespace quorate::cli {

struct RealFact {
  NodeId node;  // who decided it
  Time at;
  Fact fact;
};

// Gathers the facts of a turn and writes them at once.
class FactWriter {
 public:
  // -1: nobody listens. The descriptor stays open.
  explicit FactWriter(int fd) : fd_(fd) {}

  void add(const RealFact& fact);
  // Waits for room. When nobody reads any more, the rest is dropped, now and later.
  void flush();

 private:
  int fd_;
  std::string bytes_;
};

// Puts the structs together again from what the pipe gives.
class FactParser {
 public:
  // Appends to `facts` those that are whole.
  void take(std::string_view bytes, std::vector<RealFact>& facts);

 private:
  std::string rest_;
};

}  // namespace quorate::cli
