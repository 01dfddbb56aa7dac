// One node's links to its peers, with times in milliseconds: heartbeat 100, silence 500, redial
// after 10 to 80. What it wants done is told in words: "dial 1", "hang up 2".
#include "core/protocol/links.h"

#include <doctest/doctest.h>

#include <string>

using namespace quorate;

namespace {

class Net {
 public:
  explicit Net(std::uint32_t self) {
    NodeConfig config;
    config.id = NodeId(self);
    config.members = 4;
    config.redial_most = milliseconds(80);
    links_ = Links(config);
  }
  Net& at(std::int64_t ms) { return now_ = Time() + milliseconds(ms), *this; }
  Net& connected(std::uint32_t peer) {
    links_.connected(NodeId(peer), now_, deadlines_);
    return *this;
  }
  Net& gone(std::uint32_t peer) {
    links_.gone(NodeId(peer), now_, deadlines_);
    return *this;
  }
  Net& heard(std::uint32_t peer) { return links_.heard(NodeId(peer), now_), *this; }
  Net& sent(std::uint32_t peer) { return links_.sent(NodeId(peer), now_), *this; }
  std::string want(std::uint32_t peer) {
    Effects out;
    links_.want(NodeId(peer), now_, deadlines_, out);
    return tell(out);
  }
  std::string hang_up_silent() {
    Effects out;
    links_.hang_up_silent(now_, deadlines_, out);
    return tell(out);
  }
  std::string redial() {
    Effects out;
    links_.redial(now_, deadlines_, out);
    return tell(out);
  }
  // Who is due, as "2 3".
  std::string due() {
    const std::uint32_t due = links_.due_for_heartbeat(now_, deadlines_);
    std::string text;
    for (std::uint32_t n = 1; n <= 4; ++n)
      if ((due & Links::bit(NodeId(n))) != 0) text += (text.empty() ? "" : " ") + std::to_string(n);
    return text;
  }
  // In milliseconds; -1 for never.
  std::int64_t deadline(DeadlineName name) const {
    const Time time = deadlines_.get(name);
    return time == Time::never() ? -1 : time.us() / 1000;
  }
  const Links& links() const { return links_; }

 private:
  static std::string tell(const Effects& out) {
    std::string text;
    for (const NodeId peer : out.dials) text += " dial " + std::to_string(peer.value());
    for (const NodeId peer : out.hang_ups) text += " hang up " + std::to_string(peer.value());
    return text.empty() ? text : text.substr(1);
  }

  Links links_;
  Deadlines deadlines_;
  Time now_;
};

}  // namespace

TEST_CASE("links: at first, nobody is connected and nothing is due") {
  Net net(1);
  CHECK(net.links().connected_count() == 0);
  CHECK((net.due() == "" && net.hang_up_silent() == "" && net.redial() == ""));
  CHECK(net.deadline(DeadlineName::heartbeat) == -1);
}

TEST_CASE("links: who comes and goes, is connected in between") {
  Net net(1);
  net.connected(2).connected(4).connected(2);
  CHECK(net.links().connected_count() == 2);
  CHECK((net.links().is_connected(NodeId(4)) && !net.links().is_connected(NodeId(3))));
  net.gone(2).gone(2).gone(3);
  CHECK(net.links().connected_count() == 1);
}

// ---- heartbeats

TEST_CASE("links: a peer that was sent nothing for as long as a heartbeat, is due for one") {
  Net net(1);
  net.connected(2).connected(3).at(60).sent(3);
  CHECK(net.deadline(DeadlineName::heartbeat) == 100);
  CHECK(net.at(99).due() == "");
  CHECK(net.at(100).due() == "2");
  CHECK(net.deadline(DeadlineName::heartbeat) == 160);
  CHECK(net.sent(2).at(160).due() == "3");
  CHECK(net.sent(3).at(500).due() == "2 3");
}

TEST_CASE("links: a peer that is gone, is due for nothing") {
  Net net(1);
  net.connected(2).gone(2);
  CHECK(net.at(1000).due() == "");
  CHECK(net.deadline(DeadlineName::heartbeat) == -1);
}

