#pragma once
#include <napi.h>

#include <cstddef>
#include <span>
#include <string_view>

#include "core/event.h"
#include "core/launch_spec.h"
#include "engine/shared_run.h"

/// The native half of src/backend/native/surface.ts.
namespace custody::binding {

/// Raised together with SURFACE_VERSION there.
inline constexpr int kSurfaceVersion = 8;

/// Numbers in the longest record.
inline constexpr std::size_t kLongestRecord = 32;

/// Fills `spec` from the layout SpecField and the strings that belong to it.
///
/// Returns: false when they do not fit each other, which is a defect of the facade.
bool ReadSpec(std::span<const double> numbers, std::string_view text, core::LaunchSpec& spec);

/// Writes one event as a record and returns its length. `into` has room for kLongestRecord numbers.
std::size_t WriteRecord(const core::Event& event, engine::SharedRun& run, std::span<double> into);

Napi::Object DetailsToObject(Napi::Env env, engine::SharedRun& run);
Napi::Object CapabilitiesToObject(Napi::Env env);

}  // namespace custody::binding
