#include "binding/engine_binding.h"

#include <array>
#include <string>

#include "binding/convert.h"
#include "core/limits.h"
#include "engine/host.h"

namespace custody::binding {

namespace {

core::LaunchId IdOf(const Napi::CallbackInfo& info) {
  return static_cast<core::LaunchId>(info[0].As<Napi::Number>().Int64Value());
}

double NumberAt(const Napi::CallbackInfo& info, std::size_t index) {
  return info[index].As<Napi::Number>().DoubleValue();
}

/// A JavaScript string as UTF-8, in one pass for the usual length.
std::string TextOf(napi_env env, napi_value value) {
  std::array<char, 4096> buffer;
  std::size_t length = 0;
  if (napi_get_value_string_utf8(env, value, buffer.data(), buffer.size(), &length) != napi_ok) return {};
  if (length < buffer.size() - 4) return {buffer.data(), length};  // a character that does not fit is left out whole
  napi_get_value_string_utf8(env, value, nullptr, 0, &length);
  std::string text(length, '\0');
  napi_get_value_string_utf8(env, value, text.data(), length + 1, &length);
  return text;
}

std::span<const std::byte> BytesOf(const Napi::Value& value) {
  auto array = value.As<Napi::Uint8Array>();
  return std::as_bytes(std::span(array.Data(), array.ByteLength()));
}

}  // namespace

Napi::Function EngineBinding::Define(Napi::Env env) {
  return DefineClass(env, "NativeEngine",
                     {
                         InstanceMethod<&EngineBinding::Launch>("launch"),
                         InstanceMethod<&EngineBinding::Stop>("stop"),
                         InstanceMethod<&EngineBinding::WriteStdin>("writeStdin"),
                         InstanceMethod<&EngineBinding::CloseStdin>("closeStdin"),
                         InstanceMethod<&EngineBinding::Watch>("watch"),
                         InstanceMethod<&EngineBinding::ReadOutput>("readOutput"),
                         InstanceMethod<&EngineBinding::Acknowledge>("acknowledge"),
                         InstanceMethod<&EngineBinding::ReadSegments>("readSegments"),
                         InstanceMethod<&EngineBinding::Snapshot>("snapshot"),
                         InstanceMethod<&EngineBinding::Details>("details"),
                         InstanceMethod<&EngineBinding::FileNumber>("fileNumber"),
                         InstanceMethod<&EngineBinding::FileName>("fileName"),
                         InstanceMethod<&EngineBinding::Resume>("resume"),
                         InstanceMethod<&EngineBinding::WaitSync>("waitSync"),
                         InstanceMethod<&EngineBinding::SetKeepAlive>("setKeepAlive"),
                         InstanceMethod<&EngineBinding::SetCrowded>("setCrowded"),
                         InstanceMethod<&EngineBinding::Release>("release"),
                         InstanceMethod<&EngineBinding::Close>("close"),
                     });
}

EngineBinding::EngineBinding(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<EngineBinding>(info),
      pump_(std::make_unique<EventPump>([this](const std::vector<core::Event>& events) { Receive(events); })),
      engine_(*pump_),
      wall_origin_ms_(core::WallMillisNow() - core::ToMillis(core::MonotonicNow())) {
  const bool fits = info.Length() == 2 && info[0].IsTypedArray() && info[1].IsFunction() &&
                    info[0].As<Napi::TypedArray>().TypedArrayType() == napi_float64_array &&
                    info[0].As<Napi::TypedArray>().ElementLength() >= kLongestRecord;
  if (!fits) {
    closed_ = true;
    Napi::TypeError::New(info.Env(), "createEngine takes a Float64Array and a function").ThrowAsJavaScriptException();
    return;
  }
  auto records = info[0].As<Napi::Float64Array>();
  records_ = Napi::Reference<Napi::Float64Array>::New(records, 1);
  record_space_ = std::span(records.Data(), records.ElementLength());
  on_records_ = Napi::Persistent(info[1].As<Napi::Function>());
  if (!pump_->Open(info.Env())) {
    closed_ = true;
    Napi::Error::New(info.Env(), "no threadsafe function could be made").ThrowAsJavaScriptException();
    return;
  }
  napi_add_env_cleanup_hook(info.Env(), &EngineBinding::OnTeardown, this);
}

EngineBinding::~EngineBinding() {
  if (closed_) return;
  napi_remove_env_cleanup_hook(Env(), &EngineBinding::OnTeardown, this);
  CloseForGood(core::kTeardownBudget);
}

void EngineBinding::OnTeardown(void* self) {
  auto* const binding = static_cast<EngineBinding*>(self);
  // At teardown Node frees references on its own; resetting them later would touch a dead environment.
  binding->CloseForGood(core::kTeardownBudget);
  binding->records_.Reset();
  binding->on_records_.Reset();
}

void EngineBinding::CloseForGood(core::Nanos budget) {
  if (closed_) return;
  closed_ = true;
  if (engine_.Close(budget)) {
    pump_->Close();
    return;
  }
  // A thread that is stuck in the kernel may come back and push: the pump outlives everything, muted.
  pump_->Mute();
  (void)pump_.release();
}

Napi::Value EngineBinding::Launch(const Napi::CallbackInfo& info) {
  const auto numbers = info[0].As<Napi::Float64Array>();
  core::LaunchSpec spec;
  if (!ReadSpec({numbers.Data(), numbers.ElementLength()}, TextOf(info.Env(), info[1]), spec)) {
    Napi::TypeError::New(info.Env(), "numbers and text do not fit each other").ThrowAsJavaScriptException();
    return info.Env().Undefined();
  }
  if (info[2].IsTypedArray()) {
    const std::span<const std::byte> input = BytesOf(info[2]);
    spec.input.assign(reinterpret_cast<const char*>(input.data()), input.size());
  }
  return Napi::Number::New(info.Env(), static_cast<double>(engine_.Launch(std::move(spec))));
}

void EngineBinding::Stop(const Napi::CallbackInfo& info) {
  engine_.Stop(IdOf(info), static_cast<core::StopCause>(info[1].As<Napi::Number>().Int32Value()),
               core::FromMillis(NumberAt(info, 2)));
}

Napi::Value EngineBinding::WriteStdin(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(engine_.WriteStdin(IdOf(info), BytesOf(info[1]))));
}

void EngineBinding::CloseStdin(const Napi::CallbackInfo& info) { engine_.CloseStdin(IdOf(info)); }

void EngineBinding::Watch(const Napi::CallbackInfo& info) {
  engine_.Watch(IdOf(info), info[1].As<Napi::Number>().Int32Value(),
                static_cast<engine::Flow>(info[2].As<Napi::Number>().Int32Value()));
}

Napi::Value EngineBinding::ReadOutput(const Napi::CallbackInfo& info) {
  auto into = info[3].As<Napi::Uint8Array>();
  const auto cursor = static_cast<std::uint64_t>(info[2].As<Napi::Number>().Int64Value());
  engine::SharedRun* const run = engine_.Find(IdOf(info));
  engine::OutputBuffer::Read read;
  if (run != nullptr) {
    read = run->output.ReadAt(info[1].As<Napi::Number>().Int32Value(), cursor,
                              std::as_writable_bytes(std::span(into.Data(), into.ByteLength())));
  }
  Napi::Object out = Napi::Object::New(info.Env());
  out.Set("count", static_cast<double>(read.bytes.count));
  out.Set("next", static_cast<double>(read.bytes.next));
  out.Set("dropped", static_cast<double>(read.bytes.dropped));
  out.Set("end", read.end);
  return out;
}

void EngineBinding::Acknowledge(const Napi::CallbackInfo& info) {
  engine_.Acknowledge(IdOf(info), info[1].As<Napi::Number>().Int32Value(),
                      static_cast<std::uint64_t>(info[2].As<Napi::Number>().Int64Value()));
}

Napi::Value EngineBinding::ReadSegments(const Napi::CallbackInfo& info) {
  constexpr std::size_t kNumbersPerSegment = 4;
  engine::SharedRun* const run = engine_.Find(IdOf(info));
  engine::OutputBuffer::Segments segments;
  if (run != nullptr) {
    segments = run->output.ReadSegments(static_cast<std::uint64_t>(info[1].As<Napi::Number>().Int64Value()));
  }
  auto values = Napi::Float64Array::New(info.Env(), segments.items.size() * kNumbersPerSegment);
  double* next = values.Data();
  for (const core::Segment& segment : segments.items) {
    *next++ = segment.stream;
    *next++ = static_cast<double>(segment.offset);
    *next++ = segment.length;
    *next++ = wall_origin_ms_ + core::ToMillis(segment.at);
  }
  Napi::Object out = Napi::Object::New(info.Env());
  out.Set("values", values);
  out.Set("next", static_cast<double>(segments.next));
  out.Set("missed", static_cast<double>(segments.missed));
  return out;
}

Napi::Value EngineBinding::Snapshot(const Napi::CallbackInfo& info) {
  Napi::Object out = Napi::Object::New(info.Env());
  engine::SharedRun* const run = engine_.Find(IdOf(info));
  const core::Instant started = run == nullptr ? 0 : run->started_at.load(std::memory_order_relaxed);
  const auto phase = run == nullptr ? core::RunPhase::kSettled : run->phase.load(std::memory_order_relaxed);
  out.Set("phase", static_cast<double>(phase));
  out.Set("pid", run == nullptr ? 0.0 : static_cast<double>(run->pid.load(std::memory_order_relaxed)));
  out.Set("elapsedMs", started == 0 ? 0.0 : core::ToMillis(core::MonotonicNow() - started));
  out.Set("stdoutEnd", run == nullptr ? 0.0 : static_cast<double>(run->output.end(0)));
  out.Set("stderrEnd", run == nullptr ? 0.0 : static_cast<double>(run->output.end(1)));
  return out;
}

Napi::Value EngineBinding::Details(const Napi::CallbackInfo& info) {
  engine::SharedRun* const run = engine_.Find(IdOf(info));
  if (run == nullptr) return info.Env().Undefined();
  return DetailsToObject(info.Env(), *run);
}

Napi::Value EngineBinding::FileNumber(const Napi::CallbackInfo& info) {
  engine::SharedRun* const run = engine_.Find(IdOf(info));
  std::size_t number = 0;
  if (run != nullptr) {
    const std::lock_guard lock(run->facts_mutex);
    number = file_names_.NumberOf(run->facts.resolved_file);
  }
  return Napi::Number::New(info.Env(), static_cast<double>(number));
}

Napi::Value EngineBinding::FileName(const Napi::CallbackInfo& info) {
  const auto number = static_cast<std::size_t>(info[0].As<Napi::Number>().Int64Value());
  return Napi::String::New(info.Env(), file_names_.NameOf(number));
}

void EngineBinding::Resume(const Napi::CallbackInfo& info) { engine_.ResumeLeader(IdOf(info)); }

void EngineBinding::WaitSync(const Napi::CallbackInfo& info) {
  const core::LaunchId id = IdOf(info);
  if (engine_.Find(id) == nullptr) return;
  if (info[1].As<Napi::Boolean>().Value()) {
    const engine::HostSignalTrap trap;
    if (!WaitForSettled(id, [&trap] { return trap.has_caught(); })) {
      // The signal is raised again when the trap goes, and then ends the host.
      (void)engine_.Close(core::kTeardownBudget);
    }
  } else {
    (void)WaitForSettled(id, [] { return false; });
  }
  Receive(pump_->TakeEvents(id));
}

bool EngineBinding::WaitForSettled(core::LaunchId id, const std::function<bool()>& interrupted) {
  if (engine_.waits_to_be_driven(id)) return engine_.DriveUntilSettled(id, interrupted);
  return pump_->WaitForSettled(id, interrupted);
}

void EngineBinding::SetKeepAlive(const Napi::CallbackInfo& info) {
  if (!closed_) pump_->SetKeepAlive(info.Env(), info[0].As<Napi::Boolean>().Value());
}

void EngineBinding::SetCrowded(const Napi::CallbackInfo& info) {
  engine_.SetCrowded(info[0].As<Napi::Boolean>().Value());
}

void EngineBinding::Release(const Napi::CallbackInfo& info) { engine_.Release(IdOf(info)); }

Napi::Value EngineBinding::Close(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), engine_.Close(core::FromMillis(NumberAt(info, 0))));
}

void EngineBinding::Receive(const std::vector<core::Event>& events) {
  if (closed_) return;  // teardown: a wake-up may still be under way, but JavaScript must not run any more
  std::size_t length = 0;
  for (const core::Event& event : events) {
    engine::SharedRun* const run = engine_.Find(event.id);
    if (run == nullptr) continue;  // released meanwhile: nobody listens
    if (record_space_.size() - length < kLongestRecord) {
      CallBack(length);
      length = 0;
    }
    length += WriteRecord(event, *run, record_space_.subspan(length));
  }
  if (length > 0) CallBack(length);
}

void EngineBinding::CallBack(std::size_t length) {
  const Napi::HandleScope scope(Env());
  napi_value argument = Napi::Number::New(Env(), static_cast<double>(length));
  // Not FunctionReference::Call: where JavaScript may not run any more (worker.terminate) it would end the process. An
  // exception of the callback stays pending, and Node reports it.
  (void)napi_call_function(Env(), Env().Undefined(), on_records_.Value(), 1, &argument, nullptr);
}

}  // namespace custody::binding
