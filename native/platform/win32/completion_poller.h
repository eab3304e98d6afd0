#pragma once
#include <windows.h>

#include <memory>
#include <unordered_map>
#include <vector>

#include "platform/poller.h"
#include "platform/win32/job_message.h"

namespace custody::platform {

/// A poller on an I/O completion port, which tells of operations that ended. Readiness, which the engine asks for, is made of it:
///
/// - readable pipe : one read of no bytes is in flight; it ends when there is something to read, or nobody left to write.
/// - writable, and any object that can be waited for: the system's wait threads post a packet once it is signalled.
/// - job           : its messages come as packets; they are kept until the container takes them.
///
/// What was told and is still watched is armed again before the next wait, so a watch that was not drained tells again.
class CompletionPoller final : public Poller {
 public:
  explicit CompletionPoller(OwnedHandle port);
  ~CompletionPoller() override;

  /// kReadable: a pipe opened for overlapped reading. kWritable: an event that is set while the pipe takes bytes.
  core::Status Add(NativeHandle handle, Interest interest, PollToken token) override;
  void Remove(NativeHandle handle) override;
  std::size_t Wait(core::Instant until, std::span<PollToken> ready) override;
  void Wake() override;

  /// Tells when `handle`, a process or an event, is signalled. Remove() ends it.
  core::Status WatchObject(NativeHandle handle, PollToken token);
  /// Tells when `job` has news. For as long as the job exists, unless it is forgotten; the number names it here.
  core::Result<std::uintptr_t> WatchJob(HANDLE job, PollToken token);
  /// What was heard since the last call.
  JobNews TakeNews(std::uintptr_t job);
  void ForgetJob(std::uintptr_t job);

 private:
  /// Completion keys; those from kFirstJob on are jobs.
  enum Key : std::uintptr_t { kWakeKey, kPipeKey, kObjectKey, kFirstJob };
  struct Watch;
  struct PipeWatch;
  struct ObjectWatch;
  struct WatchedJob {
    PollToken token;
    JobNews news;
  };

  core::Status Start(NativeHandle handle, std::unique_ptr<Watch> watch);
  void ArmAgain();
  /// Takes one packet; returns whether `token` was filled.
  bool Understand(const OVERLAPPED_ENTRY& packet, PollToken& token);
  bool PipeReady(OVERLAPPED* operation, PollToken& token);
  bool ObjectReady(std::uintptr_t number, PollToken& token);
  bool JobHeard(std::uintptr_t number, DWORD code, PollToken& token);

  OwnedHandle port_;
  std::uintptr_t next_job_ = kFirstJob;
  std::unordered_map<NativeHandle, std::unique_ptr<Watch>> watches_;
  /// Watched objects by the number that their packets carry.
  std::unordered_map<std::uintptr_t, NativeHandle> objects_;
  std::unordered_map<std::uintptr_t, WatchedJob> jobs_;
  /// Removed, but the system still holds a read of theirs; its packet frees them.
  std::unordered_map<OVERLAPPED*, std::unique_ptr<Watch>> leaving_;
  /// Watches that have told and must be armed again.
  std::vector<NativeHandle> told_;
};

}  // namespace custody::platform
