#include "sim/world/sim_disk.h"

#include <algorithm>

namespace quorate::sim {

void SimDisk::clear() {
  Bytes storage = std::move(file);
  storage.clear();
  *this = SimDisk();
  file = std::move(storage);  // only its capacity is kept
}

void SimDisk::cut(ByteCount to) {
  file.resize(std::min<std::size_t>(to.value(), file.size()));
  durable = std::min(durable, size());
  sync_target = std::min(sync_target, size());
}

Bytes SimDisk::read() const {
  Bytes bytes;
  bytes.reserve(file.capacity());  // the reader's copy is to grow with the file
  bytes.assign(file.begin() + static_cast<std::ptrdiff_t>(begin().value()), file.end());
  std::fill_n(bytes.begin(), (dropped - begin()).value(), Byte{0});
  return bytes;
}

void SimDisk::begin_sync() {
  syncing = true;
  sync_target = size();
}

bool SimDisk::end_sync() {
  syncing = false;
  if (fails_next_sync) {
    fails_next_sync = false;
    if (!lost) lost_from = durable;
    lost = true;
    return false;
  }
  // Bytes that an earlier failure dropped are thought clean: nobody writes them any more.
  if (!lost) durable = std::max(durable, sync_target);
  return true;
}

void SimDisk::crash(ByteCount keep, std::size_t torn, std::uint64_t noise) {
  syncing = false;
  if (lost) keep = ByteCount();
  lost = false;
  const std::size_t survives = std::min<std::size_t>(durable.value() + keep.value(), file.size());
  file.resize(survives);
  const std::size_t room = survives - static_cast<std::size_t>(durable.value());
  for (std::size_t i = 0; i < std::min(torn, room); ++i)
    file[survives - 1 - i] =
        static_cast<Byte>(file[survives - 1 - i] ^ ((noise >> (i % 8 * 8)) | 1));
  durable = size();
  constexpr std::uint64_t kParts = 3;
  dropped = ByteCount(dropped.value() * (noise % (kParts + 1)) / kParts);
}

}  // namespace quorate::sim
