// Whatever bytes come, and however many clients: the others are served.
#include <doctest/doctest.h>

#include <fstream>

#include "core/env/driver.h"
#include "core/posix/cluster_fixture.h"
#include "core/posix/process.h"

using namespace quorate;

namespace {

// Is somebody else served, as ever?
void check_served(Cluster& cluster) {
  RawClient other(cluster.port(1));
  const Time began = MonotonicClock::at_this_moment();
  CHECK(other.ask({"SET", "probe", "v"}) == "+OK");
  CHECK(other.ask({"GET", "probe"}) == "$1");
  CHECK(MonotonicClock::at_this_moment() - began < milliseconds(5000));
}

std::string request_text(std::initializer_list<std::string_view> words) {
  Bytes bytes;
  encode_request(bytes, words);
  return std::string(as_text(bytes));
}

std::string repeated(const std::string& text, std::size_t bytes) {
  std::string all;
  while (all.size() < bytes) all += text;
  return all;
}

// In KiB, of this process.
std::size_t resident() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    std::size_t kib = 0;
    if (word == "VmRSS:" && status >> kib) return kib;
  }
  return 0;
}

// The same noise each time, without a generator of the library's.
std::string noise(std::size_t bytes, std::uint64_t seed) {
  std::string text;
  for (std::uint64_t x = seed * 2 + 1; text.size() < bytes; x = x * 6364136223846793005U + 1)
    text += static_cast<char>(x >> 56);
  return text;
}

}  // namespace

TEST_CASE("member: clients that flood, leave the others served") {
  Cluster cluster;
  cluster.start_all();
  std::atomic<bool> ends{false};
  std::vector<std::thread> floods;
  const std::string pings = repeated("PING\r\n", 1 << 20);
  for (int n = 0; n < 2; ++n)
    floods.emplace_back([&] {
      RawClient client(cluster.port(1));
      std::thread listener([&] {
        while (!ends) client.hear(1 << 20, milliseconds(50));
      });
      while (!ends) client.say(pings, milliseconds(50));
      listener.join();
    });
  for (int n = 0; n < 20; ++n) check_served(cluster);
  ends = true;
  for (std::thread& flood : floods) flood.join();
}

TEST_CASE("member: clients that never read their answers, leave the others served and no heap") {
  Cluster cluster;
  cluster.start_all();
  RawClient first(cluster.port(1));
  CHECK(first.ask({"SET", "large", std::string(1 << 20, 'v')}) == "+OK");
  const std::size_t before = resident();
  std::vector<std::unique_ptr<RawClient>> deaf;
  const std::string gets = repeated("GET large\r\n", 64 << 10);
  for (int n = 0; n < 8; ++n) {
    deaf.push_back(std::make_unique<RawClient>(cluster.port(1)));
    deaf.back()->say(gets, milliseconds(50));
  }
  for (int n = 0; n < 5; ++n) check_served(cluster);
  // 6,000 answers of 1 MiB each were asked for.
  CHECK(resident() - before < std::size_t{256} << 10);
}

TEST_CASE("member: half requests that stay, leave the others served") {
  Cluster cluster;
  cluster.start_all();
  std::vector<std::unique_ptr<RawClient>> halves;
  const std::string whole = request_text({"SET", "k", "value"});
  for (std::size_t size = 1; size < whole.size(); ++size) {
    halves.push_back(std::make_unique<RawClient>(cluster.port(1)));
    halves.back()->say(whole.substr(0, size));
  }
  check_served(cluster);
  for (std::size_t size = 1; size < whole.size(); ++size) {
    halves[size - 1]->say(whole.substr(size));
    CHECK(halves[size - 1]->line() == "+OK");
  }
}

TEST_CASE("member: a length of 1 GiB, is refused with a word and not waited for") {
  Cluster cluster;
  cluster.start_all();
  for (const char* text : {"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1073741824\r\n", "*1073741824\r\n",
                           "*1\r\n$99999999999999999999\r\n"}) {
    RawClient client(cluster.port(1));
    client.say(text);
    CHECK(client.line().starts_with("-ERR Protocol error: "));
    CHECK(client.ends());
  }
  for (const std::uint32_t n : {1U, 2U}) {
    RawClient peer(cluster.peer_port(n));
    peer.say(std::string("\x40\x00\x00\x00", 4) + noise(1000, 7));
    CHECK(peer.ends());
  }
  check_served(cluster);
}

TEST_CASE("member: random bytes at every port, leave the others served") {
  Cluster cluster;
  cluster.start_all();
  for (std::uint64_t seed = 0; seed < 50; ++seed)
    for (const std::uint32_t n : {1U, 2U, 3U}) {
      RawClient(cluster.port(n)).say(noise(seed * 97 % 5000, seed));
      RawClient(cluster.peer_port(n)).say(noise(seed * 89 % 5000, seed));
    }
  check_served(cluster);
}

TEST_CASE("member: peers that come and say nothing, do not keep the real ones out") {
  Cluster cluster;
  cluster.start_all();
  std::vector<std::unique_ptr<RawClient>> silent;
  for (std::size_t n = 0; n < Driver::kMaxPending + 20; ++n)
    silent.push_back(std::make_unique<RawClient>(cluster.peer_port(1)));
  CHECK(silent.front()->ends());  // the oldest gives way
  cluster.stop(3);
  cluster.forget(1);
  cluster.start(3);
  CHECK(cluster.decides(1, FactKind::peer_connected, NodeId(3)));
  check_served(cluster);
}

TEST_CASE("member: 1,200 clients at once, are all served") {
  Cluster cluster;
  cluster.start_all();
  REQUIRE(raise_descriptor_limit() > 3000);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int n = 0; n < 1200; ++n) {
    clients.push_back(std::make_unique<RawClient>(cluster.port(1)));
    REQUIRE(clients.back()->connected());
    clients.back()->say(request_text({"SET", "k" + std::to_string(n), std::to_string(n)}));
  }
  int answered = 0;
  for (const auto& client : clients) answered += client->line() == "+OK" ? 1 : 0;
  CHECK(answered == 1200);
  for (int n = 0; n < 1200; ++n) {
    const auto at = static_cast<std::size_t>(n);
    clients[at]->say(request_text({"GET", "k" + std::to_string(n)}));
  }
  for (int n = 0; n < 1200; ++n) {
    const std::string value = std::to_string(n);
    const std::string expected = "$" + std::to_string(value.size()) + "\r\n" + value + "\r\n";
    REQUIRE(clients[static_cast<std::size_t>(n)]->hear(expected.size()) == expected);
  }
}
