#pragma once
#include <string>

#include "core/capabilities.h"

namespace custody::platform {

/// Asks the system without changing anything: probing calls are made with arguments that it must refuse.
core::Capabilities QueryCapabilities();

/// The host's environment as "NAME=value" strings, each ended by NUL.
///
/// Thread : the main JavaScript thread only. It alone changes the process's environment (through `process.env`), and a
///          read from any other thread would race with that.
std::string CopyHostEnvironment();

}  // namespace custody::platform
