// Which container a launch gets, and what it falls back to.
#include <cerrno>

#include "platform/container.h"
#include "platform/posix/detached_container.h"
#include "platform/posix/group_container.h"

namespace custody::platform {

namespace {

using core::ContainmentWish;

class DarwinContainerFactory final : public ContainerFactory {
 public:
  explicit DarwinContainerFactory(Poller& poller) : poller_(poller) {}

  core::Result<std::unique_ptr<Container>> Make(const core::LaunchSpec& spec, PollToken token,
                                                ContainerObserver& observer) override {
    switch (spec.containment) {
      case ContainmentWish::kTree:
        if (spec.containment_required) return core::OsError{ENOTSUP, "containment"};
        break;
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
  Poller& poller_;
};

class DarwinContainment final : public Containment {
 public:
  std::unique_ptr<ContainerFactory> MakeFactory(Poller& poller) override {
    return std::make_unique<DarwinContainerFactory>(poller);
  }
};

}  // namespace

std::shared_ptr<Containment> Containment::Create() { return std::make_shared<DarwinContainment>(); }

}  // namespace custody::platform
