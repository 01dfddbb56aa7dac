#include "sim/scenario/json_value.h"

#include <charconv>

#include "sim/scenario/wording.h"

namespace quorate::sim::reading {

namespace {

constexpr std::size_t kLongestNumberShown = 30;

template <class Number>
std::optional<Number> converted(const std::string& digits) {
  Number number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::int64_t> JsonNumber::as_int64() const { return converted<std::int64_t>(digits); }

std::optional<std::uint64_t> JsonNumber::as_uint64() const {
  return converted<std::uint64_t>(digits);
}

const JsonValue* find(const JsonObject& object, std::string_view key) {
  for (const JsonMember& member : object)
    if (member.key == key) return &member.value;
  return nullptr;
}

std::string what_it_is(const JsonValue& value) {
  if (const bool* flag = value.flag()) return *flag ? "true" : "false";
  if (const JsonNumber* number = value.number())
    return "the number " + shown(number->digits, kLongestNumberShown);
  if (const std::string* text = value.text()) return "the text " + quoted(*text);
  if (value.list() != nullptr) return "a list";
  if (value.object() != nullptr) return "an object";
  return "null";
}

}  // namespace quorate::sim::reading
