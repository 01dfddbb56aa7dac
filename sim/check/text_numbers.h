// Which number has that text? Texts are numbered in the order in which they first come.
//
// A table of places, found by a hash of the text; what it holds is never gone through, so the order
// of the hashes is nobody's. Cleared, it keeps its storage, and as many places as were needed the
// last time: run after run allocates nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quorate::sim {

class TextNumbers {
 public:
  TextNumbers() { clear(); }

  void clear();
  // A text that comes for the first time gets the next number: 0, 1, 2, ...
  std::uint32_t number(std::string_view text);
  std::uint32_t size() const { return static_cast<std::uint32_t>(entries_.size()); }
  // Requires that some text has that number. Good until the next number() or clear().
  std::string_view text(std::uint32_t number) const {
    const Entry& entry = entries_[number];
    return {texts_.data() + entry.at, entry.size};
  }

 private:
  struct Entry {
    std::size_t at = 0;  // where in texts_
    std::size_t size = 0;
  };
  struct Place {
    std::uint32_t taken_by = 0;  // number + 1, or 0
    std::uint32_t hash = 0;
  };
  static std::uint32_t hash_of(std::string_view text);
  std::uint32_t add(std::string_view text, Place& place, std::uint32_t hash);
  void grow();

  std::vector<Entry> entries_;  // by number
  std::string texts_;           // one behind the other
  std::vector<Place> places_;   // a power of two; at most half of them are taken
};

}  // namespace quorate::sim
