#pragma once
#include <cstdint>
#include <span>

namespace custody::platform {

/// Sends CTRL_BREAK to the process group of `leader`, which must share the host's console. False: it could not be delivered.
bool SendConsoleBreak(std::uint32_t leader);

/// Asks the visible top-level windows of `pids` to close, as their close button would. False: there are none.
bool CloseWindowsOf(std::span<const std::uint32_t> pids);

}  // namespace custody::platform
