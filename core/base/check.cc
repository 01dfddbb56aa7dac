#include "core/base/check.h"

#include <string>

namespace quorate {

void invariant_broken(const char* file, int line, const char* condition, const char* sentence) {
  throw InvariantBroken(std::string(sentence) + " [" + condition + ", " + file + ":" +
                        std::to_string(line) + "]");
}

}  // namespace quorate
