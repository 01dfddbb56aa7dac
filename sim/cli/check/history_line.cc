#include "sim/cli/check/history_line.h"

#include <array>
#include <nlohmann/json.hpp>

#include "sim/scenario/json_text.h"
#include "sim/scenario/wording.h"

namespace quorate::cli {

namespace {

using namespace sim::reading;
using sim::linear::Kind;

constexpr std::array<std::string_view, 10> kKeys{"process", "type",  "f",    "key",   "value",
                                                 "swapped", "found", "time", "index", "error"};
constexpr std::array<std::string_view, 4> kTypes{"invoke", "ok", "fail", "info"};
constexpr std::array<std::string_view, 3> kKinds{"read", "write", "cas"};

// One line, its place and its members.
class Line {
 public:
  Line(const JsonObject& object, const Place& place) : object_(object), place_(place) {}

  void refuse_unknown_keys() const {
    for (const JsonMember& member : object_) {
      bool is_known = false;
      for (const std::string_view key : kKeys) is_known |= key == member.key;
      if (!is_known)
        place_.key(member.key)
            .complain("there is no such key" + did_you_mean(member.key, kKeys) +
                      " (known: " + joined(kKeys) + ")");
    }
  }

  const JsonValue* find(std::string_view key) const { return sim::reading::find(object_, key); }
  const JsonValue& need(std::string_view key) const {
    const JsonValue* value = find(key);
    if (value == nullptr) place_.key(key).complain("it is missing");
    return *value;
  }
  std::optional<bool> flag(std::string_view key) const {
    const JsonValue* value = find(key);
    if (value == nullptr) return {};
    if (value->flag() == nullptr)
      place(key).complain("it is true or false, not " + what_it_is(*value));
    return *value->flag();
  }
  Place place(std::string_view key) const { return place_.key(key); }

  std::size_t word(const JsonValue& value, std::string_view key,
                   std::span<const std::string_view> words) const {
    const std::string* text = value.text();
    if (text == nullptr)
      place(key).complain("it is one of " + joined(words) + ", not " + what_it_is(value));
    for (std::size_t i = 0; i < words.size(); ++i)
      if (words[i] == *text) return i;
    place(key).complain("there is no " + sim::reading::quoted(*text) + did_you_mean(*text, words) +
                        " (known: " + joined(words) + ")");
  }

 private:
  const JsonObject& object_;
  const Place& place_;
};

// A key or a value, as the JSON text that all that are equal have in common.
std::string simple(const JsonValue& value, const Place& place, std::string_view what) {
  if (const JsonNumber* number = value.number()) {
    if (!number->is_whole() || (!number->as_int64() && !number->as_uint64()))
      place.complain(what_it_is(value) + " is no whole number of 64 bits, and so no " +
                     std::string(what));
    return number->digits;
  }
  if (const std::string* text = value.text()) return nlohmann::json(*text).dump();
  if (const bool* flag = value.flag()) return *flag ? "true" : "false";
  if (value.list() != nullptr || value.object() != nullptr)
    place.complain(what_it_is(value) + " is no " + std::string(what));
  return "null";
}

void read_values(const Line& line, HistoryLine& read) {
  const JsonValue* value = line.find("value");
  if (value == nullptr) return;
  const Place place = line.place("value");
  if (read.f != Kind::cas && (read.f || value->list() == nullptr)) {
    read.value = simple(*value, place, "value: null, a whole number, a text, true or false");
    return;
  }
  const JsonList* both = value->list();
  if (both == nullptr && read.type != LineType::invoke && what_it_is(*value) == "null") return;
  if (both == nullptr || both->size() != 2)
    place.complain("the value of a cas is a list of two, [from, to]" +
                   (both == nullptr ? ", not " + what_it_is(*value) : std::string()));
  read.from = simple((*both)[0], place.item(0), "value");
  read.value = simple((*both)[1], place.item(1), "value");
}

void read_numbers(const Line& line, HistoryLine& read) {
  const JsonValue& process = line.need("process");
  const auto number = process.number() != nullptr ? process.number()->as_uint64() : std::nullopt;
  if (!number)
    line.place("process").complain("a process is a whole number from 0 on, not " +
                                   what_it_is(process));
  read.process = *number;
  const JsonValue* time = line.find("time");
  if (time == nullptr) return;
  read.time = time->number() != nullptr ? time->number()->as_int64() : std::nullopt;
  if (!read.time)
    line.place("time").complain("a time is a whole number of 64 bits, not " + what_it_is(*time));
}

}  // namespace

Place place_of_line(const std::string& name, std::size_t number) {
  return Place(name + ": line " + std::to_string(number));
}

std::string_view word_for(Kind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

HistoryLine read_history_line(std::string_view text, const std::string& name, std::size_t number) {
  const JsonValue json = parse_json_line(text, name, number);
  const Place place = place_of_line(name, number);
  if (json.object() == nullptr)
    place.complain("an event is an object, {\"process\": 0, ...}, not " + what_it_is(json));
  const Line line(*json.object(), place);
  line.refuse_unknown_keys();

  HistoryLine read;
  read_numbers(line, read);
  read.type = static_cast<LineType>(line.word(line.need("type"), "type", kTypes));
  if (const JsonValue* f = line.find("f")) read.f = static_cast<Kind>(line.word(*f, "f", kKinds));
  if (const JsonValue* key = line.find("key")) {
    read.key = simple(*key, line.place("key"), "key: a whole number or a text");
    if (key->text() == nullptr && key->number() == nullptr)
      line.place("key").complain("a key is a whole number or a text, not " + what_it_is(*key));
  }
  read_values(line, read);
  read.swapped = line.flag("swapped");
  read.found = line.flag("found");
  return read;
}

}  // namespace quorate::cli
