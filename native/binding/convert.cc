#include "binding/convert.h"

#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/os_error.h"
#include "engine/host.h"

namespace custody::binding {

namespace {

enum SpecField : std::size_t {
  kArgumentCount,
  kSetCount,
  kUnsetCount,
  kBase,
  kStdin,
  kStdinStaysOpen,
  kStdout,
  kStderr,
  kContainment,
  kContainmentRequired,
  kStragglers,
  kRingBytes,
  kOutputLimitBytes,
  kHoldsOutput,
  kTimeoutMs,
  kIdleTimeoutMs,
  kGraceMs,
  kDrainMs,
  kStragglerGraceMs,
  kCleanupBudgetMs,
  kMemoryBytes,
  kCpuTimeMs,
  kMaxProcesses,
  kMaxOpenFiles,
  kMaxFileSizeBytes,
  kStrictLimits,
  kWaitedFor,
  kHeadBytes,
  kIsVerbatim,
  kUser,
  kGroup,
  kSpecLength,
};

constexpr double kBaseHost = 0;

/// Cuts blocks of NUL-ended strings off the front of a text.
class BlockReader {
 public:
  explicit BlockReader(std::string_view text) : rest_(text) {}

  /// The next `count` strings with their NULs. Sets `failed` when there are fewer.
  std::string Take(double wanted) {
    const auto count = static_cast<std::size_t>(wanted);
    std::size_t end = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t nul = rest_.find('\0', end);
      if (nul == std::string_view::npos) {
        failed_ = true;
        return {};
      }
      end = nul + 1;
    }
    std::string block(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return block;
  }
  std::string TakeOne() {
    std::string block = Take(1);
    if (!block.empty()) block.pop_back();
    return block;
  }
  std::string TakeRest() { return std::string(rest_); }
  bool failed() const { return failed_; }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

template <typename Enum>
Enum ToEnum(double value) {
  return static_cast<Enum>(static_cast<int>(value));
}

/// 0 stands for no limit.
std::uint64_t ToLimit(double value) { return value > 0 ? static_cast<std::uint64_t>(value) : core::kNoLimit; }

/// -1 stands for the host's.
core::AccountId ToAccount(double value) { return value < 0 ? core::kHostAccount : static_cast<core::AccountId>(value); }

/// Writes the fields of a record one after the other.
class RecordWriter {
 public:
  explicit RecordWriter(std::span<double> into) : into_(into) {}
  template <typename Value>
  void Put(Value value) {
    into_[length_++] = static_cast<double>(value);
  }
  std::size_t length() const { return length_; }

