#include "core/posix/file_disk.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "core/base/check.h"
#include "core/posix/log_file.h"

namespace quorate {

namespace {

constexpr mode_t kMode = 0644;

int fdatasync_of(int fd) {
  while (::fdatasync(fd) != 0)
    if (errno != EINTR) return errno;
  return 0;
}

int punch_hole(int fd, ByteCount before) {
  const int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
  return ::fallocate(fd, mode, 0, static_cast<off_t>(before.value())) == 0 ? 0 : errno;
}

ErrorKind kind_of(int error) {
  // EFBIG: the process's own limit (RLIMIT_FSIZE) is reached.
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  return full ? ErrorKind::disk_full : ErrorKind::io_error;
}

}  // namespace

// ---- opening

FileDisk::FileDisk(const FileDiskSettings& settings) : settings_(settings) {
  if (!settings_.sync) settings_.sync = fdatasync_of;
  if (!settings_.punch) settings_.punch = punch_hole;
  folder_ = Fd(::open(settings_.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder_) throw_errno("the data folder " + settings_.folder);
  lock_folder();
  open_log();
  if (settings_.synced)
    worker_ = std::make_unique<SyncWorker>([this] { return settings_.sync(log_.get()); });
}

void FileDisk::lock_folder() {
  const std::string name = settings_.folder + "/LOCK";
  lock_ = Fd(::openat(folder_.get(), "LOCK", O_RDWR | O_CREAT | O_CLOEXEC, kMode));
  if (!lock_) throw_errno("the lock file " + name);
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) throw_errno("the lock file " + name);
    char holder[32] = {};
    const ssize_t size = ::pread(lock_.get(), holder, sizeof(holder) - 1, 0);
    throw InUseError("the data folder " + settings_.folder + " is in use by another process" +
                     (size > 0 ? " (pid " + std::string(holder) + ")" : ""));
  }
  const std::string pid = std::to_string(::getpid());
  // Only a help for whoever finds it locked: a full disk must not keep us from starting.
  if (::ftruncate(lock_.get(), 0) == 0) [[maybe_unused]]
    const ssize_t said = ::pwrite(lock_.get(), pid.data(), pid.size(), 0);
}

void FileDisk::open_log() {
  const std::string name = settings_.folder + "/log";
  log_ = Fd(::openat(folder_.get(), "log", O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, kMode));
  if (!log_) throw_errno("the log " + name);
  struct stat status {};
  if (::fstat(log_.get(), &status) != 0) throw_errno("the log " + name);
  if (!S_ISREG(status.st_mode)) throw PosixError("the log " + name + " is no regular file");
  size_ = ByteCount(static_cast<std::uint64_t>(status.st_size));
  begin_ = begin_of_data(log_.get());
  // At every start, not only when the file is new: whoever made it may have died before this.
  if (settings_.synced && ::fsync(folder_.get()) != 0)
    throw_errno("the data folder " + settings_.folder + " can't be synced");
}

// ---- the file

Result<Bytes> FileDisk::read() {
  Bytes bytes((size_ - begin_).value());
  std::size_t got = 0;
  while (got < bytes.size()) {
    const ssize_t count = ::pread(log_.get(), bytes.data() + got, bytes.size() - got,
                                  static_cast<off_t>(begin_.value() + got));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("reading", errno);
    if (count == 0) return failed("reading", EIO);  // somebody else has made it shorter
    got += static_cast<std::size_t>(count);
  }
  return bytes;
}

Status FileDisk::append(ByteSpan bytes) {
  if (broken_) return ErrorKind::io_error;
  const ByteCount before = size_;
  while (!bytes.empty()) {
    const ssize_t count = ::write(log_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const ErrorKind kind = failed("appending to", errno);
      const bool whole = size_ == before || cut_back(before);
      return whole ? kind : ErrorKind::io_error;
    }
    size_ = size_ + ByteCount(static_cast<std::uint64_t>(count));
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return Done{};
}

Status FileDisk::cut(ByteCount size) {
  if (size >= size_) return Done{};
  if (!cut_back(size)) return ErrorKind::io_error;
  return Done{};
}

void FileDisk::drop(ByteCount before) {
  if (before <= begin_ || !can_drop_) return;
  const int error = settings_.punch(log_.get(), before);
  if (error == 0) begin_ = before;
  // Another error may pass: a full disk can have no room for what a hole takes.
  if (error == EOPNOTSUPP || error == ENOSYS || error == EPERM) can_drop_ = false;
}

bool FileDisk::cut_back(ByteCount size) {
  while (::ftruncate(log_.get(), static_cast<off_t>(size.value())) != 0) {
    if (errno == EINTR) continue;
    failed("cutting", errno);
    broken_ = true;
    return false;
  }
  size_ = size;
  return true;
}

ErrorKind FileDisk::failed(const char* what, int error) {
  last_error_ = std::string(what) + " " + settings_.folder + "/log: " + errno_text(error);
  return kind_of(error);
}

// ---- syncs

void FileDisk::start_sync() {
  QUORATE_CHECK(!syncing_, "one sync at a time");
  syncing_ = true;
  if (sync_failed_)
    at_once_ = false;
  else if (!worker_)
    at_once_ = true;
  else if (left_)
    due_ = true;
  else
    worker_->start();
}

std::optional<bool> FileDisk::take_done() {
  if (at_once_) {
    syncing_ = false;
    return std::exchange(at_once_, {});
  }
  if (!worker_) return {};
  const std::optional<int> error = ended_ ? std::exchange(ended_, {}) : worker_->take();
  if (!error) return {};
  syncing_ = false;
  if (*error == 0) return true;
  failed("syncing", *error);
  sync_failed_ = true;
  return false;
}

}  // namespace quorate
