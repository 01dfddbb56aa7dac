#include "core/posix/file_disk.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "core/posix/log_file.h"
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
    const FileDisk disk({folder, true, {}, {}});
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
    FileDisk disk({folder.path(), true, {}, {}});
    CHECK(text_of(disk) == "");
    REQUIRE(disk.append(as_bytes("one two three")).ok());
    REQUIRE(disk.cut(ByteCount(4)).ok());
    REQUIRE(disk.append(as_bytes("four")).ok());
    CHECK(sync(disk));
    CHECK(text_of(disk) == "one four");
    REQUIRE(disk.cut(ByteCount(100)).ok());  // nothing is behind there
  }
  FileDisk disk({folder.path(), true, {}, {}});
  CHECK(text_of(disk) == "one four");
  REQUIRE(disk.append(as_bytes("!")).ok());
  CHECK(text_of(disk) == "one four!");
}

TEST_CASE("file_disk: an append that finds no room, leaves nothing behind") {
  TempFolder folder;
  FileDisk disk({folder.path(), true, {}, {}});
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
  FileDisk disk({folder.path(),
                 true,
                 [&gate](int) {
                   const std::lock_guard pass(gate);
                   return 0;
                 },
                 {}});
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
  FileDisk disk({folder.path(),
                 true,
                 [&calls](int) {
                   ++calls;
                   return EIO;
                 },
                 {}});
  CHECK_FALSE(sync(disk));
  CHECK_FALSE(sync(disk));
  CHECK(calls == 1);
  CHECK(disk.last_error().find("EIO") != std::string::npos);
}

TEST_CASE("file_disk: unsynced, a sync is done at once and calls nobody") {
  TempFolder folder;
  std::atomic<int> calls{0};
  FileDisk disk({folder.path(), false, [&calls](int) { return ++calls; }, {}});
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
    FileDisk disk({folder.path(), true, {}, {}});
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

// ---- a head that is dropped

namespace {

constexpr std::uint64_t kMany = 1 << 20;  // bytes: more than any file system's block

// On the disk, and not only in the page cache: blocks are counted when they are written.
std::uint64_t blocks_of(FileDisk& disk, const TempFolder& folder) {
  CHECK(sync(disk));
  struct stat status {};
  REQUIRE(::stat((folder.path() + "/log").c_str(), &status) == 0);
  return static_cast<std::uint64_t>(status.st_blocks) * 512;
}

// All from `at` on, which is behind where it begins.
std::string behind(const LogFile& file, std::uint64_t at) {
  REQUIRE(file.begin.value() <= at);
  return std::string(as_text(ByteSpan(file.bytes).subspan(at - file.begin.value())));
}

}  // namespace

TEST_CASE(
    "file_disk: its head is dropped, its blocks are free, and what is behind stays in place") {
  TempFolder folder;
  const std::string path = folder.path() + "/log";
  {
    FileDisk disk({folder.path(), true, {}, {}});
    REQUIRE(disk.append(Bytes(kMany, 'x')).ok());
    REQUIRE(disk.append(as_bytes("behind")).ok());
    const std::uint64_t before = blocks_of(disk, folder);
    REQUIRE(before >= kMany);
    disk.drop(ByteCount(kMany));
    REQUIRE(disk.begin() == ByteCount(kMany));  // this file system can
    CHECK(text_of(disk) == "behind");
    CHECK(before - blocks_of(disk, folder) >= kMany / 2);
    CHECK(std::filesystem::file_size(path) == kMany + 6);
    REQUIRE(disk.append(as_bytes(" and on")).ok());
    CHECK(sync(disk));
    CHECK(text_of(disk) == "behind and on");
    CHECK(behind(read_log_file(path), kMany) == "behind and on");
  }
  FileDisk disk({folder.path(), true, {}, {}});
  CHECK((disk.begin() > ByteCount(kMany / 2) && disk.begin() <= ByteCount(kMany)));
  CHECK(text_of(disk).ends_with("behind and on"));
  REQUIRE(disk.cut(ByteCount(kMany + 6)).ok());  // offsets are what they were
  REQUIRE(disk.append(as_bytes("!")).ok());
  CHECK(sync(disk));
  CHECK(text_of(disk).ends_with("behind!"));
}

TEST_CASE("file_disk: within a block, what is dropped reads as zeros when it is opened again") {
  TempFolder folder;
  {
    FileDisk disk({folder.path(), true, {}, {}});
    REQUIRE(disk.append(as_bytes("dropped kept")).ok());
    disk.drop(ByteCount(8));
    CHECK(text_of(disk) == "kept");
    disk.drop(ByteCount(3));  // is gone already
    CHECK(text_of(disk) == "kept");
  }
  FileDisk disk({folder.path(), true, {}, {}});
  CHECK(text_of(disk) == std::string(8, '\0') + "kept");
}

TEST_CASE("file_disk: a file system that can't punch holes, keeps the file as it is") {
  TempFolder folder;
  int calls = 0;
  int error = EINTR;
  FileDiskSettings settings{folder.path(), true, {}, {}};
  settings.punch = [&](int, ByteCount) {
    ++calls;
    return error;
  };
  FileDisk disk(settings);
  REQUIRE(disk.append(as_bytes("all of it")).ok());
  disk.drop(ByteCount(4));
  error = ENOSPC;
  disk.drop(ByteCount(4));  // a signal is no refusal
  error = EOPNOTSUPP;
  disk.drop(ByteCount(4));  // nor is a full disk
  disk.drop(ByteCount(5));
  CHECK(calls == 3);  // it has said no
  CHECK((disk.begin() == ByteCount() && text_of(disk) == "all of it"));
  CHECK(sync(disk));
}

TEST_CASE("log file: what can't be read, is an error that names it") {
  TempFolder folder;
  const auto error_of = [](const std::string& path) -> std::string {
    try {
      read_log_file(path);
    } catch (const PosixError& error) {
      return error.what();
    }
    return "";
  };
  CHECK(error_of(folder.path() + "/none") ==
        "the log " + folder.path() + "/none: No such file or directory (ENOENT)");
  CHECK(error_of(folder.path()) == "the log " + folder.path() + " is no regular file");
  std::ofstream(folder.path() + "/empty").close();
  CHECK(read_log_file(folder.path() + "/empty").bytes.empty());
}
