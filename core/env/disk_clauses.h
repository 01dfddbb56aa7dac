// What must every Disk do, simulated or real? The clauses of the contract (env_contract.h) that
// concern the file.
#pragma once

#include <doctest/doctest.h>

#include "core/env/env_stage.h"

namespace quorate::env_clauses {

inline void appends_are_read(EnvStage& stage) {
  File file(stage);
  CHECK(file.bytes().empty());
  file.append(record(1, "a")).append(record(2, "b"));
  CHECK(file.bytes() == record(1, "a") + record(2, "b"));
}

inline void cut_drops_the_end(EnvStage& stage) {
  File file(stage);
  const Bytes first = record(1, "a");
  file.append(first).append(record(2, "b")).cut(first.size());
  CHECK(file.bytes() == first);
  file.append(record(2, "c"));
  CHECK(file.bytes() == first + record(2, "c"));
  file.cut(0);
  CHECK(file.bytes().empty());
}

inline void large_append(EnvStage& stage) {
  File file(stage);
  const Bytes large = record(1, long_text(record_format::kMaxValue));
  CHECK(file.append(large).append(record(2, "b")).bytes() == large + record(2, "b"));
}

inline void sync_is_told(EnvStage& stage) {
  File file(stage);
  for (std::uint64_t lsn = 1; lsn <= 3; ++lsn) {
    file.append(record(lsn, "v"));
    file.sync();
  }
  file.sync();  // of nothing new
  CHECK(file.bytes() == record(1, "v") + record(2, "v") + record(3, "v"));
}

inline void append_under_a_sync(EnvStage& stage) {
  File file(stage);
  file.append(record(1, "a"));
  const int before = stage.told(kTwo);
  stage.env(kTwo).disk.start_sync();
  file.append(record(2, "b"));
  REQUIRE(stage.goes_on_until([&] { return stage.told(kTwo) > before; }));
  file.sync();
  CHECK(file.bytes() == record(1, "a") + record(2, "b"));
}

inline void dead_process_keeps_the_file(EnvStage& stage) {
  File file(stage);
  file.append(record(1, "a"));
  file.sync();
  file.append(record(2, "b"));  // never synced: the machine has it all the same
  stage.restart(kTwo);
  CHECK(stage.env(kTwo).disk.read().value() == record(1, "a") + record(2, "b"));
}

// What is behind the place is there, where it was; what is before is there, or zeros, or not.
inline void expect_dropped(Disk& disk, const Bytes& dropped, const Bytes& kept) {
  const Result<Bytes> read = disk.read();
  REQUIRE(read.ok());
  const std::size_t begin = disk.begin().value();
  REQUIRE(begin <= dropped.size());
  REQUIRE(begin + read.value().size() == dropped.size() + kept.size());
  const ByteSpan bytes(read.value());
  CHECK(Bytes(bytes.end() - static_cast<std::ptrdiff_t>(kept.size()), bytes.end()) == kept);
  for (std::size_t at = begin; at < dropped.size(); ++at)
    REQUIRE((bytes[at - begin] == 0 || bytes[at - begin] == dropped[at]));
}

inline void drop_keeps_the_rest(EnvStage& stage) {
  File file(stage);
  Bytes head;
  for (std::uint64_t lsn = 1; lsn <= 40; ++lsn) head = head + record(lsn, long_text(1000));
  file.append(head);
  file.append(record(41, "a"));
  stage.env(kTwo).disk.drop(ByteCount(head.size()));
  file.append(record(42, "b"));
  file.sync();
  expect_dropped(stage.env(kTwo).disk, head, record(41, "a") + record(42, "b"));
  stage.restart(kTwo);
  expect_dropped(stage.env(kTwo).disk, head, record(41, "a") + record(42, "b"));
}

}  // namespace quorate::env_clauses
