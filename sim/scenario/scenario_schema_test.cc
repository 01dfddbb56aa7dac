// Does the published schema know what the reader knows? Walks both side by side: the same keys,
// words and limits at every place. And does scenarios/README.md tell the same?
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "sim/scenario/json_text.h"
#include "sim/scenario/scenario_json.h"
#include "sim/scenario/scenario_keys.h"
#include "sim/scenario/scenario_names.h"

using namespace quorate::sim;
using namespace quorate::sim::reading;

namespace {

std::string file_text(const std::string& path) {
  std::ifstream file(std::string(QUORATE_SOURCE_ROOT) + '/' + path, std::ios::binary);
  REQUIRE_MESSAGE(file.is_open(), path);
  return {std::istreambuf_iterator<char>(file), {}};
}

const std::string& schema_text() {
  static const std::string text = file_text("scenarios/schema/scenario.schema.json");
  return text;
}

// A schema as a text to compare: numbers as they stand, lists with commas, "" for what is not
// there.
std::string rendered(const JsonValue* value) {
  if (value == nullptr) return "";
  if (const JsonNumber* number = value->number()) return number->digits;
  if (const std::string* text = value->text()) return *text;
  if (const bool* flag = value->flag()) return *flag ? "true" : "false";
  std::string result;
  if (const JsonList* list = value->list())
    for (const JsonValue& item : *list) result += (result.empty() ? "" : ", ") + rendered(&item);
  if (const JsonObject* object = value->object())
    for (const JsonMember& member : *object)
      result += (result.empty() ? "" : ", ") + member.key + " " + rendered(&member.value);
  return result;
}

std::string sorted(Words words) {
  std::sort(words.begin(), words.end());
  return joined(words);
}

Words keys_of(const JsonValue* object) {
  Words keys;
  if (object == nullptr || object->object() == nullptr) return keys;
  for (const JsonMember& member : *object->object()) keys.push_back(member.key);
  return keys;
}

Words texts_of(const JsonValue* list) {
  Words texts;
  if (list == nullptr || list->list() == nullptr) return texts;
  for (const JsonValue& item : *list->list()) texts.push_back(*item.text());
  return texts;
}

const Shape& variant(const Shape& shape, std::string_view word) {
  for (const VariantShape& variant : shape.variants)
    if (variant.word == word) return variant.object;
  FAIL("no such variant: ", word);
  return shape;
}

// Walks the schema and the reader's shape and notes where they differ.
class Comparison {
 public:
  explicit Comparison(const std::string& schema) : whole_(parse_json(schema, "schema")) {
    compare(whole_, scenario_shape(), "");
  }

  const std::vector<std::string>& differences() const { return differences_; }

  // What the schema says under that keyword, here or behind its $ref; nullptr when nothing.
  const JsonValue* get(const JsonValue& schema, std::string_view keyword) const {
    if (const JsonValue* here = find(*schema.object(), keyword)) return here;
    const JsonValue* ref = find(*schema.object(), "$ref");
    if (ref == nullptr) return nullptr;
    constexpr std::string_view kDefs = "#/$defs/";
    REQUIRE(ref->text()->starts_with(kDefs));
    const JsonValue* target =
        find(*find(*whole_.object(), "$defs")->object(), ref->text()->substr(kDefs.size()));
    REQUIRE_MESSAGE(target != nullptr, *ref->text());
    return get(*target, keyword);
  }

  const JsonValue& root() const { return whole_; }

 private:
  void same(const std::string& place, const std::string& what, const std::string& in_schema,
            const std::string& in_reader) {
    if (in_schema != in_reader)
      differences_.push_back(place + ": " + what + " is '" + in_schema + "' in the schema, '" +
                             in_reader + "' in the reader");
  }

  void same_keyword(const JsonValue& schema, const std::string& place, const std::string& keyword,
                    const std::string& in_reader) {
    same(place, keyword, rendered(get(schema, keyword)), in_reader);
  }

  void compare_limits(const JsonValue& schema, Limits limits, const std::string& place) {
    same_keyword(schema, place, "minimum", std::to_string(limits.min));
    same_keyword(schema, place, "maximum", std::to_string(limits.max));
  }

