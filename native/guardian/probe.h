#pragma once

namespace custody::guardian {

/// Tries what shims are built on and prints one line per fact, `name=value`. For `custody doctor`. Returns the exit code.
int PrintProbe();

}  // namespace custody::guardian
