// The streams of a run: what comes from its pipes into the rings, and what goes to its standard input.
#include "core/limits.h"
#include "engine/command.h"

namespace custody::engine {

using core::Instant;

void Command::WatchOutput() {
  output_watched_ = true;
  for (int stream = 0; stream < static_cast<int>(kStreams); ++stream) {
    const auto index = static_cast<std::size_t>(stream);
    if (!stdio_.output[index].is_open() || paused_[index]) continue;
    const platform::PollToken token{id_, static_cast<std::uint8_t>(kStdout + stream)};
    if (!stdio_.output[index].Watch(services_->poller, token).ok()) CutOff(stream, core::MonotonicNow());
  }
}

void Command::TakeOutput(Instant now) {
  for (int stream = 0; stream < static_cast<int>(kStreams); ++stream) ReadStream(stream, now);
  WatchOutput();
}

void Command::ReadStream(int stream, Instant now) {
  const auto index = static_cast<std::size_t>(stream);
  platform::OutputPipe& pipe = stdio_.output[index];
  if (!pipe.is_open() || paused_[index]) return;
  OutputBuffer& output = shared_->output;
  std::size_t taken = 0;
  OutputBuffer::FillResult result = OutputBuffer::FillResult::kMore;
  bool cut_short = false;
  while (result == OutputBuffer::FillResult::kMore && taken < core::kReadBudgetBytes && !cut_short) {
    result = output.Fill(
        stream, now,
        [&](std::span<std::byte> into) {
          core::Result<std::size_t> count = pipe.ReadSome(into);
          if (count.ok()) {
            taken += count.value();
            // The pipe is empty now, and polling tells when it is not. After the leader's end, the end mostly comes next.
            cut_short = count.value() < into.size() && !container_->is_leader_dead();
          }
          return count;
        },
        platform::WouldBlock);
  }
  if (taken > 0) {
    lifecycle_.Activity(now);
    const std::uint64_t end = output.end(stream);
    if (!enlarged_[index] && end >= core::kFloodBytes) {
      enlarged_[index] = true;
      pipe.Enlarge(core::kFloodPipeBytes);
    }
    TellOutput(stream);
    const bool over_limit = spec_.output_limit_bytes > 0 && end > spec_.output_limit_bytes;
    if (over_limit && lifecycle_.phase() == core::RunPhase::kRunning) {
      Apply(lifecycle_.StopRequested(core::StopCause::kOutputLimit, spec_.plan.grace, now), now);
    }
  }
  if (result == OutputBuffer::FillResult::kEnded) EndStream(stream, now);
  if (result == OutputBuffer::FillResult::kPaused) {
    paused_[index] = true;
    pipe.Unwatch(services_->poller);
  }
}

void Command::EndStream(int stream, Instant now) {
  platform::OutputPipe& pipe = stdio_.output[static_cast<std::size_t>(stream)];
  if (!pipe.is_open()) return;
  pipe.Unwatch(services_->poller);
  pipe.Close();
  shared_->output.MarkEnded(stream);
  TellOutput(stream);
  Apply(lifecycle_.StreamEnded(now), now);
}

/// Somebody else keeps the pipes. All that the leader wrote is in them, so that is taken before they are closed (I4).
void Command::CloseReaders(Instant now) {
  shared_->output.StopBlocking();
  for (bool& paused : paused_) paused = false;
  for (int stream = 0; stream < static_cast<int>(kStreams); ++stream) {
    const auto index = static_cast<std::size_t>(stream);
    platform::OutputPipe& pipe = stdio_.output[index];
    if (!pipe.is_open()) continue;
    ReadStream(stream, now);
    if (!pipe.is_open()) continue;  // it ended after all
    held_by_[index] = pipe.Holders();
    CutOff(stream, now);
  }
}

void Command::CutOff(int stream, Instant now) {
  cut_off_[static_cast<std::size_t>(stream)] = true;
  EndStream(stream, now);
}

void Command::ReleaseFlow(Instant now) {
  shared_->output.StopBlocking();
  for (int stream = 0; stream < static_cast<int>(kStreams); ++stream) ResumeReading(stream, now);
}

void Command::TellOutput(int stream) {
  if (shared_->output.flow(stream) == Flow::kOff) return;
  if (shared_->output_told.exchange(true, std::memory_order_acq_rel)) return;
  services_->sink.Push({core::Event::Kind::kOutput, id_}, Urgency::kNow);
}

bool Command::reading_paused() const { return paused_[0] || paused_[1]; }

void Command::WriteInput() {
  platform::InputPipe& pipe = stdio_.input;
  if (!pipe.is_open()) return;
  InputBuffer& input = shared_->input;
  bool broken = false;
  const InputBuffer::DrainResult left = input.DrainInto([&](std::span<const std::byte> from) -> std::size_t {
    core::Result<std::size_t> count = pipe.WriteSome(from);
    if (count.ok()) return count.value();
    broken = !platform::WouldBlock(count.error());
    return 0;
  });
  if (broken || left == InputBuffer::DrainResult::kFinished) {
    CloseInput();
  } else if (left == InputBuffer::DrainResult::kLeft && !input_watched_) {
    input_watched_ = pipe.Watch(services_->poller, {id_, kStdin}).ok();
    if (!input_watched_) CloseInput();
  } else if (left == InputBuffer::DrainResult::kEmpty && input_watched_) {
    pipe.Unwatch(services_->poller);
    input_watched_ = false;
  }
  if (input.TakeRoomAgain()) services_->sink.Push({core::Event::Kind::kStdinWritable, id_}, Urgency::kNow);
}

void Command::CloseInput() {
  if (input_watched_) stdio_.input.Unwatch(services_->poller);
  input_watched_ = false;
  stdio_.input.Close();
  shared_->input.Break();
  if (shared_->input.TakeRoomAgain()) services_->sink.Push({core::Event::Kind::kStdinWritable, id_}, Urgency::kNow);
}

}  // namespace custody::engine
