#pragma once
#include <sys/types.h>

#include <memory>

#include "platform/handle.h"
#include "platform/pipe.h"

namespace custody::platform {

/// The host's controlling terminal, lent to a leader that inherits it and taken back afterwards.
///
/// While it is lent the leader's group is the terminal's foreground group, so a prompt can read, an editor can set the
/// terminal up, and Ctrl+C and Ctrl+Z reach the leader directly. A host in the background has nothing to lend until its
/// shell brings it to the foreground.
///
/// Thread : engine thread only: SIGTTOU, which a background process earns for such calls, is blocked there.
/// Source : POSIX tcsetpgrp(3), General Terminal Interface 11.1.4.
class TerminalLoan {
 public:
  TerminalLoan();
  ~TerminalLoan();
  TerminalLoan(const TerminalLoan&) = delete;
  TerminalLoan& operator=(const TerminalLoan&) = delete;

  /// Looks for the terminal among the child's streams and, if the host's group has it now, promises it to the leader.
  /// Not standard input alone: pagers, sudo and ssh read data from a pipe and talk to the person all the same.
  void Find(const ChildStdio& stdio);
  /// The child of a spawn that was promised the terminal takes it by itself, before its exec: its descriptor, else -1.
  int promised() const { return lent_ ? static_cast<int>(terminal_.get()) : -1; }
  /// Gives the terminal to `group` if the host's group has it. Returns whether the group has it now.
  bool LendTo(pid_t group);
  /// `restore_settings`: the leader died of a signal and may have left the terminal in any mode.
  void TakeBack(bool restore_settings);

  bool has_terminal() const { return terminal_.is_valid(); }

 private:
  struct Settings;
  void SaveSettings();

  OwnedHandle terminal_;
  bool lent_ = false;
  pid_t host_group_ = -1;
  std::unique_ptr<Settings> settings_;
};

}  // namespace custody::platform
