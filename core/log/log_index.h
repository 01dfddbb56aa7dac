// Where does the record with that LSN lie? The index of a log: one entry for each data record, in
// the order of their LSNs, from base() on without a hole.
//
// How far it reaches is kept beside the entries: that is asked for several times with each record.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/ids.h"

namespace quorate {

class LogIndex {
 public:
  struct Entry {
    ByteCount offset;  // in the file
    Generation generation;
    std::uint32_t size = 0;
  };

  Lsn base() const { return base_; }
  Lsn last() const { return last_; }
  // Requires base() < lsn <= last().
  const Entry& at(Lsn lsn) const { return entries_[lsn.value() - base_.value() - 1]; }
  // Those up to that LSN, or all that there are. Requires base() <= lsn.
  std::span<const Entry> up_to(Lsn lsn) const {
    return std::span<const Entry>(entries_).first((lsn < last_ ? lsn : last_).value() -
                                                  base_.value());
  }

  // The entry of last().next().
  void add(const Entry& entry) {
    entries_.push_back(entry);
    last_ = last_.next();
  }
  // Takes back all after `keep`. Requires base() <= keep <= last().
  void cut(Lsn keep) {
    entries_.resize(keep.value() - base_.value());
    last_ = keep;
  }
  // Nothing is left; the next one follows `base`.
  void begin_behind(Lsn base) {
    entries_.clear();
    base_ = last_ = base;
  }
  // Takes those up to `base` off the front. Requires base() <= base <= last().
  void drop_up_to(Lsn base) {
    const auto count = static_cast<std::ptrdiff_t>(base.value() - base_.value());
    entries_.erase(entries_.begin(), entries_.begin() + count);
    base_ = base;
  }

 private:
  std::vector<Entry> entries_;  // of base_ + i + 1
  Lsn base_;
  Lsn last_;  // base_ + how many there are
};

}  // namespace quorate
