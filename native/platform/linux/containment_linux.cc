// Which container a launch gets, and what it falls back to.
#include <cstdlib>
#include <string_view>

#include "platform/linux/guarded_groups.h"
#include "platform/linux/tree_container.h"
#include "platform/posix/detached_container.h"
#include "platform/posix/group_container.h"

namespace custody::platform {

namespace {

using core::ContainmentWish;
using core::wire::ShimKind;

class LinuxContainerFactory final : public ContainerFactory {
 public:
  LinuxContainerFactory(std::shared_ptr<GuardianProcess> guardian, Poller& poller)
      : groups_(guardian), shims_(std::move(guardian)), poller_(poller) {}

  core::Result<std::unique_ptr<Container>> Make(const core::LaunchSpec& spec, PollToken token,
                                                ContainerObserver& observer) override {
    switch (spec.containment) {
      case ContainmentWish::kTree:
        return MakeGuarded(ShimKind::kTree, spec, token, observer);
      case ContainmentWish::kStrict:
        return MakeGuarded(ShimKind::kNamespace, spec, token, observer);
      case ContainmentWish::kGroup:
        break;
      case ContainmentWish::kNone:
        return std::unique_ptr<Container>(std::make_unique<DetachedContainer>(poller_, token, observer));
    }
    return MakeGroup(token, observer);
  }

 private:
  std::unique_ptr<Container> MakeGroup(PollToken token, ContainerObserver& observer) {
    return std::make_unique<GroupContainer>(poller_, token, observer, groups_.Enter());
  }

  /// Without a guardian the default becomes a group, and the receipt says so; what was asked for by name is refused.
  core::Result<std::unique_ptr<Container>> MakeGuarded(ShimKind kind, const core::LaunchSpec& spec, PollToken token,
                                                       ContainerObserver& observer) {
    core::Result<Shim> shim = shims_.Take(kind);
    if (shim.ok()) {
      return std::unique_ptr<Container>(
          std::make_unique<TreeContainer>(shims_, std::move(shim.value()), poller_, token, observer));
    }
    const bool not_available = std::string_view(shim.error().operation) == "containment";
    if (not_available && !spec.containment_required) return MakeGroup(token, observer);
    return shim.error();
  }

  GuardedGroups groups_;
  ShimPool shims_;
  Poller& poller_;
};

class LinuxContainment final : public Containment {
 public:
  std::unique_ptr<ContainerFactory> MakeFactory(Poller& poller) override {
    return std::make_unique<LinuxContainerFactory>(guardian_, poller);
  }

 private:
  /// Read on JavaScript's thread, which alone changes the environment.
  static bool UsesCgroups() {
    const char* const value = std::getenv("CUSTODY_CGROUP");
    return value != nullptr && std::string_view(value) == "on";
  }

  std::shared_ptr<GuardianProcess> guardian_ = std::make_shared<GuardianProcess>(UsesCgroups());
};

}  // namespace

std::shared_ptr<Containment> Containment::Create() { return std::make_shared<LinuxContainment>(); }

}  // namespace custody::platform
