#include <windows.h>

#include <atomic>

#include "platform/host_signals.h"

namespace custody::platform {

namespace {

/// What the system's own handler ends a process with at Ctrl+C. Source: ntstatus.h, STATUS_CONTROL_C_EXIT.
constexpr UINT kControlCExit = 0xC000013A;
constexpr int kNothing = 0;

// A console handler gets no context.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
std::atomic<int> g_noted{kNothing};

/// Source : Win32 HandlerRoutine. It runs on a thread of its own; TRUE: no other handler is asked.
BOOL WINAPI Note(DWORD event) {
  int nothing = kNothing;
  g_noted.compare_exchange_strong(nothing, static_cast<int>(event) + 1);
  return TRUE;
}

}  // namespace

void TrapHostSignals() {
  g_noted.store(kNothing);
  ::SetConsoleCtrlHandler(Note, TRUE);
}

int TrappedHostSignal() { return g_noted.load(); }

void ReleaseHostSignals() {
  ::SetConsoleCtrlHandler(Note, FALSE);
  // A console event cannot be raised for one process; this is what the system would have done with it.
  if (g_noted.exchange(kNothing) != kNothing) ::ExitProcess(kControlCExit);
}

}  // namespace custody::platform
