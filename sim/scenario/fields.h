// Which key fills which member? A table an object, which is its reader and its description at once.
//
//   const Fields<DiskSpec> disk{{field("sync", &DiskSpec::sync, delay(0, kLongestUs))}};
//
// Members whose keys are not given keep what they have: the defaults of scenario.h.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/scenario/read_value.h"

namespace quorate::sim::reading {

template <class Owner>
struct Field {
  KeyShape key;
  std::function<void(const JsonValue&, const Place&, Owner&)> read;
};

template <class Owner>
struct Fields {
  std::vector<Field<Owner>> fields;
  Words exactly_one_of = {};    // as in Shape
  std::string_view alone = {};  // as in Shape
  Words beside = {};            // as in Shape
};

// An object whose key `by` chooses the table.
template <class Owner>
struct Variants {
  std::string_view by;
  std::string_view by_default;
  std::vector<std::pair<std::string_view, Fields<Owner>>> tables;
};

template <class Owner>
Shape shape_of(const Fields<Owner>& table) {
  Shape shape = of_kind(ShapeKind::object);
  shape.exactly_one_of = table.exactly_one_of;
  shape.alone = table.alone;
  shape.beside = table.beside;
  for (const Field<Owner>& field : table.fields) shape.keys.push_back(field.key);
  return shape;
}

template <class Owner>
Shape shape_of(const Variants<Owner>& variants) {
  Shape shape = of_kind(ShapeKind::variants);
  shape.by = variants.by;
  shape.by_default = variants.by_default;
  for (const auto& [word, table] : variants.tables) {
    shape.words.push_back(word);
    shape.variants.push_back({word, shape_of(table)});
  }
  return shape;
}

template <class Owner>
void read_object(const JsonValue& value, const Place& at, const Fields<Owner>& table,
                 const Shape& shape, const std::string& whose, Owner& into) {
  const JsonObject& object = need_object(value, at, shape);
  check_keys(object, at, shape, whose);
  for (const JsonMember& member : object)
    for (const Field<Owner>& field : table.fields)
      if (field.key.key == member.key) field.read(member.value, at.key(member.key), into);
}

template <class Owner>
void read_variant(const JsonValue& value, const Place& at, const Variants<Owner>& variants,
                  const Shape& shape, Owner& into) {
  const JsonObject& object = need_object(value, at, shape);
  const JsonValue* by = find(object, variants.by);
  if (by == nullptr && variants.by_default.empty()) at.key(variants.by).complain("must be given");
  const std::string_view chosen =
      by == nullptr ? variants.by_default
                    : std::string_view(read_word(*by, at.key(variants.by), words(shape.words)));
  for (std::size_t i = 0; i < variants.tables.size(); ++i)
    if (variants.tables[i].first == chosen)
      read_object(value, at, variants.tables[i].second, shape.variants[i].object,
                  std::string(variants.by) + ' ' + quoted(chosen), into);
}

// A member of any type that read_value knows.
template <class Owner, class Member>
Field<Owner> field(std::string_view key, Member Owner::*member, const Shape& shape,
                   Need need = Need::optional) {
  return {{key, shape, need},
          [member, shape](const JsonValue& value, const Place& at, Owner& into) {
            read_value(value, at, shape, into.*member);
          }};
}

// A key that is checked and then means nothing.
template <class Owner>
Field<Owner> unused_field(std::string_view key, const Shape& shape) {
  return {{key, shape, Need::optional}, [shape](const JsonValue& value, const Place& at, Owner&) {
            std::string ignored;
            if (shape.kind == ShapeKind::word)
              read_word(value, at, shape);
            else
              read_value(value, at, shape, ignored);
          }};
}

// A member that is an object with a table of its own.
template <class Owner, class Part>
Field<Owner> part(std::string_view key, Part Owner::*member, const Fields<Part>& table) {
  const Shape shape = shape_of(table);
  return {{key, shape, Need::optional},
          [member, table, shape](const JsonValue& value, const Place& at, Owner& into) {
            read_object(value, at, table, shape, "", into.*member);
          }};
}

// The same for an object that is there or not.
template <class Owner, class Part>
Field<Owner> part(std::string_view key, std::optional<Part> Owner::*member,
                  const Fields<Part>& table) {
  const Shape shape = shape_of(table);
  return {{key, shape, Need::optional},
          [member, table, shape](const JsonValue& value, const Place& at, Owner& into) {
            read_object(value, at, table, shape, "", (into.*member).emplace());
          }};
}

// A member that is a list of objects of several kinds.
template <class Owner, class Item>
Field<Owner> items(std::string_view key, std::vector<Item> Owner::*member, Limits limits,
                   const Variants<Item>& variants) {
  const Shape shape = list(shape_of(variants), limits.min, limits.max);
  return {{key, shape, Need::optional},
          [member, variants, shape](const JsonValue& value, const Place& at, Owner& into) {
            const JsonList& given = need_list(value, at, shape);
            (into.*member).assign(given.size(), Item{});
            for (std::size_t i = 0; i < given.size(); ++i)
              read_variant(given[i], at.item(i), variants, shape.items.front(), (into.*member)[i]);
          }};
}

}  // namespace quorate::sim::reading
