#include "sim/scenario/shape.h"

#include <algorithm>

namespace quorate::sim::reading {

namespace {

Words words_of(const std::vector<KeyShape>& keys) {
  Words words;
  for (const KeyShape& key : keys) words.push_back(key.key);
  return words;
}

bool has_key(const Shape& shape, std::string_view key) {
  for (const KeyShape& known : shape.keys)
    if (known.key == key) return true;
  return false;
}

void check_exactly_one(const JsonObject& object, const Place& at, const Words& keys) {
  if (keys.empty()) return;
  std::string_view given;
  for (const std::string_view key : keys) {
    if (find(object, key) == nullptr) continue;
    if (!given.empty()) at.key(key).complain("only one of these may be given: " + joined(keys));
    given = key;
  }
  if (given.empty()) at.key(keys.front()).complain("one of these must be given: " + joined(keys));
}

void check_alone(const JsonObject& object, const Place& at, const Shape& shape) {
  if (shape.alone.empty() || find(object, shape.alone) == nullptr) return;
  for (const JsonMember& member : object)
    if (member.key != shape.alone &&
        std::find(shape.beside.begin(), shape.beside.end(), member.key) == shape.beside.end())
      at.key(member.key)
          .complain("means nothing beside " + quoted(shape.alone) + "; leave one of them out");
}

Shape within_limits(ShapeKind kind, std::int64_t min, std::int64_t max) {
  Shape shape;
  shape.kind = kind;
  shape.limits = {min, max};
  return shape;
}

// "a whole number from 0 to 100", "a text", "an object", ...
std::string what_is_wanted(const Shape& shape) {
  switch (shape.kind) {
    case ShapeKind::whole: return "a whole number " + from_to(shape.limits);
    case ShapeKind::seed: return "a whole number from 0 to 18446744073709551615";
    case ShapeKind::range:
      return "a whole number " + from_to(shape.limits) + ", or {\"min\": .., \"max\": ..} of such";
    case ShapeKind::delay:
      return "a whole number " + from_to(shape.limits) +
             ", or {\"min\": .., \"max\": .., \"distribution\": ..}";
    case ShapeKind::word:
      return (shape.words.size() == 1 ? "the word " : "one of the words ") + joined(shape.words);
    case ShapeKind::text: return "a text";
    case ShapeKind::flag: return "true or false";
    case ShapeKind::list: return "a list";
    case ShapeKind::object:
    case ShapeKind::variants: return "an object";
  }
  return "";
}

}  // namespace

std::string_view pattern_of(TextForm form) {
  switch (form) {
    case TextForm::any: return "";
    case TextForm::sentence: return "^ *[^ \\x00-\\x1f\\x7f][^\\x00-\\x1f\\x7f]*$";
    case TextForm::node: return "^(leader|follower-[1-6]|node-[1-7]|[A-Z][A-Za-z0-9]*)$";
    case TextForm::name: return "^[A-Z][A-Za-z0-9]*$";
    case TextForm::digest: return "^[0-9a-f]{16}$";
  }
  return "";
}

Shape whole(std::int64_t min, std::int64_t max) {
  return within_limits(ShapeKind::whole, min, max);
}
Shape range(std::int64_t min, std::int64_t max) {
  return within_limits(ShapeKind::range, min, max);
}
Shape delay(std::int64_t min, std::int64_t max) {
  return within_limits(ShapeKind::delay, min, max);
}

Shape text(std::int64_t min_bytes, std::int64_t max_bytes, TextForm form) {
  Shape shape = within_limits(ShapeKind::text, min_bytes, max_bytes);
  shape.form = form;
  return shape;
}

Shape list(const Shape& item, std::int64_t min_items, std::int64_t max_items) {
  Shape shape = within_limits(ShapeKind::list, min_items, max_items);
  shape.items = {item};
  return shape;
}

Shape words(Words words) {
  Shape shape;
  shape.kind = ShapeKind::word;
  shape.words = std::move(words);
  return shape;
}

Shape of_kind(ShapeKind kind) {
  Shape shape;
  shape.kind = kind;
  return shape;
}

std::string from_to(Limits limits) {
  return "from " + std::to_string(limits.min) + " to " + std::to_string(limits.max);
}

bool within(Limits limits, std::int64_t number) {
  return limits.min <= number && number <= limits.max;
}

void complain_of_kind(const JsonValue& value, const Place& at, const Shape& shape) {
  at.complain("must be " + what_is_wanted(shape) + ", not " + what_it_is(value));
}

const JsonObject& need_object(const JsonValue& value, const Place& at, const Shape& shape) {
  const JsonObject* object = value.object();
  if (object == nullptr) complain_of_kind(value, at, shape);
  return *object;
}

const JsonList& need_list(const JsonValue& value, const Place& at, const Shape& shape) {
  const JsonList* list = value.list();
  if (list == nullptr) complain_of_kind(value, at, shape);
  if (!within(shape.limits, static_cast<std::int64_t>(list->size())))
    at.complain("must have " + from_to(shape.limits) + " items, not " +
                std::to_string(list->size()));
  return *list;
}

void check_keys(const JsonObject& object, const Place& at, const Shape& shape,
                const std::string& whose) {
  const Words known = words_of(shape.keys);
  for (const JsonMember& member : object) {
    if (has_key(shape, member.key)) continue;
    at.key(member.key)
        .complain((whose.empty() ? "there is no such key" : whose + " has no such key") +
                  did_you_mean(member.key, known) + " (keys: " + joined(known) + ")");
  }
  for (const KeyShape& key : shape.keys)
    if (key.need == Need::required && find(object, key.key) == nullptr)
      at.key(key.key).complain(whose.empty() ? "must be given" : whose + " needs this key");
  check_exactly_one(object, at, shape.exactly_one_of);
  check_alone(object, at, shape);
}

}  // namespace quorate::sim::reading
