// Which text comes first? Mostly a matter of their first eight bytes, as one number: the keys of
// ordered maps, without a call of memcmp, or a loop over bytes, at each step of a search.
//
// The order is that of std::less<>, by bytes. HeadedText owns its text; a search is made with a
// HeadedView of what is looked for, whose head is taken once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/bytes.h"

namespace quorate {

// The first eight bytes; zeros, where the text ends before. Texts with different heads are in order
// as their heads are.
inline std::uint64_t head_of(std::string_view text) {
  constexpr std::size_t kHead = 8;
  const Byte* const at = as_bytes(text).data();
  const std::size_t size = text.size();
  if (size >= kHead) return load_be64(at);
  if (size == 0) return 0;
  // A short one is taken in parts, some of which may be the same bytes.
  const std::size_t behind = 8 * (kHead - size);  // bits that stay zero
  if (size >= kHead / 2)
    return (std::uint64_t{load_be32(at)} << 32) |
           (std::uint64_t{load_be32(at + size - kHead / 2)} << behind);
  const std::uint64_t middle = std::uint64_t{at[size / 2]} << (8 * (kHead - 1 - size / 2));
  return (std::uint64_t{at[0]} << 56) | middle | (std::uint64_t{at[size - 1]} << behind);
}

struct HeadedView {
  explicit HeadedView(std::string_view of) : head(head_of(of)), text(of) {}

  std::uint64_t head;
  std::string_view text;
};

struct HeadedText {
  explicit HeadedText(const HeadedView& of) : head(of.head), text(of.text) {}
  bool operator==(const HeadedText&) const = default;

  std::uint64_t head;
  std::string text;
};

struct HeadedLess {
  using is_transparent = void;
  template <class A, class B>
  bool operator()(const A& a, const B& b) const {
    if (a.head != b.head) return a.head < b.head;
    // Heads that are whole texts differ by zeros at the end only.
    const bool is_whole = a.text.size() <= sizeof(a.head) && b.text.size() <= sizeof(b.head);
    return is_whole ? a.text.size() < b.text.size() : a.text < b.text;
  }
};

}  // namespace quorate
