// Which container a launch gets. There is one kind: a job holds whatever the other levels promise, and more.
#include "platform/container.h"
#include "platform/win32/completion_poller.h"
#include "platform/win32/detached_container_win32.h"
#include "platform/win32/job_container.h"

namespace custody::platform {

namespace {

class WindowsContainerFactory final : public ContainerFactory {
 public:
  explicit WindowsContainerFactory(CompletionPoller& poller) : poller_(poller) {}

  core::Result<std::unique_ptr<Container>> Make(const core::LaunchSpec& spec, PollToken token,
                                                ContainerObserver& observer) override {
    if (spec.containment == core::ContainmentWish::kNone) {
      return std::unique_ptr<Container>(std::make_unique<DetachedContainer>(observer));
    }
    core::Result<JobObject> job = JobObject::Create(spec.limits);
    if (!job.ok()) return job.error();
    return std::unique_ptr<Container>(std::make_unique<JobContainer>(poller_, token, observer, std::move(job.value())));
  }

 private:
  CompletionPoller& poller_;
};

class WindowsContainment final : public Containment {
 public:
  std::unique_ptr<ContainerFactory> MakeFactory(Poller& poller) override {
    // The only kind of poller there is in this binary.
    return std::make_unique<WindowsContainerFactory>(static_cast<CompletionPoller&>(poller));
  }
};

}  // namespace

std::shared_ptr<Containment> Containment::Create() { return std::make_shared<WindowsContainment>(); }

}  // namespace custody::platform
