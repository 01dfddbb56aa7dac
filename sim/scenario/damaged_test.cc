// Whatever is wrong with a scenario's text, the reader says what and where, in one line of its own
// words; it never lets another exception out. Damage by tables first, then by system.
#include <doctest/doctest.h>

#include <functional>

#include "sim/scenario/json_text.h"
#include "sim/scenario/scenario_json.h"
#include "sim/scenario/wording.h"

using namespace quorate::sim;
using reading::JsonList;
using reading::JsonMember;
using reading::JsonNumber;
using reading::JsonObject;
using reading::JsonValue;

namespace {

const std::string kDrawn = R"({
  "$schema": "schema/scenario.schema.json",
  "about": "Alles wird gezogen, was sich ziehen läßt.",
  "profile": "ack_quorum",
  "seed": 42,
  "cluster": {"followers": {"min": 2, "max": 4}, "quorum": "followers_majority",
              "write_timeout_ms": 300, "heartbeat_ms": 50, "peer_silence_ms": 200},
  "network": {"delay": {"min": 100, "max": 400, "distribution": "long_tail"},
              "split_percent": 10, "join_percent": 5, "short_write_percent": 2},
  "disk": {"sync": 50},
  "clock": {"drift_ppm": {"min": -100, "max": 100}},
  "workload": {"clients": 3, "keys": 2, "writes": {"min": 5, "max": 9}, "value_bytes": 16,
               "think_us": 0, "reads_percent": 20, "deletes_percent": 5},
  "random_faults": {"window_ms": 500, "crash": {"chance_percent": 30, "count": 1, "for_ms": 100}},
  "recover_within_ms": 5000,
  "expect": {"ok": {"min": 0, "max": 99}, "reached": ["sometimes_timeout"]}
})";

const std::string kStated = R"({
  "about": "Everything is stated.",
  "cluster": {"followers": 2},
  "workload": {"operations": [
    {"key": "a", "value": "1"}, {"op": "get", "at_ms": 20, "client": 2, "key": "a"}]},
  "faults": [
    {"fault": "crash", "node": "follower-1", "restart_after_ms": 5, "survives_percent": 50,
     "torn": true, "after": {"node": "follower-1", "did": "append", "lsn": 2}},
    {"fault": "partition", "at_ms": 5, "node": "leader", "peer": "follower-2", "for_ms": 10,
     "direction": "to_peer"}],
  "expect": {"timeout": 0, "digest": "0123456789abcdef"}
})";

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// "line 1, column 2: " or "/a/0: ", and then something.
bool begins_with_a_place(std::string_view text) {
  if (text.starts_with('/')) return contains(text, ": ");
  if (!text.starts_with("line ")) return false;
  const auto number = [&](std::string_view before) {
    if (!text.starts_with(before)) return false;
    text.remove_prefix(before.size());
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(digits);
    return digits > 0;
  };
  return number("line ") && number(", column ") && text.starts_with(": ") && text.size() > 2;
}

// What the reader says after the file's name; "" when it has read the text. Checks what holds for
// every refusal.
std::string refusal(const std::string& text) {
  try {
    read_scenario_text(text, "x.json");
  } catch (const ScenarioError& error) {
    const std::string what = error.what();
    CAPTURE(what);
    REQUIRE(what.starts_with("x.json: "));
    CHECK(begins_with_a_place(what.substr(8)));
    CHECK_FALSE(contains(what, "\n"));
    CHECK_FALSE(contains(what, "exception"));
    CHECK(what.size() < 500);
    return what.substr(8);
  }
  return "";
}

// The reader must refuse this, at this place, in these words among others.
void damaged(const std::string& text, std::string_view place, std::string_view words = "") {
  const std::string said = refusal(text);
  CAPTURE(reading::shown(text, 2000));
  CAPTURE(said);
  CHECK(said.starts_with(place));
  CHECK(contains(said, words));
}

