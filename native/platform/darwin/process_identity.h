#pragma once
#include <libproc.h>
#include <sys/types.h>

#include <cstdint>

namespace custody::platform {

/// The kernel's own name for a process: never given away again, kept by exec. The parent's is written down at the fork and
/// stays when launchd adopts an orphan.
///
/// Source : XNU bsd/sys/proc_info_private.h, proc_uniqidentifierinfo: a private header with a fixed layout of 56 bytes, which
///          is asserted there. The kernel answers it for any user's process.
struct ProcessIdentity {
  std::uint8_t executable[16];
  std::uint64_t unique_id;
  std::uint64_t parent_unique_id;
  /// Changes with every exec. With the pid it is what proc_signal_with_audittoken compares.
  std::int32_t version;
  std::int32_t parent_version;
  std::uint64_t reserved[2];
};
static_assert(sizeof(ProcessIdentity) == 56);

/// Becomes the argument of the call. Source : XNU bsd/kern/proc_info.c, proc_pidinfo, `findzomb`.
enum class ZombiesToo : std::uint64_t { kNo = 0, kYes = 1 };

/// Returns: false when there is no such process.
inline bool ReadIdentity(pid_t pid, ProcessIdentity& into, ZombiesToo zombies) {
  constexpr int kUniqueIdentifierInfo = 17;  // PROC_PIDUNIQIDENTIFIERINFO
  const auto argument = static_cast<std::uint64_t>(zombies);
  return ::proc_pidinfo(pid, kUniqueIdentifierInfo, argument, &into, sizeof into) == static_cast<int>(sizeof into);
}

/// Source : macOS <libproc.h>, PROC_PIDT_SHORTBSDINFO: answered for any user's process, unlike PROC_PIDTBSDINFO.
inline bool ReadShortInfo(pid_t pid, proc_bsdshortinfo& into) {
  const auto argument = static_cast<std::uint64_t>(ZombiesToo::kYes);
  return ::proc_pidinfo(pid, PROC_PIDT_SHORTBSDINFO, argument, &into, sizeof into) == static_cast<int>(sizeof into);
}

/// The letter that ps(1) shows for a status.
/// Source : macOS <sys/proc.h>, SIDL to SZOMB.
inline char StateLetter(std::uint32_t status) {
  constexpr char kLetters[] = "?IRSTZ";
  return status < sizeof kLetters - 1 ? kLetters[status] : '?';
}

}  // namespace custody::platform
