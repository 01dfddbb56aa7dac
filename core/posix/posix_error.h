// What has the machine refused, in words that its user can act on?
//
// A PosixError says what was wanted, of which file, folder or address, and why it can't be. It is
// thrown while a member is put together; once it runs, what fails is a Result (core/env/env.h).
#pragma once

#include <stdexcept>
#include <string>

namespace quorate {

class PosixError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Somebody else has that folder or port. One who is about to end lets go of it soon.
class InUseError : public PosixError {
 public:
  using PosixError::PosixError;
};

// The disk has failed a member before it could begin.
class DiskError : public PosixError {
 public:
  using PosixError::PosixError;
};

// "Address already in use (EADDRINUSE)". Any thread may ask.
std::string errno_text(int number);

// Throws a PosixError: "<what>: <the text of errno>"; an InUseError for EADDRINUSE.
[[noreturn]] void throw_errno(const std::string& what);

}  // namespace quorate
