// Which container a launch gets, and what it falls back to.
#include <cerrno>
#include <string_view>

#include "platform/container.h"
#include "platform/darwin/sweep_container.h"
#include "platform/posix/detached_container.h"
#include "platform/posix/group_container.h"

namespace custody::platform {

namespace {

using core::ContainmentWish;

class DarwinContainerFactory final : public ContainerFactory {
 public:
  DarwinContainerFactory(std::shared_ptr<SweepProcess> guardian, Poller& poller)
      : guardian_(std::move(guardian)), poller_(poller) {}

  core::Result<std::unique_ptr<Container>> Make(const core::LaunchSpec& spec, PollToken token,
                                                ContainerObserver& observer) override {
    switch (spec.containment) {
      case ContainmentWish::kTree:
        return MakeSwept(spec, token, observer);
      case ContainmentWish::kStrict:
        return core::OsError{ENOTSUP, "containment"};
      case ContainmentWish::kGroup:
        break;
      case ContainmentWish::kNone:
        return std::unique_ptr<Container>(std::make_unique<DetachedContainer>(poller_, token, observer));
    }
    return std::unique_ptr<Container>(std::make_unique<GroupContainer>(poller_, token, observer));
  }

 private:
  /// Without a guardian the default becomes a group, and the receipt says so; what was asked for by name is refused.
  core::Result<std::unique_ptr<Container>> MakeSwept(const core::LaunchSpec& spec, PollToken token,
                                                     ContainerObserver& observer) {
    core::Result<SweepConnection> connection = guardian_->Open();
    if (connection.ok()) {
      return std::unique_ptr<Container>(
          std::make_unique<SweepContainer>(guardian_, std::move(connection.value()), poller_, token, observer));
    }
    const bool not_available = std::string_view(connection.error().operation) == "containment";
    if (not_available && !spec.containment_required) {
      return std::unique_ptr<Container>(std::make_unique<GroupContainer>(poller_, token, observer));
    }
    return connection.error();
  }

  std::shared_ptr<SweepProcess> guardian_;
  Poller& poller_;
};

class DarwinContainment final : public Containment {
 public:
  std::unique_ptr<ContainerFactory> MakeFactory(Poller& poller) override {
    return std::make_unique<DarwinContainerFactory>(guardian_, poller);
  }

 private:
  std::shared_ptr<SweepProcess> guardian_ = std::make_shared<SweepProcess>();
};

}  // namespace

std::shared_ptr<Containment> Containment::Create() { return std::make_shared<DarwinContainment>(); }

}  // namespace custody::platform
