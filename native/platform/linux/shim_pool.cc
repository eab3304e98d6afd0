#include "platform/linux/shim_pool.h"

#include "core/limits.h"

namespace custody::platform {

core::Result<Shim> ShimPool::Take(core::wire::ShimKind kind) {
  if (kind != core::wire::ShimKind::kTree) return guardian_->OpenShim(kind);
  while (!idle_.empty()) {
    Shim shim = std::move(idle_.back());
    idle_.pop_back();
    if (guardian_->StandsBehind(shim)) return shim;
  }
  return guardian_->OpenShim(kind);
}

void ShimPool::GiveBack(Shim shim) {
  if (shim.kind == core::wire::ShimKind::kTree && idle_.size() < core::kIdleShimsPerLane) {
    idle_.push_back(std::move(shim));
  }
}

}  // namespace custody::platform
