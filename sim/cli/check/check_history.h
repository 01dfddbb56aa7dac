// Is a stored history linearizable? From the file's content to the result that is shown.
#pragma once

#include <cstdint>

#include "reports/result.h"
#include "sim/cli/check/history_file.h"

namespace quorate::cli {

// `memory_mib` bounds the search of each key.
reports::CheckResult check_history(const HistoryFile& file, std::uint64_t memory_mib);

}  // namespace quorate::cli
