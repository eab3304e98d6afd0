#pragma once
#include <sys/types.h>

#include <memory>
#include <vector>

#include "guardian/darwin/process_list.h"
#include "guardian/darwin/watched_run.h"

namespace custody::guardian {

/// The guardian of macOS: outlives the host by milliseconds and ends who is left of its runs. Starts nothing itself.
class SweepGuardian {
 public:
  SweepGuardian(pid_t host, int control) : host_(host), control_(control) {}

  /// Serves until the host let go or is gone, and nobody it was to end is left. Returns the exit code.
  int Serve();

 private:
  bool WatchHost();
  void Wait();
  void TakeRuns();
  void LoseHost();
  void LookAround(core::Instant now);
  core::Instant NextLook() const;

  pid_t host_;
  int control_;
  int kqueue_ = -1;
  bool is_ending_ = false;
  /// A member forked or ended, or a run asks: the table is to be looked at.
  bool has_news_ = false;
  bool is_blind_ = false;
  core::Instant looked_at_ = 0;
  core::Instant rest_until_ = 0;
  ProcessList table_;
  std::vector<std::unique_ptr<WatchedRun>> runs_;
};

}  // namespace custody::guardian
