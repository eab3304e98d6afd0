#pragma once
#include <span>
#include <string>
#include <string_view>

/// The one string that Windows passes to a new process. Pure: no OS headers, tested on every system.
namespace custody::platform {

inline constexpr char16_t kQuote = u'"';
inline constexpr char16_t kBackslash = u'\\';

/// What CreateProcessW takes, with its final NUL, in UTF-16 units.
inline constexpr std::size_t kLongestCommandLine = 32'767;

/// The line that the usual run times and CommandLineToArgvW take apart into exactly `program` and `arguments`.
///
/// `program` must not hold a quotation mark, which no file name can: the first word has no escapes.
/// Source : Microsoft C run time, "Parsing C command-line arguments".
std::u16string MakeCommandLine(std::u16string_view program, std::span<const std::u16string> arguments);

/// The same for a program that reads its line in another way: `arguments` as they are, each after a blank.
std::u16string MakeVerbatimLine(std::u16string_view program, std::span<const std::u16string> arguments);

}  // namespace custody::platform
