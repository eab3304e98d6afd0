#include "platform/win32/soft_stop.h"

#include <windows.h>

#include <algorithm>

namespace custody::platform {

namespace {

/// What is needed of user32, which most hosts have loaded and none should load for our sake at start.
struct WindowCalls {
  decltype(&::EnumWindows) enumerate = nullptr;
  decltype(&::GetWindowThreadProcessId) process_of = nullptr;
  decltype(&::IsWindowVisible) is_visible = nullptr;
  decltype(&::PostMessageW) post = nullptr;
};

template <typename Function>
void Find(HMODULE library, const char* name, Function& out) {
  out = reinterpret_cast<Function>(reinterpret_cast<void*>(::GetProcAddress(library, name)));
}

WindowCalls LoadWindowCalls() {
  WindowCalls calls;
  const HMODULE library = ::LoadLibraryExW(L"user32.dll", nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32);
  if (library == nullptr) return calls;
  Find(library, "EnumWindows", calls.enumerate);
  Find(library, "GetWindowThreadProcessId", calls.process_of);
  Find(library, "IsWindowVisible", calls.is_visible);
  Find(library, "PostMessageW", calls.post);
  return calls;
}

struct Search {
  const WindowCalls& calls;
  std::span<const std::uint32_t> pids;
  bool asked_any = false;
};

BOOL CALLBACK AskToClose(HWND window, LPARAM context) {
  auto& search = *reinterpret_cast<Search*>(context);
  DWORD pid = 0;
  search.calls.process_of(window, &pid);
  const bool is_ours = std::ranges::find(search.pids, pid) != search.pids.end();
  if (is_ours && search.calls.is_visible(window) && search.calls.post(window, WM_CLOSE, 0, 0)) search.asked_any = true;
  return TRUE;
}

}  // namespace

bool SendConsoleBreak(std::uint32_t leader) { return ::GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, leader) != 0; }

bool CloseWindowsOf(std::span<const std::uint32_t> pids) {
  static const WindowCalls calls = LoadWindowCalls();
  if (calls.enumerate == nullptr || calls.post == nullptr) return false;
  if (calls.process_of == nullptr || calls.is_visible == nullptr) return false;
  Search search{calls, pids};
  calls.enumerate(AskToClose, reinterpret_cast<LPARAM>(&search));
  return search.asked_any;
}

}  // namespace custody::platform
