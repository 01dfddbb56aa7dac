#include "sim/check/text_numbers.h"

#include <algorithm>
#include <bit>

#include "core/base/bytes.h"
#include "sim/world/digest.h"

namespace quorate::sim {

namespace {

constexpr std::size_t kFewestPlaces = 64;

}  // namespace

void TextNumbers::clear() {
  places_.assign(std::max(kFewestPlaces, std::bit_ceil(entries_.size() * 2)), {});
  entries_.clear();
  texts_.clear();
}

std::uint32_t TextNumbers::hash_of(std::string_view text) {
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  const ByteSpan bytes = as_bytes(text);
  Digest hash;
  std::size_t at = 0;
  for (; at + kWord <= bytes.size(); at += kWord)
    hash.add(load_le<std::uint64_t>(bytes.data() + at));
  std::uint64_t rest = text.size();  // the bytes left are fewer than it has room for
  for (; at < bytes.size(); ++at) rest = (rest << 8) | bytes[at];
  hash.add(rest);
  return static_cast<std::uint32_t>(hash.value() >> 32);
}

std::uint32_t TextNumbers::number(std::string_view wanted) {
  const std::uint32_t hash = hash_of(wanted);
  std::size_t at = hash & (places_.size() - 1);
  for (; places_[at].taken_by != 0; at = (at + 1) & (places_.size() - 1)) {
    const Place& place = places_[at];
    if (place.hash == hash && text(place.taken_by - 1) == wanted) return place.taken_by - 1;
  }
  return add(wanted, places_[at], hash);
}

std::uint32_t TextNumbers::add(std::string_view wanted, Place& place, std::uint32_t hash) {
  const auto next = static_cast<std::uint32_t>(entries_.size());
  place = {next + 1, hash};
  entries_.push_back({texts_.size(), wanted.size()});
  texts_.append(wanted);
  if (entries_.size() * 2 > places_.size()) grow();
  return next;
}

void TextNumbers::grow() {
  std::vector<Place> all(places_.size() * 2);
  for (const Place& place : places_) {
    if (place.taken_by == 0) continue;
    std::size_t at = place.hash & (all.size() - 1);
    while (all[at].taken_by != 0) at = (at + 1) & (all.size() - 1);
    all[at] = place;
  }
  places_.swap(all);
}

}  // namespace quorate::sim
