// Does scenarios/README.md tell people what the reader knows? Its tables, row by row, and its
// example. The defaults come from the published schema, which scenario_schema_test compares with
// scenario.h.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

#include "sim/scenario/json_text.h"
#include "sim/scenario/scenario_json.h"
#include "sim/scenario/scenario_keys.h"
#include "sim/scenario/scenario_names.h"

using namespace quorate::sim;
using namespace quorate::sim::reading;

namespace {

using Row = std::vector<std::string>;         // its cells, without the backquotes
using Table = std::map<std::string, Row>;     // by the first cell
using Tables = std::map<std::string, Table>;  // by the heading and the table's first column

std::string file_text(const std::string& path) {
  std::ifstream file(std::string(QUORATE_SOURCE_ROOT) + '/' + path, std::ios::binary);
  REQUIRE_MESSAGE(file.is_open(), path);
  return {std::istreambuf_iterator<char>(file), {}};
}

const std::string& readme() {
  static const std::string text = file_text("scenarios/README.md");
  return text;
}

Row cells_of(std::string line) {
  std::erase(line, '`');
  Row cells;
  std::istringstream in(line.substr(1));
  for (std::string cell; std::getline(in, cell, '|');) {
    const std::size_t first = std::min(cell.find_first_not_of(' '), cell.size());
    const std::size_t last = cell.find_last_not_of(' ') + 1;
    cells.push_back(first < last ? cell.substr(first, last - first) : "");
  }
  return cells;
}

// Every table of the README: "cluster: key", "faults: kind", ...
Tables tables() {
  Tables found;
  std::string heading, name;
  std::istringstream in(readme());
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("### ")) heading = line.substr(4);
    if (!line.starts_with("|")) {
      name.clear();
    } else if (name.empty()) {
      name = heading + ": " + cells_of(line).front();
      found[name];
    } else if (!line.starts_with("|--")) {
      const Row row = cells_of(line);
      found[name][row.front()] = row;
    }
  }
  return found;
}

const Shape& shape_at(const Shape& shape, std::string_view key) {
  for (const KeyShape& known : shape.keys)
    if (known.key == key) return known.shape;
  FAIL("no such key: ", key);
  return shape;
}

std::string value_cell(ShapeKind kind) {
  switch (kind) {
    case ShapeKind::whole:
    case ShapeKind::seed: return "number";
    case ShapeKind::range: return "range";
    case ShapeKind::delay: return "delay";
    case ShapeKind::word: return "word";
    case ShapeKind::text: return "text";
    case ShapeKind::flag: return "flag";
    case ShapeKind::list: return "list";
    case ShapeKind::object:
    case ShapeKind::variants: return "object";
  }
  return "";
}

std::string limits_cell(const Shape& shape) {
  const std::string from_to =
      std::to_string(shape.limits.min) + " to " + std::to_string(shape.limits.max);
  switch (shape.kind) {
    case ShapeKind::whole:
    case ShapeKind::range:
    case ShapeKind::delay: return from_to;
    case ShapeKind::seed: return "0 to 18446744073709551615";
    case ShapeKind::word: return joined(shape.words);
    case ShapeKind::text:
      if (shape.form == TextForm::node) return "a node";
      return shape.form == TextForm::digest ? "16 hexadecimal digits" : from_to + " bytes";
    case ShapeKind::flag: return "true, false";
    case ShapeKind::list: return from_to + " items";
    case ShapeKind::object:
    case ShapeKind::variants: return "see below";
  }
  return "";
}

// The published schema, or a definition of it.
class Schema {
 public:
  Schema() : whole_(parse_json(file_text("scenarios/schema/scenario.schema.json"), "schema")) {}

  const JsonValue& whole() const { return whole_; }
  const JsonValue& definition(const std::string& name) const {
    return *find(*find(*whole_.object(), "$defs")->object(), name);
  }
  const JsonValue& property(const JsonValue& object, std::string_view key) const {
    return *find(*get(object, "properties")->object(), key);
  }

  std::string default_cell(const JsonValue& object, const KeyShape& key) const {
    if (key.need == Need::required) return "required";
    const JsonValue* value = get(property(object, key.key), "default");
    if (value == nullptr) return "-";
    if (value->number() != nullptr) return value->number()->digits;
    if (value->text() != nullptr) return *value->text();
    if (value->flag() != nullptr) return *value->flag() ? "true" : "false";
    return find(*value->object(), "min")->number()->digits + " to " +
           find(*value->object(), "max")->number()->digits;
  }

 private:
  const JsonValue* get(const JsonValue& schema, std::string_view keyword) const {
    if (const JsonValue* here = find(*schema.object(), keyword)) return here;
    const JsonValue* ref = find(*schema.object(), "$ref");
    if (ref == nullptr) return nullptr;
    return get(definition(ref->text()->substr(std::string_view("#/$defs/").size())), keyword);
  }

  JsonValue whole_;
};

const Schema& schema() {
  static const Schema the_schema;
  return the_schema;
}

// The row of that key says this of it.
void check_row(const Table& table, const JsonValue& in_schema, const KeyShape& key) {
  CAPTURE(key.key);
  const auto found = table.find(std::string(key.key));
  REQUIRE(found != table.end());
  const Row& row = found->second;
  REQUIRE(row.size() == 5);
  CHECK(row[1] == value_cell(key.shape.kind));
  CHECK(row[2] == schema().default_cell(in_schema, key));
  CHECK(row[3] == limits_cell(key.shape));
  CHECK_FALSE(row[4].empty());
}

