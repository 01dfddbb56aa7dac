// What lies in a node's log file? For whoever reads it from outside, also while its node runs.
//
// The head of a log that was cut is a hole: it has offsets and no bytes. Wal::recover is to be told
// where the bytes begin, or it looks for a record at each offset of the hole.
#pragma once

#include <string>

#include "core/log/wal.h"

namespace quorate {

struct LogFile {
  ByteCount begin;  // all before is a hole
  Bytes bytes;      // from there on

  Wal recover(WalRecovery& found) const { return Wal::recover(bytes, found, begin); }
};

// Where the first byte lies that is no hole; 0 where the file system can't tell.
ByteCount begin_of_data(int fd);

// Opens it read-only. Throws PosixError, which names the file.
LogFile read_log_file(const std::string& path);

}  // namespace quorate
