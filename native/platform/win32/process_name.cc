#include "platform/win32/process_name.h"

#include <windows.h>

#include "platform/win32/utf16.h"
#include "platform/win32/wide.h"
#include "platform/win32/win32_error.h"

namespace custody::platform {

namespace {

/// The path of a process's program; empty when it is gone or may not be looked at.
std::wstring PathOf(std::uint32_t pid) {
  const OwnedHandle process = Own(::OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, pid));
  if (!process.is_valid()) return {};
  constexpr DWORD kLongestPath = 32'768;
  std::wstring path(kLongestPath, L'\0');
  DWORD length = kLongestPath;
  if (!::QueryFullProcessImageNameW(RawHandle(process), 0, path.data(), &length)) return {};
  path.resize(length);
  return path;
}

}  // namespace

core::NamedProcess NameProcess(std::uint32_t pid) {
  const std::wstring path = PathOf(pid);
  return {pid, WtfFromUtf16(FromWide(path.substr(path.find_last_of(L'\\') + 1))), '?'};
}

bool IsConsoleHost(std::uint32_t pid) {
  std::wstring helper(MAX_PATH, L'\0');
  helper.resize(::GetSystemDirectoryW(helper.data(), MAX_PATH));
  helper += L"\\conhost.exe";
  return ::CompareStringOrdinal(PathOf(pid).c_str(), -1, helper.c_str(), -1, TRUE) == CSTR_EQUAL;
}

}  // namespace custody::platform
