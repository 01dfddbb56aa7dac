// How does one value of the JSON become one member of a Scenario? One overload a member's type.
//
// Each takes the value if it is what the shape says and complains otherwise, naming the place.
// Nothing is rounded, clipped or guessed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>

#include "sim/scenario/scenario.h"
#include "sim/scenario/scenario_names.h"
#include "sim/scenario/shape.h"

namespace quorate::sim::reading {

void read_value(const JsonValue& value, const Place& at, const Shape& shape, std::int64_t& into);
void read_value(const JsonValue& value, const Place& at, const Shape& shape, std::uint64_t& into);
void read_value(const JsonValue& value, const Place& at, const Shape& shape, Range& into);
void read_value(const JsonValue& value, const Place& at, const Shape& shape, Delay& into);
void read_value(const JsonValue& value, const Place& at, const Shape& shape, bool& into);
void read_value(const JsonValue& value, const Place& at, const Shape& shape, std::string& into);
void read_value(const JsonValue& value, const Place& at, const Shape& shape,
                std::vector<std::int64_t>& into);
void read_value(const JsonValue& value, const Place& at, const Shape& shape,
                std::vector<std::string>& into);  // each once

// The word at that place, one of the shape's words.
const std::string& read_word(const JsonValue& value, const Place& at, const Shape& shape);

template <class Enum>
requires std::is_enum_v<Enum>
void read_value(const JsonValue& value, const Place& at, const Shape& shape, Enum& into) {
  into = *from_text<Enum>(read_word(value, at, shape));
}

template <class Value>
void read_value(const JsonValue& value, const Place& at, const Shape& shape,
                std::optional<Value>& into) {
  read_value(value, at, shape, into.emplace());
}

}  // namespace quorate::sim::reading
