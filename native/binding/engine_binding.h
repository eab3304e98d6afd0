#pragma once
#include <napi.h>

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "binding/event_pump.h"
#include "binding/file_names.h"
#include "core/event.h"
#include "engine/engine.h"

namespace custody::binding {

/// The JavaScript object behind `NativeEngine` (src/backend/native/surface.ts). One per environment.
///
/// Thread : JavaScript's.
/// Owns   : the engine and the pump. Order of ends: the engine's threads, then the pump they push to, then the records;
///          at teardown of the environment as when the object is collected.
class EngineBinding final : public Napi::ObjectWrap<EngineBinding> {
 public:
  static Napi::Function Define(Napi::Env env);
  /// Arguments: the records array and the function to call.
  explicit EngineBinding(const Napi::CallbackInfo& info);
  ~EngineBinding() override;
  EngineBinding(const EngineBinding&) = delete;
  EngineBinding& operator=(const EngineBinding&) = delete;

 private:
  Napi::Value Launch(const Napi::CallbackInfo& info);
  void Stop(const Napi::CallbackInfo& info);
  Napi::Value WriteStdin(const Napi::CallbackInfo& info);
  void CloseStdin(const Napi::CallbackInfo& info);
  void Watch(const Napi::CallbackInfo& info);
  Napi::Value ReadOutput(const Napi::CallbackInfo& info);
  void Acknowledge(const Napi::CallbackInfo& info);
  Napi::Value ReadSegments(const Napi::CallbackInfo& info);
  Napi::Value Snapshot(const Napi::CallbackInfo& info);
  Napi::Value Details(const Napi::CallbackInfo& info);
  Napi::Value FileNumber(const Napi::CallbackInfo& info);
  Napi::Value FileName(const Napi::CallbackInfo& info);
  void Resume(const Napi::CallbackInfo& info);
  void WaitSync(const Napi::CallbackInfo& info);
  void SetKeepAlive(const Napi::CallbackInfo& info);
  void SetCrowded(const Napi::CallbackInfo& info);
  void Release(const Napi::CallbackInfo& info);
  Napi::Value Close(const Napi::CallbackInfo& info);

  static void OnTeardown(void* self);
  void CloseForGood(core::Nanos budget);
  bool WaitForSettled(core::LaunchId id, const std::function<bool()>& interrupted);
  void Receive(const std::vector<core::Event>& events);
  void CallBack(std::size_t length);

  Napi::Reference<Napi::Float64Array> records_;
  Napi::FunctionReference on_records_;
  std::span<double> record_space_;
  std::unique_ptr<EventPump> pump_;
  engine::Engine engine_;
  FileNames file_names_;
  /// Wall-clock time at monotonic time zero, in milliseconds: one origin, so that time stamps keep their order.
  double wall_origin_ms_;
  bool closed_ = false;
};

}  // namespace custody::binding
