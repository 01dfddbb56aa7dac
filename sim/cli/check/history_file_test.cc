// Histories as they are written, and as they should not be.
#include "sim/cli/check/history_file.h"

#include <doctest/doctest.h>

#include <sstream>

using namespace quorate::cli;
using namespace quorate::sim::linear;

namespace {

HistoryFile read(const std::string& text) {
  std::istringstream in(text);
  return read_history(in, "h.jsonl");
}

// What the reader says after the file's name, or "" when it has read it.
std::string refusal(const std::string& text) {
  try {
    read(text);
  } catch (const quorate::sim::ScenarioError& error) {
    const std::string what = error.what();
    REQUIRE(what.starts_with("h.jsonl: "));
    CHECK(what.find('\n') == std::string::npos);
    CHECK(what.size() < 500);
    return what.substr(9);
  }
  return "";
}

// It must be refused, beginning with that place and with these words.
void refused(const std::string& text, const std::string& place, const std::string& words) {
  CAPTURE(text.substr(0, 500));
  const std::string said = refusal(text);
  CAPTURE(said);
  CHECK(said.starts_with(place));
  CHECK(said.find(words) != std::string::npos);
}

const std::string kWrite =
    R"({"process":0,"type":"invoke","f":"write","key":"k","value":3,"time":5})";
const std::string kWritten =
    R"({"process":0,"type":"ok","f":"write","key":"k","value":3,"time":7})";
const std::string kRead = R"({"process":1,"type":"invoke","f":"read","key":"k","value":null})";
const std::string kCas = R"({"process":2,"type":"invoke","f":"cas","key":"k","value":[1,2]})";

std::string ended(const std::string& members) {
  return kWrite + "\n{\"process\":0," + members + "}\n";
}
std::string read_ended(const std::string& members) {
  return kRead + "\n{\"process\":1," + members + "}\n";
}
std::string cas_ended(const std::string& members) {
  return kCas + "\n{\"process\":2," + members + "}\n";
}

}  // namespace

TEST_CASE("history file: every kind of event, is read as it was written") {
  const HistoryFile file = read(kWrite + "\n" + kRead + "\n" + kWritten + "\n" + kCas + "\n" +
                                R"({"process":1,"type":"ok","f":"read","key":"k","value":"a\u00e4"}
{"process":2,"type":"ok","f":"cas","key":"k","value":[1,2],"swapped":true}
{"process":2,"type":"invoke","f":"cas","key":7,"value":["a",-5]}
{"process":2,"type":"ok","swapped":false}
{"process":2,"type":"invoke","f":"write","key":7,"value":true}
{"process":2,"type":"info","error":"timeout","index":9}
{"process":2,"type":"invoke","f":"write","key":"7","value":18446744073709551615}
{"process":2,"type":"fail"}
{"process":2,"type":"invoke","f":"read","key":7})");
  REQUIRE(file.told.size() == 7);
  CHECK(file.keys == std::vector<std::string>{"\"k\"", "7", "\"7\""});
  CHECK(file.values == std::vector<std::string>{"null", "3", "2", "1", "\"a\xc3\xa4\"", "-5",
                                                "\"a\"", "true", "18446744073709551615"});
  const auto& ops = file.history.operations;
  CHECK((ops[0].kind == Kind::write && ops[0].fate == Fate::ok && ops[0].value == 1));
  CHECK((ops[1].kind == Kind::read && ops[1].fate == Fate::ok && ops[1].value == 4));
  CHECK((ops[2].kind == Kind::cas && ops[2].swapped && ops[2].from == 3 && ops[2].value == 2));
  CHECK((ops[3].fate == Fate::ok && !ops[3].swapped && ops[3].key == 1));
  CHECK((ops[4].fate == Fate::unknown && ops[5].fate == Fate::failed && ops[5].key == 2));
  CHECK(ops[6].fate == Fate::unknown);
  CHECK((file.told[0].begin_line == 1 && file.told[0].end_line == 3));
  CHECK((file.told[0].begin_time == 5 && file.told[0].end_time == 7));
  CHECK((file.told[6].begin_line == 13 && file.told[6].end_line == 0));
}

TEST_CASE("history file: ends of lines as elsewhere, blank lines and none at the end, are fine") {
  CHECK(read(kWrite + "\r\n\r\n" + kWritten + "\r\n").told.size() == 1);
  CHECK(read(kWrite + "\n \t\n" + kWritten).told[0].end_line == 3);
  CHECK(read(kWrite).told.size() == 1);
}

