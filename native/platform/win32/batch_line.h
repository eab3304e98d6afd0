#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// The line with which a batch file is run. Pure: no OS headers, tested on every system.
namespace custody::platform {

/// What cmd.exe takes; more is cut off without a word. Source: Microsoft support article 830473.
inline constexpr std::size_t kLongestBatchLine = 8'191;

/// A line for cmd.exe that runs `file` with exactly `arguments`, none of which cmd.exe takes for anything but text.
///
/// Nothing when that cannot be had: `%` is expanded even within quotation marks, and a line ends at a line break. Never
/// given to CreateProcessW for the batch file itself, which quotes for a C program and lets cmd.exe read what it likes.
std::optional<std::u16string> MakeBatchLine(std::u16string_view interpreter, std::u16string_view file,
                                            std::span<const std::u16string> arguments);

}  // namespace custody::platform
