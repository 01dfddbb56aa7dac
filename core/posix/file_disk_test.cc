#include "core/posix/file_disk.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cerrno>
#include <fstream>

#include "core/posix/posix_fixture.h"
#include "core/posix/process.h"

using namespace quorate;

namespace {

std::string text_of(FileDisk& disk) { return std::string(as_text(disk.read().value())); }

// Starts a sync and waits for its end.
bool sync(FileDisk& disk) {
  disk.start_sync();
  if (!disk.is_done_at_once()) {
    pollfd one{disk.done_fd(), POLLIN, 0};
    REQUIRE(::poll(&one, 1, 20'000) == 1);
  }
  const std::optional<bool> done = disk.take_done();
  REQUIRE(done.has_value());
  CHECK_FALSE(disk.take_done().has_value());  // told once
  return *done;
}

std::string refusal(const std::string& folder) {
  try {
    const FileDisk disk({folder, true, {}});
  } catch (const PosixError& error) {
    return error.what();
  }
  return "";
}

// While it lives, no file of this process may grow beyond so many bytes.
class FileLimit {
 public:
  explicit FileLimit(rlim_t bytes) {
    ignore_write_signals();
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

}  // namespace

TEST_CASE("file_disk: what was appended, cut and synced, is there when it is opened again") {
  TempFolder folder;
  {
    FileDisk disk({folder.path(), true, {}});
    CHECK(text_of(disk) == "");
    REQUIRE(disk.append(as_bytes("one two three")).ok());
    REQUIRE(disk.cut(ByteCount(4)).ok());
    REQUIRE(disk.append(as_bytes("four")).ok());
    CHECK(sync(disk));
    CHECK(text_of(disk) == "one four");
    REQUIRE(disk.cut(ByteCount(100)).ok());  // nothing is behind there
  }
  FileDisk disk({folder.path(), true, {}});
  CHECK(text_of(disk) == "one four");
  REQUIRE(disk.append(as_bytes("!")).ok());
  CHECK(text_of(disk) == "one four!");
}

TEST_CASE("file_disk: an append that finds no room, leaves nothing behind") {
  TempFolder folder;
  FileDisk disk({folder.path(), true, {}});
  REQUIRE(disk.append(as_bytes("12345")).ok());
  {
    const FileLimit limit(8);
    CHECK(disk.append(as_bytes("6789")).error() == ErrorKind::disk_full);  // three would fit
    CHECK(text_of(disk) == "12345");
    CHECK(disk.append(as_bytes("678")).ok());
    CHECK(disk.append(as_bytes("9")).error() == ErrorKind::disk_full);
    CHECK(disk.last_error().find(folder.path()) != std::string::npos);
  }
  CHECK(disk.append(as_bytes("9")).ok());
  CHECK(text_of(disk) == "123456789");
}

TEST_CASE("file_disk: a sync under way, leaves the caller free, and its end is told") {
  TempFolder folder;
  std::mutex gate;
  gate.lock();
  FileDisk disk({folder.path(), true, [&gate](int) {
                   const std::lock_guard pass(gate);
                   return 0;
                 }});
  disk.start_sync();
  CHECK_FALSE(disk.take_done().has_value());
  CHECK(disk.append(as_bytes("meanwhile")).ok());
  CHECK_THROWS_AS(disk.start_sync(), InvariantBroken);  // one at a time
  gate.unlock();
  pollfd one{disk.done_fd(), POLLIN, 0};
  REQUIRE(::poll(&one, 1, 20'000) == 1);
  CHECK(disk.take_done() == true);
}

TEST_CASE("file_disk: a sync that failed, stays failed, and is never tried again") {
  TempFolder folder;
  std::atomic<int> calls{0};
  FileDisk disk({folder.path(), true, [&calls](int) {
                   ++calls;
                   return EIO;
                 }});
  CHECK_FALSE(sync(disk));
  CHECK_FALSE(sync(disk));
  CHECK(calls == 1);
  CHECK(disk.last_error().find("EIO") != std::string::npos);
}

TEST_CASE("file_disk: unsynced, a sync is done at once and calls nobody") {
  TempFolder folder;
  std::atomic<int> calls{0};
  FileDisk disk({folder.path(), false, [&calls](int) { return ++calls; }});
  CHECK(disk.done_fd() == -1);
  CHECK(sync(disk));
  CHECK(calls == 0);
}

TEST_CASE("file_disk: a folder that is missing or a file, is named") {
  TempFolder folder;
  CHECK(refusal(folder.path() + "/none") ==
        "the data folder " + folder.path() + "/none: No such file or directory (ENOENT)");
  std::ofstream(folder.path() + "/file") << "x";
  CHECK(refusal(folder.path() + "/file").find("(ENOTDIR)") != std::string::npos);
}

TEST_CASE("file_disk: a log that is no file, is refused") {
  TempFolder folder;
  REQUIRE(::symlink("/dev/full", (folder.path() + "/log").c_str()) == 0);
  CHECK(refusal(folder.path()) == "the log " + folder.path() + "/log is no regular file");
}

TEST_CASE("file_disk: a folder that another process holds, is refused by name until it ends") {
  TempFolder folder;
  int ready[2], leave[2];
  REQUIRE((::pipe2(ready, O_CLOEXEC) == 0 && ::pipe2(leave, O_CLOEXEC) == 0));
  const pid_t child = ::fork();
  if (child == 0) {
    FileDisk disk({folder.path(), true, {}});
    char byte = 'x';
    if (::write(ready[1], &byte, 1) == 1 && ::read(leave[0], &byte, 1) == 1) ::_exit(0);
    ::_exit(1);
  }
  const Fd ends[] = {Fd(ready[0]), Fd(ready[1]), Fd(leave[0]), Fd(leave[1])};
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  CHECK(refusal(folder.path()) == "the data folder " + folder.path() +
                                      " is in use by another process (pid " +
                                      std::to_string(child) + ")");
  REQUIRE(::write(leave[1], &byte, 1) == 1);
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(refusal(folder.path()) == "");
}
