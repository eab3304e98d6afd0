#include "engine/host.h"

#include "platform/host.h"

namespace custody::engine {

core::Capabilities HostCapabilities() { return platform::QueryCapabilities(); }

std::string HostEnvironment() { return platform::CopyHostEnvironment(); }

}  // namespace custody::engine
