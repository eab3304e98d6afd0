#pragma once
#include <array>
#include <csignal>
#include <cstdint>

namespace custody::guardian {

inline constexpr std::array kJobSignals{SIGHUP,  SIGINT,  SIGQUIT, SIGTERM, SIGPIPE, SIGALRM, SIGUSR1,
                                        SIGUSR2, SIGCHLD, SIGTSTP, SIGTTIN, SIGTTOU, SIGWINCH};

/// The same, signal n at bit n - 1. All others have their default disposition: the host started us that way.
constexpr std::uint64_t JobSignalBits() {
  std::uint64_t bits = 0;
  for (const int number : kJobSignals) bits |= std::uint64_t{1} << (number - 1);
  return bits;
}

/// Makes this process deaf to what ends or stops a job: everything is blocked, and what is aimed at processes has a handler
/// that does nothing. Never SIG_IGN, which a command would inherit through its exec; handlers go back to the default there.
inline void IgnoreJobSignals() {
  struct sigaction deaf {};
  deaf.sa_handler = [](int) {};
  for (const int number : kJobSignals) ::sigaction(number, &deaf, nullptr);
  sigset_t all;
  sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
}

/// The mask to wait with: SIGCHLD is open there and nowhere else, so none is missed and none interrupts anything.
inline sigset_t WaitingMask() {
  sigset_t mask;
  sigfillset(&mask);
  sigdelset(&mask, SIGCHLD);
  return mask;
}

}  // namespace custody::guardian
