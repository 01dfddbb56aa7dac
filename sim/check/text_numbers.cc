#include "sim/check/text_numbers.h"

#include "core/base/bytes.h"
#include "sim/world/digest.h"

namespace quorate::sim {

namespace {

constexpr std::size_t kFirstPlaces = 64;  // a power of two, as all that follow

}  // namespace

void TextNumbers::clear() {
  entries_.clear();
  texts_.clear();
  places_.assign(kFirstPlaces, 0);
}

std::uint64_t TextNumbers::hash_of(std::string_view text) {
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  const ByteSpan bytes = as_bytes(text);
  Digest hash;
  hash.add(text.size());
  std::size_t at = 0;
  for (; at + kWord <= bytes.size(); at += kWord)
    hash.add(load_le<std::uint64_t>(bytes.data() + at));
  std::uint64_t rest = 0;
  for (; at < bytes.size(); ++at) rest = (rest << 8) | bytes[at];
  hash.add(rest);
  return hash.value();
}

std::uint32_t TextNumbers::number(std::string_view wanted) {
  const std::uint64_t hash = hash_of(wanted);
  std::size_t place = hash & (places_.size() - 1);
  for (; places_[place] != 0; place = (place + 1) & (places_.size() - 1)) {
    const std::uint32_t known = places_[place] - 1;
    if (entries_[known].hash == hash && text(known) == wanted) return known;
  }
  const auto next = static_cast<std::uint32_t>(entries_.size());
  places_[place] = next + 1;
  entries_.push_back({hash, texts_.size(), wanted.size()});
  texts_.append(wanted);
  if (entries_.size() * 2 > places_.size()) grow();
  return next;
}

void TextNumbers::grow() {
  places_.assign(places_.size() * 2, 0);
  for (std::uint32_t number = 0; number < entries_.size(); ++number) {
    std::size_t place = entries_[number].hash & (places_.size() - 1);
    while (places_[place] != 0) place = (place + 1) & (places_.size() - 1);
    places_[place] = number + 1;
  }
}

}  // namespace quorate::sim
