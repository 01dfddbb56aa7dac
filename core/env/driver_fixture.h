// How does a driver behave when the test plays the world around it? Its sockets, disk and clock.
//
// For tests only. What its sockets are to give is put into them by hand, and what was written to
// each of them is kept.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/env/driver.h"
#include "core/wire/frame.h"

namespace quorate {

struct Played final : Clock, Sockets, Disk {
  struct Socket {
    std::string in;
    std::string out;
    std::size_t room = std::size_t{1} << 30;  // for what is written
    int writes = 0;
    bool closed = false;
    bool is_broken = false;  // nothing comes from it any more
  };

  Time now() const override { return time; }
  Result<SocketId> dial(NodeId) override { return ErrorKind::refused; }
  Result<Taken> read(SocketId id, std::span<Byte> to) override {
    ++reads;
    Socket& socket = sockets[id.value()];
    if (socket.in.empty()) return socket.is_broken ? ErrorKind::closed : ErrorKind::would_block;
    const std::size_t count = std::min(to.size(), socket.in.size());
    std::copy_n(socket.in.begin(), count, to.begin());
    socket.in.erase(0, count);
    return Taken{count, knows_what_was_all && socket.in.empty() && !socket.is_broken};
  }
  Result<std::size_t> write(SocketId id, ByteSpan bytes) override {
    Socket& socket = sockets[id.value()];
    const std::size_t count = std::min(bytes.size(), socket.room);
    if (count == 0) return ErrorKind::would_block;
    ++socket.writes;
    socket.room -= count;
    socket.out += as_text(bytes.first(count));
    return count;
  }
  void close(SocketId id) override { sockets[id.value()].closed = true; }
  ByteCount begin() const override { return {}; }
  Result<Bytes> read() override { return file; }
  Status append(ByteSpan bytes) override {
    ++appends;
    append_bytes(file, bytes);
    return Done{};
  }
  Status cut(ByteCount) override { return Done{}; }
  void drop(ByteCount) override {}
  void start_sync() override { ++syncs; }

  std::map<std::uint64_t, Socket> sockets;
  Bytes file;
  Time time{1'000'000};
  int appends = 0;
  int syncs = 0;
  int reads = 0;
  bool knows_what_was_all = false;
};

struct DriverStage {
  explicit DriverStage(const NodeConfig& config, std::vector<std::string> addresses = {})
      : driver(config, sound_rules(), std::move(addresses)) {}

  void hears(SocketId socket, const Message& message, ByteSpan records = {}) {
    Bytes frame;
    encode_frame(message, records, frame);
    world.sockets[socket.value()].in += as_text(frame);
    driver.readable(env, socket);
  }
  SocketId client(std::uint64_t id) {
    driver.accepted_client(env, SocketId(id));
    return SocketId(id);
  }
  void asks(SocketId client, const std::string& text) {
    world.sockets[client.value()].in += text;
    driver.readable(env, client);
  }
  Played::Socket& at(SocketId socket) { return world.sockets[socket.value()]; }

  Played world;
  Env env{world, world, world};
  Driver driver;
};

inline std::string set(const std::string& key, const std::string& value) {
  Bytes text;
  encode_request(text, {"SET", key, value});
  return std::string(as_text(text));
}

}  // namespace quorate
