#pragma once
#include <cstdint>

#include "core/receipt.h"

namespace custody::platform {

/// How a process is called, for people. The pid is as good as the moment it was seen in.
core::NamedProcess NameProcess(std::uint32_t pid);

/// Whether it is the system's helper that serves a console. It comes with the first process of a console, belongs to nobody,
/// and ends with the last.
bool IsConsoleHost(std::uint32_t pid);

}  // namespace custody::platform
