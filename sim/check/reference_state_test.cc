// Is the judge's state that of the committed records, and of no others?
#include "sim/check/reference_state.h"

#include <doctest/doctest.h>

#include <string>

#include "core/base/check.h"
#include "core/base/crc32.h"
#include "sim/check/committed.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

// Each node's log is written as values, "a b c"; the first one's is what is committed.
struct Reference : ReferenceState {
  explicit Reference(const std::string& values, std::uint64_t snapshot_bytes = 1) {
    NodeConfig config;
    config.snapshot_bytes = ByteCount(snapshot_bytes);
    begin(config);
    committed.clear(1);
    write(values, true);
  }
  Reference& write(const std::string& values, bool is_committed = false) {
    NodeTruth truth;
    Bytes bytes;
    std::uint64_t lsn = 0;
    for (const char value : values) {
      if (value == ' ') continue;
      encode_record({Generation(1), Lsn(++lsn), ClientId(), 0, Op::set, std::string(1, value), "v"},
                    bytes);
    }
    ByteSpan rest = bytes;
    while (const NodeTruth::Added* added = truth.append_next(rest)) {
      written(*added->record, *added);
      if (is_committed) committed.written(*added->record);
    }
    truth.durable(ByteCount(bytes.size()));
    if (is_committed) committed.durable(NodeId(1), truth, Lsn());
    return *this;
  }
  std::string keys(std::uint64_t lsn) {
    std::string text;
    for (const auto& [key, value] : at(Lsn(lsn), committed).kv().entries()) text += key.text;
    return text;
  }
  Committed committed;
};

}  // namespace

TEST_CASE("reference_state: at each LSN, it is what was written up to there") {
  Reference reference("a b c");
  CHECK(reference.keys(0) == "");
  CHECK(reference.keys(1) == "a");
  CHECK(reference.keys(3) == "abc");
}

TEST_CASE("reference_state: asked about an earlier LSN, it begins anew") {
  Reference reference("a b c");
  CHECK(reference.keys(3) == "abc");
  CHECK(reference.keys(2) == "ab");
  CHECK(reference.keys(3) == "abc");
}

TEST_CASE("reference_state: of several records at one LSN, the committed one counts") {
  Reference reference("a b c");
  reference.write("a x y").write("z").write("a b c");
  CHECK(reference.keys(3) == "abc");
}

TEST_CASE("reference_state: more than is committed, adds up to nothing") {
  Reference reference("a b");
  reference.write("a b c");
  CHECK_THROWS_AS(reference.keys(3), InvariantBroken);
}

TEST_CASE("reference_state: a snapshot, is the same whenever it is asked about") {
  Reference reference("a b c");
  const SnapshotId second = reference.snapshot(Lsn(2), reference.committed);
  CHECK((second.lsn == Lsn(2) && second.generation == Generation(1)));
  CHECK(reference.snapshot(Lsn(3), reference.committed) != second);
  CHECK(reference.snapshot(Lsn(2), reference.committed) == second);
  Bytes state;
  reference.at(Lsn(2), reference.committed).encode(state);
  CHECK((second.size == state.size() && second.crc == crc32(state)));
}

TEST_CASE("reference_state: where nobody takes snapshots, nothing is kept and nothing asked") {
  Reference reference("a b", 0);
  CHECK_THROWS_AS(reference.keys(1), InvariantBroken);
}
