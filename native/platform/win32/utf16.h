#pragma once
#include <optional>
#include <string>
#include <string_view>

/// UTF-16 as Windows takes it, from and to the UTF-8 of the rest of the core. Pure: no OS headers, tested on every system.
namespace custody::platform {

/// Nothing for text that is not well-formed UTF-8; an encoded surrogate is not.
std::optional<std::u16string> Utf16FromUtf8(std::string_view text);

/// Like Utf16FromUtf8, but takes back what WtfFromUtf16 made of an unpaired surrogate.
std::optional<std::u16string> Utf16FromWtf8(std::string_view text);

/// An unpaired surrogate, which the host's environment may hold, becomes three bytes of its own (WTF-8): nothing is lost.
std::string WtfFromUtf16(std::u16string_view text);

}  // namespace custody::platform
