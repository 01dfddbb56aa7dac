// Where does an Env stand while it is tested, and in which words do its clauses speak?
//
// For tests only. A backend derives from EnvStage; env_contract.h holds the clauses.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <string>

#include "core/env/env.h"
#include "core/log/record_codec.h"

namespace quorate {

// Nodes 1 and 2 run, and can dial each other; nobody runs as node 3. No driver of theirs reads from
// a socket or acts on what the test does: the test plays both.
class EnvStage {
 public:
  virtual ~EnvStage() = default;
  // For one turn: good until the next goes_on_until().
  virtual Env env(NodeId node) = 0;
  // Lets the world go on between turns, until `done` holds. False: that took too long.
  virtual bool goes_on_until(const std::function<bool()>& done) = 0;
  // How often that node has been told that something happened.
  virtual int told(NodeId node) const = 0;
  // The connection by which that node was reached last; none: by nobody yet.
  virtual SocketId accepted(NodeId node) = 0;
  // The process of that node dies, and is started again on the same machine.
  virtual void restart(NodeId node) = 0;
};

namespace env_clauses {

inline constexpr NodeId kOne{1}, kTwo{2}, kNobody{3};

// One end of a connection, as a little language.
class End {
 public:
  End(EnvStage& stage, NodeId node, SocketId socket)
      : stage_(&stage), node_(node), socket_(socket) {}

  SocketId socket() const { return socket_; }
  Result<std::size_t> write(ByteSpan bytes) { return sockets().write(socket_, bytes); }
  // Writes all of it, and waits for room where there is none.
  void say(ByteSpan bytes) {
    while (!bytes.empty()) {
      const Result<std::size_t> taken = write(bytes);
      if (!taken) {
        REQUIRE(taken.error() == ErrorKind::would_block);
        const int before = stage_->told(node_);
        REQUIRE(stage_->goes_on_until([&] { return stage_->told(node_) > before; }));
        continue;
      }
      REQUIRE((taken.value() >= 1 && taken.value() <= bytes.size()));
      bytes = bytes.subspan(taken.value());
    }
  }
  void say(const std::string& text) { say(as_bytes(text)); }
  // Takes what is there, at most `room` bytes a read. Returns why there was no more.
  ErrorKind listen(std::size_t room = 4096) {
    for (bool had_all = false;;) {
      Bytes space(room);
      const Result<Taken> got = sockets().read(socket_, space);
      if (had_all) REQUIRE((!got && got.error() == ErrorKind::would_block));
      if (!got) return got.error();
      const auto [bytes, is_all] = got.value();
      REQUIRE((bytes >= 1 && bytes <= room));
      heard_.append(as_text(ByteSpan(space).first(bytes)));
      had_all = is_all;
    }
  }
  // Reads until it has heard so many bytes, or until the connection is over.
  const std::string& hear(std::size_t bytes, std::size_t room = 4096) {
    stage_->goes_on_until(
        [&] { return listen(room) == ErrorKind::closed || heard_.size() >= bytes; });
    return heard_;
  }
  bool ends() {
    return stage_->goes_on_until([&] { return listen() == ErrorKind::closed; });
  }
  const std::string& heard() const { return heard_; }
  void close() { sockets().close(socket_); }

 private:
  Sockets& sockets() { return stage_->env(node_).sockets; }

  EnvStage* stage_;
  NodeId node_;
  SocketId socket_;
  std::string heard_;
};

struct Wire {
  End one;  // dialed
  End two;
};

inline Wire connect(EnvStage& stage) {
  const SocketId before = stage.accepted(kTwo);
  const int told = stage.told(kOne);
  const Result<SocketId> dialed = stage.env(kOne).sockets.dial(kTwo);
  REQUIRE(dialed.ok());
  REQUIRE(stage.goes_on_until(
      [&] { return stage.accepted(kTwo) != before && stage.told(kOne) > told; }));
  return {{stage, kOne, dialed.value()}, {stage, kTwo, stage.accepted(kTwo)}};
}

// No two places of it are alike, so that nothing can be lost, doubled or swapped unseen.
inline std::string long_text(std::size_t bytes) {
  std::string text;
  for (std::size_t n = 0; text.size() < bytes; ++n) text += std::to_string(n) + ",";
  text.resize(bytes);
  return text;
}

inline Bytes record(std::uint64_t lsn, const std::string& value) {
  Bytes bytes;
  encode_record({Generation(1), Lsn(lsn), ClientId(1), lsn, Op::set, "k", value}, bytes);
  return bytes;
}

// Node 2's disk, with an empty file.
class File {
 public:
  explicit File(EnvStage& stage) : stage_(&stage) { REQUIRE(disk().cut(ByteCount()).ok()); }
  File& append(const Bytes& bytes) {
    REQUIRE(disk().append(bytes).ok());
    return *this;
  }
  File& cut(std::size_t size) {
    REQUIRE(disk().cut(ByteCount(size)).ok());
    return *this;
  }
  void sync() {
    const int before = stage_->told(kTwo);
    disk().start_sync();
    REQUIRE(stage_->goes_on_until([&] { return stage_->told(kTwo) > before; }));
  }
  Bytes bytes() {
    const Result<Bytes> read = disk().read();
    REQUIRE(read.ok());
    return read.value();
  }

 private:
  Disk& disk() { return stage_->env(kTwo).disk; }
  EnvStage* stage_;
};

inline Bytes operator+(Bytes a, const Bytes& b) {
  append_bytes(a, b);
  return a;
}

}  // namespace env_clauses
}  // namespace quorate