// The same for members of a scenario that is sound otherwise.
void damaged_members(const std::string& members, std::string_view place,
                     std::string_view words = "") {
  damaged(R"({"about": "x", )" + members + "}", place, words);
}

std::string written_text(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

// The value as JSON, and at `changed` something else instead.
std::string written(const JsonValue& value, const JsonValue* changed = nullptr,
                    const std::string& instead = "") {
  if (&value == changed) return instead;
  if (const bool* flag = value.flag()) return *flag ? "true" : "false";
  if (const JsonNumber* number = value.number()) return number->digits;
  if (const std::string* text = value.text()) return written_text(*text);
  std::string result;
  const auto add = [&](const std::string& part) {
    if (!result.empty()) result += ',';
    result += part;
  };
  if (const JsonList* list = value.list()) {
    for (const JsonValue& item : *list) add(written(item, changed, instead));
    return '[' + result + ']';
  }
  for (const JsonMember& member : *value.object())
    add(written_text(member.key) + ':' + written(member.value, changed, instead));
  return '{' + result + '}';
}

using Visit = std::function<void(const JsonValue&, const std::string& pointer)>;

void visit_all(const JsonValue& value, const std::string& pointer, const Visit& visit) {
  visit(value, pointer);
  if (const JsonList* list = value.list())
    for (std::size_t i = 0; i < list->size(); ++i)
      visit_all((*list)[i], pointer + '/' + std::to_string(i), visit);
  if (const JsonObject* object = value.object())
    for (const JsonMember& member : *object)
      visit_all(member.value, pointer + '/' + member.key, visit);
}

// Puts `instead(value)` at the place of every value of both scenarios, one after the other; ""
// leaves a value as it is. Each must be refused at that value or below it.
void damage_each(const std::function<std::string(const JsonValue&)>& instead) {
  for (const std::string& good : {kDrawn, kStated}) {
    const JsonValue whole = reading::parse_json(good, "good.json");
    visit_all(whole, "", [&](const JsonValue& value, const std::string& pointer) {
      const std::string damage = instead(value);
      if (!damage.empty()) damaged(written(whole, &value, damage), pointer.empty() ? "/" : pointer);
    });
  }
}

std::string with_last(const JsonValue& object, const std::string& member) {
  std::string text = written(object);
  text.pop_back();
  return text + (text.size() > 1 ? "," : "") + member + '}';
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + '1' + std::string(depth, ']');
}

}  // namespace

TEST_CASE("scenario_json: the scenarios that are to be damaged, are sound") {
  CHECK(refusal(kDrawn).empty());
  CHECK(refusal(kStated).empty());
  CHECK(refusal(written(reading::parse_json(kDrawn, "x"))).empty());
  CHECK(refusal(written(reading::parse_json(kStated, "x"))).empty());
}

TEST_CASE("scenario_json: no text at all, is called empty") {
  damaged("", "line 1, column 1: ", "empty");
  damaged(" \n\t\r\n ", "line 1, column 1: ", "empty");
}

TEST_CASE("scenario_json: something other than an object, is named") {
  damaged("[]", "/: ", "must be an object, not a list");
  damaged("null", "/: ", "must be an object, not null");
  damaged("42", "/: ", "must be an object, not the number 42");
  damaged("\"about\"", "/: ", "must be an object, not the text \"about\"");
  damaged("{}", "/about: ", "must be given");
}

TEST_CASE("scenario_json: a bracket, comma, colon or quote is missing, it is named") {
  damaged("{", "line 1, column 2: ", "} is missing");
  damaged("{\"about\": \"x\"", "line 1, column 14: ", "} is missing");
  damaged_members("\"faults\": [", "line 1, column 27: ", "a value or ] is expected here");
  damaged("{\"about\": \"x\", \"faults\": [", "line 1, column 27: ", "] is missing");
  damaged("{\"about\": \"x\"\n \"seed\": 1}", "line 2, column 2: ", "a comma or } is missing");
  damaged_members("\"faults\": [{} {}]", "line 1, column 30: ", "a comma or ] is missing");
  damaged("{\"about\" \"x\"}", "line 1, column 10: ", "a colon is missing after the key");
  damaged("{\"about\"}", "line 1, column 9: ", "a colon is missing after the key");
  damaged("{\"about\": }", "line 1, column 11: ", "a value is missing after the colon");
  damaged("{\"about: \"x\"}", "line 1, column 11: ", "a colon is missing after the key");
  damaged("{\"about\": \"x}", "line 1, column 11: ", "no closing quote");
  damaged("{\"about\": \"x\n\"}", "line 1, column 11: ", "not closed on its line");
}

