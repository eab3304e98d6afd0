#pragma once
#include <cstdint>

#include "core/receipt.h"

namespace custody::platform {

/// How a process is called, for people. The pid is as good as the moment it was seen in.
core::NamedProcess NameProcess(std::uint32_t pid);

}  // namespace custody::platform
