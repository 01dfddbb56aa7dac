// Whatever the bytes are: a history that can be judged, or one clear error. Nothing else.
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>

#include "core/base/check.h"
#include "sim/cli/check/check_history.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace quorate;
  std::istringstream in(std::string(reinterpret_cast<const char*>(data), size));
  try {
    const cli::HistoryFile file = cli::read_history(in, "fuzz.jsonl");
    QUORATE_CHECK(file.told.size() == file.history.operations.size(), "each was told");
    const reports::CheckResult result = cli::check_history(file, 1);
    for (const reports::CheckedKey& key : result.contradictions)
      QUORATE_CHECK(!key.operations.empty() && !key.sentence.empty(), "a contradiction is shown");
  } catch (const sim::ScenarioError& error) {
    const std::string message = error.what();
    QUORATE_CHECK(message.starts_with("fuzz.jsonl: "), "an error names its file first");
    QUORATE_CHECK(message.find('\n') == std::string::npos, "an error is one line");
  }
  return 0;
}
