// Does the README still tell the truth? Its command lines that call quorate are run as they stand,
// in a folder where scenarios/ is; the exit codes that it names and the output that it quotes must
// come out, and the folders and files that it points to must be there.
#include <doctest/doctest.h>

#include <stdlib.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

const fs::path kRoot = QUORATE_SOURCE_ROOT;

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE_MESSAGE(file.is_open(), path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

Lines lines_of(const std::string& text) {
  Lines lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

const Lines& readme() {
  static const Lines lines = lines_of(text_of(kRoot / "README.md"));
  return lines;
}

// One command line of the README.
struct Example {
  std::string arguments;  // what follows the name of the program
  int exit_code = 0;      // as `# exit code 1` behind it says
  Lines quoted;           // of a ```console block: the output, where "..." stands for any lines
};

// Does this line call quorate? Then what follows its name is left in `line`.
bool calls_quorate(std::string& line) {
  line.erase(0, line.find_first_not_of(' '));
  for (const std::string_view name : {"quorate ", "build/sim/cli/quorate "}) {
    if (!line.starts_with(name)) continue;
    line.erase(0, name.size());
    return true;
  }
  return false;
}

Example example_of(std::string arguments) {
  Example example;
  constexpr std::string_view kMark = "# exit code ";
  const std::size_t mark = arguments.find(kMark);
  if (mark != std::string::npos) {
    example.exit_code = std::stoi(arguments.substr(mark + kMark.size()));
    arguments.erase(mark);
  }
  // What goes on for minutes in CI goes on for a moment here.
  const std::size_t time = arguments.find("--for ");
  if (time != std::string::npos)
    arguments.replace(time, arguments.find(' ', time + 6) - time, "--for 200ms");
  example.arguments = arguments;
  return example;
}

std::vector<Example> examples() {
  std::vector<Example> found;
  std::string block;
  for (std::string line : readme()) {
    if (line.starts_with("```")) {
      block = block.empty() ? line.substr(3) : "";
    } else if (block == "sh") {
      if (calls_quorate(line)) found.push_back(example_of(line));
    } else if (block == "console" && line.starts_with("$ ")) {
      line.erase(0, 2);
      REQUIRE(calls_quorate(line));
      found.push_back(example_of(line));
    } else if (block == "console") {
      REQUIRE_FALSE(found.empty());
      found.back().quoted.push_back(line);
    }
  }
  return found;
}

// A folder of our own to run in: scenarios/ is there, and what is written doesn't stay.
class Folder {
 public:
  Folder() {
    std::string path = (fs::temp_directory_path() / "quorate_readme_XXXXXX").string();
    REQUIRE(mkdtemp(path.data()) != nullptr);
    path_ = path;
    fs::create_directory_symlink(kRoot / "scenarios", path_ / "scenarios");
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  // Returns the exit code.
  int run(const std::string& arguments, Lines& output) const {
    const std::string command = "cd '" + path_.string() + "' && '" QUORATE_BINARY "' " + arguments +
                                " >output.txt 2>errors.txt";
    const int status = std::system(command.c_str());
    output = lines_of(text_of(path_ / "output.txt"));
    INFO(text_of(path_ / "errors.txt"));
    REQUIRE(WIFEXITED(status));
    return WEXITSTATUS(status);
  }

 private:
  fs::path path_;
};

// The first quoted line that is not in the output where it should be; empty if all are.
std::string missing_line(const Lines& quoted, const Lines& output) {
  std::size_t at = 0;
  bool may_skip = false;
  for (const std::string& line : quoted) {
    if (line == "...") {
      may_skip = true;
      continue;
    }
    while (may_skip && at < output.size() && output[at] != line) ++at;
    if (at == output.size() || output[at] != line) return line;
    ++at;
    may_skip = false;
  }
  return {};
}

std::string after(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t from = text.find(begin);
  REQUIRE(from != std::string::npos);
  return text.substr(from + begin.size(), text.find(end, from) - from - begin.size());
}

}  // namespace

TEST_CASE("readme: its command lines, end as it says and print what it quotes") {
  const Folder folder;
  const std::vector<Example> all = examples();
  CHECK(all.size() >= 10);
  for (const std::string command : {"replay ", "sweep ", "mistakes", "bench", "demo"}) {
    CAPTURE(command);
    bool is_shown = false;
    for (const Example& example : all)
      is_shown = is_shown || example.arguments.starts_with(command);
    CHECK(is_shown);
  }
  for (const Example& example : all) {
    CAPTURE(example.arguments);
    Lines output;
    CHECK(folder.run(example.arguments, output) == example.exit_code);
    CHECK(output.size() > 0);
    CHECK(missing_line(example.quoted, output) == "");
  }
}

TEST_CASE("readme: what it installs, is what CI installs") {
  const std::string text = text_of(kRoot / "README.md");
  const std::string ci = " " + after(text_of(kRoot / ".ci/run"), "packages=(", ")") + " ";
  std::istringstream words(after(text, "--no-install-recommends ", "&&"));
  int count = 0;
  for (std::string package; words >> package;) {
    if (package == "\\") continue;
    CAPTURE(package);
    ++count;
    CHECK((ci.find(" " + package + " ") != std::string::npos ||
           ci.find(" " + package + "\n") != std::string::npos));
  }
  CHECK(count >= 8);
}

TEST_CASE("readme: the files and folders that it names, are there") {
  const std::string text = text_of(kRoot / "README.md");
  for (std::size_t at = text.find("]("); at != std::string::npos; at = text.find("](", at + 1)) {
    const std::string target = text.substr(at + 2, text.find(')', at) - at - 2);
    CAPTURE(target);
    CHECK(fs::exists(kRoot / target));
  }
  int folders = 0;
  for (const std::string& line : readme()) {
    if (!line.starts_with("    ") || line.size() < 40) continue;
    for (const std::size_t column : {std::size_t{4}, line.find("sim/", 40)}) {
      if (column == std::string::npos) continue;
      const std::string name = line.substr(column, line.find(' ', column) - column);
      CAPTURE(line);
      if (line[column] != ' ' && fs::is_directory(kRoot / name)) ++folders;
    }
  }
  CHECK(folders == 16);
  CHECK(readme().size() < 320);  // a hundred of them are the table of mistakes
}

TEST_CASE("readme: its table of mistakes, has a row with seeds and a check for each") {
  std::vector<std::string> told;
  for (const std::string& line : readme()) {
    if (!line.starts_with("| `") || line.find("` | `") != std::string::npos) continue;
    told.push_back(line.substr(3, line.find('`', 3) - 3));
    CAPTURE(line);
    CHECK(line.find(" | `", line.find("` | ") + 4) != std::string::npos);
  }
  std::vector<std::string> known;
  Lines output;
  CHECK(Folder().run("mistakes --json", output) == 0);
  const std::string key = "    \"name\": \"";
  for (const std::string& line : output)
    if (line.starts_with(key))
      known.push_back(line.substr(key.size(), line.find('"', key.size()) - key.size()));
  CHECK(known.size() > 80);
  CHECK(told == known);
}
