// Where may a command write what nobody shall find afterwards? A folder of its own, gone with it.
#pragma once

#include <string>

namespace quorate::cli {

class OwnFolder {
 public:
  // Makes <within>/<name>_XXXXXX, by default in the folder for temporary files. Throws PosixError.
  explicit OwnFolder(const std::string& name, const std::string& within = {});
  // Removes it with all that is in it, unless keep() was called.
  ~OwnFolder();
  OwnFolder(const OwnFolder&) = delete;
  OwnFolder& operator=(const OwnFolder&) = delete;

  const std::string& path() const { return path_; }
  // A folder in it. Throws PosixError.
  std::string make(const std::string& name) const;
  // It stays, for who wants to look at what went wrong.
  void keep() { keeps_ = true; }

 private:
  std::string path_;
  bool keeps_ = false;
};

// "ext4"; empty: not known.
std::string file_system_of(const std::string& folder);

}  // namespace quorate::cli
