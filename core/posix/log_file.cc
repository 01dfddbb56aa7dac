#include "core/posix/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/posix/fd.h"
#include "core/posix/posix_error.h"

namespace quorate {

ByteCount begin_of_data(int fd) {
  const off_t data = ::lseek(fd, 0, SEEK_DATA);
  return ByteCount(data > 0 ? static_cast<std::uint64_t>(data) : 0);
}

namespace {

LogFile read_once(const Fd& fd, const std::string& name) {
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) throw_errno(name);
  if (!S_ISREG(status.st_mode)) throw PosixError(name + " is no regular file");
  LogFile file;
  file.begin = begin_of_data(fd.get());
  const std::uint64_t size = static_cast<std::uint64_t>(status.st_size);
  file.bytes.resize(size - std::min(size, file.begin.value()));
  std::size_t got = 0;
  while (got < file.bytes.size()) {
    const ssize_t count = ::pread(fd.get(), file.bytes.data() + got, file.bytes.size() - got,
                                  static_cast<off_t>(file.begin.value() + got));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_errno(name);
    if (count == 0) break;  // its node has just cut a torn tail
    got += static_cast<std::size_t>(count);
  }
  file.bytes.resize(got);
  return file;
}

}  // namespace

LogFile read_log_file(const std::string& path) {
  const std::string name = "the log " + path;
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) throw_errno(name);
  for (;;) {
    LogFile file = read_once(fd, name);
    // Its node may have dropped meanwhile what was still to be read, and that reads as zeros.
    if (begin_of_data(fd.get()) == file.begin) return file;
  }
}

}  // namespace quorate
