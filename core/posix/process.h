// What does a process that is a member of a cluster set for itself as a whole?
//
// Signals and limits belong to the process, not to an object: these are for its start, before
// anything else runs.
#pragma once

#include <cstddef>

namespace quorate {

// A write to who is gone, or past the limit of a file's size, is an error of that write (EPIPE,
// EFBIG) and kills nobody: SIGPIPE and SIGXFSZ are ignored.
void ignore_write_signals();

// Raises the number of descriptors that may be open to the most that is allowed. Returns it.
std::size_t raise_descriptor_limit();

// From now on SIGTERM and SIGINT write to that descriptor (Member::stop_fd()) and do nothing else;
// one that was ignored before (a shell does that to what it runs in the background) stays so.
// The descriptor must stay open until keep_signals() or another stop_on_signals().
void stop_on_signals(int stop_fd);
// Back to what a process does by itself.
void keep_signals();

}  // namespace quorate
