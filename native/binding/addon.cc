#include <napi.h>

#include "binding/convert.h"
#include "binding/engine_binding.h"

namespace custody::binding {

namespace {

/// What one JavaScript environment needs of the addon; each worker thread has its own.
struct AddonData {
  Napi::FunctionReference engine_class;
};

Napi::Value CreateEngine(const Napi::CallbackInfo& info) {
  return info.Env().GetInstanceData<AddonData>()->engine_class.New({info[0], info[1]});
}

Napi::Value Capabilities(const Napi::CallbackInfo& info) { return CapabilitiesToObject(info.Env()); }

}  // namespace

Napi::Object Initialise(Napi::Env env, Napi::Object exports) {
  auto* const data = new AddonData{Napi::Persistent(EngineBinding::Define(env))};
  env.SetInstanceData(data);  // freed by Node-API with the environment
  exports.Set("surfaceVersion", Napi::Number::New(env, kSurfaceVersion));
  exports.Set("capabilities", Napi::Function::New<Capabilities>(env, "capabilities"));
  exports.Set("createEngine", Napi::Function::New<CreateEngine>(env, "createEngine"));
  return exports;
}

}  // namespace custody::binding

// The macro makes a name of its argument, so it takes no qualified one.
static Napi::Object InitialiseCustody(Napi::Env env, Napi::Object exports) {
  return custody::binding::Initialise(env, exports);
}

NODE_API_MODULE(custody, InitialiseCustody)
