#pragma once
#include "guardian/descendant_walk.h"
#include "guardian/member_table.h"

namespace custody::guardian {

enum class KillMethod {
  /// Every process by a pidfd of its own, below a subreaper.
  kPinned,
  /// This is the first process of a pid namespace: one call reaches everything in it.
  kNamespace,
};

/// Ends every process below this one: freeze, then kill, then look again until the owner's `reap` says that nothing is left.
///
/// Killing what is found never ended a storm of forks, because it grows behind the look. So everything is stopped first,
/// until two looks in a row find nothing new: a process seen stopped cannot fork, and its list of children is final.
/// (Source: Linux kernel/fork.c copy_process: a fork is given up while a signal is pending.) Then all are killed, each
/// once. What resists is looked at again with longer and longer waits, and whoever is new then is stopped first like the
/// others; the loop never gives up by itself.
///
/// The work is cut into steps of a few milliseconds, so that the owner hears of other things in between.
class KillLoop {
 public:
  /// `owner` must outlive the loop. A loop that runs goes on.
  void Begin(const TreeOwner& owner, KillMethod method, core::Instant now);
  bool is_running() const { return owner_ != nullptr; }
  core::Instant began_at() const { return began_at_; }
  core::Instant wake_at() const { return is_running() ? wake_at_ : core::kNever; }
  /// Works if it is time. Ends itself when the owner says that nothing is left.
  void Step(core::Instant now);
  void End();

  /// Whether the system refused to let this process be signalled.
  bool WasRefused(pid_t pid) const;

 private:
  enum class Phase { kFreezing, kSweeping };

  void BeginFreezing(core::Instant now);
  void Freeze();
  /// Looks at every member once. Returns: nothing new was found and nobody may still fork.
  bool FreezePass();
  void Visit(pid_t pid, pid_t parent);
  void VisitChildren(pid_t parent);
  void LookAt(std::size_t index);
  void KillMembers();
  void Sweep();
  void KillNamespace();
  void BackOff();

  const TreeOwner* owner_ = nullptr;
  KillMethod method_ = KillMethod::kPinned;
  Phase phase_ = Phase::kFreezing;
  core::Instant began_at_ = 0;
  core::Instant freezing_since_ = 0;
  core::Instant wake_at_ = 0;
  core::Nanos pause_ = 0;
  int quiet_passes_ = 0;
  bool found_new_ = false;
  bool may_fork_ = false;
  pid_t self_ = 0;
  MemberTable members_;
  GrowableArray<pid_t> children_;
};

}  // namespace custody::guardian
