// Bytes that came and are not used up yet: a queue of bytes, contiguous to read.
//
// Grows as needed and keeps its storage until release(); who bounds it asks size() first. Views are
// good until the next change.
#pragma once

#include <cstddef>
#include <cstring>

#include "core/base/bytes.h"

namespace quorate {

class Buffer {
 public:
  std::size_t size() const { return end_ - begin_; }
  bool empty() const { return begin_ == end_; }
  ByteSpan bytes() const { return {storage_.data() + begin_, size()}; }
  std::span<Byte> bytes() { return {storage_.data() + begin_, size()}; }

  // Room behind the last byte, at least `least` bytes of it: write there, then say how much by
  // added().
  std::span<Byte> room(std::size_t least) {
    if (storage_.size() - end_ < least) make_room(least);
    return {storage_.data() + end_, storage_.size() - end_};
  }
  void added(std::size_t count) { end_ += count; }
  void append(ByteSpan bytes) {
    if (bytes.empty()) return;
    std::memcpy(room(bytes.size()).data(), bytes.data(), bytes.size());
    added(bytes.size());
  }

  // Drops bytes from the front. Requires count <= size().
  void consume(std::size_t count) {
    begin_ += count;
    if (begin_ == end_) begin_ = end_ = 0;
  }
  void clear() { begin_ = end_ = 0; }
  // The same, and gives back a storage that is larger than most need.
  void release() {
    constexpr std::size_t kKept = std::size_t{64} << 10;
    clear();
    if (storage_.size() > kKept) storage_ = Bytes();
  }

 private:
  void make_room(std::size_t least) {
    if (begin_ > 0) {
      std::memmove(storage_.data(), storage_.data() + begin_, size());
      end_ -= begin_;
      begin_ = 0;
    }
    if (storage_.size() - end_ < least) {
      constexpr std::size_t kFirst = 512;
      const std::size_t doubled = storage_.size() * 2 + kFirst;
      storage_.resize(doubled - end_ < least ? end_ + least : doubled);
    }
  }

  Bytes storage_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace quorate
