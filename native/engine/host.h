#pragma once
#include <string>

#include "core/capabilities.h"

namespace custody::engine {

/// What the platform in this binary can do. Changes nothing.
core::Capabilities HostCapabilities();

/// The host's environment; see platform/host.h for who may call it.
std::string HostEnvironment();

/// See platform/host_signals.h. The trap is set for as long as the object lives.
class HostSignalTrap {
 public:
  HostSignalTrap();
  ~HostSignalTrap();
  HostSignalTrap(const HostSignalTrap&) = delete;
  HostSignalTrap& operator=(const HostSignalTrap&) = delete;

  bool has_caught() const;
};

}  // namespace custody::engine
