#include "sim/cli/real/relay_stream.h"

#include <algorithm>
#include <utility>

namespace quorate::cli {

void RelayStream::add(ByteSpan bytes, Time now, RelayFaults& faults) {
  if (lost_) return;
  buffer_.append(bytes);
  while (!place_lost_) {
    const FrameScan scan = scan_frame(ByteSpan(std::as_const(buffer_).bytes()).subspan(scanned_));
    if (scan.status == FrameStatus::incomplete) return;
    if (scan.status == FrameStatus::damaged) {
      place_lost_ = true;
      break;
    }
    RelayedFrame frame = relayed_frame(direction_, scan.message);
    const Duration by =
        faults.meet(frame, buffer_.bytes().subspan(scanned_, scan.size), scan.head_size);
    wait(scan.size, now + by, frame);
  }
  if (buffer_.size() > scanned_) wait(buffer_.size() - scanned_, now, {});
}

void RelayStream::wait(std::size_t size, Time at, std::optional<RelayedFrame> frame) {
  last_at_ = std::max(last_at_, at);
  waiting_.push_back({size, last_at_, std::move(frame)});
  scanned_ += size;
}

void RelayStream::lose_all() {
  lost_ = true;
  buffer_.clear();
  waiting_.clear();
  leaving_.clear();
  ready_ = scanned_ = 0;
}

ByteSpan RelayStream::ready(Time now) {
  while (!waiting_.empty() && waiting_.front().at <= now) {
    ready_ += waiting_.front().size;
    leaving_.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  // The half of a frame that will never be whole is no frame, and goes on too.
  if (end_ != StreamEnd::none && waiting_.empty() && buffer_.size() > scanned_) {
    const std::size_t rest = buffer_.size() - scanned_;
    leaving_.push_back({rest, now, {}});
    scanned_ += rest;
    ready_ += rest;
  }
  return std::as_const(buffer_).bytes().first(ready_);
}

void RelayStream::left(std::size_t count, std::vector<RelayedFrame>& passed) {
  buffer_.consume(count);
  ready_ -= count;
  scanned_ -= count;
  while (count > 0) {
    Waiting& first = leaving_.front();
    const std::size_t part = std::min(count, first.size);
    first.size -= part;
    count -= part;
    if (first.size > 0) return;
    if (first.frame) passed.push_back(*first.frame);
    leaving_.pop_front();
  }
}

}  // namespace quorate::cli
