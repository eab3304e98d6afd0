#pragma once
#include <sys/types.h>

#include <cstddef>
#include <cstdint>

#include "guardian/growable_array.h"

namespace custody::guardian {

/// What /proc/PID/stat says. The name is cut to what a wire record holds, and ended by NUL.
struct ProcessStat {
  pid_t pid = 0;
  pid_t parent = 0;
  pid_t group = 0;
  char state = '?';
  /// Threads that have not ended. A main thread that ended first shows as a zombie while others go on.
  std::uint32_t threads = 0;
  /// In the kernel's own unit; with the pid it names a process uniquely.
  unsigned long long start_time = 0;
  /// User and system time in clock ticks, with that of the children it has collected.
  unsigned long long cpu_ticks = 0;
  unsigned long long resident_pages = 0;
  char name[18] = {};

  bool is_dead() const { return (state == 'Z' && threads <= 1) || state == 'X'; }
  bool is_stopped() const { return state == 'T' || state == 't'; }
};

/// Whether errno says that a file of /proc went with its process. Whatever else keeps it from being read, a shortage of
/// descriptors above all, says nothing about the process.
bool IsGoneByErrno();

/// Returns: false when there is no such process (any more), or when it cannot be looked at: `IsGoneByErrno` tells.
bool ReadStat(pid_t pid, ProcessStat& into);

/// Adds the children of every thread of a process. `pid` 0 means this process, also where /proc shows another pid
/// namespace; the numbers are those of /proc.
///
/// The kernel's list may miss a child while others of the same parent end, so callers look again until nothing is new.
/// Returns: false when the list cannot be read whole; errno says why. Source: Linux proc(5), /proc/pid/task/tid/children (CONFIG_PROC_CHILDREN).
bool AddChildren(pid_t pid, GrowableArray<pid_t>& into);

/// Reads a small file whole, ended by NUL. Returns: bytes read, or -1.
long ReadSmallFile(const char* path, char* into, std::size_t capacity);
/// The same within a folder.
long ReadSmallFileAt(int folder, const char* path, char* into, std::size_t capacity);
/// Writes `text` to a file that exists. Returns: 0 or errno.
int WriteSmallFile(int folder, const char* path, const char* text);

/// A path of at most 63 bytes: "/proc/", a number, a suffix.
class ProcPath {
 public:
  ProcPath(pid_t pid, const char* suffix);
  ProcPath(pid_t pid, const char* middle, pid_t thread, const char* suffix);
  const char* text() const { return text_; }

 private:
  void Append(const char* text);
  void Append(pid_t number);

  char text_[64];
  std::size_t length_ = 0;
};

}  // namespace custody::guardian
