// Is what must always hold still true? QUORATE_CHECK(condition, "sentence").
//
// A broken invariant is a bug in quorate or a mistake that was switched on. The check is never
// compiled out, and it throws, so that a sweep can catch it, name it, and go on with the next seed.
// An outcome that can happen in a sound system (a torn record, a stale generation) is a value and
// never comes here.
#pragma once

#include <stdexcept>

namespace quorate {

class InvariantBroken : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

// Throws InvariantBroken with file, line, condition and sentence.
[[noreturn, gnu::cold]] void invariant_broken(const char* file, int line, const char* condition,
                                              const char* sentence);

}  // namespace quorate

#define QUORATE_CHECK(condition, sentence)                                   \
  do {                                                                       \
    if (!(condition)) [[unlikely]]                                           \
      ::quorate::invariant_broken(__FILE__, __LINE__, #condition, sentence); \
  } while (false)
