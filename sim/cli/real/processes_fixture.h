// What do the tests of real processes share? Runs of quorate that can be watched, and a look at
// what they leave behind.
//
// For tests only. TMPDIR is a folder of the test's own, so its name stands in the command line of
// every child that quorate starts, and whatever is left is found there. Nothing waits for ever.
#pragma once

#include <doctest/doctest.h>
#include <poll.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "core/posix/monotonic_clock.h"
#include "sim/cli/real/child.h"
#include "sim/cli/real/own_folder.h"

namespace quorate::cli {

inline constexpr Duration kTestPatience = milliseconds(30'000);

inline Time test_deadline() { return MonotonicClock::at_this_moment() + kTestPatience; }

// Empty if it can't be read: a file of /proc may go while one reads it.
inline std::string bytes_of_file(const std::string& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

// Looks again and again until it is so.
template <class Condition>
bool comes_true(Condition condition) {
  const Time until = test_deadline();
  while (!condition()) {
    if (MonotonicClock::at_this_moment() >= until) return false;
    ::poll(nullptr, 0, 2);
  }
  return true;
}

class TestFolder {
 public:
  TestFolder() : folder_("quorate_test") { ::setenv("TMPDIR", path().c_str(), 1); }
  ~TestFolder() { ::unsetenv("TMPDIR"); }

  const std::string& path() const { return folder_.path(); }
  // How many processes have this folder in their command line?
  int processes() const {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc"))
      if (bytes_of_file((entry.path() / "cmdline").string()).find(path()) != std::string::npos)
        ++count;
    return count;
  }
  // How many clusters have their folder here?
  int clusters() const {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(path()))
      count += entry.path().filename().string().starts_with("quorate_real_") ? 1 : 0;
    return count;
  }
  bool nothing_is_left() const { return clusters() == 0 && processes() == 0; }

 private:
  OwnFolder folder_;
};

// quorate with these arguments, from now on.
class Run {
 public:
  Run(const TestFolder& folder, const std::vector<std::string>& arguments)
      : out_(folder.path() + "/out" + std::to_string(++runs())),
        err_(out_ + ".err"),
        child_(QUORATE_BINARY, arguments, out_, err_, -1) {}

  std::string out() const { return bytes_of_file(out_); }
  std::string err() const { return bytes_of_file(err_); }
  bool says(const std::string& text) const {
    return comes_true([&] { return out().find(text) != std::string::npos; });
  }
  void signal(int number) const { child_.signal(number); }
  pid_t pid() const { return child_.pid(); }
  // Waits for its end. -1: a signal killed it.
  int code() {
    const std::optional<Ended> ended = child_.wait(test_deadline());
    REQUIRE_MESSAGE(ended, "it does not end: ", out(), err());
    return ended->signal == 0 ? ended->code : -1;
  }

 private:
  static int& runs() {
    static int runs = 0;
    return runs;
  }

  std::string out_;
  std::string err_;
  Child child_;
};

}  // namespace quorate::cli
