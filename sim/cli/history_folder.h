// Where do the histories of a sweep go? One file for each run that the report shows.
#pragma once

#include <string>

#include "reports/result.h"

namespace quorate::cli {

class HistoryFolder {
 public:
  // Makes the folder where there is none; empty: no histories are wanted. Throws BadInput.
  explicit HistoryFolder(const std::string& path);

  // Writes them, and tells the result which file is whose: SCENARIO-SEED.jsonl. False: one could
  // not be written, and it has been said.
  bool write(reports::SweepResult& result) const;

 private:
  std::string path_;
};

}  // namespace quorate::cli
