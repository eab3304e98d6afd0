#include "platform/win32/process_name.h"

#include <windows.h>

#include "platform/win32/utf16.h"
#include "platform/win32/wide.h"
#include "platform/win32/win32_error.h"

namespace custody::platform {

core::NamedProcess NameProcess(std::uint32_t pid) {
  core::NamedProcess out{pid, {}, '?'};
  const OwnedHandle process = Own(::OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, pid));
  if (!process.is_valid()) return out;
  constexpr DWORD kLongestPath = 32'768;
  std::wstring path(kLongestPath, L'\0');
  DWORD length = kLongestPath;
  if (!::QueryFullProcessImageNameW(RawHandle(process), 0, path.data(), &length)) return out;
  path.resize(length);
  out.name = WtfFromUtf16(FromWide(path.substr(path.find_last_of(L'\\') + 1)));
  return out;
}

}  // namespace custody::platform