 private:
  std::span<double> into_;
  std::size_t length_ = 0;
};

bool HasDetails(const core::Cleanup& cleanup) {
  return !cleanup.steps.empty() || !cleanup.killed.empty() || !cleanup.survivors.empty();
}

void PutStream(RecordWriter& out, const core::StreamFacts& stream) {
  out.Put(stream.total_bytes);
  out.Put(stream.kept_bytes);
  out.Put(stream.complete);
}

void PutCleanup(RecordWriter& out, const core::Cleanup& cleanup) {
  out.Put(cleanup.status);
  out.Put(cleanup.mechanism);
  out.Put(cleanup.leader_reaped);
  out.Put(core::ToMillis(cleanup.elapsed));
}

void PutSettled(RecordWriter& out, const core::SettledFacts& facts) {
  out.Put(facts.ending);
  out.Put(facts.status.kind);
  out.Put(facts.status.value);
  out.Put(facts.status.core_dumped);
  out.Put(facts.cause);
  out.Put(facts.forced);
  out.Put(facts.refused);
  out.Put(facts.pid);
  out.Put(facts.started_at_wall_ms);
  out.Put(core::ToMillis(facts.duration));
  PutStream(out, facts.streams[0]);
  PutStream(out, facts.streams[1]);
  out.Put(facts.usage.user_ms);
  out.Put(facts.usage.system_ms);
  out.Put(facts.usage.peak_rss_bytes);
  out.Put(facts.usage.processes);
  out.Put(facts.usage.whole_tree);
  PutCleanup(out, facts.cleanup);
  const bool has_holders = !facts.streams[0].held_by.empty() || !facts.streams[1].held_by.empty();
  out.Put(facts.ending != core::Ending::kEnded || has_holders || HasDetails(facts.cleanup));
  out.Put(facts.breach.limit);
  out.Put(facts.breach.used);
  out.Put(facts.breach.allowed);
  out.Put(facts.unenforced.bits());
}

Napi::Object ToObject(Napi::Env env, const core::NamedProcess& process) {
  Napi::Object out = Napi::Object::New(env);
  out.Set("pid", Napi::Number::New(env, static_cast<double>(process.pid)));
  out.Set("name", Napi::String::New(env, process.name));
  out.Set("state", Napi::String::New(env, std::string(1, process.state)));
  return out;
}

template <typename Item, typename Convert>
Napi::Array ToArray(Napi::Env env, const std::vector<Item>& items, Convert convert) {
  Napi::Array out = Napi::Array::New(env, items.size());
  for (std::size_t i = 0; i < items.size(); ++i) out.Set(static_cast<std::uint32_t>(i), convert(items[i]));
  return out;
}

Napi::Array ToArray(Napi::Env env, const core::LimitSupports& limits) {
  Napi::Array out = Napi::Array::New(env, limits.size());
  std::uint32_t index = 0;
  for (const core::LimitSupport& limit : limits) {
    Napi::Object item = Napi::Object::New(env);
    item.Set("reach", Napi::Number::New(env, static_cast<double>(limit.reach)));
    item.Set("how", Napi::String::New(env, limit.how));
    out.Set(index++, item);
  }
  return out;
}

}  // namespace

bool ReadSpec(std::span<const double> numbers, std::string_view text, core::LaunchSpec& spec) {
  if (numbers.size() < kSpecLength || numbers[kArgumentCount] < 1) return false;
  if (numbers[kHeadBytes] < 0 || numbers[kHeadBytes] >= numbers[kRingBytes]) return false;
  BlockReader reader(text);
  spec.argv_block = reader.Take(numbers[kArgumentCount]);
  spec.is_verbatim = numbers[kIsVerbatim] != 0;
  spec.cwd = reader.TakeOne();
  spec.stdin_path = reader.TakeOne();
  spec.environment_set = reader.Take(numbers[kSetCount]);
  spec.environment_unset = reader.Take(numbers[kUnsetCount]);
  spec.base_environment = numbers[kBase] == kBaseHost ? engine::HostEnvironment() : reader.TakeRest();
  spec.stdin_source = ToEnum<core::StdinSource>(numbers[kStdin]);
  spec.stdin_stays_open = numbers[kStdinStaysOpen] != 0;
  spec.output[0] = ToEnum<core::OutputTarget>(numbers[kStdout]);
  spec.output[1] = ToEnum<core::OutputTarget>(numbers[kStderr]);
  spec.user = ToAccount(numbers[kUser]);
  spec.group = ToAccount(numbers[kGroup]);
  spec.containment = ToEnum<core::ContainmentWish>(numbers[kContainment]);
  spec.containment_required = numbers[kContainmentRequired] != 0;
  spec.ring_bytes = static_cast<std::uint64_t>(numbers[kRingBytes]);
  spec.head_bytes = static_cast<std::uint64_t>(numbers[kHeadBytes]);
  spec.output_limit_bytes = static_cast<std::uint64_t>(numbers[kOutputLimitBytes]);
  spec.holds_output = numbers[kHoldsOutput] != 0;
  spec.waited_for = numbers[kWaitedFor] != 0;
  spec.plan.stragglers = ToEnum<core::StragglerPolicy>(numbers[kStragglers]);
  spec.plan.timeout = core::FromMillis(numbers[kTimeoutMs]);
  spec.plan.idle = core::FromMillis(numbers[kIdleTimeoutMs]);
  spec.plan.grace = core::FromMillis(numbers[kGraceMs]);
  spec.plan.drain = core::FromMillis(numbers[kDrainMs]);
  spec.plan.straggler_grace = core::FromMillis(numbers[kStragglerGraceMs]);
  spec.plan.cleanup_budget = core::FromMillis(numbers[kCleanupBudgetMs]);
  spec.limits.memory_bytes = ToLimit(numbers[kMemoryBytes]);
  spec.limits.cpu_ms = ToLimit(numbers[kCpuTimeMs]);
  spec.limits.processes = ToLimit(numbers[kMaxProcesses]);
  spec.limits.open_files = ToLimit(numbers[kMaxOpenFiles]);
  spec.limits.file_bytes = ToLimit(numbers[kMaxFileSizeBytes]);
  spec.strict_limits = numbers[kStrictLimits] != 0;
  return !reader.failed();
}

std::size_t WriteRecord(const core::Event& event, engine::SharedRun& run, std::span<double> into) {
  RecordWriter out(into);
  out.Put(event.kind);
  out.Put(event.id);
  switch (event.kind) {
    case core::Event::Kind::kStarted:
      out.Put(event.pid);
      break;
    case core::Event::Kind::kOutput:
      // Before the ends are read: what comes after deserves a record of its own.
      (void)run.output_told.exchange(false, std::memory_order_acq_rel);
      out.Put(run.output.end(0));
      out.Put(run.output.end(1));
      break;
    case core::Event::Kind::kStdinWritable:
    case core::Event::Kind::kSuspended:
      break;
    case core::Event::Kind::kSettled: {
      const std::lock_guard lock(run.facts_mutex);
      PutSettled(out, run.facts);
      break;
    }
    case core::Event::Kind::kCleanedUp: {
      const std::lock_guard lock(run.facts_mutex);
      PutCleanup(out, run.facts.cleanup);
      out.Put(HasDetails(run.facts.cleanup));
      break;
    }
  }
  return out.length();
}

Napi::Object DetailsToObject(Napi::Env env, engine::SharedRun& run) {
  const std::lock_guard lock(run.facts_mutex);
  const core::SettledFacts& facts = run.facts;
  Napi::Object out = Napi::Object::New(env);
  out.Set("operation", Napi::String::New(env, facts.failure.operation));
  out.Set("errno", Napi::String::New(env, core::ErrorName(facts.failure.code)));
  out.Set("subject", Napi::Number::New(env, static_cast<double>(facts.failure.subject)));
  out.Set("resolvedFile", Napi::String::New(env, facts.resolved_file));
  out.Set("steps", ToArray(env, facts.cleanup.steps, [&](const core::StopStep& step) {
            Napi::Object item = Napi::Object::New(env);
            item.Set("signal", Napi::String::New(env, step.signal));
            item.Set("scope", Napi::Number::New(env, static_cast<double>(step.scope)));
            item.Set("atMs", Napi::Number::New(env, core::ToMillis(step.at - facts.started_at)));
            return item;
          }));
  const auto to_process = [&](const core::NamedProcess& process) { return ToObject(env, process); };
  out.Set("killed", ToArray(env, facts.cleanup.killed, to_process));
  out.Set("survivors", ToArray(env, facts.cleanup.survivors, [&](const core::Survivor& survivor) {
            Napi::Object item = ToObject(env, survivor.process);
            item.Set("why", Napi::Number::New(env, static_cast<double>(survivor.why)));
            return item;
          }));
  Napi::Array holders = Napi::Array::New(env, 2);
  for (std::uint32_t stream = 0; stream < 2; ++stream) {
    holders.Set(stream, ToArray(env, facts.streams[stream].held_by, to_process));
  }
  out.Set("heldBy", holders);
  return out;
}

Napi::Object CapabilitiesToObject(Napi::Env env) {
  const core::Capabilities capabilities = engine::HostCapabilities();
  Napi::Object out = Napi::Object::New(env);
  Napi::Array levels = Napi::Array::New(env, capabilities.containment.size());
  std::uint32_t index = 0;
  for (const core::ContainmentLevel& level : capabilities.containment) {
    Napi::Object item = Napi::Object::New(env);
    item.Set("name", Napi::String::New(env, level.name));
    item.Set("available", Napi::Boolean::New(env, level.available));
    item.Set("detail", Napi::String::New(env, level.detail));
    item.Set("escapeProof", Napi::Boolean::New(env, level.escape_proof));
    item.Set("hostCrash", Napi::String::New(env, level.host_crash));
    item.Set("limits", ToArray(env, level.limits));
    levels.Set(index++, item);
  }
  Napi::Object features = Napi::Object::New(env);
  for (const core::Feature& feature : capabilities.features) {
    features.Set(feature.name, Napi::Boolean::New(env, feature.present));
  }
  out.Set("containment", levels);
  out.Set("defaultContainment", Napi::String::New(env, capabilities.default_containment));
  out.Set("cleanup", Napi::String::New(env, capabilities.cleanup));
  out.Set("features", features);
  return out;
}

}  // namespace custody::binding
