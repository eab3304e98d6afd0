#include "platform/win32/wide.h"

namespace custody::platform {

namespace {

/// From this length on the system refuses a path without the prefix. Directories have room for an 8.3 name less.
constexpr std::size_t kShortPath = MAX_PATH - 12;

}  // namespace

std::u16string ToAbsolutePath(std::u16string_view path) {
  const std::wstring wide = ToWide(path);
  std::wstring out(MAX_PATH, L'\0');
  DWORD length = ::GetFullPathNameW(wide.c_str(), static_cast<DWORD>(out.size()), out.data(), nullptr);
  if (length >= out.size()) {
    out.resize(length);
    length = ::GetFullPathNameW(wide.c_str(), static_cast<DWORD>(out.size()), out.data(), nullptr);
  }
  if (length == 0 || length >= out.size()) return std::u16string(path);
  return FromWide(std::wstring_view(out).substr(0, length));
}

std::wstring ToLongPath(std::u16string_view path) {
  if (path.size() < kShortPath || path.starts_with(u"\\\\?\\") || path.starts_with(u"\\\\.\\")) return ToWide(path);
  const std::wstring full = ToWide(ToAbsolutePath(path));
  return full.starts_with(L"\\\\") ? L"\\\\?\\UNC" + full.substr(1) : L"\\\\?\\" + full;
}

}  // namespace custody::platform