// ---- silence

TEST_CASE("links: a peer that was not heard for too long, is hung up on and told of once") {
  Net net(1);
  net.connected(2).connected(3).at(400).heard(3);
  CHECK(net.deadline(DeadlineName::peer_silence) == 500);
  CHECK(net.at(499).hang_up_silent() == "");
  CHECK(net.at(500).hang_up_silent() == "hang up 2");
  CHECK(net.deadline(DeadlineName::peer_silence) == 900);
  net.gone(2);
  CHECK(net.at(899).hang_up_silent() == "");
  CHECK(net.at(900).hang_up_silent() == "hang up 3");
}

TEST_CASE("links: a peer that comes back, has all the time again") {
  Net net(1);
  net.connected(2).at(400).gone(2).connected(2);
  CHECK(net.at(899).hang_up_silent() == "");
  CHECK(net.at(900).hang_up_silent() == "hang up 2");
}

// ---- dialing

TEST_CASE("links: the higher id, dials and the lower one waits to be dialed") {
  CHECK(Net(3).want(1) == "dial 1");
  CHECK(Net(1).want(3) == "");
}

TEST_CASE("links: a dial that failed, is tried again after a pause that doubles up to its limit") {
  Net net(3);
  net.want(1);
  std::int64_t now = 0;
  for (const std::int64_t pause : {10, 20, 40, 80, 80}) {
    net.at(now).gone(1);
    CHECK(net.deadline(DeadlineName::redial) == now + pause);
    CHECK(net.at(now + pause - 1).redial() == "");
    CHECK(net.at(now += pause).redial() == "dial 1");
    CHECK(net.redial() == "");
  }
}

TEST_CASE("links: after a connection that lasted, the pause begins small again") {
  Net net(3);
  net.want(1);
  net.gone(1).at(10).redial();
  net.gone(1).at(30).redial();
  net.connected(1).at(130).heard(1).gone(1);
  CHECK(net.at(140).redial() == "dial 1");
}

TEST_CASE("links: a connection that is over at once, is a failure like that of a dial") {
  Net net(3);
  net.want(1);
  std::int64_t now = 0;
  for (const std::int64_t pause : {10, 20, 40, 80, 80}) {
    net.at(now).connected(1).heard(1).at(now + 5).heard(1).gone(1);
    now += 5;
    CHECK(net.at(now + pause - 1).redial() == "");
    CHECK(net.at(now += pause).redial() == "dial 1");
  }
}

TEST_CASE("links: a connection that came meanwhile, makes the next dial needless") {
  Net net(3);
  net.want(1);
  net.gone(1).connected(1);
  CHECK(net.at(1000).redial() == "");
}

TEST_CASE("links: a dial that nobody answers, is hung up like a silent peer") {
  Net net(3);
  net.want(1);
  CHECK(net.deadline(DeadlineName::peer_silence) == 500);
  CHECK(net.at(499).hang_up_silent() == "");
  CHECK(net.at(500).hang_up_silent() == "hang up 1");
  net.gone(1);
  CHECK(net.at(510).redial() == "dial 1");
  CHECK(net.deadline(DeadlineName::peer_silence) == 1010);
}

TEST_CASE("links: who was not wanted, is not dialed when it goes") {
  Net net(1);
  net.connected(2).gone(2);
  CHECK(net.at(1000).redial() == "");
  CHECK(net.deadline(DeadlineName::redial) == -1);
}

TEST_CASE("links: the last of 32 members, has a bit of its own") {
  CHECK(Links::bit(NodeId(32)) == 0x80000000u);
  NodeConfig config;
  config.members = 32;
  Links links(config);
  Deadlines deadlines;
  links.connected(NodeId(32), Time(), deadlines);
  CHECK((links.is_connected(NodeId(32)) && links.connected_count() == 1));
  CHECK(links.due_for_heartbeat(Time() + milliseconds(100), deadlines) == 0x80000000u);
}
