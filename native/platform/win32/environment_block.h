#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The environment of a new process as Windows takes it. Pure: no OS headers, tested on every system.
namespace custody::platform {

/// The upper-case form that Windows compares a name by.
using FoldUnit = char16_t (*)(char16_t unit);

struct EnvironmentEntry {
  /// As folded; entries are unique by it and sorted by it.
  std::u16string key;
  /// "NAME=value", as it was written.
  std::u16string text;
};

/// Entries of `base` whose name is in `set` or `unset` are left out, whatever their case; of several with one name in `set`
/// the last wins, in `base` the first. `required` are added where nothing has their name.
///
/// Returns: nothing when a block is not UTF-8 (`base` and `required` may hold WTF-8, see utf16.h).
std::optional<std::vector<EnvironmentEntry>> ComposeWindowsEnvironment(std::string_view base, std::string_view set,
                                                                       std::string_view unset,
                                                                       std::string_view required, FoldUnit fold);

/// The value of `name`, which must be in upper case; empty when it is not set.
std::u16string_view FindValue(const std::vector<EnvironmentEntry>& entries, std::u16string_view name);

/// "NAME=value" strings, each ended by NUL, and one more NUL.
std::u16string MakeEnvironmentBlock(const std::vector<EnvironmentEntry>& entries);

}  // namespace custody::platform
