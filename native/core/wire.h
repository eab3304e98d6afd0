#pragma once
#include <cstddef>
#include <cstdint>

#include "core/limits.h"
#include "core/resource_limits.h"

/// Messages between the engine, the guardian and its shims: one datagram each (SOCK_SEQPACKET), fixed layout in the
/// machine's own byte order, since both ends are built together and live on one machine.
///
/// There is one socket pair per shim and one for the guardian. The host makes every pair and gives the other end away, so it
/// may send before anybody has read: nothing waits for a hello. A reader drops the connection when a length or a version is
/// not the one it expects.
///
///   host --kOpenShim {fd: the shim's end}--> guardian          the guardian forks the shim and keeps a copy of its end,
///   host --kLaunch {fds}--> shim --kStarted, kExited, ...->     so that it can answer for a shim that was killed
///
/// End of file at the shim means: the host let go, or is gone. The shim then kills its tree and ends. `kKeep` with
/// `kLetGo` is the one exception. The guardian and all shims also watch a pidfd of the host.
///
/// Commands in a mere group have no shim: the guardian finds them in a table (wire_groups.h).
namespace custody::core::wire {

inline constexpr std::uint16_t kVersion = 3;
/// Larger texts travel in a memfd: the kernel's default buffer of a socket is about 200 KiB.
inline constexpr std::size_t kMaxDatagram = std::size_t{32} << 10;
inline constexpr std::size_t kMaxDescriptors = 5;

/// Descriptors that the guardian starts with, beside 0-2 on the null device.
inline constexpr int kGuardianSocket = 3;
/// A pidfd of the host, or closed where the kernel has none.
inline constexpr int kGuardianHostPidfd = 4;

enum class MessageType : std::uint16_t {
  // Host to guardian.
  kOpenShim = 1,  ///< OpenShim; descriptor: the shim's end of its socket pair
  kGuardGroups,   ///< Command; descriptor: the host's table of groups (wire_groups.h), at most once
  // Host to shim.
  kLaunch = 16,  ///< Launch, then the text unless it comes by memfd; descriptors see LaunchFlag
  kSignal,       ///< Signal: to the leader's group while the leader lives, then to every member
  kKill,         ///< Command: freeze, kill and reap the whole tree; goes on until kEmpty, whatever else comes
  kProbe,        ///< Command: answer kEmpty or kOccupied now, and kEmpty later when an occupied tree becomes empty
  kContinue,     ///< Command: SIGCONT to the leader's group
  kKeep,         ///< Keep
  // Shim to host.
  kStarted = 32,  ///< Started: sent once the leader has lived for kStartedWait; kExited says it as well
  kNotStarted,    ///< NotStarted: there is no leader, the shim is free again
  kSuspended,     ///< Suspended: the leader was stopped
  kExited,        ///< Exited, then `process_count` records. With `empty` set the run is over and the shim is free again
  kEmpty,         ///< Tree, then records of those that were ended after the leader was gone; the shim is free again
  kOccupied,  ///< Tree, then records of living members: answers kProbe, and tells every kSurvivorPeriod what resists a kill
  kLimitBreached,  ///< LimitBreached: comes before kExited where both are due; what still lives is being killed already
  // Guardian to host, on the socket of a shim that cannot answer any more.
  kShimFailed = 48,  ///< ShimFailed: the shim could not be made; nothing was started
  kShimLost,         ///< Tree: the shim died; `empty` says whether what it held is confirmed gone. Repeated until it is
};

/// How long a leader must live before kStarted is sent by itself: a shorter command costs one message less.
inline constexpr Nanos kStartedWait = 4 * kNanosPerMilli;
/// How often a kill that meets resistance tells what resists.
inline constexpr Nanos kSurvivorPeriod = 50 * kNanosPerMilli;

struct Header {
  std::uint16_t type;
  std::uint16_t version;
  /// Of the whole datagram, header included.
  std::uint32_t length;
  /// Counts the runs of one shim; an answer carries the number of the run it is about. 0 outside a run.
  std::uint32_t run;
  std::uint32_t reserved;
};

enum class ShimKind : std::uint32_t {
  kTree,       ///< subreaper
  kNamespace,  ///< first process of a user and pid namespace; serves one run
};

struct OpenShim {
  Header header;
  ShimKind kind;
  /// 1: put every run into a cgroup2 leaf where the probe passes.
  std::uint32_t use_cgroup;
};

inline constexpr std::uint32_t kNoUmask = ~std::uint32_t{0};
inline constexpr std::uint32_t kNoAccount = ~std::uint32_t{0};

enum LaunchFlag : std::uint32_t {
  /// A fourth descriptor is the terminal; the leader's group takes it before the exec.
  kTakesTerminal = 1,
  /// The last descriptor is a memfd that holds the text; the datagram ends after the fixed part.
  kTextInMemfd = 2,
  /// A leader that was stopped is told of by kSuspended. Apart from kTakesTerminal: a host in the background has a terminal
  /// and nothing to give.
  kTellsStops = 4,
  /// Somebody feeds or watches the streams from the start, which begins with kStarted: kStartedWait is not waited for.
  kTellsStartAtOnce = 8,
};

using core::kNoLimit;
using Limits = core::ResourceLimits;

/// Descriptors: standard input, output, error, then what the flags say. The text is a sequence of NUL-ended strings: the path
/// to execute, the directory (empty: the host's), `argument_count` arguments, `environment_count` "NAME=value" entries.
struct Launch {
  Header header;
  std::uint32_t flags;
  std::uint32_t argument_count;
  std::uint32_t environment_count;
  /// The leader's umask: the host's, which may have changed since the guardian was started. kNoUmask: not known.
  std::uint32_t umask;
  std::uint64_t text_bytes;
  Limits limits;
  /// The leader's user and group; kNoAccount: the guardian's, which are the host's.
  std::uint32_t user;
  std::uint32_t group;
};

struct Signal {
  Header header;
  std::int32_t number;
  std::uint32_t reserved;
};

/// kKill, kProbe, kContinue, kGuardGroups.
struct Command {
  Header header;
};

enum class KeepMode : std::uint32_t {
  kInCustody,  ///< `report`: members may go on; they end with the socket, like everything else
  kLetGo,      ///< `leave`: members outlive shim, guardian and host; no answer, the socket may be closed at once
};

struct Keep {
  Header header;
  KeepMode mode;
  std::uint32_t reserved;
};

struct Started {
  Header header;
  /// As the host sees it, also from within a namespace.
  std::int64_t pid;
  /// Monotonic, right before the leader was made. As in Exited: when the host hears of it is another matter.
  std::int64_t started_ns;
};

enum class StartStage : std::uint32_t {
  kRead,       ///< the message, its text or its descriptors
  kNamespace,  ///< the namespace could not be made: errno says why
  kFork,
  kLimits,
  kChdir,
  kIdentity,
  kExec,
};

struct NotStarted {
  Header header;
  std::int32_t error;
  StartStage stage;
};

struct Suspended {
  Header header;
  std::int32_t signal;
  std::uint32_t reserved;
};

struct LimitBreached {
  Header header;
  /// core::ResourceLimit
  std::uint32_t limit;
  std::uint32_t reserved;
  std::uint64_t used;
  std::uint64_t allowed;
};

struct ProcessRecord {
  std::int32_t pid;
  /// As /proc shows it: R, S, D, T, Z ...
  char state;
  /// core::SurvivorReason
  std::uint8_t why;
  /// Ended by NUL.
  char name[18];
};

/// What all reaped processes of the run used together; `peak_rss_bytes` is that of the largest one.
struct TreeUsage {
  std::int64_t user_us;
  std::int64_t system_us;
  std::int64_t peak_rss_bytes;
  std::uint64_t processes;
};

enum class WireMechanism : std::uint32_t { kShim, kShimCgroup, kNamespace };

struct Tree {
  Header header;
  WireMechanism mechanism;
  /// kEmpty: 1. kOccupied: 0. kShimLost: 1 when the guardian saw the last process of that shim go.
  std::uint32_t empty;
  TreeUsage usage;
  /// Members found in all; the datagram carries at most kNamedProcesses of them.
  std::uint32_t member_count;
  std::uint32_t record_count;
};

struct Exited {
  Tree tree;
  std::int64_t pid;
  /// wait(2)'s status word.
  std::int32_t status;
  /// 1: the status could not be learned; `error` says why.
  std::uint32_t lost;
  std::int32_t error;
  std::uint32_t reserved;
  std::int64_t leader_user_us;
  std::int64_t leader_system_us;
  std::int64_t leader_peak_rss_bytes;
  /// CLOCK_MONOTONIC of the leader's start and of the moment its end was seen.
  std::int64_t started_ns;
  std::int64_t ended_ns;
};

struct ShimFailed {
  Header header;
  std::int32_t error;
  std::uint32_t reserved;
};

static_assert(sizeof(Header) == 16 && sizeof(ProcessRecord) == 24 && sizeof(TreeUsage) == 32);
static_assert(sizeof(Tree) == 64 && sizeof(Exited) == 128 && sizeof(Launch) == 88 && sizeof(LimitBreached) == 40);

}  // namespace custody::core::wire
