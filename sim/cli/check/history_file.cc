#include "sim/cli/check/history_file.h"

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <map>
#include <streambuf>
#include <system_error>

#include "sim/cli/check/history_line.h"
#include "sim/scenario/wording.h"

namespace quorate::cli {

namespace {

using sim::ScenarioError;
using sim::linear::Kind;
using sim::linear::Operation;
using sim::linear::OpId;
using sim::reading::Place;

constexpr const char* kWhoFinds =
    "only an ok write of null, a delete, says whether there was something";

class Reader {
 public:
  explicit Reader(const std::string& name) {
    file_.name = name;
    file_.values.push_back("null");
    values_.emplace("null", sim::linear::kNull);
  }

  void line(std::string_view text, std::size_t number) {
    number_ = number;
    const HistoryLine line = read_history_line(text, file_.name, number);
    check_time(line);
    if (line.type == LineType::invoke)
      begin(line);
    else
      end(line);
  }

  HistoryFile take() {
    if (file_.told.empty()) throw ScenarioError(file_.name + ": there is no event in it");
    return std::move(file_);
  }

 private:
  Place place() const { return place_of_line(file_.name, number_); }
  [[noreturn]] void complain(const std::string& cause) const {
    throw ScenarioError(file_.name + ": line " + std::to_string(number_) + ": " + cause);
  }
  static std::string process(const HistoryLine& line) {
    return "process " + std::to_string(line.process);
  }

  void check_time(const HistoryLine& line) {
    if (!line.time) return;
    if (time_ && *line.time < *time_)
      place().key("time").complain("the time goes back, from " + std::to_string(*time_) +
                                   " in line " + std::to_string(time_line_) + " to " +
                                   std::to_string(*line.time));
    time_ = line.time;
    time_line_ = number_;
  }

  void begin(const HistoryLine& line) {
    if (const auto other = open_.find(line.process); other != open_.end())
      complain(process(line) + " begins another operation, but that of line " +
               std::to_string(file_.told[other->second].begin_line) + " has not ended");
    if (!line.f) place().key("f").complain("it is missing");
    if (!line.key) place().key("key").complain("it is missing");
    if (line.swapped) place().key("swapped").complain("only an ok cas says whether it swapped");
    if (line.found) place().key("found").complain(kWhoFinds);
    if (*line.f == Kind::read && line.value && *line.value != "null")
      place().key("value").complain("a read does not know its value before it is ok; write null");
    if (*line.f != Kind::read && !line.value)
      place().key("value").complain(*line.f == Kind::cas ? "it is missing: a cas has [from, to]"
                                                         : "it is missing: what is written?");
    if (file_.told.size() == kMostOperations)
      complain("more than " + std::to_string(kMostOperations) + " operations are not read");
    Operation op;
    op.kind = *line.f;
    op.key = number_of(*line.key, keys_, file_.keys);
    if (line.value) op.value = number_of(*line.value, values_, file_.values);
    if (line.from) op.from = number_of(*line.from, values_, file_.values);
    open_.emplace(line.process, file_.history.begin(op));
    file_.told.push_back({line.process, number_, 0, line.time, {}});
  }

  void end(const HistoryLine& line) {
    const auto found = open_.find(line.process);
    if (found == open_.end())
      complain(process(line) + " has nothing open that could end: an invoke is missing before it");
    const OpId id = found->second;
    const Operation op = file_.history.operations[id];
    const std::string begun = "line " + std::to_string(file_.told[id].begin_line);
    if (line.f && *line.f != op.kind)
      place().key("f").complain("in " + begun + " it began as a " + std::string(word_for(op.kind)));
    if (line.key && *line.key != file_.keys[op.key])
      place().key("key").complain("in " + begun + " the key was " + shown(file_.keys[op.key]));
    check_value(line, op, begun);
    const bool tells_swapped = op.kind == Kind::cas && line.type == LineType::ok;
    if (line.swapped && !tells_swapped)
      place().key("swapped").complain("only an ok cas says whether it swapped");
    if (!line.swapped && tells_swapped)
      place().key("swapped").complain("it is missing: did the cas find its value? true or false");
    const bool deletes = op.kind == Kind::write && op.value == sim::linear::kNull;
    if (line.found && !(deletes && line.type == LineType::ok))
      place().key("found").complain(kWhoFinds);
    open_.erase(found);
    file_.told[id].end_line = number_;
    file_.told[id].end_time = line.time;
    finish(line, id);
  }

