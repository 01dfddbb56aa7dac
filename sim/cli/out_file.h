// How does a command write a file that was asked for? It opens it before the work: nobody wants to
// hear after an hour that it can't be written.
#pragma once

#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <system_error>
#include <vector>

#include "sim/cli/bad_input.h"

namespace quorate::cli {

class OutFile {
 public:
  // What is there already goes, unless it is one of those that the command reads. `option` is who
  // asked for it ("--junit"). Throws BadInput.
  OutFile(const std::string& option, const std::string& path,
          const std::vector<std::string>& inputs = {})
      : what_(option + ": "), path_(path) {
    for (const std::string& input : inputs) {
      std::error_code none_there;
      if (std::filesystem::equivalent(path, input, none_there))
        throw BadInput(what_ + path_ + " is read, too: it would be lost");
    }
    out_.open(path, std::ios::binary | std::ios::trunc);
    if (!out_) throw BadInput(what_ + "can't write " + path_);
  }

  std::ostream& stream() { return out_; }

  // False: it could not be written whole (the disk is full), and it has been said.
  bool close() {
    out_.close();
    if (!out_) std::cerr << "quorate: " << what_ << path_ << " could not be written whole\n";
    return !out_.fail();
  }

 private:
  std::string what_;
  std::string path_;
  std::ofstream out_;
};

}  // namespace quorate::cli
