#include "core/lifecycle.h"

#include <algorithm>

namespace custody::core {

using Kind = Action::Kind;

ActionList Lifecycle::SpawnBegan() {
  ActionList out;
  if (phase_ == RunPhase::kQueued) phase_ = RunPhase::kSpawning;
  return out;
}

ActionList Lifecycle::SpawnOk(Instant now) {
  ActionList out;
  phase_ = RunPhase::kRunning;
  spawned_ = true;
  last_activity_ = now;
  deadline_ = now + plan_.timeout;
  out.Add({Kind::kEmitStarted});
  if (cause_ != StopCause::kNone) {
    BeginStopping(out, cause_, pending_grace_, now);
    return out;
  }
  Arm(out, TimerKind::kDeadline, deadline_);
  if (plan_.idle > 0) Arm(out, TimerKind::kIdle, now + plan_.idle);
  return out;
}

ActionList Lifecycle::SpawnDetached() {
  ActionList out;
  phase_ = RunPhase::kSettled;
  container_ = ContainerFate::kDetached;
  spawned_ = true;
  out.Add({Kind::kEmitStarted});
  CutStreams(out);
  out.Add({Kind::kEmitSettled});
  return out;
}

ActionList Lifecycle::SpawnFailed() {
  ActionList out;
  phase_ = RunPhase::kSettled;
  out.Add({Kind::kReleaseContainer});
  out.Add({Kind::kEmitSettled});
  return out;
}

ActionList Lifecycle::StreamEnded(Instant /*now*/) {
  ActionList out;
  if (open_streams_ > 0) --open_streams_;
  if (phase_ != RunPhase::kSettled) SettleIfDone(out);
  return out;
}

ActionList Lifecycle::LeaderExited(Instant now) {
  ActionList out;
  if (leader_exited_) return out;
  leader_exited_ = true;
  if (phase_ == RunPhase::kSettled) {  // an unconfirmed run whose leader died after all, or a detached one
    out.Add({Kind::kReapLeader});
    return out;
  }
  out.Add({Kind::kCloseStdin});
  Cancel(out, TimerKind::kDeadline);
  Cancel(out, TimerKind::kIdle);
  suspended_at_ = kNever;
  if (phase_ == RunPhase::kStopping && !hard_sent_) {
    // The rest of the container still has the grace period. Until the final kill the leader stays a
    // zombie, which keeps the group id ours (I1).
    out.Add({Kind::kProbeContainer});
    return out;
  }
  forced_ = hard_sent_;
  phase_ = RunPhase::kDraining;
  out.Add({Kind::kReapLeader});
  (void)now;
  return out;
}

ActionList Lifecycle::ContainerEmpty(Instant now) {
  ActionList out;
  if (phase_ == RunPhase::kSettled) {
    if (container_ == ContainerFate::kDetached) out.Add({Kind::kReleaseContainer});  // it was only waited for
    if (container_ != ContainerFate::kUnconfirmed && !KeepsCustody()) return out;
    container_ = ContainerFate::kEmpty;
    Cancel(out, TimerKind::kStep);
    out.Add({Kind::kReleaseContainer});
    out.Add({Kind::kEmitCleanedUp});
    return out;
  }
  if (!leader_exited_ || container_ == ContainerFate::kEmpty) return out;
  Cancel(out, TimerKind::kStep);
  step_ = Step::kNone;
  if (phase_ == RunPhase::kStopping) {
    // Seen empty while the leader is unreaped; reaping looks once more, and that answer counts.
    phase_ = RunPhase::kDraining;
    out.Add({Kind::kReapLeader});
    return out;
  }
  container_ = ContainerFate::kEmpty;
  ArmDrainIfOpen(out, now);
  SettleIfDone(out);
  return out;
}

ActionList Lifecycle::ContainerOccupied(Instant now) {
  ActionList out;
  if (phase_ != RunPhase::kDraining || container_ != ContainerFate::kUnknown || step_ != Step::kNone) return out;
  if (cause_ != StopCause::kNone) {  // a stopped run spares nobody, whatever the policy
    KillContainer(out, now);
    return out;
  }
  if (plan_.stragglers == StragglerPolicy::kKill) {
    step_ = Step::kStragglerWait;
    Arm(out, TimerKind::kStep, now + plan_.straggler_grace);
    return out;
  }
  container_ = ContainerFate::kKept;
  ArmDrainIfOpen(out, now);
  SettleIfDone(out);
  return out;
}

ActionList Lifecycle::TimerFired(TimerKind timer, Instant now, bool reading_paused) {
  ActionList out;
  if (!armed_[static_cast<std::size_t>(timer)]) return out;
  armed_[static_cast<std::size_t>(timer)] = false;
  switch (timer) {
    case TimerKind::kDeadline:
      BeginStopping(out, StopCause::kTimeout, plan_.grace, now);
      break;
    case TimerKind::kIdle:
      if (reading_paused) last_activity_ = now;  // it is the listener who is slow, not the command
      if (last_activity_ + plan_.idle > now) {
        Arm(out, TimerKind::kIdle, last_activity_ + plan_.idle);
      } else {
        BeginStopping(out, StopCause::kIdle, plan_.grace, now);
      }
      break;
    case TimerKind::kStep:
      StepElapsed(out, now);
      break;
    case TimerKind::kDrain:
      if (reading_paused) {
        Arm(out, TimerKind::kDrain, now + std::max(plan_.drain, kNanosPerMilli));
      } else {
        CutStreams(out);
        SettleIfDone(out);
      }
      break;
  }
  return out;
}

ActionList Lifecycle::StopRequested(StopCause cause, Nanos grace, Instant now) {
  ActionList out;
  switch (phase_) {
    case RunPhase::kQueued:
      cause_ = cause;
      phase_ = RunPhase::kSettled;
      out.Add({Kind::kReleaseContainer});
      out.Add({Kind::kEmitSettled});
      break;
    case RunPhase::kSpawning:
      if (cause_ == StopCause::kNone) {
        cause_ = cause;
        pending_grace_ = grace;
      } else if (grace < pending_grace_) {
        pending_grace_ = grace;
      }
      break;
    case RunPhase::kRunning:
      BeginStopping(out, cause, grace, now);
      break;
    case RunPhase::kStopping:
      if (grace == 0 && !hard_sent_) KillContainer(out, now);
      break;
    case RunPhase::kDraining:
      StopDraining(out, now);
      break;
    case RunPhase::kSettled:
      if (KeepsCustody() && step_ != Step::kCleanup) KillContainer(out, now);
      break;
  }
  return out;
}

ActionList Lifecycle::Suspended(Instant now) {
  ActionList out;
  if (phase_ != RunPhase::kRunning || suspended_at_ != kNever) return out;
  suspended_at_ = now;
  Cancel(out, TimerKind::kDeadline);
  Cancel(out, TimerKind::kIdle);
  return out;
}

ActionList Lifecycle::Resumed(Instant now) {
  ActionList out;
  if (suspended_at_ == kNever) return out;
  const Nanos stood_still = now - suspended_at_;
  suspended_at_ = kNever;
  if (phase_ != RunPhase::kRunning) return out;
  deadline_ += stood_still;
  last_activity_ += stood_still;
  Arm(out, TimerKind::kDeadline, deadline_);
  if (plan_.idle > 0) Arm(out, TimerKind::kIdle, last_activity_ + plan_.idle);
  return out;
}

void Lifecycle::Arm(ActionList& out, TimerKind timer, Instant at) {
  armed_[static_cast<std::size_t>(timer)] = true;
  out.Add({Kind::kArmTimer, timer, at});
}

void Lifecycle::Cancel(ActionList& out, TimerKind timer) {
  bool& armed = armed_[static_cast<std::size_t>(timer)];
  if (!armed) return;
  armed = false;
  out.Add({Kind::kCancelTimer, timer});
}

void Lifecycle::BeginStopping(ActionList& out, StopCause cause, Nanos grace, Instant now) {
  cause_ = cause;
  phase_ = RunPhase::kStopping;
  Cancel(out, TimerKind::kDeadline);
  Cancel(out, TimerKind::kIdle);
  out.Add({Kind::kReleaseFlow});
  if (grace == 0) {
    KillContainer(out, now);
    return;
  }
  step_ = Step::kGrace;
  out.Add({Kind::kSignalSoft});
  Arm(out, TimerKind::kStep, now + grace);
}

void Lifecycle::KillContainer(ActionList& out, Instant now) {
  step_ = Step::kCleanup;
  hard_sent_ = true;
  out.Add({Kind::kSignalHard});
  Arm(out, TimerKind::kStep, now + plan_.cleanup_budget);
  if (phase_ == RunPhase::kStopping && leader_exited_) {
    phase_ = RunPhase::kDraining;
    out.Add({Kind::kReapLeader});
  }
}

/// The leader is gone, so the outcome stands; what is left to do is to wait for nobody any more.
void Lifecycle::StopDraining(ActionList& out, Instant now) {
  hurried_ = true;
  out.Add({Kind::kReleaseFlow});
  if (KeepsCustody()) {
    container_ = ContainerFate::kUnknown;
    Cancel(out, TimerKind::kDrain);
  }
  if (container_ == ContainerFate::kUnknown) {
    if (step_ != Step::kCleanup) KillContainer(out, now);
    return;
  }
  CutStreams(out);
  SettleIfDone(out);
}

void Lifecycle::ArmDrainIfOpen(ActionList& out, Instant now) {
  if (open_streams_ == 0) return;
  if (hurried_) {
    CutStreams(out);
  } else if (!armed_[static_cast<std::size_t>(TimerKind::kDrain)]) {
    Arm(out, TimerKind::kDrain, now + plan_.drain);
  }
}

void Lifecycle::CutStreams(ActionList& out) {
  if (open_streams_ == 0) return;
  open_streams_ = 0;
  out.Add({Kind::kCloseReaders});
}

void Lifecycle::StepElapsed(ActionList& out, Instant now) {
  switch (step_) {
    case Step::kNone:
      break;
    case Step::kGrace:
    case Step::kStragglerGrace:
      KillContainer(out, now);
      break;
    case Step::kStragglerWait:
      step_ = Step::kStragglerGrace;
      out.Add({Kind::kSignalSoft});
      Arm(out, TimerKind::kStep, now + plan_.straggler_grace);
      break;
    case Step::kCleanup:
      GiveUpOnContainer(out);
      break;
  }
}

void Lifecycle::GiveUpOnContainer(ActionList& out) {
  container_ = ContainerFate::kUnconfirmed;
  if (phase_ == RunPhase::kSettled) {  // what a policy had kept would not die either
    out.Add({Kind::kEmitCleanedUp});
    return;
  }
  if (!leader_exited_) forced_ = true;
  Cancel(out, TimerKind::kDrain);
  CutStreams(out);
  phase_ = RunPhase::kSettled;
  out.Add({Kind::kEmitSettled});
}

void Lifecycle::SettleIfDone(ActionList& out) {
  if (phase_ != RunPhase::kDraining || open_streams_ > 0 || container_ == ContainerFate::kUnknown) return;
  Cancel(out, TimerKind::kStep);
  Cancel(out, TimerKind::kDrain);
  phase_ = RunPhase::kSettled;
  if (!KeepsCustody()) out.Add({Kind::kReleaseContainer});
  out.Add({Kind::kEmitSettled});
}

}  // namespace custody::core
