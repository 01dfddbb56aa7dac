#include "sim/cli/real/own_folder.h"

#include <sys/stat.h>
#include <sys/vfs.h>

#include <cstdlib>
#include <filesystem>

#include "core/posix/posix_error.h"

namespace quorate::cli {

namespace fs = std::filesystem;

OwnFolder::OwnFolder(const std::string& name, const std::string& within) {
  std::error_code error;
  const fs::path base = within.empty() ? fs::temp_directory_path(error) : fs::path(within);
  if (error) throw PosixError("a folder for temporary files: " + error.message());
  path_ = (base / (name + "_XXXXXX")).string();
  if (::mkdtemp(path_.data()) == nullptr) throw_errno("a folder " + path_);
}

OwnFolder::~OwnFolder() {
  if (keeps_) return;
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string OwnFolder::make(const std::string& name) const {
  const std::string folder = path_ + "/" + name;
  if (::mkdir(folder.c_str(), 0755) != 0) throw_errno("the folder " + folder);
  return folder;
}

std::string file_system_of(const std::string& folder) {
  struct statfs status {};
  if (::statfs(folder.c_str(), &status) != 0) return "";
  switch (static_cast<unsigned long>(status.f_type)) {  // linux/magic.h
    case 0xEF53: return "ext4";
    case 0x58465342: return "xfs";
    case 0x9123683E: return "btrfs";
    case 0x01021994: return "tmpfs, where a sync costs nothing";
    case 0x794C7630: return "overlayfs";
    case 0x6969: return "nfs";
    case 0x2FC12FC1: return "zfs";
    default: return "";
  }
}

}  // namespace quorate::cli
