// A world with a whole cluster in it and a client that writes on and on.
//
// For tests only. The same settings and calls give the same history; a copy is a snapshot. Whatever
// else is to happen (faults, alarms, checks) is the test's own affair: step() hands back what the
// world does, after the writer has had its part of it.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "core/base/buffer.h"
#include "sim/world/quiet_world.h"
#include "sim/world/world.h"

namespace quorate::sim {

// Notes all that nodes decide, in words: "leader: appended LSN=1".
class Listener : public Witness {
 public:
  void decided(NodeId node, const Facts& facts) override {
    for (const Fact& fact : facts) story.push_back(node_name(node) + ": " + narrate(fact));
  }
  int times(const std::string& words) const {
    return static_cast<int>(std::count_if(story.begin(), story.end(), [&](const std::string& line) {
      return line.find(words) != std::string::npos;
    }));
  }
  std::vector<std::string> story;
};

// Everything takes 100 us, and nothing is left to chance.
inline WorldSettings calm_settings(std::uint32_t followers) {
  WorldSettings settings;
  settings.node.members = followers + 1;
  settings.node.snapshot_bytes = ByteCount();
  settings.node.write_timeout = milliseconds(300);
  settings.node.heartbeat = milliseconds(50);
  settings.node.peer_silence = milliseconds(200);
  settings.network = plain_network();
  settings.disk.sync.us = {100, 100};
  return settings;
}

class LiveWorld {
 public:
  explicit LiveWorld(const WorldSettings& settings, Observer& observer,
                     const Rules& rules = sound_rules(), bool writes_on = true)
      : writes_on_(writes_on) {
    begin(settings, observer, rules);
  }
  void begin(const WorldSettings& settings, Observer& observer,
             const Rules& rules = sound_rules()) {
    writes = 0;
    answers.clear();
    world.reset(settings, rules, 1);
    for (std::uint32_t n = 1; n <= settings.node.members; ++n) world.start(NodeId(n), observer);
    dial();
  }

  Happening step(Observer& observer) {
    const Happening happening = world.step(observer);
    switch (happening.kind) {
      case Happening::Kind::connected: write(); break;
      case Happening::Kind::refused: dial(); break;
      case Happening::Kind::readable: read(); break;
      default: break;
    }
    return happening;
  }

  World world;
  int writes = 0;
  std::string answers;  // as they came: "+OK\r\n-TIMEOUT ...\r\n"

 private:
  void dial() { pipe_ = world.client_dial(kFirstClient, NodeId(1)); }
  void write() {
    if (!writes_on_) return;
    const std::string request = "SET k " + std::to_string(++writes) + "\r\n";
    world.client_write(pipe_, as_bytes(request));
  }
  void read() {
    Buffer in;
    const bool stands = world.client_read(pipe_, in);
    answers += std::string(as_text(in.bytes()));
    if (stands) return write();
    world.client_close(pipe_);
    dial();
  }

  bool writes_on_;
  std::uint32_t pipe_ = 0;
};

}  // namespace quorate::sim
