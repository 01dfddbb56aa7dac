#include "sim/cli/cli.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <iostream>
#include <sstream>
#include <string>
#include <thread>

#include "sim/mistakes/mistakes.h"
#include "sim/scenario/scenario_error.h"

using namespace quorate;
using namespace quorate::cli;

namespace {

// "0..99", or why not.
std::string seeds(const std::string& text) {
  try {
    const SeedRange range = parse_seeds(text);
    return std::to_string(range.first) + ".." + std::to_string(range.last);
  } catch (const BadInput& error) {
    return error.what();
  }
}

std::string duration(const std::string& text) {
  try {
    return std::to_string(parse_duration_us(text));
  } catch (const BadInput& error) {
    return error.what();
  }
}

std::string rules(const std::string& name) {
  try {
    rules_of(name);
    return "found";
  } catch (const BadInput& error) {
    return error.what();
  }
}

}  // namespace

// ---- --seeds

TEST_CASE("cli: a count of seeds, begins at 0") {
  CHECK(seeds("1") == "0..0");
  CHECK(seeds("1000") == "0..999");
  CHECK(seeds("18446744073709551615") == "0..18446744073709551614");
}

TEST_CASE("cli: a range of seeds, has both its ends") {
  CHECK(seeds("0..0") == "0..0");
  CHECK(seeds("5..9") == "5..9");
  CHECK(seeds("0..18446744073709551614") == "0..18446744073709551614");
}

TEST_CASE("cli: seeds that are none, are refused with what is wrong") {
  CHECK(seeds("5..1") == "--seeds: the range 5..1 ends before it begins");
  CHECK(seeds("0") == "--seeds: 0 seeds are nothing to sweep");
  CHECK(seeds("0..18446744073709551615") == "--seeds: 0..18446744073709551615 goes too far");
  for (const std::string text :
       {"", "x", "..", "1..", "..1", "1...2", "1..2..3", "-1", "+1", " 1", "1 ", "1.5", "1e3",
        "0x10", "1,000", "18446744073709551616", "0..99999999999999999999", "1..x"})
    CHECK_MESSAGE(seeds(text) == "--seeds: \"" + text +
                                     "\" is neither a count like 1000 nor a range "
                                     "like 0..999",
                  text);
}

// ---- --for

TEST_CASE("cli: a time, is a whole number and its unit") {
  CHECK(duration("500ms") == "500000");
  CHECK(duration("30s") == "30000000");
  CHECK(duration("10m") == "600000000");
  CHECK(duration("2h") == "7200000000");
  CHECK(duration("1000000h") == "3600000000000000");
}

TEST_CASE("cli: a time that is none, is refused with what is wrong") {
  for (const std::string text : {"", "30", "s", "0s", "-1s", "1.5s", "30 s", "30sec", "30S", "1d",
                                 "1000001s", "99999999999999999999s", "s30", "1m30s", " 1s", "1s "})
    CHECK_MESSAGE(
        duration(text) == "--for: \"" + text + "\" is not a time like 30s, 500ms, 10m or 2h", text);
}

// ---- --mistake

TEST_CASE("cli: no mistake, is the sound rules, and each mistake its own") {
  CHECK(&rules_of("") == &sound_rules());
  for (const sim::Mistake& mistake : sim::mistakes())
    CHECK(&rules_of(std::string(mistake.name)) == mistake.rules);
}

TEST_CASE("cli: a mistake that is misspelt, is told what was meant") {
  const std::string said = rules("ok_befor_quorum");
  CHECK(said.find("ok_befor_quorum") != std::string::npos);
  CHECK(said.find("ok_before_quorum") != std::string::npos);
  CHECK(said.find("`quorate mistakes` lists them") != std::string::npos);
  CHECK(said.find('\n') == std::string::npos);
  CHECK(rules("OK_BEFORE_QUORUM") != "found");
  CHECK(rules("zzzzzz").find("zzzzzz") != std::string::npos);
}

// ---- files, progress

TEST_CASE("cli: scenarios, are all read before anything is run, in their order") {
  const std::string folder = std::string(QUORATE_SOURCE_ROOT) + "/scenarios/";
  CHECK(read_scenarios({}).empty());
  CHECK(read_scenarios({folder + "general_swarm.json", folder + "general_swarm.json"}).size() == 2);
  CHECK_THROWS_AS(read_scenarios({folder + "general_swarm.json", "/nowhere.json"}),
                  sim::ScenarioError);
}

TEST_CASE("cli: progress, is shown on a terminal and not to a file or a pipe") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const int before = dup(STDERR_FILENO);
  std::cerr.flush();
  dup2(ends[1], STDERR_FILENO);
  CHECK_FALSE(is_terminal(STDERR_FILENO));
  show_progress("half way");
  end_progress();
  std::cerr.flush();
  dup2(before, STDERR_FILENO);
  close(before);
  close(ends[1]);
  char room[16];
  CHECK(read(ends[0], room, sizeof(room)) == 0);
  close(ends[0]);
}

TEST_CASE("cli: a pipe that blocks nobody and is full, is waited for, and all is written") {
  int ends[2];
  REQUIRE(pipe2(ends, O_NONBLOCK) == 0);
  const std::string text(300'000, 'x');
  const int before = dup(STDOUT_FILENO);
  dup2(ends[1], STDOUT_FILENO);
  std::size_t got = 0;
  std::thread reader([&] {
    pollfd one{ends[0], POLLIN, 0};
    std::string room(4096, ' ');
    while (poll(&one, 1, 10'000) == 1) {
      const ssize_t count = read(ends[0], room.data(), room.size());
      if (count <= 0) break;
      got += static_cast<std::size_t>(count);
    }
  });
  const bool is_written = print(text);
  dup2(before, STDOUT_FILENO);
  close(before);
  close(ends[1]);
  reader.join();
  close(ends[0]);
  CHECK(is_written);
  CHECK(got == text.size());
}

TEST_CASE("cli: this machine, has a job and a width and a clock that goes on") {
  CHECK(default_jobs() >= 1);
  CHECK(terminal_columns() >= 20);
  const std::int64_t now = wall_us();
  CHECK(wall_us() >= now);
  CHECK_FALSE(is_terminal(-1));
}

TEST_CASE("cli: nobody has pressed Ctrl-C, and then nothing is interrupted") {
  CHECK_FALSE(interrupted());
}