  void compare_range(const JsonValue& schema, const Shape& shape, const std::string& place) {
    same_keyword(schema, place, "type", "integer, object");
    same_keyword(schema, place, "additionalProperties", "false");
    same_keyword(schema, place, "required", "min, max");
    compare_limits(schema, shape.limits, place);
    const bool is_delay = shape.kind == ShapeKind::delay;
    const JsonValue* properties = get(schema, "properties");
    same(place, "keys", joined(keys_of(properties)),
         is_delay ? "min, max, distribution" : "min, max");
    for (const JsonMember& member : *properties->object()) {
      const bool is_number = member.key != "distribution";
      compare(
          member.value,
          is_number ? whole(shape.limits.min, shape.limits.max) : words(words_of<Distribution>()),
          place + '/' + member.key);
    }
  }

  void compare_words(const JsonValue& schema, const Shape& shape, const std::string& place) {
    const bool one = shape.words.size() == 1;
    same_keyword(schema, place, one ? "const" : "enum", joined(shape.words));
  }

  // JSON Schema counts characters where the reader counts bytes: so it is never the stricter one.
  void compare_text(const JsonValue& schema, const Shape& shape, const std::string& place) {
    same_keyword(schema, place, "type", "string");
    const std::string min = shape.limits.min == 0 ? "" : std::to_string(shape.limits.min);
    same_keyword(schema, place, "minLength", min);
    same_keyword(schema, place, "maxLength", std::to_string(shape.limits.max));
    same_keyword(schema, place, "pattern", std::string(pattern_of(shape.form)));
  }

  void compare_list(const JsonValue& schema, const Shape& shape, const std::string& place) {
    const Shape& item = shape.items.front();
    same_keyword(schema, place, "type", "array");
    const std::string min = shape.limits.min == 0 ? "" : std::to_string(shape.limits.min);
    same_keyword(schema, place, "minItems", min);
    same_keyword(schema, place, "maxItems", std::to_string(shape.limits.max));
    same_keyword(schema, place, "uniqueItems", item.kind == ShapeKind::text ? "true" : "");
    compare(*get(schema, "items"), item, place + "/*");
  }

  void compare_object(const JsonValue& schema, const Shape& shape, const std::string& place) {
    same_keyword(schema, place, "type", "object");
    same_keyword(schema, place, "additionalProperties", "false");
    const JsonValue* properties = get(schema, "properties");
    Words known, required;
    for (const KeyShape& key : shape.keys) {
      known.push_back(key.key);
      if (key.need == Need::required) required.push_back(key.key);
      const JsonValue* property = find(*properties->object(), key.key);
      if (property != nullptr) compare(*property, key.shape, place + '/' + std::string(key.key));
    }
    same(place, "keys", sorted(keys_of(properties)), sorted(known));
    same(place, "required", sorted(texts_of(get(schema, "required"))), sorted(required));
    std::string one_of;
    for (const std::string_view key : shape.exactly_one_of)
      one_of += (one_of.empty() ? "required " : ", required ") + std::string(key);
    same_keyword(schema, place, "oneOf", one_of);
    const std::string alone(shape.alone);
    Words together = shape.beside;
    together.push_back(shape.alone);
    same_keyword(schema, place, "dependentSchemas",
                 alone.empty() ? "" : alone + " propertyNames enum " + joined(together));
  }

  void compare_variants(const JsonValue& schema, const Shape& shape, const std::string& place) {
    Words chosen;
    for (const JsonValue& one : *get(schema, "oneOf")->list()) {
      const JsonValue* by = find(*get(one, "properties")->object(), shape.by);
      chosen.push_back(*get(*by, "const")->text());
      compare(one, variant(shape, chosen.back()), place + '(' + std::string(chosen.back()) + ')');
    }
    same(place, "kinds", joined(chosen), joined(shape.words));
  }

