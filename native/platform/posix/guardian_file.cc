#include "platform/posix/guardian_file.h"

#include <dlfcn.h>

#include <cstdlib>

namespace custody::platform {

namespace {

constexpr const char* kName = "custody-guardian";
constexpr const char* kVariable = "CUSTODY_GUARDIAN_FILE";

}  // namespace

std::string GuardianFile() {
  if (const char* const named = std::getenv(kVariable); named != nullptr && *named != '\0') return named;
  Dl_info info{};
  if (::dladdr(reinterpret_cast<const void*>(&GuardianFile), &info) == 0 || info.dli_fname == nullptr) return kName;
  const std::string addon(info.dli_fname);
  return addon.substr(0, addon.rfind('/') + 1) + kName;
}

}  // namespace custody::platform