void check_table(const std::string& heading, const JsonValue& in_schema, const Shape& shape) {
  CAPTURE(heading);
  const Table table = tables()[heading + ": key"];
  for (const KeyShape& key : shape.keys) check_row(table, in_schema, key);
  CHECK(table.size() == shape.keys.size());
}

const Shape& kind_of_fault(std::string_view word) {
  for (const VariantShape& kind : shape_at(scenario_shape(), "faults").items.front().variants)
    if (kind.word == word) return kind.object;
  FAIL("no such kind: ", word);
  return scenario_shape();
}

// The keys in a cell of the kinds' table, without those that it need not repeat.
std::string keys_cell(const Shape& shape, Need need, const Words& not_repeated) {
  Words words;
  for (const KeyShape& key : shape.keys)
    if (key.need == need &&
        std::find(not_repeated.begin(), not_repeated.end(), key.key) == not_repeated.end())
      words.push_back(key.key);
  return joined(words);
}

}  // namespace

TEST_CASE("scenario_readme: the example, is a scenario with all parts") {
  const std::size_t begin = readme().find("```json\n") + 8;
  const std::string example = readme().substr(begin, readme().find("```", begin) - begin);
  const Scenario scenario = read_scenario_text(example, "README.md");
  CHECK(scenario.faults.size() == 2);
  const JsonValue json = parse_json(example, "README.md");
  for (const KeyShape& key : scenario_shape().keys) {
    CAPTURE(key.key);
    CHECK(find(*json.object(), key.key) != nullptr);
  }
}

TEST_CASE("scenario_readme: the tables of the objects, tell their keys, defaults and limits") {
  check_table("The scenario", schema().whole(), scenario_shape());
  for (const char* part : {"cluster", "network", "disk", "clock", "workload", "expect"})
    check_table(part, schema().property(schema().whole(), part), shape_at(scenario_shape(), part));
  check_table("after", schema().definition("after"), shape_at(kind_of_fault("cut"), "after"));
}

TEST_CASE("scenario_readme: the table of operations, tells the keys of all kinds") {
  const Shape& kinds = shape_at(shape_at(scenario_shape(), "workload"), "operations").items.front();
  Shape set = kinds.variants.front().object;
  REQUIRE(set.keys.front().key == "op");
  set.keys.front().shape = words(kinds.words);
  const Table table = tables()["operations: key"];
  for (const KeyShape& key : set.keys) check_row(table, schema().definition("operation_set"), key);
  const Shape& cas = kinds.variants.back().object;  // which has one more
  for (const KeyShape& key : cas.keys)
    if (key.key == "from") check_row(table, schema().definition("operation_cas"), key);
  CHECK(table.size() == set.keys.size() + 1);
}

TEST_CASE("scenario_readme: the table of fault keys, tells each once") {
  const Table table = tables()["faults: key"];
  Words seen;
  for (const auto& [fault, word] : names<FaultKind>()) {
    for (const KeyShape& key : kind_of_fault(word).keys) {
      if (std::find(seen.begin(), seen.end(), key.key) == seen.end()) seen.push_back(key.key);
      if (key.key != "fault")
        check_row(table, schema().definition("fault_" + std::string(word)), key);
    }
  }
  CHECK(table.size() == seen.size());
}

TEST_CASE("scenario_readme: the table of fault kinds, tells the keys of each") {
  Table table = tables()["faults: kind"];
  const Shape& random = shape_at(scenario_shape(), "random_faults");
  for (const auto& [fault, word] : names<FaultKind>()) {
    const std::string kind(word);
    CAPTURE(kind);
    const Row row = table[kind];
    REQUIRE(row.size() == 5);
    CHECK(row[1] == keys_cell(kind_of_fault(word), Need::required, {"fault"}));
    CHECK(row[2] == keys_cell(kind_of_fault(word), Need::optional, {"at_ms", "after"}));
    const Shape& drawn = shape_at(random, word);
    const std::string needed = keys_cell(drawn, Need::required, {"chance_percent"});
    const std::string perhaps = keys_cell(drawn, Need::optional, {"count"});
    CHECK(row[3] == needed + (needed.empty() || perhaps.empty() ? "" : ", ") +
                        (perhaps.empty() ? "" : '(' + perhaps + ')'));
  }
  CHECK(table.size() == kFaultKinds);
}

TEST_CASE("scenario_readme: the table of random faults, tells window_ms and a kind's keys") {
  const Shape& random = shape_at(scenario_shape(), "random_faults");
  const Table table = tables()["random_faults: key"];
  const JsonValue& part = schema().property(schema().whole(), "random_faults");
  check_row(table, part, random.keys.front());
  const Shape& delay = shape_at(random, "delay");
  for (const KeyShape& key : delay.keys) check_row(table, schema().definition("random_delay"), key);
  const Shape& full = shape_at(random, "disk_full");  // which has one more
  for (const KeyShape& key : full.keys)
    if (key.key == "room_bytes") check_row(table, schema().definition("random_disk_full"), key);
  CHECK(table.size() == 1 + delay.keys.size() + 1);
}
