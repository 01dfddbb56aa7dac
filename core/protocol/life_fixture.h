// Does anything that was OK'd get lost, and does the cluster come to rest? A random life of a
// cluster.
//
// For tests only. A life is a number: crashes with torn writes, lost connections, syncs held back,
// full disks and damaged files in an order that it fixes, then all is mended. Damage stays within
// what restore.h can mend: a damaged leader with F - Q + 1 sound followers, or a sound leader; and
// the last record of a file is left alone, where damage is a torn write. The simulator does all
// this at length; this is the short way, when a test of one rule is not enough.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "core/protocol/cluster_fixture.h"

namespace quorate {

class Life {
 public:
  explicit Life(std::uint64_t number, bool with_damage)
      : state_(number * 2'654'435'761u + 7),
        with_damage_(with_damage),
        followers_(1 + draw(4)),
        cluster_(static_cast<int>(followers_), tweak()) {}

  // What went wrong; empty if all is well.
  std::string lived(int steps) {
    cluster_.start();
    while (steps-- > 0) {
      something_happens();
      note_answers();
      note_mended();
    }
    mend();
    if (!cluster_.leader().is_up() || !cluster_.leader().node().is_serving())
      return "the leader doesn't serve: " + cluster_.logs();
    write();
    cluster_.settle();
    note_answers();
    return judged();
  }

 private:
  std::size_t draw(std::size_t bound) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::size_t>(state_ >> 33) % bound;
  }
  Cluster::Tweak tweak() {
    const bool small = draw(2) == 0;
    const bool by_the_book = draw(4) == 0;
    needed_ = followers_ / 2 + (by_the_book ? followers_ % 2 : 1);
    return [small, by_the_book](NodeConfig& config) {
      if (small) config.ship_bytes = ByteCount(1);
      if (small) config.window_bytes = ByteCount(120);
      if (by_the_book) config.quorum = QuorumRule::majority_of_all;
    };
  }

  void something_happens() {
    const auto id = static_cast<std::uint32_t>(1 + draw(followers_ + 1));
    Stage& node = cluster_.node(id);
    const std::size_t what = draw(14);
    if (what < 4) return write();
    if (what < 7) return static_cast<void>(cluster_.run(static_cast<int>(draw(5))));
    if (what == 7) return static_cast<void>(cluster_.settle());
    if (what == 8) return crash(id);
    if (what == 9) return static_cast<void>(cluster_.unplug(id));
    if (what == 10) return static_cast<void>(cluster_.hold_sync(id, draw(2) == 0, false));
    if (what == 11) node.disk_is_full = draw(3) == 0;
    if (what == 12 && with_damage_ && !node.is_up()) return damage(id);
    if (what >= 12 && !node.is_up()) node.start();
    cluster_.connect_some();
  }
  void write() {
    ++writes_;
    const std::string number = std::to_string(writes_);
    cluster_.leader().request("set k" + std::to_string(writes_ % 5) + " " + number, writes_);
  }
  void crash(std::uint32_t id) {
    const std::size_t kept_bytes = draw(3) == 0 ? draw(150) : 0;
    if (!cluster_.node(id).is_up()) return;
    if (draw(3) == 0)
      cluster_.kill(id);
    else
      cluster_.crash(id, kept_bytes);
  }
  void damage(std::uint32_t id) {
    std::set<std::uint32_t> all = damaged_;
    all.insert(id);
    const std::size_t sound = followers_ - (all.size() - all.count(1));
    if (all.count(1) != 0 && sound < followers_ - needed_ + 1) return;
    Bytes& file = cluster_.node(id).file();
    const std::size_t last = begin_of_last_record(file);
    if (last == 0) return;
    file[draw(last)] ^= 0x10;
    damaged_ = all;
  }
  static std::size_t begin_of_last_record(const Bytes& file) {
    std::size_t last = 0;
    for (std::size_t at = 0; at < file.size();) {
      const RecordScan scan = scan_record(ByteSpan(file).subspan(at));
      if (scan.status == RecordStatus::whole) last = at;
      at += scan.status == RecordStatus::whole ? scan.size : 1;
    }
    return last;
  }

  // Who has all its log back, in its file too, may be damaged anew.
  void note_mended() {
    for (auto at = damaged_.begin(); at != damaged_.end();) {
      Stage& node = cluster_.node(*at);
      WalRecovery found;
      const bool whole = Wal::recover(node.file(), found).restore_until().is_none();
      const bool mended = whole && !found.corrupt() && node.is_up() && !node.has_unsynced() &&
                          !node.node().hello().restoring;
      at = mended ? damaged_.erase(at) : std::next(at);
    }
  }
  void note_answers() {
    std::istringstream in(cluster_.answers());
    for (std::string word; in >> word;)
      if (word.ends_with(":ok")) acknowledged_.insert(word.substr(0, word.find(':')));
  }

  void mend() {
    for (std::uint32_t id = 1; id <= followers_ + 1; ++id) {
      cluster_.node(id).disk_is_full = false;
      cluster_.hold_sync(id, false, false);
    }
    for (int rounds = 0; rounds < 5; ++rounds) {
      for (std::uint32_t id = 1; id <= followers_ + 1; ++id)
        if (!cluster_.node(id).is_up()) cluster_.node(id).start();
      cluster_.connect_all().pass(300);
    }
    note_answers();
  }
  std::string judged() {
    if (acknowledged_.count(std::to_string(writes_)) == 0)
      return "the last write is not OK: " + cluster_.logs();
    std::set<std::string> held;
    std::istringstream in(cluster_.leader().log());
    for (std::string word; in >> word;) held.insert(word.substr(0, word.find('@')));
    for (const std::string& value : acknowledged_)
      if (held.count(value) == 0) return "OK'd " + value + " is lost: " + cluster_.logs();
    for (std::uint32_t id = 2; id <= followers_ + 1; ++id)
      if (cluster_.node(id).log() != cluster_.leader().log() ||
          cluster_.node(id).state() != cluster_.leader().state())
        return "the logs differ: " + cluster_.logs();
    return "";
  }

  std::uint64_t state_;
  bool with_damage_;
  std::size_t followers_;
  std::size_t needed_ = 0;
  Cluster cluster_;
  std::size_t writes_ = 0;
  std::set<std::string> acknowledged_;
  std::set<std::uint32_t> damaged_;
};

}  // namespace quorate
