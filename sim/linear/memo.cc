#include "sim/linear/memo.h"

#include <algorithm>

namespace quorate::sim::linear {

namespace {

constexpr std::size_t kFirstTable = 64;
constexpr int kLooksBack = 32;  // of a chain

std::uint64_t mixed(std::uint64_t state, std::uint64_t word) {
  state = (state ^ word) * 0x9E3779B97F4A7C15u;
  return state ^ (state >> 29);
}

std::uint64_t place_hash(std::uint32_t at, Value value) {
  return mixed(mixed(0x2545F4914F6CDD1Du, at), value);
}

std::uint64_t full_hash(const Configuration& c, std::size_t words) {
  std::uint64_t hash = place_hash(c.at, c.value);
  for (std::size_t i = 0; i < words; ++i) hash = mixed(mixed(hash, c.need[i]), c.have[i]);
  return hash;
}

}  // namespace

void Memo::clear(std::size_t words) {
  words_ = words;
  entries_.clear();
  masks_.clear();
  exact_.assign(kFirstTable, kNone);
  chains_.assign(kFirstTable, kNone);
}

bool Memo::equal(const Entry& entry, const Configuration& other) const {
  return entry.at == other.at && entry.value == other.value;
}

bool Memo::same(std::size_t number, const Configuration& other) const {
  if (!equal(entries_[number], other)) return false;
  const std::uint64_t* masks = masks_.data() + number * 2 * words_;
  return std::equal(masks, masks + words_, other.need) &&
         std::equal(masks + words_, masks + 2 * words_, other.have);
}

bool Memo::as_good(std::size_t number, const Configuration& other) const {
  const std::uint64_t* need = masks_.data() + number * 2 * words_;
  const std::uint64_t* have = need + words_;
  for (std::size_t i = 0; i < words_; ++i)
    if ((need[i] & ~other.need[i]) != 0 || (other.have[i] & ~have[i]) != 0) return false;
  return true;
}

std::size_t Memo::place_of_chain(const Configuration& c) const {
  std::size_t place = place_hash(c.at, c.value) & (chains_.size() - 1);
  while (chains_[place] != kNone && !equal(entries_[chains_[place]], c))
    place = (place + 1) & (chains_.size() - 1);
  return place;
}

bool Memo::add(const Configuration& c) {
  const std::size_t chain = place_of_chain(c);
  int looks = 0;
  for (std::uint32_t i = chains_[chain]; i != kNone && looks < kLooksBack; ++looks) {
    if (as_good(i, c)) return false;
    i = entries_[i].earlier;
  }
  std::size_t place = full_hash(c, words_) & (exact_.size() - 1);
  while (exact_[place] != kNone) {
    if (same(exact_[place], c)) return false;
    place = (place + 1) & (exact_.size() - 1);
  }
  const auto number = static_cast<std::uint32_t>(entries_.size());
  entries_.push_back({c.at, c.value, chains_[chain]});
  masks_.insert(masks_.end(), c.need, c.need + words_);
  masks_.insert(masks_.end(), c.have, c.have + words_);
  exact_[place] = number;
  chains_[chain] = number;
  if (entries_.size() * 2 > exact_.size()) grow();
  return true;
}

void Memo::grow() {
  const std::size_t size = exact_.size() * 2;
  exact_.assign(size, kNone);
  chains_.assign(size, kNone);
  // In their order, so that the latest of a chain comes to stand in front again.
  for (std::uint32_t number = 0; number < entries_.size(); ++number) {
    const Configuration c = at(number);
    chains_[place_of_chain(c)] = number;
    std::size_t place = full_hash(c, words_) & (size - 1);
    while (exact_[place] != kNone) place = (place + 1) & (size - 1);
    exact_[place] = number;
  }
}

std::uint64_t Memo::bytes() const {
  return entries_.size() * (sizeof(Entry) + 2 * words_ * sizeof(std::uint64_t)) +
         (exact_.size() + chains_.size()) * sizeof(std::uint32_t);
}

Configuration Memo::at(std::size_t number) const {
  const std::uint64_t* masks = masks_.data() + number * 2 * words_;
  return {entries_[number].at, entries_[number].value, masks, masks + words_};
}

}  // namespace quorate::sim::linear
