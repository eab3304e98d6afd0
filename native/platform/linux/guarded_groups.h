#pragma once
#include <memory>
#include <utility>

#include "core/limits.h"
#include "platform/linux/boot_clock.h"
#include "platform/linux/group_table.h"
#include "platform/linux/guardian_process.h"

namespace custody::platform {

/// The groups of one engine thread, as far as the guardian can be told of them.
class GuardedGroups {
 public:
  explicit GuardedGroups(std::shared_ptr<GuardianProcess> guardian) : guardian_(std::move(guardian)) {}

  /// The place of a launch that begins now. Empty: no guardian can be had, so the group will outlive a host that crashes.
  GroupEntry Enter() {
    const core::Nanos now = BootNow();
    if (now - asked_at_ >= core::kGuardianAge) {
      table_ = guardian_->GuardGroups();
      asked_at_ = now;
    }
    return table_ == nullptr ? GroupEntry() : table_->Enter(now);
  }

 private:
  std::shared_ptr<GuardianProcess> guardian_;
  GroupTable* table_ = nullptr;
  core::Nanos asked_at_ = -core::kGuardianAge;
};

}  // namespace custody::platform
