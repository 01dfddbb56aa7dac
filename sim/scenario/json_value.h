// What does a JSON text hold? A tree of values, in the order in which they were written.
//
// Numbers keep their digits and are not converted before a field says what fits into it: so nothing
// is rounded, wrapped or clipped on the way. No object holds a key twice; json_text has seen to
// that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace quorate::sim::reading {

struct JsonNumber {
  std::string digits;  // as JSON writes them: -12, 1.5, 1e300

  bool is_whole() const { return digits.find_first_of(".eE") == std::string::npos; }
  // Nothing when it is not whole or does not fit.
  std::optional<std::int64_t> as_int64() const;
  std::optional<std::uint64_t> as_uint64() const;
};

struct JsonValue;
struct JsonMember;
using JsonList = std::vector<JsonValue>;
using JsonObject = std::vector<JsonMember>;

struct JsonValue {
  std::variant<std::monostate, bool, JsonNumber, std::string, JsonList, JsonObject> held;

  const bool* flag() const { return std::get_if<bool>(&held); }
  const JsonNumber* number() const { return std::get_if<JsonNumber>(&held); }
  const std::string* text() const { return std::get_if<std::string>(&held); }
  const JsonList* list() const { return std::get_if<JsonList>(&held); }
  const JsonObject* object() const { return std::get_if<JsonObject>(&held); }
};

struct JsonMember {
  std::string key;
  JsonValue value;
};

// The value of that key, or nullptr.
const JsonValue* find(const JsonObject& object, std::string_view key);

// What it is, to a person: `the number 1.5`, `the text "abc"`, `true`, `null`, `a list`, `an
// object`.
std::string what_it_is(const JsonValue& value);

}  // namespace quorate::sim::reading