TEST_CASE("history file: what is no JSON, is refused with line and column") {
  refused("", "there is no event", "");
  refused("\n\n", "there is no event", "");
  refused(kWrite + "\n{\"process\":0,\"ty", "line 2, column 14: ", "no closing quote");
  refused(kWrite + "\n{\"process\":0,", "line 2, column 14: ", "the text ends here");
  refused(kWrite + "\n" + kWritten + " x", "line 2, column 68: ", "after the end");
  refused(kWrite + kWritten, "line 1, column 71: ", "after the end");
  refused("}", "line 1, column 1: ", "an object is expected");
  refused("{'process':0}", "line 1, column 2: ", "double quotes");
  refused("{\"process\":01}", "line 1, column 12: ", "no number that JSON knows");
  refused("\xEF\xBB\xBF" + kWrite, "line 1, column 1: ", "byte order mark");
  refused(kWrite + "\n{\"process\":\"\xff\"}", "line 2, column 13: ", "0xFF is not UTF-8");
  refused(kWrite + "\n{\"process\":" + std::string(1, '\0') + "}",
          "line 2, column 12: ", "control character");
  refused(R"({"process":0,"process":1})", "line 1: /process: ", "twice");
  refused(std::string(30, '[') + "1" + std::string(30, ']'), "line 1: ", "nested too deep");
  refused(kWrite + "\n" + std::string(kLongestLine + 1, ' '), "line 2: ", "longer than 1048576");
}

TEST_CASE("history file: what is no event, is refused with what was meant") {
  refused("[1]", "line 1: ", "an event is an object");
  refused("7", "line 1: ", "the number 7");
  refused("{}", "line 1: /process: ", "missing");
  refused(R"({"proces":0})", "line 1: /proces: ", "did you mean \"process\"?");
  refused(R"({"process":0,"type":"invok"})", "line 1: /type: ", "did you mean \"invoke\"?");
  refused(R"({"process":0,"type":1})", "line 1: /type: ", "one of invoke, ok, fail, info");
  refused(R"({"process":0})", "line 1: /type: ", "missing");
  refused(R"({"process":-1,"type":"ok"})", "line 1: /process: ", "the number -1");
  refused(R"({"process":"a","type":"ok"})", "line 1: /process: ", "the text \"a\"");
  refused(R"({"process":1.0,"type":"ok"})", "line 1: /process: ", "the number 1.0");
  refused(R"({"process":0,"type":"invoke","f":"wirte"})",
          "line 1: /f: ", "did you mean \"write\"?");
  refused(R"({"process":0,"type":"invoke","f":"append"})",
          "line 1: /f: ", "known: read, write, cas");
  refused(R"({"process":0,"type":"invoke","f":"read","key":null})", "line 1: /key: ", "not null");
  refused(R"({"process":0,"type":"invoke","f":"read","key":[1]})", "line 1: /key: ", "a list");
  refused(R"({"process":0,"type":"invoke","f":"read","key":1,"time":"now"})",
          "line 1: /time: ", "whole number");
  refused(R"({"process":0,"type":"invoke","f":"read","key":1,"time":1.5})",
          "line 1: /time: ", "1.5");
  refused(R"({"process":0,"type":"invoke","f":"write","key":1,"value":1.5})",
          "line 1: /value: ", "no whole number of 64 bits");
  refused(R"({"process":0,"type":"invoke","f":"write","key":1,"value":99999999999999999999})",
          "line 1: /value: ", "no whole number of 64 bits");
  refused(R"({"process":0,"type":"invoke","f":"write","key":1,"value":{}})",
          "line 1: /value: ", "an object is no value");
  refused(R"({"process":0,"type":"invoke","f":"write","key":1,"value":[1,2]})",
          "line 1: /value: ", "a list is no value");
  refused(R"({"process":0,"type":"invoke","f":"cas","key":1,"value":3})",
          "line 1: /value: ", "[from, to]");
  refused(R"({"process":0,"type":"invoke","f":"cas","key":1,"value":[1]})",
          "line 1: /value: ", "[from, to]");
  refused(R"({"process":0,"type":"invoke","f":"cas","key":1,"value":[1,[2]]})",
          "line 1: /value/1: ", "a list is no value");
}