TEST_CASE("scenario_json: a mark too many, it is named") {
  damaged("{\"about\": \"x\",}", "line 1, column 15: ", "a comma stands before the closing }");
  damaged_members("\"faults\": [{},]",
                  "line 1, column 30: ", "a comma stands before the closing ]");
  damaged("{\"about\": \"x\",, \"seed\": 1}", "line 1, column 15: ", "a comma stands here twice");
  damaged("{,}", "line 1, column 2: ", "a key in double quotes or } is expected here");
  damaged_members("1", "line 1, column 16: ", "a key stands in double quotes");
  damaged_members("\"faults\": [,]", "line 1, column 27: ", "a value or ] is expected here");
  damaged("{\"about\": \"x\"}}", "line 1, column 15: ", "after the end");
  damaged("{\"about\": \"x\"} {}", "line 1, column 16: ", "after the end");
  damaged("{\"about\": \"x\"}\nend", "line 2, column 1: ", "after the end");
  damaged("}", "line 1, column 1: ", "an object is expected, which begins with {");
}

TEST_CASE("scenario_json: a comment, JSON has none") {
  damaged("// What is this?\n{\"about\": \"x\"}", "line 1, column 1: ", "no comments");
  damaged("{\"about\": \"x\" /* really */}", "line 1, column 15: ", "no comments");
  damaged("{\"about\": \"x\"} # the end", "line 1, column 16: ", "no comments");
}

TEST_CASE("scenario_json: words and quotes of other languages, are named") {
  damaged("{about: \"x\"}", "line 1, column 2: ", "a key stands in double quotes");
  damaged("{$schema: \"x\"}", "line 1, column 2: ", "a key stands in double quotes");
  damaged("{'about': 'x'}", "line 1, column 2: ", "plain double quotes");
  damaged(
      "{\xE2\x80\x9C"
      "about\xE2\x80\x9D: 1}",
      "line 1, column 2: ", "plain double quotes");
  damaged_members("\"seed\": one", "line 1, column 24: ", "a text stands in double quotes");
  damaged_members("\"seed\": True", "line 1, column 24: ", "did you mean true?");
  damaged_members("\"seed\": nil", "line 1, column 24: ", "");
  damaged_members("\"seed\": NaN", "line 1, column 24: ", "double quotes");
}

TEST_CASE("scenario_json: numbers that are none, are named") {
  for (const char* number : {"01", "+1", "1.", ".5", "-", "--1", "0x10", "1e", "1_000", "1.2.3",
                             "-01", "1e+", "-Infinity", "00", "5ms"})
    damaged_members("\"seed\": " + std::string(number), "line 1, column 24: ", "no number");
  damaged_members("\"seed\": 1e999", "line 1, column 24: ", "too large");
  damaged_members("\"seed\": -1e999", "line 1, column 24: ", "too large");
  damaged_members("\"seed\": 1 2", "line 1, column 26: ", "a comma or } is missing");
}

TEST_CASE("scenario_json: escapes that are none, are named") {
  damaged(R"({"about": "a\qb"})", "line 1, column 13: ", "no escape");
  damaged(R"({"about": "a\u12"})", "line 1, column 13: ", "four hexadecimal digits");
  damaged(R"({"about": "a\u12G4"})", "line 1, column 13: ", "four hexadecimal digits");
  damaged(R"({"about": "\ud800"})", "line 1, column 12: ", "half of a character");
  damaged(R"({"about": "\udc00"})", "line 1, column 12: ", "half of a character");
  damaged(R"({"about": "\ud800\u0041"})", "line 1, column 12: ", "half of a character");
  damaged("{\"about\": \"a\tb\"}", "line 1, column 13: ", "a tab");
  damaged("{\"about\": \"a\\", "line 1, column 11: ", "no closing quote");
}