  void compare(const JsonValue& schema, const Shape& shape, const std::string& place) {
    switch (shape.kind) {
      case ShapeKind::whole:
        same_keyword(schema, place, "type", "integer");
        return compare_limits(schema, shape.limits, place);
      case ShapeKind::seed:
        same_keyword(schema, place, "type", "integer");
        same_keyword(schema, place, "minimum", "0");
        return same_keyword(schema, place, "maximum", "18446744073709551615");
      case ShapeKind::range:
      case ShapeKind::delay: return compare_range(schema, shape, place);
      case ShapeKind::word: return compare_words(schema, shape, place);
      case ShapeKind::text: return compare_text(schema, shape, place);
      case ShapeKind::flag: return same_keyword(schema, place, "type", "boolean");
      case ShapeKind::list: return compare_list(schema, shape, place);
      case ShapeKind::object: return compare_object(schema, shape, place);
      case ShapeKind::variants: return compare_variants(schema, shape, place);
    }
  }

  JsonValue whole_;
  std::vector<std::string> differences_;
};

const Comparison& published() {
  static const Comparison comparison(schema_text());
  return comparison;
}

// The differences when the schema had `instead` where it now has `text` first.
std::size_t differences_with(const std::string& text, const std::string& instead) {
  std::string schema = schema_text();
  const std::size_t at = schema.find(text);
  REQUIRE_MESSAGE(at != std::string::npos, text);
  schema.replace(at, text.size(), instead);
  return Comparison(schema).differences().size();
}

std::string as_json(const JsonValue& value) {
  if (value.number() != nullptr || value.flag() != nullptr) return rendered(&value);
  if (const std::string* text = value.text()) return '"' + *text + '"';
  return R"({"min": )" + rendered(find(*value.object(), "min")) + R"(, "max": )" +
         rendered(find(*value.object(), "max")) + '}';
}

// The least that a key which must be given may hold.
std::string least(const Shape& shape) {
  if (shape.kind == ShapeKind::word) return '"' + std::string(shape.words.front()) + '"';
  if (shape.kind != ShapeKind::text) return std::to_string(shape.limits.min);
  return shape.form == TextForm::node ? R"("leader")" : R"("x")";
}

// An object that the schema describes: what must be given, and if so wished every default that the
// schema states.
std::string sample(const JsonValue& schema, const Shape& shape, bool with_defaults) {
  std::string members;
  const auto add = [&](std::string_view key, const std::string& value) {
    members += (members.empty() ? "\"" : ", \"") + std::string(key) + "\": " + value;
  };
  if (!shape.exactly_one_of.empty()) add("at_ms", "0");
  for (const KeyShape& key : shape.keys) {
    const JsonValue& property = *find(*published().get(schema, "properties")->object(), key.key);
    const JsonValue* stated = published().get(property, "default");
    if (key.need == Need::required)
      add(key.key, least(key.shape));
    else if (with_defaults && key.shape.kind == ShapeKind::object && shape.exactly_one_of.empty() &&
             find(*property.object(), "properties") != nullptr)
      add(key.key, sample(property, key.shape, true));
    else if (with_defaults && stated != nullptr)
      add(key.key, as_json(*stated));
  }
  return '{' + members + '}';
}

const JsonValue& items_of(const char* part, const char* key) {
  const JsonValue* at = find(*find(*published().root().object(), "properties")->object(), part);
  if (*key != '\0') at = find(*published().get(*at, "properties")->object(), key);
  return *published().get(*published().get(*at, "items"), "oneOf");
}

const Shape& shape_at(const Shape& shape, std::string_view key) {
  for (const KeyShape& known : shape.keys)
    if (known.key == key) return known.shape;
  FAIL("no such key: ", key);
  return shape;
}

Scenario read(const std::string& text) { return read_scenario_text(text, "sample"); }

}  // namespace

TEST_CASE("scenario_schema: the published schema, knows what the reader knows") {
  for (const std::string& difference : published().differences()) FAIL_CHECK(difference);
}