TEST_CASE("history file: an invoke that lacks something or knows too much, is refused") {
  refused(R"({"process":0,"type":"invoke","key":1})", "line 1: /f: ", "missing");
  refused(R"({"process":0,"type":"invoke","f":"read"})", "line 1: /key: ", "missing");
  refused(R"({"process":0,"type":"invoke","f":"write","key":1})", "line 1: /value: ", "missing");
  refused(R"({"process":0,"type":"invoke","f":"cas","key":1})", "line 1: /value: ", "[from, to]");
  refused(R"({"process":0,"type":"invoke","f":"read","key":1,"value":3})",
          "line 1: /value: ", "write null");
  refused(R"({"process":0,"type":"invoke","f":"read","key":1,"swapped":true})",
          "line 1: /swapped: ", "only an ok cas");
  refused(R"({"process":0,"type":"invoke","f":"write","key":1,"value":null,"found":true})",
          "line 1: /found: ", "only an ok write of null");
}

TEST_CASE("history file: an end that does not fit its beginning, is refused with both lines") {
  refused(kWritten, "line 1: ", "an invoke is missing");
  refused(kWrite + "\n" + kWritten + "\n" + kWritten, "line 3: ", "process 0 has nothing open");
  refused(kWrite + "\n" + kWrite, "line 2: ", "that of line 1 has not ended");
  refused(ended(R"("type":"ok","value":4)"),
          "line 2: /value: ", "in line 1 the value to be written was 3, here it is 4");
  refused(ended(R"("type":"ok","value":[3,3])"), "line 2: /value: ", "not a list");
  refused(ended(R"("type":"ok","value":"3")"), "line 2: /value: ", "here it is \"3\"");
  refused(ended(R"("type":"ok","f":"read")"), "line 2: /f: ", "in line 1 it began as a write");
  refused(ended(R"("type":"info","key":"l")"), "line 2: /key: ", "in line 1 the key was \"k\"");
  refused(ended(R"("type":"ok","swapped":true)"), "line 2: /swapped: ", "only an ok cas");
  refused(ended(R"("type":"ok","found":true)"), "line 2: /found: ", "only an ok write of null");
  refused(ended(R"("type":"ok","found":1)"), "line 2: /found: ", "true or false");
  refused(cas_ended(R"("type":"ok","swapped":true,"found":true)"), "line 2: /found: ", "a delete");
  refused(ended(R"("type":"ok","time":4)"), "line 2: /time: ", "from 5 in line 1 to 4");
  refused(read_ended(R"("type":"ok")"), "line 2: /value: ", "what was read?");
  refused(read_ended(R"("type":"ok","value":[1,2])"), "line 2: /value: ", "not a list");
  refused(read_ended(R"("type":"info","value":3)"), "line 2: /value: ", "has read nothing");
  refused(cas_ended(R"("type":"ok","value":[1,2])"), "line 2: /swapped: ", "missing");
  refused(cas_ended(R"("type":"ok","swapped":1)"), "line 2: /swapped: ", "true or false");
  refused(cas_ended(R"("type":"info","swapped":true)"), "line 2: /swapped: ", "only an ok cas");
  refused(cas_ended(R"("type":"ok","swapped":true,"value":[1,3])"),
          "line 2: /value: ", "here it is 3");
  refused(cas_ended(R"("type":"ok","swapped":true,"value":[0,2])"),
          "line 2: /value: ", "the value to be found was 1, here it is 0");
  refused(cas_ended(R"("type":"ok","swapped":true,"value":2)"), "line 2: /value: ", "[from, to]");
}

TEST_CASE("history file: every beginning of a sound line, is refused or a history") {
  for (std::size_t size = 1; size < kCas.size(); ++size) {
    const std::string said = refusal(kWrite + "\n" + kCas.substr(0, size));
    CAPTURE(size);
    CHECK(said.starts_with("line 2, column "));
  }
}

TEST_CASE("history file: a file that can't be read, is named") {
  const auto said = [](const std::string& path) {
    try {
      read_history_file(path);
    } catch (const quorate::sim::ScenarioError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(said("/nowhere.jsonl") == "/nowhere.jsonl: there is no such file");
  CHECK(said("/") == "/: this is a directory, not a file");
  CHECK(said("/dev/null") == "/dev/null: there is no event in it");
}
