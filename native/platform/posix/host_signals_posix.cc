#include <array>
#include <atomic>
#include <csignal>

#include "platform/host_signals.h"

namespace custody::platform {

namespace {

constexpr std::array<int, 3> kSignals{SIGINT, SIGTERM, SIGHUP};

// A signal handler gets no context, so what it notes and what it replaced have to be static.
// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables)
std::atomic<int> g_noted{0};
std::array<struct sigaction, kSignals.size()> g_replaced;
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

void Note(int number) {
  int none = 0;
  g_noted.compare_exchange_strong(none, number);
}

}  // namespace

void TrapHostSignals() {
  g_noted.store(0);
  struct sigaction action {};
  action.sa_handler = Note;
  sigfillset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &action, &g_replaced[i]);
}

int TrappedHostSignal() { return g_noted.load(); }

void ReleaseHostSignals() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &g_replaced[i], nullptr);
  if (const int noted = g_noted.exchange(0); noted != 0) ::raise(noted);
}

}  // namespace custody::platform