TEST_CASE("scenario_json: bytes that are not UTF-8 or not text, are named") {
  for (const char* bytes : {"\x80", "\xC0\xAF", "\xC3", "\xE0\x80\xAF", "\xED\xA0\x80", "\xE2\x82",
                            "\xF0\x80\x80\xAF", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80", "\xFF"})
    damaged("{\"about\": \"" + std::string(bytes) + "\"}", "line 1, column 12: ", "not UTF-8");
  damaged("\xEF\xBB\xBF{\"about\": \"x\"}", "line 1, column 1: ", "byte order mark");
  damaged(std::string("\xFF\xFE{\0", 4), "line 1, column 1: ", "not UTF-8");
  damaged(std::string("{\"about\": \"x\"}\0", 15), "line 1, column 15: ", "control character");
  damaged("{\"about\": \"\x01\"}", "line 1, column 12: ", "control character");
  damaged("{\"about\": \"é\",\n \"é\": \xFF", "line 2, column 7: ", "0xFF");
}

TEST_CASE("scenario_json: a key given twice, is named where it stands") {
  damaged_members("\"about\": \"y\"", "/about: ", "twice");
  damaged_members("\"cluster\": {\"quorum\": 1, \"quorum\": 2}", "/cluster/quorum: ", "twice");
  damaged_members("\"faults\": [{}, {\"after\": {\"lsn\": 1, \"lsn\": 1}}]",
                  "/faults/1/after/lsn: ", "twice");
  damaged_members(R"("se\u0065d": 1, "seed": 2)", "/seed: ", "twice");
}

TEST_CASE("scenario_json: lists and objects within each other, at most 16 deep") {
  damaged_members("\"faults\": " + nested(15), "/faults/0: ", "must be an object, not a list");
  damaged_members("\"faults\": " + nested(16), "/faults/0/0/", "nested too deep");
  damaged(std::string(100'000, '['), "/0/0/", "nested too deep");
  std::string objects = "{";
  for (int i = 0; i < 100'000; ++i) objects += "\"a\":{";
  damaged(objects, "/a/a/", "nested too deep");
}

TEST_CASE("scenario_json: texts, keys and lists beyond all measure, are refused") {
  damaged(std::string(reading::kLargestText + 1, ' '), "line 1, column 1: ", "larger than 4194304");
  damaged("{\"about\": \"" + std::string(501, 'x') + "\"}", "/about: ", "from 1 to 500 bytes");
  damaged_members('"' + std::string(1'000'000, 'k') + "\": 1", "/kkkkk", "no such key");
  damaged_members("\"seed\": " + std::string(1'000'000, '9'), "", "");
  damaged_members("\"cluster\": \"" + std::string(1'000'000, 'x') + '"', "/cluster: ", "...");
  std::string faults = "{}";
  for (int i = 0; i < 10'000; ++i) faults += ",{}";
  damaged_members("\"faults\": [" + faults + ']', "/faults: ", "from 0 to 10000 items, not 10001");
  const std::string key(65'536, 'k');
  damaged_members(R"("workload": {"operations": [{"op": "get", "key": ")" + key + R"("}]})",
                  "/workload/operations/0/key: ", "from 1 to 65535 bytes long, not 65536");
}

TEST_CASE("scenario_json: one more or less than a limit allows, is refused") {
  const auto in = [](const char* part, const std::string& member) {
    return '"' + std::string(part) + "\": {\"" + member + '}';
  };
  damaged_members(in("cluster", "followers\": 0"), "/cluster/followers: ", "from 1 to 6");
  damaged_members(in("cluster", "followers\": {\"min\": 1, \"max\": 7}"),
                  "/cluster/followers/max: ");
  damaged_members(in("cluster", "write_timeout_ms\": 0"), "/cluster/write_timeout_ms: ");
  damaged_members(in("cluster", "heartbeat_ms\": 3600001"), "/cluster/heartbeat_ms: ");
  damaged_members(in("network", "split_percent\": 101"), "/network/split_percent: ");
  damaged_members(in("network", "delay\": 3600000001"), "/network/delay: ");
  damaged_members(in("clock", "drift_ppm\": -200001"), "/clock/drift_ppm: ", "-200000 to 200000");
  damaged_members(in("workload", "clients\": 65"), "/workload/clients: ", "from 1 to 64");
  damaged_members(in("workload", "keys\": 0"), "/workload/keys: ", "from 1 to 1000");
  damaged_members(in("workload", "writes\": 100001"), "/workload/writes: ", "from 0 to 100000");
  damaged_members(in("workload", "value_bytes\": 65537"), "/workload/value_bytes: ");
  damaged_members(in("workload", "operations\": []"), "/workload/operations: ", "from 1 to");
  damaged_members(in("random_faults", "window_ms\": 3600001"), "/random_faults/window_ms: ");
  damaged_members(in("expect", "reached\": [\"a\", \"a\"]"), "/expect/reached/1: ", "twice");
  damaged_members(in("expect", "reached\": [\"\"]"), "/expect/reached/0: ", "must not be empty");
  damaged_members("\"seed\": -1", "/seed: ");
}

TEST_CASE("scenario_json: cut off after any of its bytes, the line and column of the end") {
  for (const std::string& good : {kDrawn, kStated})
    for (std::size_t size = 0; size < good.size(); ++size) damaged(good.substr(0, size), "line ");
}

TEST_CASE("scenario_json: a byte that no text holds at any place, its line and column") {
  for (const char byte : {'\xFF', '\0', '\x1b'}) {
    for (std::size_t at = 0; at < kStated.size(); ++at) {
      std::string text = kStated;
      text[at] = byte;
      damaged(text, "line ");
    }
  }
}

TEST_CASE("scenario_json: any byte replaced by one of JSON's own, read or refused in words") {
  for (const char byte : std::string_view("{}[]\",:\\/0-.e tn\n'"))
    for (std::size_t at = 0; at < kStated.size(); ++at) {
      std::string text = kStated;
      text[at] = byte;
      refusal(text);
    }
}

TEST_CASE("scenario_json: any value replaced by one of another type, its pointer") {
  const std::string wrong[] = {"null",   "0.5",        "1e3",
                               "[null]", R"({"": 0})", "-99999999999999999999"};
  for (const std::string& instead : wrong) damage_each([&](const JsonValue&) { return instead; });
}

TEST_CASE("scenario_json: any text replaced by a number and the reverse, its pointer") {
  damage_each([](const JsonValue& value) -> std::string {
    if (value.text() != nullptr) return "7";
    return value.number() != nullptr ? "\"7\"" : "";
  });
}

TEST_CASE("scenario_json: any list or object replaced by true, its pointer") {
  damage_each([](const JsonValue& value) -> std::string {
    return value.list() != nullptr || value.object() != nullptr ? "true" : "";
  });
}

TEST_CASE("scenario_json: an unknown key in any object, its pointer") {
  damage_each([](const JsonValue& value) -> std::string {
    return value.object() != nullptr ? with_last(value, "\"no_such_key\": 1") : "";
  });
}

TEST_CASE("scenario_json: the first key of any object given again, its pointer") {
  damage_each([](const JsonValue& value) -> std::string {
    const JsonObject* object = value.object();
    return object != nullptr ? with_last(value, written_text(object->front().key) + ":1") : "";
  });
}

TEST_CASE("scenario_json: any value buried too deep, its pointer") {
  damage_each([](const JsonValue&) { return nested(17); });
}
