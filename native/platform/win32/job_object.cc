#include "platform/win32/job_object.h"

#include <algorithm>

#include "core/clock.h"
#include "platform/win32/job_message.h"
#include "platform/win32/win32_error.h"

namespace custody::platform {

namespace {

static_assert(kEndOfJobTime == JOB_OBJECT_MSG_END_OF_JOB_TIME);
static_assert(kActiveProcessLimit == JOB_OBJECT_MSG_ACTIVE_PROCESS_LIMIT);
static_assert(kActiveProcessZero == JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO);
static_assert(kNewProcess == JOB_OBJECT_MSG_NEW_PROCESS);
static_assert(kExitProcess == JOB_OBJECT_MSG_EXIT_PROCESS);
static_assert(kAbnormalExitProcess == JOB_OBJECT_MSG_ABNORMAL_EXIT_PROCESS);
static_assert(kProcessMemoryLimit == JOB_OBJECT_MSG_PROCESS_MEMORY_LIMIT);
static_assert(kJobMemoryLimit == JOB_OBJECT_MSG_JOB_MEMORY_LIMIT);

/// The system counts time in steps of 100 ns.
constexpr std::int64_t kStepsPerMilli = 10'000;
constexpr double kUnknown = -1;

/// No breakaway: neither flag that permits it is set. A crash ends the process at once instead of opening a dialog.
constexpr DWORD kAlways = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION;

JOBOBJECT_EXTENDED_LIMIT_INFORMATION ToLimits(const core::ResourceLimits& limits) {
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION out{};
  JOBOBJECT_BASIC_LIMIT_INFORMATION& basic = out.BasicLimitInformation;
  basic.LimitFlags = kAlways;
  if (limits.memory_bytes != core::kNoLimit) {
    basic.LimitFlags |= JOB_OBJECT_LIMIT_JOB_MEMORY;
    out.JobMemoryLimit = static_cast<SIZE_T>(limits.memory_bytes);
  }
  if (limits.processes != core::kNoLimit) {
    basic.LimitFlags |= JOB_OBJECT_LIMIT_ACTIVE_PROCESS;
    basic.ActiveProcessLimit = static_cast<DWORD>(std::min<std::uint64_t>(limits.processes, MAXDWORD));
  }
  if (limits.cpu_ms != core::kNoLimit) {
    basic.LimitFlags |= JOB_OBJECT_LIMIT_JOB_TIME;
    basic.PerJobUserTimeLimit.QuadPart = static_cast<std::int64_t>(limits.cpu_ms) * kStepsPerMilli;
  }
  return out;
}

double KnownMillis(const LARGE_INTEGER& steps) {
  return steps.QuadPart > 0 ? static_cast<double>(steps.QuadPart) / static_cast<double>(kStepsPerMilli) : kUnknown;
}

/// Whether none of a process's code runs any more. One that may not be looked at has not ended.
bool HasEnded(std::uint32_t pid) {
  const OwnedHandle process = Own(::OpenProcess(SYNCHRONIZE, FALSE, pid));
  if (!process.is_valid()) return ::GetLastError() == ERROR_INVALID_PARAMETER;
  return ::WaitForSingleObject(RawHandle(process), 0) == WAIT_OBJECT_0;
}

template <typename Information>
bool Query(HANDLE job, JOBOBJECTINFOCLASS kind, Information& out) {
  return ::QueryInformationJobObject(job, kind, &out, sizeof out, nullptr) != 0;
}

}  // namespace

core::Result<JobObject> JobObject::Create(const core::ResourceLimits& limits) {
  OwnedHandle handle = Own(::CreateJobObjectW(nullptr, nullptr));
  if (!handle.is_valid()) return LastError("job");
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION wanted = ToLimits(limits);
  if (!::SetInformationJobObject(RawHandle(handle), JobObjectExtendedLimitInformation, &wanted, sizeof wanted)) {
    return LastError("job");
  }
  if (limits.cpu_ms != core::kNoLimit) {
    // A message instead of the system's own end, which would look like any other end of the leader. Refused, the limit holds
    // all the same.
    JOBOBJECT_END_OF_JOB_TIME_INFORMATION at_end{JOB_OBJECT_POST_AT_END_OF_JOB};
    (void)::SetInformationJobObject(RawHandle(handle), JobObjectEndOfJobTimeInformation, &at_end, sizeof at_end);
  }
  return JobObject(std::move(handle));
}

HANDLE JobObject::raw() const { return RawHandle(handle_); }

void JobObject::Terminate() const { ::TerminateJobObject(raw(), kTerminatedCode); }

void JobObject::LetMembersGo() const {
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
  if (!Query(raw(), JobObjectExtendedLimitInformation, limits)) return;
  limits.BasicLimitInformation.LimitFlags &= ~DWORD{JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE};
  ::SetInformationJobObject(raw(), JobObjectExtendedLimitInformation, &limits, sizeof limits);
}

std::optional<std::uint32_t> JobObject::CountActive() const {
  JOBOBJECT_BASIC_ACCOUNTING_INFORMATION counts{};
  if (!Query(raw(), JobObjectBasicAccountingInformation, counts)) return std::nullopt;
  return counts.ActiveProcesses;
}

std::vector<std::uint32_t> JobObject::Members() const {
  std::vector<std::uint32_t> pids = List().value_or(std::vector<std::uint32_t>{});
  std::erase_if(pids, HasEnded);
  return pids;
}

bool JobObject::HaveAllEnded() const {
  const std::optional<std::uint32_t> before = CountEver();
  const std::optional<std::vector<std::uint32_t>> pids = List();
  // Whoever joins meanwhile is not on the list, and is counted.
  return before.has_value() && pids.has_value() && std::ranges::all_of(*pids, HasEnded) && CountEver() == before;
}

std::optional<std::uint32_t> JobObject::CountEver() const {
  JOBOBJECT_BASIC_ACCOUNTING_INFORMATION counts{};
  if (!Query(raw(), JobObjectBasicAccountingInformation, counts)) return std::nullopt;
  return counts.TotalProcesses;
}

std::optional<std::vector<std::uint32_t>> JobObject::List() const {
  constexpr std::size_t kFirstGuess = 64;
  // The list holds as many as there is room for, and says how many there are. It may grow between two looks.
  for (std::size_t room = kFirstGuess;; room *= 2) {
    const std::size_t bytes = sizeof(JOBOBJECT_BASIC_PROCESS_ID_LIST) + room * sizeof(ULONG_PTR);
    std::vector<ULONG_PTR> storage(bytes / sizeof(ULONG_PTR) + 1);
    auto* const list = reinterpret_cast<JOBOBJECT_BASIC_PROCESS_ID_LIST*>(storage.data());
    const bool fits =
        ::QueryInformationJobObject(raw(), JobObjectBasicProcessIdList, list, static_cast<DWORD>(bytes), nullptr) != 0;
    if (!fits && ::GetLastError() == ERROR_MORE_DATA) continue;
    if (!fits) return std::nullopt;
    std::vector<std::uint32_t> out;
    const ULONG_PTR* const pids = list->ProcessIdList;
    for (DWORD i = 0; i < list->NumberOfProcessIdsInList; ++i) out.push_back(static_cast<std::uint32_t>(pids[i]));
    return out;
  }
}

core::Usage JobObject::ReadUsage() const {
  core::Usage usage;
  usage.whole_tree = true;
  JOBOBJECT_BASIC_ACCOUNTING_INFORMATION counts{};
  if (Query(raw(), JobObjectBasicAccountingInformation, counts)) {
    usage.user_ms = KnownMillis(counts.TotalUserTime);
    usage.system_ms = KnownMillis(counts.TotalKernelTime);
    if (counts.TotalProcesses > 0) usage.processes = counts.TotalProcesses;
    // Of two times one may well be zero: a short command spends all of its time on one side.
    if (usage.user_ms > 0 && usage.system_ms < 0) usage.system_ms = 0;
    if (usage.system_ms > 0 && usage.user_ms < 0) usage.user_ms = 0;
  }
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION peaks{};
  if (Query(raw(), JobObjectExtendedLimitInformation, peaks) && peaks.PeakJobMemoryUsed > 0) {
    usage.peak_rss_bytes = static_cast<double>(peaks.PeakJobMemoryUsed);
  }
  return usage;
}

core::LimitBreach JobObject::Describe(core::ResourceLimit limit, const core::ResourceLimits& limits) const {
  const core::Usage usage = ReadUsage();
  const auto at_least = [](double used, std::uint64_t allowed) {
    return core::LimitBreach{{}, std::max(allowed, used > 0 ? static_cast<std::uint64_t>(used) : 0), allowed};
  };
  core::LimitBreach breach;
  if (limit == core::ResourceLimit::kMemoryBytes) breach = at_least(usage.peak_rss_bytes, limits.memory_bytes);
  if (limit == core::ResourceLimit::kCpuTimeMs) breach = at_least(usage.user_ms, limits.cpu_ms);
  // The system refused the one that would have been too many.
  if (limit == core::ResourceLimit::kMaxProcesses) breach = {limit, limits.processes + 1, limits.processes};
  breach.limit = limit;
  return breach;
}

core::LimitSet LimitsOfJob() {
  core::ResourceLimits held;
  held.memory_bytes = held.processes = held.cpu_ms = 0;
  return core::LimitSet::Of(held);
}

}  // namespace custody::platform
