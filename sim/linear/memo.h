// Was the search here before? All configurations that it has met, for Lowe's memoisation.
//
// A configuration is what the rest of a search depends on: the first end that is not passed (`at`),
// the value that the register has, and for every slot two bits.
//   need: the operation in it must still be placed
//   have: its effect can still be used (it is a write or a cas)
// One that needs no more and has no less than another, at the same end and with the same value, can
// do whatever that can: so if that was met, or one as good, nothing new is to be found from it. The
// comparison with all that were met is exact; the one for "as good" looks at the latest only, since
// it saves work and decides nothing.
//
// Requires masks of `words` words each, the same number since the last clear().
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/linear/history.h"

namespace quorate::sim::linear {

struct Configuration {
  std::uint32_t at = 0;
  Value value = kNull;
  const std::uint64_t* need = nullptr;
  const std::uint64_t* have = nullptr;
};

class Memo {
 public:
  void clear(std::size_t words);

  // False: it was met before, or one that is as good. Otherwise it is kept, as number size() - 1.
  bool add(const Configuration& configuration);

  std::size_t size() const { return entries_.size(); }
  std::uint64_t bytes() const;
  // Good until the next add().
  Configuration at(std::size_t number) const;

 private:
  struct Entry {
    std::uint32_t at = 0;
    Value value = kNull;
    std::uint32_t earlier = kNone;  // the one met before it at the same end with the same value
  };

  bool equal(const Entry& entry, const Configuration& other) const;
  bool same(std::size_t number, const Configuration& other) const;
  bool as_good(std::size_t number, const Configuration& other) const;
  std::size_t place_of_chain(const Configuration& configuration) const;
  void grow();

  std::size_t words_ = 1;
  std::vector<Entry> entries_;
  std::vector<std::uint64_t> masks_;  // need and have of each entry, `words_` words each
  // Open addressing, a power of two, at most half full. Numbers of entries, or kNone.
  std::vector<std::uint32_t> exact_;   // by all of a configuration
  std::vector<std::uint32_t> chains_;  // by end and value: the latest of them
};

}  // namespace quorate::sim::linear
