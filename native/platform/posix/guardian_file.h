#pragma once
#include <string>

namespace custody::platform {

/// The guardian's program: what CUSTODY_GUARDIAN_FILE names, else `custody-guardian` beside this addon.
///
/// Thread : JavaScript's; it reads the environment.
std::string GuardianFile();

}  // namespace custody::platform
