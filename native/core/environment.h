#pragma once
#include <string_view>
#include <vector>

namespace custody::core {

/// The child's environment as a null-terminated array of C strings.
///
/// Entries of `base` whose name is in `set` or `unset` are left out; of several `set` entries with one name the last wins.
/// Owns   : nothing; the blocks must outlive the result.
std::vector<const char*> ComposeEnvironment(std::string_view base, std::string_view set, std::string_view unset);

/// The value of `name` in a composed environment, or nullptr.
const char* FindVariable(const std::vector<const char*>& environment, std::string_view name);

}  // namespace custody::core