  void check_value(const HistoryLine& line, const Operation& op, const std::string& begun) const {
    const Place at = place().key("value");
    if (op.kind == Kind::read) {
      if (line.from) at.complain("a read has one value, not a list");
      if (line.type == LineType::ok && !line.value) at.complain("it is missing: what was read?");
      if (line.type != LineType::ok && line.value && *line.value != "null")
        at.complain("a read that is not ok has read nothing; write null");
      return;
    }
    if (!line.value) return;
    if (op.kind == Kind::write && line.from) at.complain("a write has one value, not a list");
    if (op.kind == Kind::cas && !line.from) {  // f is not said again, and so it was not known there
      if (*line.value == "null") return;
      at.complain("the value of a cas is a list of two, [from, to]");
    }
    if (*line.value != file_.values[op.value])
      at.complain("in " + begun + " the value to be written was " + shown(file_.values[op.value]) +
                  ", here it is " + shown(*line.value));
    if (line.from && *line.from != file_.values[op.from])
      at.complain("in " + begun + " the value to be found was " + shown(file_.values[op.from]) +
                  ", here it is " + shown(*line.from));
  }

  void finish(const HistoryLine& line, OpId id) {
    sim::linear::History& history = file_.history;
    if (line.type == LineType::fail)
      history.end_failed(id);
    else if (line.type == LineType::info)
      history.end_unknown(id);
    else if (history.operations[id].kind == Kind::read)
      history.end_ok_read(id, number_of(*line.value, values_, file_.values));
    else if (history.operations[id].kind == Kind::cas)
      history.end_ok_cas(id, *line.swapped);
    else if (line.found)
      history.end_ok_delete(id, *line.found);
    else
      history.end_ok(id);
  }

  static std::string shown(const std::string& text) { return sim::reading::shown(text, 40); }

  static std::uint32_t number_of(const std::string& text,
                                 std::map<std::string, std::uint32_t>& numbers,
                                 std::vector<std::string>& texts) {
    const auto [found, is_new] =
        numbers.try_emplace(text, static_cast<std::uint32_t>(texts.size()));
    if (is_new) texts.push_back(text);
    return found->second;
  }

  HistoryFile file_;
  std::size_t number_ = 0;
  std::map<std::string, std::uint32_t> keys_, values_;
  std::map<std::uint64_t, OpId> open_;  // by process
  std::optional<std::int64_t> time_;
  std::size_t time_line_ = 0;
};

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

// False at the end. Reads at most one byte more than a line may have.
bool next_line(std::istream& in, std::string& line) {
  line.clear();
  for (int c = in.get(); c != std::istream::traits_type::eof(); c = in.get()) {
    if (c == '\n') return true;
    line += static_cast<char>(c);
    if (line.size() > kLongestLine) return true;
  }
  return !line.empty();
}

constexpr const char* kStandardInput = "standard input";

// Not std::cin: that takes a signal or an error for the end, and half a history for all of it.
class StandardInput : public std::streambuf {
 protected:
  int_type underflow() override {
    ssize_t count = 0;
    do {
      count = ::read(STDIN_FILENO, room_, sizeof(room_));
    } while (count < 0 && errno == EINTR);
    if (count < 0)
      throw ScenarioError(std::string(kStandardInput) +
                          ": can't be read: " + std::generic_category().message(errno));
    setg(room_, room_, room_ + count);
    return count == 0 ? traits_type::eof() : traits_type::to_int_type(room_[0]);
  }

 private:
  char room_[1 << 16];
};

HistoryFile read_standard_input() {
  StandardInput buffer;
  std::istream in(&buffer);
  in.exceptions(std::ios::badbit);  // what the buffer throws gets through
  return read_history(in, kStandardInput);
}

}  // namespace

HistoryFile read_history(std::istream& in, const std::string& name) {
  Reader reader(name);
  std::string line;
  for (std::size_t number = 1; next_line(in, line); ++number) {
    if (line.size() > kLongestLine)
      throw ScenarioError(name + ": line " + std::to_string(number) + ": it is longer than " +
                          std::to_string(kLongestLine) + " bytes, which is more than is read");
    if (!is_blank(line)) reader.line(line, number);
  }
  if (in.bad()) throw ScenarioError(name + ": can't be read to its end");
  return reader.take();
}

HistoryFile read_history_file(const std::string& path) {
  if (path == "-") return read_standard_input();
  std::error_code error;
  const auto type = std::filesystem::status(path, error).type();
  if (type == std::filesystem::file_type::not_found)
    throw ScenarioError(path + ": there is no such file");
  if (type == std::filesystem::file_type::directory)
    throw ScenarioError(path + ": this is a directory, not a file");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw ScenarioError(path + ": can't be opened: " + std::generic_category().message(errno));
  return read_history(file, path);
}

}  // namespace quorate::cli
