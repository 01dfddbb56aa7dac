// What may stand at a place of a scenario? A description of one value, as data.
//
// The reader is driven by it (read_value, fields), and scenario_schema_test walks it beside the
// published JSON Schema: so neither can know a key, a word or a limit that the other doesn't.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/json_value.h"
#include "sim/scenario/place.h"
#include "sim/scenario/wording.h"

namespace quorate::sim::reading {

enum class ShapeKind {
  whole,     // a whole number within the limits
  seed,      // a whole number, all 64 bits of it
  range,     // a whole number, or {"min": .., "max": ..}, each within the limits
  delay,     // a range, in its object form with a "distribution" perhaps
  word,      // one of `words`
  text,      // a string of `form`, its bytes within the limits
  flag,      // true or false
  list,      // of `items`, their number within the limits
  object,    // of `keys`
  variants,  // an object whose key `by` says which of `variants` it is
};

struct Limits {
  std::int64_t min = 0;
  std::int64_t max = 0;
};

enum class TextForm {
  any,
  sentence,  // one line, not blank
  node,      // leader, follower-1, node-1, ... or a name; whether there is one is checked later
  name,      // of a node: a capital letter, and letters and digits
  digest,    // 16 lower-case hexadecimal digits
};

// The same as a regular expression, for the published schema; "" for any.
std::string_view pattern_of(TextForm form);

enum class Need { optional, required };

struct KeyShape;
struct VariantShape;

struct Shape {
  ShapeKind kind = ShapeKind::whole;
  Limits limits;
  TextForm form = TextForm::any;
  Words words;
  std::vector<Shape> items;  // one, of a list
  std::vector<KeyShape> keys;
  Words exactly_one_of;    // keys of an object: one of them is needed, two are too many
  std::string_view alone;  // a key of an object that no other may stand beside ...
  Words beside;            // ... but these
  std::string_view by;
  std::string_view by_default;  // the variant when `by` is not given; "": it must be given
  std::vector<VariantShape> variants;
};

struct KeyShape {
  std::string_view key;
  Shape shape;
  Need need = Need::optional;
};

struct VariantShape {
  std::string_view word;
  Shape object;
};

Shape whole(std::int64_t min, std::int64_t max);
Shape range(std::int64_t min, std::int64_t max);
Shape delay(std::int64_t min, std::int64_t max);
Shape text(std::int64_t min_bytes, std::int64_t max_bytes, TextForm form = TextForm::any);
Shape list(const Shape& item, std::int64_t min_items, std::int64_t max_items);
Shape words(Words words);
Shape of_kind(ShapeKind kind);  // with nothing more to say: seed, flag, object

// "from 0 to 100"
std::string from_to(Limits limits);
bool within(Limits limits, std::int64_t number);

// Complains: "must be a whole number from 0 to 100, not a list".
[[noreturn]] void complain_of_kind(const JsonValue& value, const Place& at, const Shape& shape);

// The object or the list that `value` must be (a list with as many items as it may have).
const JsonObject& need_object(const JsonValue& value, const Place& at, const Shape& shape);
const JsonList& need_list(const JsonValue& value, const Place& at, const Shape& shape);

// Complains about the first key that `shape` (an object's) doesn't have, about keys that are
// missing and about keys that exclude each other. `whose` says in a message whose keys they are: ""
// or `fault "crash"`.
void check_keys(const JsonObject& object, const Place& at, const Shape& shape,
                const std::string& whose);

}  // namespace quorate::sim::reading
