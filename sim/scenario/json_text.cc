#include "sim/scenario/json_text.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>
#include <utility>

#include "sim/scenario/json_syntax.h"
#include "sim/scenario/place.h"

namespace quorate::sim::reading {

namespace {

// Where a text comes from: a file of its own, or a line of one that has many.
struct Source {
  const std::string& name;
  std::size_t first_line = 1;
  bool is_line = false;

  Place place() const {
    return Place(is_line ? name + ": line " + std::to_string(first_line) : name);
  }
};

[[noreturn]] void complain_about_syntax(const Source& source, std::string_view text,
                                        const SyntaxFault& fault) {
  const LineColumn at = line_and_column(text, fault.offset);
  throw ScenarioError(source.name + ": line " + std::to_string(source.first_line + at.line - 1) +
                      ", column " + std::to_string(at.column) + ": " + fault.cause);
}

// Takes the events of one text and builds the tree of it.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  Builder(std::string_view text, const Source& source) : text_(text), source_(source) {}

  JsonValue take() { return std::move(whole_); }

  bool null() override { return add({}); }
  bool boolean(bool flag) override { return add({flag}); }
  bool number_integer(number_integer_t number) override {
    return add({JsonNumber{std::to_string(number)}});
  }
  bool number_unsigned(number_unsigned_t number) override {
    return add({JsonNumber{std::to_string(number)}});
  }
  bool number_float(number_float_t, const string_t& digits) override {
    return add({JsonNumber{digits}});
  }
  bool string(string_t& text) override { return add({std::move(text)}); }
  bool binary(binary_t&) override { return false; }  // JSON texts have none

  bool start_object(std::size_t) override { return open({JsonObject{}}); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open({JsonList{}}); }
  bool end_array() override { return close(); }

  bool key(string_t& key) override {
    Open& inner = open_.back();
    if (!inner.keys.insert(key).second)
      place_of_open().key(key).complain("this key is given twice");
    inner.key = key;
    inner.awaits_value = true;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    Inside inside = Inside::nothing;
    if (!open_.empty())
      inside = open_.back().value.list() != nullptr ? Inside::list : Inside::object;
    const bool awaits_value = open_.empty() ? !complete_ : open_.back().awaits_value;
    complain_about_syntax(source_, text_, explain_syntax(text_, position, inside, awaits_value));
  }

 private:
  // A list or object whose end has not been seen yet.
  struct Open {
    JsonValue value;
    std::set<std::string> keys;  // of an object: those seen
    std::string key;             // the last of them
    bool awaits_value = false;   // that key's value has not begun
  };

  Place place_of_open() const {
    Place place = source_.place();
    for (std::size_t i = 0; i + 1 < open_.size(); ++i) place = place_of_next_in(open_[i], place);
    return place;
  }

  static Place place_of_next_in(const Open& outer, const Place& place) {
    if (const JsonList* list = outer.value.list()) return place.item(list->size());
    return place.key(outer.key);
  }

  bool add(JsonValue value) {
    if (open_.empty()) {
      whole_ = std::move(value);
      complete_ = true;
      return true;
    }
    Open& inner = open_.back();
    if (auto* list = std::get_if<JsonList>(&inner.value.held))
      list->push_back(std::move(value));
    else
      std::get<JsonObject>(inner.value.held).push_back({inner.key, std::move(value)});
    inner.awaits_value = false;
    return true;
  }

  bool open(JsonValue value) {
    if (open_.size() == kDeepestNesting)
      place_of_next_in(open_.back(), place_of_open())
          .complain("nested too deep: at most " + std::to_string(kDeepestNesting) +
                    " lists and objects may stand within each other");
    if (!open_.empty()) open_.back().awaits_value = false;
    open_.push_back({std::move(value), {}, {}, false});
    return true;
  }

  bool close() {
    JsonValue value = std::move(open_.back().value);
    open_.pop_back();
    return add(std::move(value));
  }

  std::string_view text_;
  const Source& source_;
  std::vector<Open> open_;  // outermost first
  JsonValue whole_;
  bool complete_ = false;
};

JsonValue parsed(std::string_view text, const Source& source) {
  if (text.size() > kLargestText)
    complain_about_syntax(source, text,
                          {0, "the text is larger than " + std::to_string(kLargestText) +
                                  " bytes, which is more than is read"});
  if (const auto fault = unreadable_bytes(text)) complain_about_syntax(source, text, *fault);
  Builder builder(text, source);
  nlohmann::json::sax_parse(text.begin(), text.end(), &builder);  // throws, or has read all of it
  return builder.take();
}

}  // namespace

JsonValue parse_json(std::string_view text, const std::string& name) {
  return parsed(text, {name});
}

JsonValue parse_json_line(std::string_view text, const std::string& name, std::size_t line) {
  return parsed(text, {name, line, true});
}

std::string bytes_of_json_file(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found)
    throw ScenarioError(path + ": there is no such file");
  if (status.type() == std::filesystem::file_type::directory)
    throw ScenarioError(path + ": this is a directory, not a file");

  // Read to the end instead of asking for the size, so that a pipe can be read too.
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw ScenarioError(path + ": can't be opened: " + std::generic_category().message(errno));
  std::string bytes(kLargestText + 1, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (file.bad()) throw ScenarioError(path + ": can't be read to its end");
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

}  // namespace quorate::sim::reading
