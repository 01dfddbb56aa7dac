// Which word stands for which enumerator? The one table of both, for JSON, trace and report alike.
//
// Each enumerator is spelt as its word, so that one grep finds it everywhere. The reader, the
// published schema (checked by scenario_schema_test) and all messages take their words from here.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "sim/scenario/scenario.h"

namespace quorate::sim {

template <class Enum>
struct Name {
  Enum value;
  std::string_view word;
};

// All of an enumeration, in the order of its declaration.
template <class Enum>
std::span<const Name<Enum>> names();

template <>
std::span<const Name<Profile>> names();
template <>
std::span<const Name<ElectionRule>> names();
template <>
std::span<const Name<QuorumRule>> names();
template <>
std::span<const Name<Distribution>> names();
template <>
std::span<const Name<OperationKind>> names();
template <>
std::span<const Name<FaultKind>> names();
template <>
std::span<const Name<Direction>> names();
template <>
std::span<const Name<CorruptPart>> names();
template <>
std::span<const Name<InjectedAck>> names();
template <>
std::span<const Name<Moment>> names();

template <class Enum>
std::vector<std::string_view> words_of() {
  std::vector<std::string_view> words;
  for (const Name<Enum>& name : names<Enum>()) words.push_back(name.word);
  return words;
}

template <class Enum>
std::optional<Enum> from_text(std::string_view word) {
  for (const Name<Enum>& name : names<Enum>())
    if (name.word == word) return name.value;
  return std::nullopt;
}

std::string_view to_text(Distribution distribution);
std::string_view to_text(OperationKind kind);
std::string_view to_text(FaultKind kind);
std::string_view to_text(Direction direction);
std::string_view to_text(CorruptPart part);
std::string_view to_text(InjectedAck ack);
std::string_view to_text(Moment moment);

}  // namespace quorate::sim
