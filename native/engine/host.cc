#include "engine/host.h"

#include "platform/host.h"
#include "platform/host_signals.h"

namespace custody::engine {

core::Capabilities HostCapabilities() { return platform::QueryCapabilities(); }

std::string HostEnvironment() { return platform::CopyHostEnvironment(); }

HostSignalTrap::HostSignalTrap() { platform::TrapHostSignals(); }

HostSignalTrap::~HostSignalTrap() { platform::ReleaseHostSignals(); }

bool HostSignalTrap::has_caught() const { return platform::TrappedHostSignal() != 0; }

}  // namespace custody::engine
