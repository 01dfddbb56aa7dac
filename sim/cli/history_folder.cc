#include "sim/cli/history_folder.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>

#include "sim/cli/out_file.h"

namespace quorate::cli {

namespace {

constexpr const char* kOption = "--history";

std::string stem_of(const std::string& file) { return std::filesystem::path(file).stem().string(); }

// "elected_swarm"; where another scenario of the sweep is called so, too, with its folders.
std::string name_of(const reports::SweepResult& result, const std::string& file) {
  const std::string stem = stem_of(file);
  const bool is_alone = std::none_of(
      result.scenarios.begin(), result.scenarios.end(),
      [&](const auto& other) { return other.file != file && stem_of(other.file) == stem; });
  if (is_alone) return stem;
  std::string name = std::filesystem::path(file).replace_extension().string();
  std::replace(name.begin(), name.end(), '/', '_');
  return name;
}

bool write_one(const std::string& path, const std::string& lines) {
  try {
    OutFile file(kOption, path);
    file.stream() << lines;
    return file.close();
  } catch (const BadInput& error) {  // the folder could be written to before
    std::cerr << "quorate: " << error.what() << '\n';
    return false;
  }
}

}  // namespace

HistoryFolder::HistoryFolder(const std::string& path) : path_(path) {
  if (path_.empty()) return;
  std::error_code error;
  std::filesystem::create_directories(path_, error);
  if (!error && !std::filesystem::is_directory(path_, error))
    throw BadInput(std::string(kOption) + ": " + path_ + " is no folder");
  if (error)
    throw BadInput(std::string(kOption) + ": can't make the folder " + path_ + ": " +
                   error.message());
  if (::access(path_.c_str(), W_OK | X_OK) != 0)
    throw BadInput(std::string(kOption) + ": can't write into the folder " + path_);
}

bool HistoryFolder::write(reports::SweepResult& result) const {
  if (path_.empty()) return true;
  bool is_whole = true;
  for (reports::SweptScenario& scenario : result.scenarios) {
    if (!scenario.first) continue;
    const std::string name =
        name_of(result, scenario.file) + "-" + std::to_string(scenario.first->seed) + ".jsonl";
    const std::string path = (std::filesystem::path(path_) / name).string();
    if (write_one(path, scenario.first->history_lines))
      scenario.first->history = path;
    else
      is_whole = false;
  }
  return is_whole;
}

}  // namespace quorate::cli
