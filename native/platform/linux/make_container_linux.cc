#include "platform/linux/group_container.h"

namespace custody::platform {

core::Result<std::unique_ptr<Container>> MakeContainer(const core::LaunchSpec& spec, Poller& poller, PollToken token,
                                                       ContainerObserver& observer) {
  if (spec.containment != core::ContainmentWish::kGroup && spec.containment_required) {
    return core::OsError{0, "containment"};
  }
  return std::unique_ptr<Container>(std::make_unique<GroupContainer>(poller, token, observer));
}

}  // namespace custody::platform
