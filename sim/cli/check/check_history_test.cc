// From a file's content to a result: the sentences, and what is shown.
#include "sim/cli/check/check_history.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

using namespace quorate;
using namespace quorate::cli;

namespace {

// Events as short words on one key: `0w3` process 0 begins to write 3, `0r`, `0c1>2`; `0.` ended,
// `0=3` read 3, `0+` and `0-` swapped or not, `0f` and `0n` a delete (`0wnull`) found something or
// nothing, `0!` failed, `0?` nobody knows.
std::string lines(const std::string& text) {
  std::string all;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    std::string line = "{\"process\":" + word.substr(0, 1) + ",\"type\":";
    const std::string rest = word.substr(2);
    switch (word[1]) {
      case 'w': line += R"("invoke","f":"write","key":"k","value":)" + rest; break;
      case 'r': line += R"("invoke","f":"read","key":"k")"; break;
      case 'c': {
        const std::size_t mid = rest.find('>');
        line += R"("invoke","f":"cas","key":"k","value":[)" + rest.substr(0, mid) + "," +
                rest.substr(mid + 1) + "]";
        break;
      }
      case '.': line += "\"ok\""; break;
      case '=': line += "\"ok\",\"value\":" + rest; break;
      case '+': line += R"("ok","swapped":true)"; break;
      case '-': line += R"("ok","swapped":false)"; break;
      case 'f': line += R"("ok","found":true)"; break;
      case 'n': line += R"("ok","found":false)"; break;
      case '!': line += "\"fail\""; break;
      default: line += "\"info\"";
    }
    all += line + "}\n";
  }
  return all;
}

reports::CheckResult checked(const std::string& text) {
  std::istringstream in(lines(text));
  return check_history(read_history(in, "h.jsonl"), 64);
}

std::string sentence(const std::string& text) {
  const reports::CheckResult result = checked(text);
  return result.contradictions.empty() ? "linearizable" : result.contradictions[0].sentence;
}

}  // namespace

TEST_CASE("check: what nobody wrote, is said to come from nowhere") {
  CHECK(sentence("0w1 0. 1r 1=7") ==
        "The read (lines 3-4) saw 7, but nothing that began before it ended writes 7.");
  CHECK(
      sentence("0w7 0! 1r 1=7") ==
      "The read (lines 3-4) saw 7, but nothing that began before it ended writes 7: the write of 7 "
      "(lines 1-2) failed, so it did not happen.");
  CHECK(
      sentence("1r 1=7 0w7 0.") ==
      "The read (lines 1-2) saw 7, but nothing that began before it ended writes 7: the write of 7 "
      "(lines 3-4) began only after it had ended.");
  CHECK(sentence("0c5>6 0+") ==
        "The cas 5 -> 6 (lines 1-2) saw 5, but nothing that began before it ended writes 5.");
}

TEST_CASE("check: what had been overwritten, is said to be gone") {
  CHECK(
      sentence("0w1 0. 1w2 1. 2r 2=1") ==
      "The read (lines 5-6) saw 1, but that was gone: the write of 1 (lines 1-2) had ended before "
      "the write of 2 (lines 3-4) began, and that one had ended before the read began.");
  CHECK(sentence("0w1 0. 2r 2=null") ==
        "The read (lines 3-4) saw null, but that was gone: nothing writes null, and the write of 1 "
        "(lines 1-2) had ended before the read began.");
  CHECK(
      sentence("0w1 0. 0w1 0. 1w2 1. 2c1>3 2+") ==
      "The cas 1 -> 3 (lines 7-8) saw 1, but that was gone: all that write 1 had ended before the "
      "write of 2 (lines 5-6) began, and that one had ended before the cas began.");
}

TEST_CASE("check: reads that go backwards, are both named") {
  CHECK(sentence("2r 0w1 0. 1w2 2=2 3r 3=1 1.") ==
        "The read (lines 6-7) saw 1, although the read of 2 (lines 1-5) had ended before, and 2 is "
        "newer: all that write 1 had ended before any that writes 2 began.");
}

TEST_CASE("check: a delete that found what was not there, or nothing where something was") {
  CHECK(sentence("0wnull 0n 0w1 0. 1wnull 1f 1r 1=null") == "linearizable");
  CHECK(sentence("0wnull 0f") ==
        "The delete (lines 1-2) found something, but nothing that began "
        "before it ended writes anything.");
  CHECK(sentence("0w1 0. 0wnull 0f 1wnull 1f") ==
        "The delete (lines 5-6) found something, although the delete that "
        "found something (lines 3-4) had ended before it began and nothing was written from then "
        "on.");
  CHECK(sentence("0w1 0. 1wnull 1n") ==
        "The delete (lines 3-4) saw null, but that was gone: nothing writes "
        "null, and the write of 1 (lines 1-2) had ended before the delete began.");
  CHECK(checked("0wnull 0f").contradictions[0].operations[0].outcome == "found");
  CHECK(checked("0w1 0. 1wnull 1n").contradictions[0].operations[1].outcome == "not_found");
}

TEST_CASE("check: a value swapped away twice, is said to have been there once") {
  CHECK(sentence("0w1 0. 1c1>2 2c1>3 1+ 2+") ==
        "2 operations found 1 and swapped it for something else, but it was there only once.");
}

TEST_CASE("check: a cas that did not find what was there, is said so") {
  CHECK(sentence("0w1 0. 1c1>2 1-") ==
        "The cas 1 -> 2 (lines 3-4) did not find 1, although the write of 1 (lines 1-2) had ended "
        "before it began and nothing else was written from then on.");
}

TEST_CASE("check: what can't come back, is said so, where an unknown cas can't bring it") {
  CHECK(sentence("3c9>1 3? 0w1 0. 1w2 1. 2r 2=1") ==
        "The read (lines 7-8) saw 1, but the write of 2 (lines 5-6) had ended before, and nothing "
        "that may have happened since brings 1 back in time.");
}

TEST_CASE("check: what fits no pattern, is said in general") {
  CHECK(sentence("0w1 1w2 2r 2=1 3r 3=2 2r 2=2 3r 3=1 0. 1.").starts_with("No order of these"));
}

TEST_CASE("check: a result, has all that is shown") {
  const reports::CheckResult result = checked("4r 0w1 0. 1w2 1. 2r 2=1 3w9 3! 4? 5w8");
  CHECK((result.file == "h.jsonl" && result.memory_mib == 64 && result.keys == 1));
  CHECK((result.operations == 6 && result.unknown == 2 && result.failed == 1));
  CHECK(result.undecided.empty());
  REQUIRE(result.contradictions.size() == 1);
  const reports::CheckedKey& key = result.contradictions[0];
  CHECK((key.key == "\"k\"" && key.is_minimal && key.others == 2));
  REQUIRE(key.operations.size() == 3);
  CHECK((key.operations[0].f == "write" && key.operations[0].value == "1"));
  CHECK((!key.operations[0].is_needed && key.operations[1].is_needed));
  CHECK((key.operations[2].f == "read" && key.operations[2].process == 2));
  CHECK((key.operations[2].begin_line == 6 && key.operations[2].end_line == 7));
}
