#include "sim/scenario/read_value.h"

#include <algorithm>

namespace quorate::sim::reading {

namespace {

// Of a range and a delay alike: {"min": .., "max": ..}; other keys are the caller's.
void read_min_and_max(const JsonObject& object, const Place& at, Limits limits, Range& into) {
  const Shape number = whole(limits.min, limits.max);
  for (const JsonMember& member : object) {
    if (member.key == "min") read_value(member.value, at.key("min"), number, into.min);
    if (member.key == "max") read_value(member.value, at.key("max"), number, into.max);
  }
  if (into.min > into.max)
    at.complain("min " + std::to_string(into.min) + " is greater than max " +
                std::to_string(into.max));
}

Shape object_with_min_and_max(bool with_distribution) {
  Shape shape = of_kind(ShapeKind::object);
  shape.keys = {{"min", {}, Need::required}, {"max", {}, Need::required}};
  if (with_distribution) shape.keys.push_back({"distribution", {}, Need::optional});
  return shape;
}

bool is_name(std::string_view text) {
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto is_plain = [&](char c) {
    return is_capital(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  return !text.empty() && is_capital(text.front()) &&
         std::all_of(text.begin(), text.end(), is_plain);
}

void check_form(const std::string& text, const Place& at, TextForm form) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (form == TextForm::sentence) {
    if (std::all_of(text.begin(), text.end(), [](char c) { return c == ' '; }))
      at.complain("must be one sentence; it is blank");
    if (std::any_of(text.begin(), text.end(), is_control))
      at.complain("must be one sentence on one line, without control characters");
  }
  if (form == TextForm::name && !is_name(text))
    at.complain("a node's name is a capital letter with letters and digits behind it, not " +
                quoted(text));
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (form == TextForm::digest &&
      (text.size() != 16 || !std::all_of(text.begin(), text.end(), is_digit)))
    at.complain("must be 16 hexadecimal digits in lower case, not " + quoted(text));
}

}  // namespace

void read_value(const JsonValue& value, const Place& at, const Shape& shape, std::int64_t& into) {
  const JsonNumber* number = value.number();
  if (number == nullptr || !number->is_whole()) complain_of_kind(value, at, shape);
  const auto fits = number->as_int64();
  if (!fits || !within(shape.limits, *fits))
    at.complain("must be " + from_to(shape.limits) + ", not " + shown(number->digits, 30));
  into = *fits;
}

void read_value(const JsonValue& value, const Place& at, const Shape& shape, std::uint64_t& into) {
  const JsonNumber* number = value.number();
  if (number == nullptr || !number->as_uint64()) complain_of_kind(value, at, shape);
  into = *number->as_uint64();
}

void read_value(const JsonValue& value, const Place& at, const Shape& shape, Range& into) {
  if (const JsonObject* object = value.object()) {
    check_keys(*object, at, object_with_min_and_max(false), "a range");
    read_min_and_max(*object, at, shape.limits, into);
    return;
  }
  const JsonNumber* number = value.number();
  if (number == nullptr || !number->is_whole()) complain_of_kind(value, at, shape);
  read_value(value, at, shape, into.min);
  into.max = into.min;
}

void read_value(const JsonValue& value, const Place& at, const Shape& shape, Delay& into) {
  const JsonObject* object = value.object();
  if (object == nullptr) {
    read_value(value, at, shape, into.us);
    into.distribution = Distribution::uniform;
    return;
  }
  check_keys(*object, at, object_with_min_and_max(true), "a delay");
  read_min_and_max(*object, at, shape.limits, into.us);
  into.distribution = Distribution::uniform;
  if (const JsonValue* distribution = find(*object, "distribution"))
    read_value(*distribution, at.key("distribution"), words(words_of<Distribution>()),
               into.distribution);
}

void read_value(const JsonValue& value, const Place& at, const Shape& shape, bool& into) {
  const bool* flag = value.flag();
  if (flag == nullptr) complain_of_kind(value, at, shape);
  into = *flag;
}

void read_value(const JsonValue& value, const Place& at, const Shape& shape, std::string& into) {
  const std::string* text = value.text();
  if (text == nullptr) complain_of_kind(value, at, shape);
  check_form(*text, at, shape.form);
  if (!within(shape.limits, static_cast<std::int64_t>(text->size()))) {
    if (text->empty()) at.complain("must not be empty");
    at.complain("must be " + from_to(shape.limits) + " bytes long, not " +
                std::to_string(text->size()));
  }
  into = *text;
}

void read_value(const JsonValue& value, const Place& at, const Shape& shape,
                std::vector<std::string>& into) {
  const JsonList& list = need_list(value, at, shape);
  into.clear();
  for (std::size_t i = 0; i < list.size(); ++i) {
    std::string text;
    read_value(list[i], at.item(i), shape.items.front(), text);
    if (std::find(into.begin(), into.end(), text) != into.end())
      at.item(i).complain(quoted(text) + " stands in this list twice");
    into.push_back(std::move(text));
  }
}

void read_value(const JsonValue& value, const Place& at, const Shape& shape,
                std::vector<std::int64_t>& into) {
  const JsonList& list = need_list(value, at, shape);
  into.assign(list.size(), 0);
  for (std::size_t i = 0; i < list.size(); ++i)
    read_value(list[i], at.item(i), shape.items.front(), into[i]);
}

const std::string& read_word(const JsonValue& value, const Place& at, const Shape& shape) {
  const std::string* word = value.text();
  if (word == nullptr) complain_of_kind(value, at, shape);
  if (std::find(shape.words.begin(), shape.words.end(), *word) == shape.words.end()) {
    if (shape.words.size() == 1)
      at.complain("only " + quoted(shape.words.front()) + " is known so far, not " + quoted(*word));
    at.complain("there is no " + quoted(*word) + did_you_mean(*word, shape.words) +
                " (known: " + joined(shape.words) + ")");
  }
  return *word;
}

}  // namespace quorate::sim::reading
