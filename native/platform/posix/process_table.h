#pragma once
#include <sys/types.h>

#include <string>
#include <vector>

#include "core/receipt.h"

namespace custody::platform {

/// One process as the system's table shows it at the moment of the look.
struct ProcessEntry {
  pid_t pid = 0;
  pid_t group = 0;
  char state = '?';
  /// Linux: start time in the kernel's own unit. macOS: the kernel's unique id. With the pid it names a process uniquely.
  unsigned long long start_time = 0;
  std::string name;

  /// False for a zombie: it runs nothing, holds nothing, and waits only to be reaped.
  bool is_alive() const { return state != 'Z' && state != 'X'; }
};

/// What one look at a process group found.
struct GroupMembers {
  /// False when the table cannot be read; then nothing else is meaningful.
  bool readable = false;
  /// A process whose pid is the group's number exists.
  bool leader_exists = false;
  /// Living members other than the leader.
  std::vector<ProcessEntry> living;
};

/// On Linux this reads the whole process table: some microseconds per process of the machine, so only for what is not the
/// usual case.
GroupMembers FindGroupMembers(pid_t group);

/// One process, or an entry with pid 0 when it is gone.
ProcessEntry ReadProcess(pid_t pid);

/// Processes other than this one that have the pipe open whose reading end is our descriptor `reading_end`.
std::vector<core::NamedProcess> ProcessesHoldingPipe(int reading_end);

}  // namespace custody::platform
