import type { SelectedBackend } from '../backend/backend-selector.js';
import type { Clock } from '../core/clock.js';
import type { Containment } from '../core/launch-spec.js';
import type { HostEnvironment } from '../policy/env-policy.js';
import type { LengthLimits } from '../core/length-budget.js';
import type { Gate } from './gate.js';
import type { LiveRuns } from './live-runs.js';
import type { Observers } from './observers.js';
import type { Root } from './root.js';
import type { Shells } from './shells/shells.js';

/** What all runs of a runner share. Made with the first of them, because it needs the backend. */
export interface RunContext {
  readonly selected: SelectedBackend;
  /** The containment used when none is asked for. */
  readonly defaultContainment: Containment;
  readonly host: HostEnvironment;
  readonly live: LiveRuns;
  readonly gate: Gate;
  /** For waits and budgets. */
  readonly clock: Clock;
  readonly shells: Shells;
  /** What confines working directories; `undefined`: nothing. */
  readonly root: Root | undefined;
  /** The user that the host acts as; `undefined` where users have no numbers. */
  readonly effectiveUid: (() => number) | undefined;
  /** How long arguments and environment may be here; asked for only when they are long. */
  readonly lengthLimits: () => LengthLimits | undefined;
  /** Milliseconds since the epoch, for runs that no backend ever sees. */
  readonly wallMs: () => number;
  readonly nextId: () => string;
  /** `undefined` without any, which is what costs nothing. */
  readonly observers: Observers | undefined;
}
