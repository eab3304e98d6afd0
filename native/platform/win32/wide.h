#pragma once
#include <windows.h>

#include <string>
#include <string_view>

namespace custody::platform {

/// The same text as the two 16-bit character types.
inline std::wstring ToWide(std::u16string_view text) { return {text.begin(), text.end()}; }
inline std::u16string FromWide(std::wstring_view text) { return {text.begin(), text.end()}; }

/// A path that the system takes beyond 260 characters too, made absolute by the host's current directory.
std::wstring ToLongPath(std::u16string_view path);

/// The absolute form of a path, without a prefix; `path` itself when there is none.
std::u16string ToAbsolutePath(std::u16string_view path);

}  // namespace custody::platform
