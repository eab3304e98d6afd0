#pragma once
#include <sys/types.h>

#include <array>
#include <cstdint>

namespace custody::platform {

/// Whom this process acts as. What it starts inherits that; what it started before a change keeps the old one, which may
/// have been root.
struct HostIdentity {
  /// Real, effective and saved.
  std::array<uid_t, 3> users{};
  std::array<gid_t, 3> groups{};
  /// A hash of the supplementary groups.
  std::uint64_t further_groups = 0;

  static HostIdentity Current();
  bool operator==(const HostIdentity&) const = default;
};

/// The umask of this process, at most kHostStatusAge old: it can be read without being changed only from a large file of /proc.
/// core::wire::kNoUmask where that does not tell. Source: Linux proc(5), /proc/pid/status, Umask since 4.7.
///
/// Thread : engine threads; each remembers its own.
std::uint32_t HostUmask();

}  // namespace custody::platform
