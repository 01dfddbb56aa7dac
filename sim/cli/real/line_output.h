// Who waits for a slow reader of the log? Not the node: what can't be taken now is dropped, and how
// many lines that were is said when there is room again.
//
// A descriptor may be a pipe to a program that hangs, or a terminal that is stopped by Ctrl-S. A
// write to it would hold up the loop of the whole node, and it would not even hear SIGTERM. The
// descriptor is not made non-blocking, since others have it, too.
#pragma once

#include <cstdint>
#include <string>

namespace quorate::cli {

// Would a line that is written there be taken at once?
bool can_take(int descriptor);

class LineOutput {
 public:
  explicit LineOutput(int descriptor) : fd_(descriptor) {}

  // One line: when and who, and what. Once it can't be written any more nothing is (a closed pipe,
  // a full disk), and why has been said on standard error where that makes sense.
  void say(const std::string& head, const std::string& sentence);

 private:
  bool is_free();
  void push();

  int fd_;            // -1: given up
  std::string rest_;  // of a line that could be written in part
  std::uint64_t dropped_ = 0;
};

}  // namespace quorate::cli
