#include "platform/posix/terminal_loan.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

namespace custody::platform {

struct TerminalLoan::Settings {
  termios value{};
};

TerminalLoan::TerminalLoan() = default;
TerminalLoan::~TerminalLoan() = default;

void TerminalLoan::Find(const ChildStdio& stdio) {
  for (const OwnedHandle& handle : stdio.handles) {
    const int stream = static_cast<int>(handle.get());
    const pid_t foreground = ::tcgetpgrp(stream);  // fails unless it is the host's controlling terminal
    if (foreground == -1) continue;
    terminal_ = OwnedHandle(::fcntl(stream, F_DUPFD_CLOEXEC, 3));
    host_group_ = ::getpgrp();
    lent_ = terminal_.is_valid() && foreground == host_group_;
    if (lent_) SaveSettings();
    return;
  }
}

void TerminalLoan::SaveSettings() {
  if (settings_) return;
  settings_ = std::make_unique<Settings>();
  if (::tcgetattr(static_cast<int>(terminal_.get()), &settings_->value) == -1) settings_.reset();
}

bool TerminalLoan::LendTo(pid_t group) {
  if (lent_ || !terminal_.is_valid()) return lent_;
  const int terminal = static_cast<int>(terminal_.get());
  // In the background (`bg`, `&`) the terminal is the shell's, and nothing but this check keeps us from taking it.
  if (::tcgetpgrp(terminal) != host_group_) return false;
  SaveSettings();
  lent_ = ::tcsetpgrp(terminal, group) == 0;
  return lent_;
}

void TerminalLoan::TakeBack(bool restore_settings) {
  if (!lent_) return;
  lent_ = false;
  const int terminal = static_cast<int>(terminal_.get());
  if (::tcgetpgrp(terminal) != host_group_) ::tcsetpgrp(terminal, host_group_);
  if (restore_settings && settings_) ::tcsetattr(terminal, TCSADRAIN, &settings_->value);
}

}  // namespace custody::platform
