#include "platform/linux/host_identity.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "core/clock.h"
#include "core/limits.h"
#include "core/wire.h"
#include "platform/handle.h"
#include "platform/posix/posix_error.h"

namespace custody::platform {

namespace {

std::uint64_t HashOfFurtherGroups() {
  constexpr int kMost = 1024;
  thread_local std::array<gid_t, kMost> groups;
  const int count = ::getgroups(kMost, groups.data());
  // FNV-1a. More groups than that cannot be read, and count as a group of their own.
  std::uint64_t hash = 0xcbf29ce484222325;
  for (int i = 0; i < count; ++i) hash = (hash ^ groups[static_cast<std::size_t>(i)]) * 0x100000001b3;
  return hash ^ static_cast<std::uint64_t>(count);
}

std::uint32_t ReadUmask() {
  std::array<char, 512> text{};
  const OwnedHandle file(RetryOnEintr([] { return ::open("/proc/self/status", O_RDONLY | O_CLOEXEC); }));
  if (!file.is_valid()) return core::wire::kNoUmask;
  const auto fd = static_cast<int>(file.get());
  if (RetryOnEintr([&] { return ::read(fd, text.data(), text.size() - 1); }) <= 0) return core::wire::kNoUmask;
  constexpr char kField[] = "\nUmask:";
  const char* const field = std::strstr(text.data(), kField);
  constexpr int kOctal = 8;
  return field == nullptr ? core::wire::kNoUmask
                          : static_cast<std::uint32_t>(std::strtoul(field + sizeof kField - 1, nullptr, kOctal));
}

}  // namespace

HostIdentity HostIdentity::Current() {
  HostIdentity identity;
  auto& [user, effective_user, saved_user] = identity.users;
  auto& [group, effective_group, saved_group] = identity.groups;
  ::getresuid(&user, &effective_user, &saved_user);
  ::getresgid(&group, &effective_group, &saved_group);
  identity.further_groups = HashOfFurtherGroups();
  return identity;
}

std::uint32_t HostUmask() {
  thread_local core::Instant read_at = -core::kUmaskAge;
  thread_local std::uint32_t umask = core::wire::kNoUmask;
  const core::Instant now = core::MonotonicNow();
  if (now - read_at >= core::kUmaskAge) {
    umask = ReadUmask();
    read_at = now;
  }
  return umask;
}

}  // namespace custody::platform
