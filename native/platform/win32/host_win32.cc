#include <windows.h>

#include "platform/host.h"
#include "platform/win32/utf16.h"

namespace custody::platform {

namespace {

/// In the order of core::ResourceLimit.
constexpr core::LimitSupports kJobLimits{{
    {core::LimitReach::kTree, "the job's limit on committed memory"},
    {core::LimitReach::kTree, "the job's limit on time in user mode"},
    {core::LimitReach::kTree, "the job's limit on active processes"},
    {},
    {},
}};

/// A host that is in a job itself can only nest another since Windows 8.
bool HostIsInJob() {
  BOOL is_member = FALSE;
  return ::IsProcessInJob(::GetCurrentProcess(), nullptr, &is_member) && is_member;
}

}  // namespace

core::Capabilities QueryCapabilities() {
  core::Capabilities out;
  out.containment = {{
      {"tree", true, "Job Object, ended with its last handle; untested on real hardware", true, "nothing", kJobLimits},
      {"strict", true, "Job Object, as for tree: nothing leaves it", true, "nothing", kJobLimits},
      {"group", true, "Job Object, as for tree: there is nothing weaker here", true, "nothing", kJobLimits},
      {"none", true, "detached: no console, ended by nobody", false, "all"},
  }};
  out.default_containment = "tree";
  out.cleanup = "confirmed";
  out.features = {
      {"jobObject", true},
      {"hostInJob", HostIsInJob()},
      {"console", ::GetConsoleCP() != 0},
      // Everything here was compiled elsewhere, and has been run under Wine only.
      {"testedOnHardware", false},
  };
  return out;
}

std::string CopyHostEnvironment() {
  std::string block;
  wchar_t* const variables = ::GetEnvironmentStringsW();
  if (variables == nullptr) return block;
  for (const wchar_t* entry = variables; *entry != L'\0';) {
    const std::wstring_view text(entry);
    block += WtfFromUtf16(std::u16string(text.begin(), text.end()));
    block += '\0';
    entry += text.size() + 1;
  }
  ::FreeEnvironmentStringsW(variables);
  return block;
}

}  // namespace custody::platform
