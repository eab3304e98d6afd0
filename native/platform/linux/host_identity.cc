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
#include "platform/posix/process_calls.h"

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

/// What only /proc/self/status tells of this process.
struct HostStatus {
  std::uint32_t umask = core::wire::kNoUmask;
  std::uint64_t changed_signals = ~std::uint64_t{0};
};

/// The number behind a field's name; `otherwise` without such a field.
std::uint64_t NumberOf(const char* text, const char* name, int base, std::uint64_t otherwise) {
  const char* const field = std::strstr(text, name);
  return field == nullptr ? otherwise : std::strtoull(field + std::strlen(name), nullptr, base);
}

HostStatus ReadHostStatus() {
  constexpr std::size_t kUsualLength = 4096;
  std::array<char, kUsualLength> text{};
  const OwnedHandle file(RetryOnEintr([] { return ::open("/proc/self/status", O_RDONLY | O_CLOEXEC); }));
  if (!file.is_valid()) return {};
  const auto fd = static_cast<int>(file.get());
  if (RetryOnEintr([&] { return ::read(fd, text.data(), text.size() - 1); }) <= 0) return {};
  constexpr int kOctal = 8;
  constexpr int kHexadecimal = 16;
  HostStatus status;
  const std::uint64_t ignored = NumberOf(text.data(), "\nSigIgn:", kHexadecimal, status.changed_signals);
  const std::uint64_t caught = NumberOf(text.data(), "\nSigCgt:", kHexadecimal, status.changed_signals);
  status.umask = static_cast<std::uint32_t>(NumberOf(text.data(), "\nUmask:", kOctal, status.umask));
  status.changed_signals = ignored | caught;
  return status;
}

/// Reading it takes tens of microseconds, so it is read anew only now and then.
const HostStatus& RecentHostStatus() {
  thread_local core::Instant read_at = -core::kHostStatusAge;
  thread_local HostStatus status;
  const core::Instant now = core::MonotonicNow();
  if (now - read_at >= core::kHostStatusAge) {
    status = ReadHostStatus();
    read_at = now;
  }
  return status;
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

std::uint32_t HostUmask() { return RecentHostStatus().umask; }

std::uint64_t ChangedSignals() { return RecentHostStatus().changed_signals; }

}  // namespace custody::platform
