// Who must not be interrupted just now? The thread that holds this: while it lives, it takes no
// signal.
//
// A thread that is made meanwhile inherits that for good: so signals are left to the others, whose
// handlers and waits are made for them.
#pragma once

#include <csignal>

namespace quorate {

class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace quorate
