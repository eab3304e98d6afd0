#include <libproc.h>
#include <mach/mach_time.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "platform/posix/child_wait.h"
#include "platform/posix/posix_error.h"

namespace custody::platform {

namespace {

/// The kernel counts CPU time in ticks of its clock, which are nanoseconds on Intel only.
/// Source: XNU osfmk/kern/bsd_kern.c, fill_task_rusage.
double ToMillis(std::uint64_t ticks) {
  mach_timebase_info_data_t base{};
  if (::mach_timebase_info(&base) != KERN_SUCCESS || base.denom == 0) return -1;
  constexpr double kNanosPerMilli = 1'000'000.0;
  return static_cast<double>(ticks) * base.numer / base.denom / kNanosPerMilli;
}

}  // namespace

int WaitForChild(pid_t pid, siginfo_t* info, int options, core::Usage* used) {
  if (used != nullptr) {
    rusage_info_v0 usage{};
    // Zombies are answered for too. Source: XNU bsd/kern/proc_info.c, proc_pid_rusage.
    if (::proc_pid_rusage(pid, RUSAGE_INFO_V0, reinterpret_cast<rusage_info_t*>(&usage)) == 0) {
      used->user_ms = ToMillis(usage.ri_user_time);
      used->system_ms = ToMillis(usage.ri_system_time);
    }
  }
  const int answer = RetryOnEintr([&] { return ::waitid(P_PID, static_cast<id_t>(pid), info, options); });
  // A stop was seen to be reported to those who asked for ends only. Source: Go issue 19314.
  const bool is_stop = info->si_code == CLD_STOPPED || info->si_code == CLD_TRAPPED;
  if (answer == 0 && is_stop && (options & WSTOPPED) == 0) *info = {};
  return answer;
}

}  // namespace custody::platform