TEST_CASE("scenario_schema: a schema that differs anywhere, is found out") {
  CHECK(differences_with(R"("minimum": 1, "maximum": 6)", R"("minimum": 1, "maximum": 7)") == 1);
  CHECK(differences_with(R"("min": {"type": "integer", "minimum": 1)",
                         R"("min": {"type": "integer", "minimum": 0)") == 1);
  CHECK(differences_with(R"("majority_of_all"])", R"("majority"])") == 1);
  CHECK(differences_with(R"("torn": {"$ref")", R"("turn": {"$ref")") == 1);
  CHECK(differences_with(R"("required": ["about"])", R"("required": [])") == 1);
  CHECK(differences_with(R"("const": "wake_up")", R"("const": "pause")") >= 1);
  CHECK(differences_with(R"({"$ref": "#/$defs/fault_cut"},)", "") == 1);
  CHECK(differences_with(R"("dependentSchemas")", R"("$comment")") == 1);
  CHECK(differences_with(R"("oneOf": [{"required": ["at_ms"]}, )", R"("oneOf": [)") == 1);
  CHECK(differences_with(R"("additionalProperties": false, "required": ["about"])",
                         R"("required": ["about"])") == 1);
  CHECK(differences_with(R"(^[0-9a-f]{16}$)", R"(^[0-9a-fA-F]{16}$)") == 1);
  CHECK(differences_with(R"("room_bytes": {"$ref")", R"("room": {"$ref")") == 1);
  CHECK(differences_with(R"("minimum": 0, "maximum": 1000000000, "default": 0
    })",
                         R"("minimum": 0, "maximum": 1000000001, "default": 0
    })") == 1);
  CHECK(differences_with(R"("maxLength": 65535)", R"("maxLength": 65536)") == 4);
}

TEST_CASE("scenario_schema: a scenario of all defaults stated, is one of nothing stated") {
  const Scenario stated = read(sample(published().root(), scenario_shape(), true));
  const Scenario silent = read(sample(published().root(), scenario_shape(), false));
  CHECK(stated.seed == silent.seed);
  CHECK(stated.cluster == silent.cluster);
  CHECK(stated.network == silent.network);
  CHECK(stated.disk == silent.disk);
  CHECK(stated.clock == silent.clock);
  CHECK(stated.workload == silent.workload);
  CHECK(stated.random_faults == silent.random_faults);
  CHECK(stated.recover_within_ms == silent.recover_within_ms);
  CHECK(stated.expect == silent.expect);
}

TEST_CASE("scenario_schema: each kind of fault with its defaults stated, is one without") {
  const Shape& kinds = shape_at(scenario_shape(), "faults").items.front();
  const JsonList& schemas = *items_of("faults", "").list();
  for (std::size_t i = 0; i < schemas.size(); ++i) {
    const Shape& kind = kinds.variants[i].object;
    const auto faults = read(R"({"about": "x", "faults": [)" + sample(schemas[i], kind, true) +
                             "," + sample(schemas[i], kind, false) + "]}")
                            .faults;
    CHECK(faults[0] == faults[1]);
  }
}

TEST_CASE("scenario_schema: each kind of operation with its defaults stated, is one without") {
  const Shape& workload = shape_at(scenario_shape(), "workload");
  const Shape& kinds = shape_at(workload, "operations").items.front();
  const JsonList& schemas = *items_of("workload", "operations").list();
  for (std::size_t i = 0; i < schemas.size(); ++i) {
    const Shape& kind = kinds.variants[i].object;
    const std::string_view profile =  // a cas is of one of them only
        kinds.words[i] == to_text(OperationKind::cas) ? "replicated_log" : "ack_quorum";
    const auto workload_of_both =
        read(R"({"about": "x", "profile": ")" + std::string(profile) +
             R"(", "workload": {"operations": [)" + sample(schemas[i], kind, true) + "," +
             sample(schemas[i], kind, false) + "]}}")
            .workload;
    CHECK(workload_of_both.operations[0] == workload_of_both.operations[1]);
  }
}

TEST_CASE("scenario_schema: each kind of random fault with its defaults stated, is one without") {
  const Shape& all = shape_at(scenario_shape(), "random_faults");
  const JsonValue& schema =
      *find(*find(*published().root().object(), "properties")->object(), "random_faults");
  for (const auto& [kind, word] : names<FaultKind>()) {
    const JsonValue& one = *find(*published().get(schema, "properties")->object(), word);
    const auto sampled = [&, word = word](bool with_defaults) {
      return read(R"({"about": "x", "random_faults": {")" + std::string(word) +
                  "\": " + sample(one, shape_at(all, word), with_defaults) + "}}")
          .random_faults;
    };
    CHECK(sampled(true) == sampled(false));
  }
}
