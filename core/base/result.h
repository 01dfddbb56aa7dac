// Did the disk or the socket do it? A value, or why not.
//
// For what the world may refuse at any time: an append, a sync, a dial. A broken invariant is a
// QUORATE_CHECK instead, and a user's bad input is an exception at the edge.
#pragma once

#include <string>
#include <utility>

#include "core/base/check.h"

namespace quorate {

enum class ErrorKind {
  disk_full,    // nothing of the append was kept
  io_error,     // the device failed
  refused,      // nobody listens there, or not now
  closed,       // the other side is gone
  would_block,  // nothing to read, or no room to write, for now
};

constexpr const char* to_text(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::disk_full: return "disk_full";
    case ErrorKind::io_error: return "io_error";
    case ErrorKind::refused: return "refused";
    case ErrorKind::closed: return "closed";
    case ErrorKind::would_block: return "would_block";
  }
  return "?";
}

template <class T>
class Result {
 public:
  Result(T value) : value_(std::move(value)), ok_(true) {}  // NOLINT: a value is a result
  Result(ErrorKind error) : error_(error) {}                // NOLINT: so is an error

  bool ok() const { return ok_; }
  explicit operator bool() const { return ok(); }

  const T& value() const& {
    QUORATE_CHECK(ok(), "a result's value is asked for, but it holds an error");
    return value_;
  }
  // Handed over: for what is too large to be copied.
  T value() && {
    QUORATE_CHECK(ok(), "a result's value is asked for, but it holds an error");
    return std::move(value_);
  }
  ErrorKind error() const {
    QUORATE_CHECK(!ok(), "a result's error is asked for, but it holds a value");
    return error_;
  }

 private:
  T value_{};  // as good as none unless ok_
  ErrorKind error_ = ErrorKind::io_error;
  bool ok_ = false;
};

struct Done {};
using Status = Result<Done>;

}  // namespace quorate
