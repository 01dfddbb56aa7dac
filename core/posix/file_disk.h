// How does a log last? One file, `log`, in a folder that belongs to this process alone.
//
// - The folder is locked (flock on its file LOCK) from construction to destruction, so that two
//   processes can't write one log; the lock falls with its process, however that ends.
// - An append is whole or nothing: what a full disk took of it is cut off again.
// - A sync is an fdatasync on a thread of its own, and the loop learns of its end by done_fd(); or,
//   where it says so, it is left to the loop (leave_syncs()), on its own thread.
// - What is dropped becomes a hole in the file, so that an offset stays what it is; after a start
//   the file is read from its first byte on that isn't one.
// - A failed sync stays failed: the kernel may have dropped what it could not write and call it
//   clean, so a second try would succeed and mean nothing (PostgreSQL's fsyncgate). Each later one
//   is told as failed, without a call.
// - With synced = false nothing is ever made durable: start_sync() is done at once, with no
//   fdatasync. That is for benchmarks only: a node that says OK so can lose what it said OK to.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/env/env.h"
#include "core/posix/fd.h"
#include "core/posix/sync_worker.h"

namespace quorate {

struct FileDiskSettings {
  std::string folder;  // must exist
  bool synced = true;
  std::function<int(int fd)> sync;  // instead of fdatasync, for tests; returns 0 or an errno
  std::function<int(int fd, ByteCount before)> punch;  // the same, instead of fallocate
};

class FileDisk final : public Disk {
 public:
  // Locks the folder, opens or makes the file, and syncs the folder. Throws PosixError, which names
  // the folder.
  explicit FileDisk(const FileDiskSettings& settings);

  ByteCount begin() const override { return begin_; }
  Result<Bytes> read() override;
  Status append(ByteSpan bytes) override;
  Status cut(ByteCount size) override;
  // Punches a hole, where the file system can do that; where it can't, the file only grows.
  void drop(ByteCount before) override;
  void start_sync() override;

  // From now on start_sync() leaves the sync to whoever asks take_left(): when that says so, he
  // calls sync_here(), and then tell_ended() with what it has returned.
  void leave_syncs(bool left) { left_ = left; }
  bool is_sync_left() const { return due_; }
  bool take_left() { return std::exchange(due_, false); }
  // 0 or an errno. Meanwhile another thread may do all else.
  int sync_here() const { return settings_.sync(log_.get()); }
  void tell_ended(int error) { ended_ = error; }

  // Becomes readable when a sync is over; -1 where that is known at once.
  int done_fd() const { return worker_ ? worker_->done_fd() : -1; }
  // A sync is over that nobody needs to wait for: take_done() has its result now.
  bool is_done_at_once() const { return at_once_ || ended_; }
  // Whether the sync succeeded, once; nothing while it is under way.
  std::optional<bool> take_done();

  // Why the last call that failed did so; empty: none has.
  const std::string& last_error() const { return last_error_; }

 private:
  void lock_folder();
  void open_log();
  ErrorKind failed(const char* what, int error);
  bool cut_back(ByteCount size);

  FileDiskSettings settings_;
  Fd folder_;
  Fd lock_;
  Fd log_;
  ByteCount begin_;
  ByteCount size_;
  bool syncing_ = false;
  bool left_ = false;         // see leave_syncs()
  bool due_ = false;          // a sync was left, and not taken yet
  std::optional<int> ended_;  // how one that was left has ended
  bool sync_failed_ = false;
  bool can_drop_ = true;         // the file system has not said no
  bool broken_ = false;          // the file may end with a part of an append
  std::optional<bool> at_once_;  // the result of a sync that took no time
  std::string last_error_;
  std::unique_ptr<SyncWorker> worker_;  // its thread ends before the file is closed
};

}  // namespace quorate
