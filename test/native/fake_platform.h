#pragma once
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/event.h"
#include "core/launch_spec.h"
#include "engine/event_sink.h"
#include "platform/container.h"
#include "platform/handle.h"
#include "platform/pipe.h"
#include "platform/poller.h"

namespace custody::testing {

using Said = std::function<void(platform::ContainerObserver&)>;

/// What a launch will meet. Applies to every container made after `FakePlatform::Plan`.
struct LaunchPlan {
  enum class Answer : std::uint8_t { kStarts, kIsRefused, kComesLater };
  enum class Members : std::uint8_t { kNone, kSome, kUntold };
  Answer answer = Answer::kStarts;
  core::OsError refusal{2, "exec", core::ErrorSubject::kExecutable};
  /// What a look for members answers, from inside the call.
  Members members = Members::kNone;
  /// What is true of the leader before anything is said.
  bool leader_is_dead = false;
  /// The launch blocks its thread until `FakePlatform::LetLaunchesGo`.
  bool holds_thread = false;
  /// Said from inside SignalHard, as by a container that learns of the death at once.
  Said on_hard;
  platform::ContainerReport report;
};

/// One pipe, or a stream that is none, as the kernel would keep it.
struct FakeStream {
  std::string bytes;            ///< output: not yet read; input: all that the child was given
  std::size_t room = SIZE_MAX;  ///< input: bytes that are still taken
  bool ended = false;           ///< output: every writer has closed
  bool broken = false;          ///< input: nobody reads
  bool closed = false;          ///< our end
  std::size_t enlarged_to = 0;
  std::vector<core::NamedProcess> holders;
};

/// A container that does what its plan says, and notes what it is asked for.
class FakeContainer final : public platform::Container {
 public:
  FakeContainer(LaunchPlan plan, platform::Poller& poller, platform::PollToken token,
                platform::ContainerObserver& observer);
  ~FakeContainer() override;

  void Launch(const core::LaunchSpec& spec, platform::ChildStdio stdio) override;
  std::optional<core::StopStep> SignalSoft(core::Instant now) override;
  std::optional<core::StopStep> SignalHard(core::Instant now) override;
  void Probe(core::Instant now) override;
  void ReapLeader(core::Instant now) override;
  void Resume() override;
  void KeepMembers() override;
  void OnReady(core::Instant now) override;
  core::Instant wake_at() const override { return core::kNever; }
  void OnWake(core::Instant now) override;
  bool is_leader_dead() const override { return plan_.leader_is_dead; }
  platform::ContainerReport Report() override;
  const std::string& resolved_file() const override { return resolved_file_; }

 private:
  friend class FakePlatform;
  friend class FakePoller;
  void Look(const char* call);
  void Note(const char* call);

  LaunchPlan plan_;
  platform::Poller* poller_;
  platform::PollToken token_;
  platform::ContainerObserver& observer_;
  std::string resolved_file_ = "/fake/file";
  std::string calls_;
  std::vector<Said> to_say_;
};

/// The platform of one test: the engine's calls end here, and a script moves it on.
///
/// Thread : every member may be called from any thread.
class FakePlatform {
 public:
  static constexpr std::int64_t kPid = 4711;

  FakePlatform();
  ~FakePlatform();
  FakePlatform(const FakePlatform&) = delete;
  FakePlatform& operator=(const FakePlatform&) = delete;
  static FakePlatform& Current();

  // The script.
  void Plan(LaunchPlan plan);
  bool refuses_pollers = false;
  bool refuses_threads = false;
  bool refuses_stdio = false;
  /// Registrations with a poller that still succeed.
  std::size_t registrations_left = SIZE_MAX;
  void LetLaunchesGo();
  /// Bytes of a stream arrive, and are ready to be read. Streams: 0 input, 1 stdout, 2 stderr.
  void Write(core::LaunchId id, int stream, const std::string& bytes);
  void End(core::LaunchId id, int stream);
  /// The child reads `bytes` more of its input.
  void MakeRoom(core::LaunchId id, std::size_t bytes);
  void Alter(core::LaunchId id, int stream, const std::function<void(FakeStream&)>& change);
  /// The container says this on its own thread as soon as its poller looks.
  void Say(core::LaunchId id, Said said);
  /// Waits for the threads that the engine has given up, which the script must have let end.
  void JoinAbandoned();

  // What became of it.
  FakeStream stream(core::LaunchId id, int stream);
  /// What the container was asked for, in order, with spaces between.
  std::string calls(core::LaunchId id);
  bool is_watched(core::LaunchId id, int stream);
  bool container_exists(core::LaunchId id);
  std::size_t launches_held();
  std::size_t threads_started();
  /// Handles that were opened and not closed, the child's included.
  std::size_t open_handles();

 private:
  friend class FakeContainer;
  friend class FakePoller;
  friend class FakeThread;
  friend struct PlatformCalls;

  struct Watch {
    platform::Interest interest{};
    platform::PollToken token;
    platform::Poller* poller = nullptr;
  };

  static constexpr int kStreamsPerLaunch = 3;
  /// Our end of a stream.
  static platform::NativeHandle HostEnd(core::LaunchId id, int stream);
  bool IsReady(platform::NativeHandle handle, platform::Interest interest) const;
  platform::OwnedHandle OpenHandle(platform::NativeHandle handle);

  std::mutex mutex_;
  std::condition_variable changed_;
  LaunchPlan plan_;
  std::map<core::LaunchId, FakeContainer*> containers_;
  std::map<core::LaunchId, std::string> past_calls_;
  std::map<platform::NativeHandle, FakeStream> streams_;
  std::map<platform::NativeHandle, Watch> watches_;
  std::set<platform::NativeHandle> open_;
  std::size_t held_ = 0;
  bool lets_launches_go_ = false;
  std::size_t threads_ = 0;
  std::vector<std::thread> abandoned_;
};

/// Keeps every event. Thread: any.
class RecordingSink final : public engine::EventSink {
 public:
  std::uint64_t Push(const core::Event& event, engine::Urgency urgency) override;
  std::uint64_t deliveries() const override { return deliveries_; }
  void Flush() override;

  std::vector<core::Event> events();
  /// The kinds of the events of one launch, in order, as one letter each: s(tarted) o(utput) w(ritable) p(aused by its
  /// terminal) S(ettled) C(leaned up).
  std::string kinds(core::LaunchId id);
  /// Whether a fact still waits for a flush that nobody promised.
  bool has_unflushed();
  int flushes();
  /// Everything pushed so far goes out, as if another lane had asked for it.
  void Deliver() { ++deliveries_; }

 private:
  std::mutex mutex_;
  std::vector<core::Event> events_;
  bool unflushed_ = false;
  int flushes_ = 0;
  std::atomic<std::uint64_t> deliveries_{0};
};

/// Waits until `condition` holds, for at most some seconds. Returns whether it does.
bool Eventually(const std::function<bool()>& condition);

}  // namespace custody::testing
