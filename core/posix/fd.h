// Who closes this descriptor? Its one owner, exactly once.
#pragma once

#include <unistd.h>

#include <utility>

namespace quorate {

class Fd {
 public:
  Fd() = default;
  // Takes it over; -1 is none.
  explicit Fd(int number) : number_(number) {}
  Fd(Fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) {
      close();
      number_ = std::exchange(other.number_, -1);
    }
    return *this;
  }
  ~Fd() { close(); }

  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

  void close() {
    // Never again after EINTR: on Linux the number is free by then, and may be somebody else's.
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }

 private:
  int number_ = -1;
};

}  // namespace quorate
