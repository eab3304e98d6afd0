#pragma once
#include <string>

#include "core/capabilities.h"

namespace custody::engine {

/// What the platform in this binary can do. Changes nothing.
core::Capabilities HostCapabilities();

/// The host's environment; see platform/host.h for who may call it.
std::string HostEnvironment();

}  // namespace custody::engine
