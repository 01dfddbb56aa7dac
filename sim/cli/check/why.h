// Why do these operations contradict each other? One sentence for a person.
//
// Each sentence says only what was found to be so of the whole history, and what it says can't all
// be: it is a contradiction by itself. Where no such sentence fits, a general one says so.
#pragma once

#include <string>

#include "sim/cli/check/history_file.h"
#include "sim/linear/judge.h"

namespace quorate::cli {

std::string why(const HistoryFile& file, const sim::linear::Contradiction& contradiction);

}  // namespace quorate::cli
