#pragma once
#include <sys/types.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/wire.h"
#include "platform/container.h"
#include "platform/linux/shim_pool.h"
#include "platform/linux/stray_group.h"
#include "platform/posix/spawn.h"
#include "platform/posix/terminal_loan.h"

namespace custody::platform {

/// A leader and all its descendants below a shim, which sees every one of them to its end; messages are core/wire.h's.
///
/// What it promises: nobody leaves, and `empty` is said by the shim's own ECHILD. A dead shim's tree is emptied by the
/// guardian, which says so on the same connection. When both are gone nothing can be confirmed any more; the leader's
/// group is then all that is looked for (StrayGroup).
///
/// The streams are held until the first answer, so that a launch which nobody has read goes to another shim. A launch that
/// was read is never sent twice: the command may have run.
class TreeContainer final : public Container {
 public:
  TreeContainer(ShimPool& pool, Shim shim, Poller& poller, PollToken token, ContainerObserver& observer);
  ~TreeContainer() override;

  void Launch(const core::LaunchSpec& spec, ChildStdio stdio) override;
  std::optional<core::StopStep> SignalSoft(core::Instant now) override;
  std::optional<core::StopStep> SignalHard(core::Instant now) override;
  void Probe(core::Instant now) override;
  void ReapLeader(core::Instant now) override;
  void Resume() override;
  void KeepMembers() override;

  void OnReady(core::Instant now) override;
  core::Instant wake_at() const override { return std::min(wake_at_, say_at_); }
  void OnWake(core::Instant now) override;

  bool is_leader_dead() const override { return leader_ == Leader::kDead; }
  /// By the shim, which looks at the whole tree, and by rlimits, which the leader is born with.
  core::LimitSet enforced_limits() const override { return core::LimitSet::All(); }
  ContainerReport Report() override;
  const std::string& resolved_file() const override { return request_.path; }

 private:
  enum class Leader : std::uint8_t { kNone, kStarting, kRunning, kSuspended, kDead };
  /// Words for the shim, in the order in which they are said.
  enum Word : std::uint8_t { kTerminate = 1, kContinue = 2, kKill = 4, kProbe = 8, kKeepInCustody = 16 };
  using Records = std::span<const core::wire::ProcessRecord>;
  /// What a launch carries besides its descriptors; the strings are as core/wire.h has them, NULs included.
  struct Request {
    std::string path;
    std::string cwd;
    core::AccountId user = core::kHostAccount;
    core::AccountId group = core::kHostAccount;
    std::string strings;
    std::uint32_t argument_count = 0;
    std::uint32_t environment_count = 0;
  };

  // The launch (tree_launch.cc).
  void Compose(const SpawnRequest& request);
  /// Sends the launch to the shim, or to the next one as long as nobody has read it.
  void SendLaunch();
  core::Status PostLaunch();
  void Refuse(const core::OsError& error);
  void ForgetRequest();
  /// The shim is gone and has not read the launch: another one may have it.
  void TryNextShim();

  // What comes from the shim, or from the guardian in its stead (tree_answers.cc).
  /// Returns false for what no shim of ours sends.
  bool Hear(std::span<const std::byte> datagram);
  bool HearOfTree(core::wire::MessageType type, std::span<const std::byte> datagram);
  void HearStarted(const core::wire::Started& message);
  core::Instant StartedAt(std::int64_t told) const;
  void HearNotStarted(const core::wire::NotStarted& message);
  void HearSuspended(const core::wire::Suspended& message);
  void HearLimitBreached(const core::wire::LimitBreached& message);
  void HearExited(const core::wire::Exited& message, Records records);
  void HearEmpty(const core::wire::Tree& message, Records records);
  void HearOccupied(const core::wire::Tree& message, Records records);
  void HearShimLost(const core::wire::Tree& message, Records records);
  void HearShimFailed(const core::wire::ShimFailed& message);
  void HearEnd();
  void TakeTree(const core::wire::Tree& message);
  void TakeMembers(Records records);
  void LoseLeader();

  bool is_leader_alive() const { return leader_ == Leader::kRunning || leader_ == Leader::kSuspended; }
  bool is_over() const { return leader_ == Leader::kDead && empty_; }
  /// Says it now, or as soon as the system has room for the message: a kill must not be lost to a shortage.
  void Say(Word word);
  void SayWhatIsDue();
  core::Status Send(Word word);
  /// A last word: with it the shim goes. Waits for room for some milliseconds; without any the members are ended.
  void LetGo();
  void Look(core::Instant now);
  void LookForStrays(core::Instant now);
  /// The shim has nothing of this run any more: the pool may have it.
  void ReturnShim();
  void DropShim();
  void ForgetWords();

  ShimPool& pool_;
  Shim shim_;
  const core::wire::ShimKind kind_;
  Poller& poller_;
  PollToken token_;
  ContainerObserver& observer_;
  ChildStdio stdio_;
  Request request_;
  bool tells_start_at_once_ = false;
  int tries_ = 0;
  core::Instant sent_at_ = 0;
  core::ResourceLimits limits_;
  core::StragglerPolicy stragglers_ = core::StragglerPolicy::kKill;

  Leader leader_ = Leader::kNone;
  pid_t leader_pid_ = 0;
  OwnedHandle leader_handle_;
  bool leader_reaped_ = false;
  bool signalled_ = false;
  bool is_killing_ = false;
  bool empty_ = false;
  /// The shim died; the guardian kills what it held.
  bool shim_died_ = false;
  /// A look at the tree was asked for and has not been answered.
  bool looking_ = false;
  core::Instant wake_at_ = core::kNever;
  /// Words that found no room, and when they are tried again.
  std::uint32_t due_ = 0;
  core::Instant say_at_ = core::kNever;
  /// A stop that was told of before the start.
  std::optional<core::wire::Suspended> early_stop_;
  std::optional<StrayGroup> strays_;
  TerminalLoan terminal_;

  core::Mechanism mechanism_;
  core::Usage usage_;
  std::vector<core::Survivor> members_;
  std::vector<core::NamedProcess> killed_;
};

}  // namespace custody::platform
