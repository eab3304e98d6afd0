#include "engine/lane.h"

#include <algorithm>
#include <array>

#include "core/limits.h"

namespace custody::engine {

using core::Instant;

std::uint64_t NewsDesk::Push(const core::Event& event, Urgency urgency) {
  const std::uint64_t deliveries = sink_.Push(event, Urgency::kWhenConvenient);
  if (deliveries != deliveries_seen_) ForgetDelivered(deliveries);
  const Instant now = core::MonotonicNow();
  if (urgency == Urgency::kNow) {
    urgent_at_ = std::min(urgent_at_, now);
  } else {
    late_at_ = std::min(late_at_, now + core::kStartedDelay);
  }
  return deliveries;
}

void NewsDesk::ForgetDelivered(std::uint64_t deliveries) {
  deliveries_seen_ = deliveries;
  urgent_at_ = core::kNever;
  late_at_ = core::kNever;
}

void NewsDesk::Flush() {
  ForgetDelivered(deliveries_seen_);
  sink_.Flush();
}

void NewsDesk::FlushDue(Instant now, core::Nanos patience) {
  if (const std::uint64_t deliveries = sink_.deliveries(); deliveries != deliveries_seen_) ForgetDelivered(deliveries);
  if (late_at_ <= now || (urgent_at_ != core::kNever && now - urgent_at_ >= patience)) Flush();
}

Instant NewsDesk::next(core::Nanos patience) const {
  return std::min(urgent_at_ == core::kNever ? core::kNever : urgent_at_ + patience, late_at_);
}

core::Result<std::unique_ptr<Lane>> Lane::Create(EventSink& sink, platform::Containment& containment) {
  core::Result<std::unique_ptr<platform::Poller>> poller = platform::Poller::Create();
  if (!poller.ok()) return poller.error();
  return std::unique_ptr<Lane>(new Lane(sink, std::move(poller.value()), containment));
}

Lane::Lane(EventSink& sink, std::unique_ptr<platform::Poller> poller, platform::Containment& containment)
    : news_(sink),
      poller_(std::move(poller)),
      containers_(containment.MakeFactory(*poller_)),
      services_{*poller_, *containers_, timers_, news_} {}

core::Status Lane::StartThread() {
  core::Result<std::unique_ptr<platform::EngineThread>> thread = platform::EngineThread::Start(&Lane::Main, this);
  if (!thread.ok()) return thread.error();
  thread_ = std::move(thread.value());
  return {};
}

void Lane::Main(void* lane) { static_cast<Lane*>(lane)->Run(); }

void Lane::Post(Message message) {
  if (message.kind == Message::Kind::kLaunch) starting_.fetch_add(1, std::memory_order_relaxed);
  {
    const std::lock_guard lock(mailbox_mutex_);
    mailbox_.push_back(std::move(message));
  }
  WakeIfAsleep();
}

void Lane::LimitStarts(std::size_t most) {
  const std::size_t before = most_starts_.exchange(most);
  // Whatever is queued may now be started, and what is in progress may never say anything that wakes the lane.
  if (most > before && starting() > static_cast<int>(before)) WakeIfAsleep();
}

/// The lane sets the flag before its last look at what it may do, so either it sees the change or we see the flag.
void Lane::WakeIfAsleep() {
  if (sleeping_.exchange(false)) poller_->Wake();
}

bool Lane::EndBy(Instant deadline) {
  if (!has_thread()) return DriveToEnd(deadline);
  std::unique_lock lock(ended_mutex_);
  const core::Nanos left = std::max<core::Nanos>(deadline - core::MonotonicNow(), 0);
  if (!ended_changed_.wait_for(lock, core::ToChrono(left), [this] { return ended_; })) {
    thread_->Abandon();
    return false;
  }
  lock.unlock();
  return thread_->Join();
}

bool Lane::DriveUntilSettled(core::LaunchId id, const std::function<bool()>& interrupted) {
  const platform::BorrowedThread borrowed;
  for (;;) {
    WorkOff();
    const Command* const command = Find(id);
    if (command == nullptr || command->is_settled()) return true;
    if (interrupted()) return false;
    WaitForEvents(core::MonotonicNow() + core::kLookForSignals);
  }
}

bool Lane::DriveToEnd(Instant deadline) {
  const platform::BorrowedThread borrowed;
  for (WorkOff(); !may_end() && core::MonotonicNow() < deadline; WorkOff()) WaitForEvents(deadline);
  return true;
}

bool Lane::has_live_runs() const {
  return std::ranges::any_of(commands_, [](const auto& entry) { return !entry.second->is_final(); });
}

void Lane::WorkOff() {
  TakeMail(core::MonotonicNow());
  StartNext();
  DeleteFinished();
}

void Lane::Run() {
  while (!may_end()) {
    WorkOff();
    if (may_end()) break;
    const core::Nanos patience = Patience();
    news_.FlushDue(core::MonotonicNow(), patience);
    WaitForEvents(news_.next(patience));
  }
  news_.Flush();
  start_queue_.clear();
  commands_.clear();
  const std::lock_guard lock(ended_mutex_);
  ended_ = true;
  ended_changed_.notify_all();
}

bool Lane::may_end() const {
  if (!closing_) return false;
  return std::ranges::all_of(commands_,
                             [](const auto& entry) { return entry.second->is_final() || entry.second->gave_up(); });
}

void Lane::TakeMail(Instant now) {
  {
    const std::lock_guard lock(mailbox_mutex_);
    std::swap(mail_, mailbox_);
  }
  for (Message& message : mail_) Handle(message, now);
  mail_.clear();
}

Command* Lane::Find(core::LaunchId id) {
  const auto found = commands_.find(id);
  return found == commands_.end() ? nullptr : found->second.get();
}

void Lane::Handle(Message& message, Instant now) {
  if (message.kind == Message::Kind::kClose) return BeginClosing(now);
  if (message.kind == Message::Kind::kLaunch) {
    Command* const command = message.command.get();
    commands_.emplace(message.id, std::move(message.command));
    command->Attach(services_);
    if (!closing_) return start_queue_.push_back(command);
    starting_.fetch_sub(1, std::memory_order_relaxed);
    return command->Refuse(now);
  }
  Command* const command = Find(message.id);
  if (command == nullptr) return;
  switch (message.kind) {
    case Message::Kind::kStop:
      command->Stop(message.cause, message.grace, now);
      break;
    case Message::Kind::kInputOffered:
      command->InputOffered(now);
      break;
    case Message::Kind::kResumeReading:
      command->ResumeReading(message.stream, now);
      break;
    case Message::Kind::kResumeLeader:
      command->ResumeLeader(now);
      break;
    case Message::Kind::kRelease:
      command->Release(now);
      released_.push_back(message.id);
      break;
    case Message::Kind::kLaunch:
    case Message::Kind::kClose:
      break;
  }
}

bool Lane::can_start() const { return !start_queue_.empty() && starts_.size() < most_starts_.load(); }

/// One start per turn: it may block until the child's exec, and between two of them the running commands get their turn.
void Lane::StartNext() {
  const auto done = std::erase_if(starts_, [](const Command* command) { return !command->is_starting(); });
  if (done > 0) starting_.fetch_sub(static_cast<int>(done), std::memory_order_relaxed);
  if (!can_start()) return;
  Command* const command = start_queue_.front();
  start_queue_.pop_front();
  command->Start(core::MonotonicNow());
  start_pace_.Started(core::MonotonicNow(), !start_queue_.empty());
  if (command->is_starting()) return starts_.push_back(command);
  starting_.fetch_sub(1, std::memory_order_relaxed);
}

/// JavaScript has given enough to do until half of what is queued has been started; then it should hear, so that the lane
/// never runs out of starts.
core::Nanos Lane::Patience() const { return std::min(start_pace_.TimeFor(start_queue_.size()) / 2, core::kBusyDelay); }

/// Sleeps until there is something to do, at most until `latest`, and does it.
void Lane::WaitForEvents(Instant latest) {
  constexpr std::size_t kMostEvents = 64;
  std::array<platform::PollToken, kMostEvents> ready;
  Instant until = 0;
  if (!can_start()) {
    sleeping_.store(true);
    const std::lock_guard lock(mailbox_mutex_);
    if (mailbox_.empty() && !can_start()) until = std::min(timers_.next(), latest);
  }
  const std::size_t count = poller_->Wait(until, ready);
  sleeping_.store(false);
  const Instant now = core::MonotonicNow();
  for (std::size_t i = 0; i < count; ++i) {
    if (Command* const command = Find(ready[i].launch); command != nullptr) command->OnReady(ready[i].channel, now);
  }
  timers_.FireDue(now);
}

void Lane::BeginClosing(Instant now) {
  closing_ = true;
  for (auto& [id, command] : commands_) command->Stop(core::StopCause::kHostExit, 0, now);
}

/// Looks only at what was released, plus what was released earlier and was not final then.
void Lane::DeleteFinished() {
  std::erase_if(released_, [this](core::LaunchId id) {
    Command* const command = Find(id);
    if (command != nullptr && !command->can_be_deleted()) return false;
    if (command != nullptr) starting_.fetch_sub(static_cast<int>(std::erase(start_queue_, command)));
    commands_.erase(id);
    return true;
  });
}

}  // namespace custody::engine
