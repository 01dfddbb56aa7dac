// Is memory that was freed there again without the kernel?
#include "sim/search/kept_memory.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <vector>

using namespace quorate::sim;

namespace {

// A sanitizer has a malloc of its own, which keeps what was freed away from the next one.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kOwnMalloc = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
constexpr bool kOwnMalloc = true;
#else
constexpr bool kOwnMalloc = false;
#endif
#else
constexpr bool kOwnMalloc = false;
#endif

// How many pages did the kernel have to find for so many bytes?
long pages_for(std::size_t bytes) {
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  { std::vector<char> filled(bytes, 'x'); }
  getrusage(RUSAGE_SELF, &after);
  return after.ru_minflt - before.ru_minflt;
}

}  // namespace

TEST_CASE("kept_memory: what was freed, is had again without asking the kernel for pages") {
#ifdef __GLIBC__
  if (kOwnMalloc) return;
  keep_freed_memory();
  constexpr std::size_t kBytes = std::size_t{20} << 20;
  pages_for(kBytes);
  CHECK(pages_for(kBytes) < 100);
#endif
}
