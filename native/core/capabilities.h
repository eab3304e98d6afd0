#pragma once
#include <array>
#include <vector>

#include "core/resource_limits.h"

namespace custody::core {

/// What a containment level means on this system; see `ContainmentLevel` in src/backend/backend.ts. String literals.
struct ContainmentLevel {
  const char* name;
  bool available;
  const char* detail;
  bool escape_proof;
  const char* host_crash;
  LimitSupports limits{};
};

/// A feature of the kernel or the C library that custody uses, and whether it was found.
struct Feature {
  const char* name;
  bool present;
};

struct Capabilities {
  std::array<ContainmentLevel, 4> containment;
  const char* default_containment;
  const char* cleanup;
  std::vector<Feature> features;
};

}  // namespace custody::core
